import type { BasketOutcome } from './basket-outcome.ts';
import { placeOf } from './basket-place.ts';
import { type BusinessCalendar, businessDay, periodName } from './business-calendar.ts';
import {
  attachedOf,
  type CountedSale,
  CountedSales,
  type OwnCustomer,
  SPLIT_MINUTES_DEFAULT,
} from './counted-sales.ts';
import type { Spend } from './customer-book.ts';
import { getOrMake } from './get-or-make.ts';

/** Periods in which an agent has a record. */
export const BEST_PERIODS = ['day', 'week'] as const;
export type BestPeriod = (typeof BEST_PERIODS)[number];

/** Transactions with something shown from which an attach rate can be a record. */
export const ATTACH_RATE_SHOWN_MIN: Readonly<Record<BestPeriod, number>> = { day: 10, week: 30 };

/** An agent's figures of one period, as a contest over that period counts them. */
export interface AgentFigures {
  readonly period: string;
  readonly transactions: number;
  /** Of them those in which something was shown. */
  readonly transactionsShown: number;
  /** Transactions with an accepted suggestion over those with one shown; null where there are none. */
  readonly attachRate: number | null;
  /** Paid for accepted suggestions and kept, by currency in the order of their codes. */
  readonly upsell: readonly Spend[];
}

/** A figure and the period in which it was reached first. */
export interface Best {
  readonly period: string;
  readonly value: number;
}

/** The most of each period; null where it was never above 0. */
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

/**
 * Each agent's own records by business day and ISO week, under the rules of contests: a period counts as a contest of that agent
 * over that period would. What comes back is taken off the period of its sale, so that a record can fall.
 */
export class PersonalBests {
  readonly #calendar: BusinessCalendar;
  /** By agent: what one may not sell to himself. */
  readonly #ownCustomers = new Map<string, OwnCustomer[]>();
  readonly #today: number;
  /** Agent → business day → paid baskets. */
  readonly #agents = new Map<string, Map<number, BasketOutcome[]>>();

  constructor(calendar: BusinessCalendar, nowMs: number, ownCustomers: readonly OwnCustomer[]) {
    this.#calendar = calendar;
    this.#today = businessDay(calendar, nowMs);
    for (const own of ownCustomers) getOrMake(this.#ownCustomers, own.agentId, () => []).push(own);
  }

  /** Each basket's outcome once, in any order. */
  add(outcome: BasketOutcome): void {
    const { agentId } = placeOf(outcome);
    if (!outcome.sold || agentId === undefined) return;
    const days = getOrMake(this.#agents, agentId, () => new Map<number, BasketOutcome[]>());
    getOrMake(days, businessDay(this.#calendar, outcome.sold.atMs), () => []).push(outcome);
  }

  /** Of every agent with a paid basket; yields after each period. */
  *bests(): Generator<void, ReadonlyMap<string, AgentBests>> {
    const bests = new Map<string, AgentBests>();
    for (const [agentId, days] of this.#agents)
      bests.set(agentId, yield* this.#bestsOf(days, this.#ownCustomers.get(agentId) ?? []));
    return bests;
  }

  /** Of an agent who has no paid basket. */
  none(): AgentBests {
    const nothing = (length: BestPeriod) => {
      const now = figuresOf(periodName(this.#today, length), [], []);
      return { now, best: bestOf([now], length) };
    };
    return { day: nothing('day'), week: nothing('week') };
  }

  *#bestsOf(
    days: ReadonlyMap<number, readonly BasketOutcome[]>,
    own: readonly OwnCustomer[],
  ): Generator<void, AgentBests> {
    return { day: yield* this.#bestOf(days, own, 'day'), week: yield* this.#bestOf(days, own, 'week') };
  }

  *#bestOf(
    days: ReadonlyMap<number, readonly BasketOutcome[]>,
    ownCustomers: readonly OwnCustomer[],
    length: BestPeriod,
  ): Generator<void, AgentBests[BestPeriod]> {
    const current = periodName(this.#today, length);
    const periods = new Map<string, (readonly BasketOutcome[])[]>([[current, []]]);
    for (const [day, outcomes] of days) {
      getOrMake(periods, periodName(day, length), () => []).push(outcomes);
    }
    const figures: AgentFigures[] = [];
    for (const [period, own] of [...periods].sort(([a], [b]) => (a < b ? -1 : 1))) {
      figures.push(figuresOf(period, own.flat(), ownCustomers));
      yield;
    }
    return { now: figures.find(({ period }) => period === current)!, best: bestOf(figures, length) };
  }
}

function figuresOf(
  period: string,
  outcomes: readonly BasketOutcome[],
  ownCustomers: readonly OwnCustomer[],
): AgentFigures {
  const currencies = new Set(outcomes.flatMap(({ money }) => money.map(({ currency }) => currency)));
  const count = (currency?: string): CountedSale[] => {
    const upsellMinorOf = ({ money }: BasketOutcome) =>
      money.find((amounts) => amounts.currency === currency)?.upsell.revenueMinor ?? 0;
    const counted = new CountedSales({ splitMinutes: SPLIT_MINUTES_DEFAULT, ownCustomers, upsellMinorOf });
    for (const outcome of outcomes) counted.add(outcome);
    return counted.count().sales;
  };
  const counted = [...currencies].sort().map((currency) => ({ currency, sales: count(currency) }));
  const sales = counted[0]?.sales ?? count();
  const { attached, shown } = attachedOf(sales);
  return {
    ...{ period, transactions: sales.length, transactionsShown: shown },
    attachRate: shown === 0 ? null : attached / shown,
    upsell: counted.map(({ currency, sales }) => ({
      currency,
      revenueMinor: sales.reduce((sum, { upsellMinor }) => sum + upsellMinor, 0),
    })),
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
