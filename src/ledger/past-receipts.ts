import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import { getOrMake } from './get-or-make.ts';
import { IS_DECIDED, IS_NAMED_AT_FIRST, IS_SOLD, type UpliftColumns } from './outcome-columns.ts';
import type { ReportSelection } from './sales-report.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** Business days before that of a basket whose receipts are its customer's past: a season, however long the ledger is. */
export const PAST_DAYS = 91;

/** Whose past is asked for: columns of equal length, rows in any order. */
export interface AskedBaskets {
  /** Of the first decision. */
  readonly atMs: readonly number[];
  readonly state: readonly number[];
  readonly customer: readonly number[];
}

/** Paid baskets of one customer, by business day once they are sorted, and those of them that lie before a day. */
interface Receipts {
  readonly day: number[];
  readonly revenueMinor: number[];
  from: number;
  to: number;
  sumMinor: number;
}

/**
 * What known customers paid on earlier business days: known before the first offer of a basket. Revenue counts as it was paid,
 * since what is brought back may be so after that offer, and a basket by its first decision, so that none is its own past
 * whatever the clock of a till says.
 */
export class PastReceipts {
  readonly #calendar: BusinessCalendar;
  readonly #fromDay: number;
  readonly #toDay: number;
  /** By the customer's number. */
  readonly #receipts = new Map<number, Receipts>();

  /** @param selection whose baskets will be asked for */
  constructor({ fromDay, toDay }: Pick<ReportSelection, 'fromDay' | 'toDay'>, calendar: BusinessCalendar) {
    this.#calendar = calendar;
    this.#fromDay = fromDay - PAST_DAYS;
    this.#toDay = toDay;
  }

  /** Each basket once, of all that were decided on from PAST_DAYS before the first day on, whatever the place. */
  add({ count, baskets, moneyCount, money }: UpliftColumns): void {
    const revenueMinor = new Float64Array(count);
    for (let at = 0; at < moneyCount; at++)
      revenueMinor[money.basket[at]!]! += money.revenueMinor[at]! + money.refundedMinor[at]!;
    const wanted = IS_DECIDED | IS_SOLD;
    for (let at = 0; at < count; at++) {
      const customer = baskets.customer[at]!;
      if (customer === 0 || (baskets.state[at]! & wanted) !== wanted) continue;
      const day = businessDay(this.#calendar, baskets.decidedAtMs[at]!);
      if (day < this.#fromDay || day >= this.#toDay) continue;
      const receipts = getOrMake(this.#receipts, customer, newReceipts);
      receipts.day.push(day);
      receipts.revenueMinor.push(revenueMinor[at]!);
    }
  }

  /**
   * Covariates of baskets, by row: whether their customer, named at the first decision, has a past, and the mean revenue of its
   * receipts. 0 where there is none. To be asked once; yields between slices.
   *
   * @param order rows by the time of their first decision
   */
  *covariates(
    { atMs, state, customer }: AskedBaskets,
    order: Uint32Array,
  ): Generator<void, readonly Float64Array[]> {
    for (const receipts of this.#receipts.values()) sortByDay(receipts);
    const hasPast = new Float64Array(atMs.length);
    const meanRevenue = new Float64Array(atMs.length);
    for (let at = 0; at < order.length; at++) {
      if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
      const row = order[at]!;
      const receipts = this.#receipts.get(customer[row]!);
      if (receipts === undefined || (state[row]! & IS_NAMED_AT_FIRST) === 0) continue;
      moveOn(receipts, businessDay(this.#calendar, atMs[row]!));
      const count = receipts.to - receipts.from;
      if (count === 0) continue;
      hasPast[row] = 1;
      meanRevenue[row] = receipts.sumMinor / count;
    }
    return [hasPast, meanRevenue];
  }
}

function newReceipts(): Receipts {
  return { day: [], revenueMinor: [], from: 0, to: 0, sumMinor: 0 };
}

/** In place; mostly they come in order. */
function sortByDay({ day, revenueMinor }: Receipts): void {
  if (day.every((one, at) => at === 0 || day[at - 1]! <= one)) return;
  const sorted = day.map((one, at) => [one, revenueMinor[at]!] as const).sort(([a], [b]) => a - b);
  for (const [at, [one, minor]] of sorted.entries()) {
    day[at] = one;
    revenueMinor[at] = minor;
  }
}

/** Lets the receipts of the PAST_DAYS before a day be those that count; days come in order. */
function moveOn(receipts: Receipts, today: number): void {
  const { day, revenueMinor } = receipts;
  while (receipts.to < day.length && day[receipts.to]! < today)
    receipts.sumMinor += revenueMinor[receipts.to++]!;
  while (receipts.from < receipts.to && day[receipts.from]! < today - PAST_DAYS)
    receipts.sumMinor -= revenueMinor[receipts.from++]!;
}
