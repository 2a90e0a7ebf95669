import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import type { NamedBaskets } from './customer-kinds.ts';
import { GrowingColumn } from './growing-column.ts';
import { IS_DECIDED, IS_NAMED_AT_FIRST, IS_SOLD, type UpliftColumns } from './outcome-columns.ts';
import { rowsByCustomer } from './rows-by-customer.ts';
import type { ReportSelection } from './sales-report.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** How many days before a basket's day count as its customer's past: a season, however long the ledger is. */
export const PAST_DAYS = 91;

/**
 * What known customers paid on earlier business days: known before the first offer of a basket. Revenue counts before refunds, because a
 * return may come after that offer. A basket counts on the day of its first decision or of its receipt, whichever is later. So a basket
 * that is paid later is no past, and none is its own past, whatever the clock of a till says. Later receipts of a basket count with its
 * first.
 */
export class PastReceipts {
  readonly #calendar: BusinessCalendar;
  readonly #fromDay: number;
  readonly #toDay: number;
  /** A row for each paid basket of a known customer and each of its currencies. */
  readonly #customer = new GrowingColumn(new Int32Array(0));
  readonly #day = new GrowingColumn(new Int32Array(0));
  readonly #currency = new GrowingColumn(new Int32Array(0));
  readonly #revenueMinor = new GrowingColumn(new Float64Array(0));

  /** @param selection whose baskets will be asked for */
  constructor({ fromDay, toDay }: Pick<ReportSelection, 'fromDay' | 'toDay'>, calendar: BusinessCalendar) {
    this.#calendar = calendar;
    this.#fromDay = fromDay - PAST_DAYS;
    this.#toDay = toDay;
  }

  /** Each basket once. Needs all that were decided on from PAST_DAYS before the first day on, whatever the place. */
  add({ baskets, moneyCount, money }: UpliftColumns): void {
    for (let row = 0; row < moneyCount; row++) {
      const at = money.basket[row]!;
      const customer = baskets.customer[at]!;
      if (customer === 0 || (baskets.state[at]! & IS_PAID) !== IS_PAID) continue;
      const decidedDay = businessDay(this.#calendar, baskets.decidedAtMs[at]!);
      const day = Math.max(decidedDay, businessDay(this.#calendar, baskets.atMs[at]!));
      if (decidedDay < this.#fromDay || day >= this.#toDay) continue;
      this.#customer.push(customer);
      this.#day.push(day);
      this.#currency.push(money.currency[row]!);
      this.#revenueMinor.push(money.revenueMinor[row]! + money.refundedMinor[row]!);
    }
  }

  /**
   * Covariates of baskets, by row: whether the customer named at the first decision has a past, and the mean revenue of its receipts minus
   * the average over all such baskets, 0 without a past. No columns where nobody has one. Yields between slices.
   *
   * @param order rows by the time of their first decision
   * @param currency its code; receipts in other currencies are left out
   */
  *covariates(
    { atMs, state, customer }: NamedBaskets,
    order: Uint32Array,
    currency: number,
  ): Generator<void, readonly Float64Array[]> {
    const sums = this.#recentSums(currency);
    const hasPast = new Float64Array(atMs.length);
    const meanRevenue = new Float64Array(atMs.length);
    let baskets = 0;
    let sum = 0;
    for (let at = 0; at < order.length; at++) {
      if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
      const row = order[at]!;
      if (customer[row] === 0 || (state[row]! & IS_NAMED_AT_FIRST) === 0) continue;
      const { count, sumMinor } = sums(customer[row]!, businessDay(this.#calendar, atMs[row]!));
      if (count === 0) continue;
      hasPast[row] = 1;
      meanRevenue[row] = sumMinor / count;
      baskets++;
      sum += meanRevenue[row]!;
    }
    if (baskets === 0) return [];
    for (let row = 0; row < hasPast.length; row++) if (hasPast[row] === 1) meanRevenue[row]! -= sum / baskets;
    return [hasPast, meanRevenue];
  }

  /** Receipts of a customer in the PAST_DAYS before a day; for each customer, ask for days in ascending order. */
  #recentSums(
    currency: number,
  ): (customer: number, today: number) => { readonly count: number; readonly sumMinor: number } {
    const day = this.#day.view();
    const { rows, start } = rowsByCustomer(this.#customer.view(), day);
    /** By customer: the first of `rows` that counts, and the first that does not count yet. */
    const from = start.slice();
    const to = start.slice();
    const counts = new Int32Array(start.length);
    const sums = new Float64Array(start.length);
    const move = (customer: number, row: number, by: 1 | -1) => {
      if (this.#currency.get(row) !== currency) return;
      counts[customer]! += by;
      sums[customer]! += by * this.#revenueMinor.get(row);
    };
    return (customer, today) => {
      if (customer + 1 >= start.length) return NO_RECEIPTS;
      const end = start[customer + 1]!;
      while (to[customer]! < end && day[rows[to[customer]!]!]! < today)
        move(customer, rows[to[customer]!++]!, 1);
      while (from[customer]! < to[customer]! && day[rows[from[customer]!]!]! < today - PAST_DAYS)
        move(customer, rows[from[customer]!++]!, -1);
      return { count: counts[customer]!, sumMinor: sums[customer]! };
    };
  }
}

const NO_RECEIPTS = { count: 0, sumMinor: 0 };
const IS_PAID = IS_DECIDED | IS_SOLD;
