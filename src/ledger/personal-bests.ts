import { type AgentReceipt, type IsOwnSale, joinSplit, SPLIT_MINUTES_DEFAULT } from './agent-receipts.ts';
import { WHOLE_BASIS_POINTS } from './apportion.ts';
import { type BusinessCalendar, businessDay, mondayOf, periodName } from './business-calendar.ts';
import type { Spend } from './customer-book.ts';
import { getOrMake } from './get-or-make.ts';
import { type KnownReceipt, KnownReceipts } from './known-receipts.ts';
import type { SharedSales } from './shared-sales.ts';

/** The kinds of period for which an agent has records. */
export const BEST_PERIODS = ['day', 'week'] as const;
export type BestPeriod = (typeof BEST_PERIODS)[number];

/** Least number of transactions with something shown for an attach rate to be a record. */
export const ATTACH_RATE_SHOWN_MIN: Readonly<Record<BestPeriod, number>> = { day: 10, week: 30 };

/** An agent's figures of one period, as a contest over that period counts them. */
export interface AgentFigures {
  readonly period: string;
  readonly transactions: number;
  /** Those in which something was shown. */
  readonly transactionsShown: number;
  /** Transactions with an accepted suggestion / those with one shown; null without any. */
  readonly attachRate: number | null;
  /** Net revenue of accepted suggestions, by currency. */
  readonly upsell: readonly Spend[];
}

/** A figure and the period in which it was first reached. */
export interface Best {
  readonly period: string;
  readonly value: number;
}

/** The highest figure of a period; null where it was never above 0. */
export interface AgentBest {
  readonly transactions: Best | null;
  /** Among periods with enough transactions in which something was shown. */
  readonly attachRate: Best | null;
  /** Minor units, by currency. */
  readonly upsell: readonly (Best & { readonly currency: string })[];
}

export type AgentBests = Readonly<
  Record<BestPeriod, { readonly now: AgentFigures; readonly best: AgentBest }>
>;

/** A receipt as it counts for its agent. */
type OwnReceipt = Pick<KnownReceipt, 'basisPoints' | 'isShown' | 'isAttached' | 'upsell'>;

/**
 * Each agent's own records by business day and ISO week, under the rules of contests: a period counts as a contest of that agent over that
 * period would. Returns are deducted from the period of the sale, so a record can fall.
 */
export class PersonalBests {
  readonly #calendar: BusinessCalendar;
  readonly #today: number;
  readonly #agents = new Map<string, AgentPeriods>();
  /** Receipts that may be one transaction with another, or agents' sales to themselves. */
  readonly #known = new KnownReceipts();

  constructor(calendar: BusinessCalendar, nowMs: number) {
    this.#calendar = calendar;
    this.#today = businessDay(calendar, nowMs);
  }

  /** Each receipt once, in any order. @param columns that hold its row */
  add(receipt: AgentReceipt, columns: SharedSales): void {
    const day = businessDay(this.#calendar, receipt.atMs);
    if (receipt.customer !== 0) {
      this.#known.add(receipt, day, columns);
      return;
    }
    const { agentId, basisPoints, items, isShown, isAttached } = receipt;
    const own: [OwnReceipt] = [{ basisPoints, isShown, isAttached, upsell: upsellOf(receipt, columns) }];
    for (const length of BEST_PERIODS) {
      const sums = this.#sums(agentId, length, firstDay(day, length));
      noteCurrencies(sums, own);
      if (items > 0) addTransaction(sums, own);
    }
  }

  /** Bests of every agent with a paid basket. Call after all are added; yields now and then. */
  *bests(isOwn: IsOwnSale): Generator<void, ReadonlyMap<string, AgentBests>> {
    for (const receipts of this.#known.byCustomer()) {
      this.#addCustomer(receipts, isOwn);
      yield;
    }
    const bests = new Map<string, AgentBests>();
    for (const [agentId, periods] of this.#agents) {
      bests.set(agentId, this.#bestsOf(periods));
      yield;
    }
    return bests;
  }

  /** Bests of an agent who has no paid basket. */
  none(): AgentBests {
    return this.#bestsOf({ day: new Map(), week: new Map() });
  }

  /** @param receipts of one customer by one agent in one store */
  #addCustomer(receipts: readonly [KnownReceipt, ...KnownReceipt[]], isOwn: IsOwnSale): void {
    const [{ agentId }] = receipts;
    for (const length of BEST_PERIODS) {
      for (const [start, own] of byPeriod(receipts, length)) {
        const sums = this.#sums(agentId, length, start);
        noteCurrencies(sums, own);
        const kept = own.filter((receipt) => receipt.isKept && !isOwn(receipt));
        for (const transaction of joinSplit(kept, SPLIT_MINUTES_DEFAULT)) addTransaction(sums, transaction);
      }
    }
  }

  /** @param start first day of the period */
  #sums(agentId: string, length: BestPeriod, start: number): PeriodSums {
    const periods = getOrMake(this.#agents, agentId, () => ({ day: new Map(), week: new Map() }));
    return getOrMake(periods[length], start, noSales);
  }

  #bestsOf(periods: AgentPeriods): AgentBests {
    return { day: this.#bestOf(periods.day, 'day'), week: this.#bestOf(periods.week, 'week') };
  }

  #bestOf(periods: ReadonlyMap<number, PeriodSums>, length: BestPeriod): AgentBests[BestPeriod] {
    const current = firstDay(this.#today, length);
    const figures = [...periods]
      .sort(([a], [b]) => a - b)
      .map(([start, sums]) => figuresOf(periodName(start, length), sums));
    const now = figuresOf(periodName(current, length), periods.get(current) ?? noSales());
    return { now, best: bestOf(figures, length) };
  }
}

/** By first day. */
type AgentPeriods = Readonly<Record<BestPeriod, Map<number, PeriodSums>>>;

/** Counts are in basis points of one. */
interface PeriodSums {
  transactions: number;
  shown: number;
  attached: number;
  /** By currency. */
  readonly upsellMinor: Map<string, number>;
}

function noSales(): PeriodSums {
  return { transactions: 0, shown: 0, attached: 0, upsellMinor: new Map() };
}

function byPeriod(receipts: readonly KnownReceipt[], length: BestPeriod): Map<number, KnownReceipt[]> {
  const periods = new Map<number, KnownReceipt[]>();
  for (const receipt of receipts) getOrMake(periods, firstDay(receipt.day, length), () => []).push(receipt);
  return periods;
}

/** Net revenue of accepted suggestions, by currency. */
function upsellOf({ moneyFrom, moneyTo }: AgentReceipt, { money, names }: SharedSales): Spend[] {
  const upsell: Spend[] = [];
  for (let row = moneyFrom; row < moneyTo; row++) {
    const currency = names.currencies[money.currency[row]!]!;
    upsell.push({ currency, revenueMinor: money.upsellRevenueMinor[row]! });
  }
  return upsell;
}

function firstDay(day: number, length: BestPeriod): number {
  return length === 'day' ? day : mondayOf(day);
}

/** Lists a currency as soon as somebody paid in it, even where the receipt does not count. */
function noteCurrencies({ upsellMinor }: PeriodSums, receipts: readonly OwnReceipt[]): void {
  for (const { upsell } of receipts)
    for (const { currency } of upsell) if (!upsellMinor.has(currency)) upsellMinor.set(currency, 0);
}

/** @param receipts of which the agent has the same part */
function addTransaction(sums: PeriodSums, receipts: readonly [OwnReceipt, ...OwnReceipt[]]): void {
  const isShown = receipts.some((receipt) => receipt.isShown);
  const { basisPoints: part } = receipts[0];
  sums.transactions += part;
  if (isShown) sums.shown += part;
  if (isShown && receipts.some(({ isAttached }) => isAttached)) sums.attached += part;
  for (const { upsell } of receipts)
    for (const { currency, revenueMinor } of upsell)
      sums.upsellMinor.set(currency, sums.upsellMinor.get(currency)! + revenueMinor);
}

function figuresOf(period: string, { transactions, shown, attached, upsellMinor }: PeriodSums): AgentFigures {
  return {
    period,
    transactions: transactions / WHOLE_BASIS_POINTS,
    transactionsShown: shown / WHOLE_BASIS_POINTS,
    attachRate: shown === 0 ? null : attached / shown,
    upsell: [...upsellMinor]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, revenueMinor]) => ({ currency, revenueMinor })),
  };
}

/** @param figures in order of time: of equal ones the first is the record */
function bestOf(figures: readonly AgentFigures[], length: BestPeriod): AgentBest {
  const shownMin = ATTACH_RATE_SHOWN_MIN[length];
  const currencies = new Set(figures.flatMap(({ upsell }) => upsell.map(({ currency }) => currency)));
  return {
    transactions: mostOf(figures, ({ transactions }) => transactions),
    attachRate: mostOf(figures, ({ attachRate, transactionsShown }) =>
      transactionsShown >= shownMin ? (attachRate ?? 0) : 0,
    ),
    upsell: [...currencies].sort().flatMap((currency) => {
      const amount = ({ upsell }: AgentFigures) =>
        upsell.find((own) => own.currency === currency)?.revenueMinor ?? 0;
      const best = mostOf(figures, amount);
      return best ? [{ currency, ...best }] : [];
    }),
  };
}

function mostOf(figures: readonly AgentFigures[], figure: (figures: AgentFigures) => number): Best | null {
  let best: Best | null = null;
  for (const own of figures) {
    const value = figure(own);
    if (value > (best?.value ?? 0)) best = { period: own.period, value };
  }
  return best;
}
