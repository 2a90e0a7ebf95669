import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import type { NamedBaskets } from './customer-kinds.ts';
import { getOrMake } from './get-or-make.ts';
import { IS_DECIDED, IS_NAMED_AT_FIRST, IS_SOLD, type UpliftColumns } from './outcome-columns.ts';
import type { ReportSelection } from './sales-report.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** Days before that of a basket whose receipts are its customer's past: a season, however long the ledger is. */
export const PAST_DAYS = 91;

/** Paid baskets of one customer in one currency, by business day once they are sorted, and those of them that lie before a day. */
interface Receipts {
  readonly day: number[];
  readonly revenueMinor: number[];
  from: number;
  to: number;
  sumMinor: number;
}

/**
 * What known customers paid on earlier business days: known before the first offer of a basket. Revenue counts as it was paid,
 * since what is brought back may be so after that offer. A basket counts by the day of its first decision or of its receipt,
 * whichever is later: one that is paid later is no past, and none is its own, whatever the clock of a till says. What is paid on
 * top of an earlier receipt counts with that.
 */
export class PastReceipts {
  readonly #calendar: BusinessCalendar;
  readonly #fromDay: number;
  readonly #toDay: number;
  /** By the code of the currency, then the customer's number. */
  readonly #receipts = new Map<number, Map<number, Receipts>>();

  /** @param selection whose baskets will be asked for */
  constructor({ fromDay, toDay }: Pick<ReportSelection, 'fromDay' | 'toDay'>, calendar: BusinessCalendar) {
    this.#calendar = calendar;
    this.#fromDay = fromDay - PAST_DAYS;
    this.#toDay = toDay;
  }

  /** Each basket once, of all that were decided on from PAST_DAYS before the first day on, whatever the place. */
  add({ baskets, moneyCount, money }: UpliftColumns): void {
    for (let row = 0; row < moneyCount; row++) {
      const at = money.basket[row]!;
      const customer = baskets.customer[at]!;
      if (customer === 0 || (baskets.state[at]! & IS_PAID) !== IS_PAID) continue;
      const decidedDay = businessDay(this.#calendar, baskets.decidedAtMs[at]!);
      const day = Math.max(decidedDay, businessDay(this.#calendar, baskets.atMs[at]!));
      if (decidedDay < this.#fromDay || day >= this.#toDay) continue;
      const ofCurrency = getOrMake(this.#receipts, money.currency[row]!, () => new Map<number, Receipts>());
      const receipts = getOrMake(ofCurrency, customer, newReceipts);
      receipts.day.push(day);
      receipts.revenueMinor.push(money.revenueMinor[row]! + money.refundedMinor[row]!);
    }
  }

  /**
   * Covariates of baskets, by row: whether their customer, named at the first decision, has a past, and the mean revenue of its
   * receipts less that of all such baskets, 0 where there is none; no columns where nobody has one. To be asked once; yields
   * between slices.
   *
   * @param order rows by the time of their first decision
   * @param currency by its code: receipts in others tell nothing of money in this one
   */
  *covariates(
    { atMs, state, customer }: NamedBaskets,
    order: Uint32Array,
    currency: number,
  ): Generator<void, readonly Float64Array[]> {
    const ofCustomer = this.#receipts.get(currency) ?? new Map<number, Receipts>();
    for (const receipts of ofCustomer.values()) sortByDay(receipts);
    const hasPast = new Float64Array(atMs.length);
    const meanRevenue = new Float64Array(atMs.length);
    let [baskets, sum] = [0, 0];
    for (let at = 0; at < order.length; at++) {
      if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
      const row = order[at]!;
      const receipts = ofCustomer.get(customer[row]!);
      if (receipts === undefined || (state[row]! & IS_NAMED_AT_FIRST) === 0) continue;
      moveOn(receipts, businessDay(this.#calendar, atMs[row]!));
      const count = receipts.to - receipts.from;
      if (count === 0) continue;
      hasPast[row] = 1;
      meanRevenue[row] = receipts.sumMinor / count;
      baskets++;
      sum += meanRevenue[row]!;
    }
    if (baskets === 0) return [];
    for (let row = 0; row < hasPast.length; row++) if (hasPast[row] === 1) meanRevenue[row]! -= sum / baskets;
    return [hasPast, meanRevenue];
  }
}

const IS_PAID = IS_DECIDED | IS_SOLD;

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
