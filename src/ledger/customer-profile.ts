import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import type { CustomerBook, CustomerReceipt, Spend } from './customer-book.ts';
import { gapDaysOf, gapsSince, SEGMENT_RULES, type Segment, segmentOf } from './customer-segment.ts';
import { DayCounts } from './day-counts.ts';

/** Products that a customer buys again, at most. */
export const BOUGHT_AGAIN_MAX = 5;

/** A business day on which a customer bought: receipts of one day are one visit. */
export interface Visit {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly receipts: readonly CustomerReceipt[];
}

/** One customer as the ledger knows him on a day; days since 1970-01-01. */
export interface CustomerProfile {
  readonly firstDay: number;
  readonly lastDay: number;
  readonly visits: number;
  readonly transactions: number;
  /** Median of the days between visits; null with one visit. */
  readonly usualGapDays: number | null;
  readonly daysSinceLast: number;
  /** Days since the last visit over the gap that the rules go by. */
  readonly gapsSinceLast: number;
  /** The first day on which the customer is due. */
  readonly dueDay: number;
  readonly segment: Segment;
  /** By currency, in the order of their codes. */
  readonly spend: readonly Spend[];
  /** Kept products of at least two visits, most visits first, then the newest. */
  readonly buysAgain: readonly {
    readonly productId: string;
    readonly visits: number;
    readonly lastDay: number;
  }[];
}

/** Net spend of the average person with a receipt in the currency, in minor units. */
export type AverageSpend = ReadonlyMap<string, number>;

/** The visits of one customer, first to last. @param receipts in order of time */
export function visitsOf(receipts: readonly CustomerReceipt[], calendar: BusinessCalendar): Visit[] {
  const days = new Map<number, CustomerReceipt[]>();
  for (const receipt of receipts) {
    const day = businessDay(calendar, receipt.atMs);
    const visit = days.get(day) ?? [];
    days.set(day, visit);
    visit.push(receipt);
  }
  return [...days].sort(([a], [b]) => a - b).map(([day, own]) => ({ day, receipts: own }));
}

/** @param visits first to last, at least one @param today business day */
export function profileOf(
  visits: readonly Visit[],
  today: number,
  averageSpend: AverageSpend,
): CustomerProfile {
  const gaps = new DayCounts();
  for (let at = 1; at < visits.length; at++) gaps.add(visits[at]!.day - visits[at - 1]!.day);
  const lastDay = visits.at(-1)!.day;
  const rhythm = { lastDay, usualGapDays: gaps.quantile(0.5) };
  const spend = spendOf(visits.flatMap(({ receipts }) => receipts));
  const overAverage = spend.map(
    ({ currency, revenueMinor }) => revenueMinor / Math.max(1, averageSpend.get(currency) ?? 0),
  );
  const recent = visits.filter(({ day }) => day > today - SEGMENT_RULES.windowDays).length;
  return {
    ...rhythm,
    firstDay: visits[0]!.day,
    visits: visits.length,
    transactions: visits.reduce((sum, { receipts }) => sum + receipts.length, 0),
    daysSinceLast: Math.max(0, today - lastDay),
    gapsSinceLast: gapsSince(rhythm, today),
    dueDay: lastDay + Math.ceil(gapDaysOf(rhythm) * SEGMENT_RULES.dueGaps),
    segment: segmentOf(rhythm, today, recent, Math.max(0, ...overAverage)),
    spend,
    buysAgain: boughtAgain(visits),
  };
}

/** Yields after some persons. */
export function* averageSpendOf(book: CustomerBook): Generator<void, AverageSpend> {
  const sums = new Map<string, { revenueMinor: number; persons: number }>();
  for (const slice of book.personsInSlices()) {
    for (const { currency, revenueMinor } of slice.flatMap(spendOf)) {
      const sum = sums.get(currency) ?? { revenueMinor: 0, persons: 0 };
      sums.set(currency, sum);
      sum.revenueMinor += revenueMinor;
      sum.persons++;
    }
    yield;
  }
  return new Map(
    [...sums].map(([currency, { revenueMinor, persons }]) => [currency, revenueMinor / persons]),
  );
}

/** What receipts come to, by currency in the order of their codes. */
export function spendOf(receipts: readonly CustomerReceipt[]): Spend[] {
  const sums = new Map<string, number>();
  for (const { spend } of receipts) {
    for (const { currency, revenueMinor } of spend)
      sums.set(currency, (sums.get(currency) ?? 0) + revenueMinor);
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, revenueMinor]) => ({ currency, revenueMinor }));
}

function boughtAgain(visits: readonly Visit[]): CustomerProfile['buysAgain'] {
  const products = new Map<string, { visits: number; lastDay: number }>();
  for (const { day, receipts } of visits) {
    for (const productId of new Set(receipts.flatMap((receipt) => receipt.productIds))) {
      const known = products.get(productId) ?? { visits: 0, lastDay: day };
      products.set(productId, { visits: known.visits + 1, lastDay: day });
    }
  }
  return [...products]
    .filter(([, bought]) => bought.visits > 1)
    .sort(
      ([a, one], [b, other]) => other.visits - one.visits || other.lastDay - one.lastDay || (a < b ? -1 : 1),
    )
    .slice(0, BOUGHT_AGAIN_MAX)
    .map(([productId, bought]) => ({ productId, ...bought }));
}
