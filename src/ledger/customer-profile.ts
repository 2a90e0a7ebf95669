import type { AverageSpend } from './average-spend.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import type { CustomerReceipt, Spend } from './customer-book.ts';
import { gapDaysOf, gapsSince, SEGMENT_RULES, type Segment, segmentOf } from './customer-segment.ts';
import { DayCounts } from './day-counts.ts';
import { getOrMake } from './get-or-make.ts';

/** Most products listed as bought again. */
export const BOUGHT_AGAIN_MAX = 5;

/** A business day on which a customer bought: receipts of one day are one visit. */
export interface Visit {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly receipts: readonly CustomerReceipt[];
}

/** One customer as the ledger knows them on a day; days since 1970-01-01. */
export interface CustomerProfile {
  readonly firstDay: number;
  readonly lastDay: number;
  readonly visits: number;
  readonly transactions: number;
  /** Median of the days between visits; null with one visit. */
  readonly usualGapDays: number | null;
  readonly daysSinceLast: number;
  /** Days since the last visit / the gap that the rules use. */
  readonly gapsSinceLast: number;
  /** The first day on which the customer is due. */
  readonly dueDay: number;
  readonly segment: Segment;
  /** By currency, in the order of their codes. */
  readonly spend: readonly Spend[];
  /** Products kept from at least two visits, most visits first, then the newest. */
  readonly buysAgain: readonly {
    readonly productId: string;
    readonly visits: number;
    readonly lastDay: number;
  }[];
}

/** The visits of one customer, first to last. @param receipts in order of time */
export function visitsOf(receipts: readonly CustomerReceipt[], calendar: BusinessCalendar): Visit[] {
  const days = new Map<number, CustomerReceipt[]>();
  for (const receipt of receipts) {
    getOrMake(days, businessDay(calendar, receipt.atMs), () => []).push(receipt);
  }
  return [...days].sort(([a], [b]) => a - b).map(([day, own]) => ({ day, receipts: own }));
}

/** @param visits first to last, at least one @param today business day */
export function profileOf(
  visits: readonly Visit[],
  today: number,
  averageSpend: AverageSpend,
): CustomerProfile {
  const days = visits.map(({ day }) => day);
  const spend = spendOf(visits.flatMap(({ receipts }) => receipts));
  const { rhythm, segment } = standingOf(days, spend, today, averageSpend);
  return {
    ...rhythm,
    firstDay: visits[0]!.day,
    visits: visits.length,
    transactions: visits.reduce((sum, { receipts }) => sum + receipts.length, 0),
    daysSinceLast: Math.max(0, today - rhythm.lastDay),
    gapsSinceLast: gapsSince(rhythm, today),
    dueDay: rhythm.lastDay + Math.ceil(gapDaysOf(rhythm) * SEGMENT_RULES.dueGaps),
    segment,
    spend,
    buysAgain: boughtAgain(visits),
  };
}

/** On a day: how often a customer comes, and the segment that follows from it. */
interface Standing {
  readonly rhythm: Pick<CustomerProfile, 'lastDay' | 'usualGapDays'>;
  readonly segment: Segment;
}

/** @param days of visits, first to last, at least one @param spend all of it, in any parts @param today business day */
export function standingOf(
  days: readonly number[],
  spend: readonly Spend[],
  today: number,
  averageSpend: AverageSpend,
): Standing {
  const gaps = new DayCounts();
  for (let at = 1; at < days.length; at++) gaps.add(days[at]! - days[at - 1]!);
  const rhythm = { lastDay: days.at(-1)!, usualGapDays: gaps.quantile(0.5) };
  const sums = new Map<string, number>();
  addSpend(sums, spend);
  let overAverage = 0;
  for (const [currency, minor] of sums)
    overAverage = Math.max(overAverage, minor / Math.max(1, averageSpend.get(currency) ?? 0));
  const recent = days.filter((day) => day > today - SEGMENT_RULES.windowDays).length;
  return { rhythm, segment: segmentOf(rhythm, today, recent, overAverage) };
}

/** Adds to `sums`, in minor units by currency. */
export function addSpend(sums: Map<string, number>, spend: readonly Spend[]): void {
  for (const { currency, revenueMinor } of spend)
    sums.set(currency, (sums.get(currency) ?? 0) + revenueMinor);
}

/** Sums of receipts, by currency in the order of their codes. */
function spendOf(receipts: readonly CustomerReceipt[]): Spend[] {
  const sums = new Map<string, number>();
  for (const { spend } of receipts) addSpend(sums, spend);
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
