import type { BasketMoney, BasketOutcome } from './basket-outcome.ts';
import { type BusinessCalendar, businessDay, type PeriodLength, periodName } from './business-calendar.ts';
import { type ComparedSpans, comparedSpans, type DaySpan } from './compared-spans.ts';
import { textOfDay } from './instant.ts';
import { fromMinorUnits } from './money.ts';
import { type Trend, trendOf } from './trend.ts';

/** Part of the trade that a report is about; an absent field means all. */
export interface ReportSelection extends DaySpan {
  readonly storeId?: string;
  readonly agentId?: string;
  readonly channel?: string;
}

/** Rows beside the periods: one for each store, agent or channel. */
export type SplitBy = 'store' | 'agent' | 'channel';

export interface SalesReportOptions {
  readonly selection: ReportSelection;
  readonly calendar: BusinessCalendar;
  readonly by: PeriodLength;
  readonly split?: SplitBy;
  /** Business day of the report: it, and the periods it is in, are not over. */
  readonly today: number;
}

/** Figures of one period, or of all; a rate is null where nothing can be divided by. */
export interface SalesRow {
  /** undefined in the total. */
  readonly period?: string;
  /** Store, agent or channel where split; null for baskets that name none. */
  readonly part?: string | null;
  /** Baskets decided on or sold. */
  readonly baskets: number;
  /** Different customers among them that are known with their consent. */
  readonly knownCustomers: number;
  /** Baskets that were paid. */
  readonly transactions: number;
  readonly items: number;
  readonly itemsPerTransaction: number | null;
  /** Paid baskets with a suggestion on the screen, and those of them with an accepted one on the receipt. */
  readonly transactionsShown: number;
  readonly transactionsAttached: number;
  readonly attachRate: number | null;
  readonly shown: number;
  readonly accepted: number;
  readonly declined: number;
  readonly notOffered: number;
  /** accepted / (accepted + declined) */
  readonly acceptance: number | null;
  /** not offered / (accepted + declined + not offered) */
  readonly notOfferedShare: number | null;
  /** By currency; different ones are never added up. */
  readonly money: readonly SalesMoney[];
}

/** Major units, less refunds; margins over the products whose cost is on the receipt, null where none is. */
export interface SalesMoney {
  readonly currency: string;
  readonly transactions: number;
  readonly revenue: number;
  readonly refunded: number;
  readonly averageTransactionValue: number;
  readonly margin: number | null;
  /** Share of the revenue whose cost is known. */
  readonly costKnownShare: number;
  readonly upsellRevenue: number;
  readonly upsellMargin: number | null;
}

export interface SalesReport {
  readonly rows: readonly SalesRow[];
  readonly total: SalesRow;
  readonly comparison: { readonly [span in keyof ComparedSpans]: SpanTotal };
  readonly trend: SalesTrend;
}

/** Another span of days, dates included. */
export interface SpanTotal {
  readonly from: string;
  readonly to: string;
  readonly total: SalesRow;
}

/** Over the periods that are wholly within the report and over; null where they are too few. */
export interface SalesTrend {
  readonly transactions: Trend | null;
  /** Major units. */
  readonly revenue: readonly { readonly currency: string; readonly trend: Trend | null }[];
}

/**
 * Adds up outcomes. A basket belongs to the business day of its first receipt, else to that of its first decision, and
 * to the store, channel and agent of its receipt, else to those of its decision. Refunds count where the sale counts.
 */
export class SalesTally {
  readonly #options: SalesReportOptions;
  readonly #spans: ComparedSpans;
  readonly #periods = new Map<string, Sums>();
  readonly #parts = new Map<string, Sums>();
  readonly #total = emptySums();
  readonly #earlier = { previous: emptySums(), yearBefore: emptySums() };

  constructor(options: SalesReportOptions) {
    this.#options = options;
    this.#spans = comparedSpans(options.selection, options.by);
  }

  add(outcome: BasketOutcome): void {
    const { selection, calendar, by, split } = this.#options;
    const place = placeOf(outcome);
    for (const field of ['storeId', 'agentId', 'channel'] as const) {
      if (selection[field] !== undefined && place[field] !== selection[field]) return;
    }
    const day = businessDay(calendar, (outcome.sold ?? outcome.decided)!.atMs);
    for (const span of SPANS) if (isWithin(this.#spans[span], day)) addTo(this.#earlier[span], outcome);
    if (!isWithin(selection, day)) return;
    const period = periodName(day, by);
    addTo(sumsAt(this.#periods, period, { period }), outcome);
    addTo(this.#total, outcome);
    if (split === undefined) return;
    const part = place[SPLIT_FIELDS[split]] ?? null;
    addTo(sumsAt(this.#parts, `${period} ${part === null ? '' : `:${part}`}`, { period, part }), outcome);
  }

  report(): SalesReport {
    const sums = this.#options.split === undefined ? this.#periods : this.#parts;
    const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => rowOf(row));
    const compared = (span: keyof ComparedSpans) => {
      const { fromDay, toDay } = this.#spans[span];
      return { from: textOfDay(fromDay), to: textOfDay(toDay), total: rowOf(this.#earlier[span]) };
    };
    return {
      rows,
      total: rowOf(this.#total),
      comparison: { previous: compared('previous'), yearBefore: compared('yearBefore') },
      trend: this.#trend(),
    };
  }

  #trend(): SalesTrend {
    const { selection, by, today } = this.#options;
    const periods = wholePeriods(selection, by, today);
    const trend = (figureOf: (sums: Sums | undefined) => number) =>
      trendOf(
        periods.map((period) => ({ period, value: figureOf(this.#periods.get(period)) })),
        by === 'day',
      );
    return {
      transactions: trend((sums) => sums?.transactions ?? 0),
      revenue: [...this.#total.money.keys()].sort().map((currency) => ({
        currency,
        trend: trend((sums) => fromMinorUnits(sums?.money.get(currency)?.revenueMinor ?? 0, currency)),
      })),
    };
  }
}

const SPANS = ['previous', 'yearBefore'] as const satisfies (keyof ComparedSpans)[];

const SPLIT_FIELDS = { store: 'storeId', agent: 'agentId', channel: 'channel' } as const;

interface Sums {
  period?: string;
  part?: string | null;
  baskets: number;
  readonly customers: Set<string>;
  transactions: number;
  items: number;
  transactionsShown: number;
  transactionsAttached: number;
  shown: number;
  accepted: number;
  declined: number;
  notOffered: number;
  readonly money: Map<string, MoneySums>;
}

interface MoneySums {
  transactions: number;
  revenueMinor: number;
  refundedMinor: number;
  costedRevenueMinor: number;
  costMinor: number;
  upsellRevenueMinor: number;
  upsellCostedRevenueMinor: number;
  upsellCostMinor: number;
}

function emptySums(): Sums {
  return {
    ...{ baskets: 0, customers: new Set<string>(), transactions: 0, items: 0 },
    ...{ transactionsShown: 0, transactionsAttached: 0, shown: 0, accepted: 0, declined: 0, notOffered: 0 },
    money: new Map<string, MoneySums>(),
  };
}

function isWithin({ fromDay, toDay }: DaySpan, day: number): boolean {
  return day >= fromDay && day <= toDay;
}

function sumsAt(sums: Map<string, Sums>, key: string, head: Pick<Sums, 'period' | 'part'>): Sums {
  const known = sums.get(key) ?? { ...emptySums(), ...head };
  sums.set(key, known);
  return known;
}

/** Names of the periods that lie within the days as a whole and are over, in order of time. */
function wholePeriods({ fromDay, toDay }: DaySpan, by: PeriodLength, today: number): string[] {
  const lastDay = Math.min(toDay, today - 1);
  const names = new Set<string>();
  for (let day = fromDay; day <= lastDay; day++) names.add(periodName(day, by));
  names.delete(periodName(fromDay - 1, by));
  names.delete(periodName(lastDay + 1, by));
  return [...names];
}

function placeOf({ sold, decided }: BasketOutcome) {
  return {
    storeId: sold?.storeId ?? decided?.storeId,
    agentId: sold?.agentId ?? decided?.agentId,
    channel: sold?.channel ?? decided?.channel,
  };
}

function addTo(sums: Sums, { sold, customer, items, suggestions, money }: BasketOutcome): void {
  sums.baskets++;
  if (customer !== undefined) sums.customers.add(customer);
  sums.shown += suggestions.shown;
  sums.accepted += suggestions.accepted;
  sums.declined += suggestions.declined;
  sums.notOffered += suggestions.notOffered;
  if (!sold) return;
  sums.transactions++;
  sums.items += items;
  if (suggestions.shown > 0) sums.transactionsShown++;
  if (suggestions.bought > 0) sums.transactionsAttached++;
  for (const amounts of money) addMoney(sums.money, amounts);
}

function addMoney(sums: Map<string, MoneySums>, amounts: BasketMoney): void {
  const { currency, upsell } = amounts;
  const sum = sums.get(currency) ?? {
    ...{ transactions: 0, revenueMinor: 0, refundedMinor: 0, costedRevenueMinor: 0, costMinor: 0 },
    ...{ upsellRevenueMinor: 0, upsellCostedRevenueMinor: 0, upsellCostMinor: 0 },
  };
  sums.set(currency, sum);
  sum.transactions++;
  sum.revenueMinor += amounts.revenueMinor;
  sum.refundedMinor += amounts.refundedMinor;
  sum.costedRevenueMinor += amounts.costedRevenueMinor;
  sum.costMinor += amounts.costMinor;
  sum.upsellRevenueMinor += upsell.revenueMinor;
  sum.upsellCostedRevenueMinor += upsell.costedRevenueMinor;
  sum.upsellCostMinor += upsell.costMinor;
}

function rowOf(sums: Sums): SalesRow {
  const { customers, money, ...counts } = sums;
  const said = counts.accepted + counts.declined;
  return {
    ...counts,
    knownCustomers: customers.size,
    itemsPerTransaction: ratio(counts.items, counts.transactions),
    attachRate: ratio(counts.transactionsAttached, counts.transactionsShown),
    acceptance: ratio(counts.accepted, said),
    notOfferedShare: ratio(counts.notOffered, said + counts.notOffered),
    money: [...money].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, sum]) => moneyRow(currency, sum)),
  };
}

function moneyRow(currency: string, sums: MoneySums): SalesMoney {
  const { transactions, revenueMinor, costedRevenueMinor, upsellCostedRevenueMinor } = sums;
  const major = (minor: number) => fromMinorUnits(minor, currency);
  return {
    currency,
    transactions,
    revenue: major(revenueMinor),
    refunded: major(sums.refundedMinor),
    averageTransactionValue: major(Math.round(revenueMinor / transactions)),
    margin: costedRevenueMinor === 0 ? null : major(costedRevenueMinor - sums.costMinor),
    costKnownShare: revenueMinor === 0 ? 0 : costedRevenueMinor / revenueMinor,
    upsellRevenue: major(sums.upsellRevenueMinor),
    upsellMargin:
      upsellCostedRevenueMinor === 0 ? null : major(upsellCostedRevenueMinor - sums.upsellCostMinor),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
