import type { Adjustable } from './adjustment-design.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import { covariatesOf } from './covariates.ts';
import { type Experiment, METRICS } from './experiment.ts';
import { getOrMake } from './get-or-make.ts';
import {
  IS_DECIDED,
  IS_DRAWN_FOR_CUSTOMER,
  IS_NAMED_AT_FIRST,
  IS_TREATED,
  type UpliftColumns,
} from './outcome-columns.ts';
import type { OutcomeNames } from './outcome-names.ts';
import { inOrder } from './row-order.ts';
import type { ReportSelection } from './sales-report.ts';
import { fillColumn, ROWS_AT_ONCE } from './slices.ts';

/**
 * Customers as columns, in the order of their first baskets: the metrics summed over their baskets of the report, then the number of these
 * baskets.
 */
export type CustomerExperiment = Adjustable;

/** The index of the metric that only customers have: their number of baskets. */
export const CUSTOMER_BASKETS = METRICS.length;

/** Baskets of an experiment. `customer`: the number of the customer whose arm a basket has, 0 if it has an arm of its own. */
export interface DrawnBaskets extends Pick<Experiment, 'count' | 'metrics'> {
  readonly customer: ArrayLike<number>;
}

/**
 * Customers whom an arm was drawn for, as known at their first basket under that draw. Nothing about a later basket was known before the
 * first offer: what is in it, and that there is one at all, may be an effect of an earlier offer. So a customer counts from the first
 * basket on, also on days without one.
 */
export class DrawnCustomers {
  readonly #toDay: number;
  readonly #calendar: BusinessCalendar;
  /** By the customer's number. */
  readonly #rowOf = new Map<number, number>();
  readonly #rows = emptyRows();

  /** @param selection only its last day is used */
  constructor({ toDay }: Pick<ReportSelection, 'toDay'>, calendar: BusinessCalendar) {
    this.#toDay = toDay;
    this.#calendar = calendar;
  }

  /** 1 for treatment, by the first basket. @throws Error for a customer whom `meet` has not seen */
  armOf(customer: number): number {
    const row = this.#rowOf.get(customer);
    if (row === undefined)
      throw new Error('all baskets of customers must be read before the customers are compared');
    return this.#rows.isTreated[row]!;
  }

  /** Finds first baskets. Needs all that were decided on up to the last day, whatever the selection's first day and place. */
  meet(columns: UpliftColumns): void {
    for (let at = 0; at < columns.count; at++) if (this.#isDrawn(columns, at)) this.#note(columns, at);
  }

  /**
   * Adds up the past of each customer before the first basket under the draw. Call with the same baskets, after `meet` has seen all.
   * Baskets count by their first decision; revenue counts before refunds, and only if paid by then: anything later may be an effect of
   * offers.
   */
  addPast({ count, baskets, moneyCount, money }: UpliftColumns): void {
    const rowOf = new Int32Array(count).fill(-1);
    for (let at = 0; at < count; at++) {
      const state = baskets.state[at]!;
      if ((state & IS_DECIDED) === 0 || (state & IS_NAMED_AT_FIRST) === 0) continue;
      const row = this.#rowOf.get(baskets.customer[at]!);
      if (row === undefined || baskets.decidedAtMs[at]! >= this.#rows.atMs[row]!) continue;
      this.#rows.pastBaskets[row]!++;
      if (baskets.atMs[at]! < this.#rows.atMs[row]!) rowOf[at] = row;
    }
    for (let at = 0; at < moneyCount; at++) {
      const row = rowOf[money.basket[at]!]!;
      if (row < 0) continue;
      this.#rows.pastRevenueMinor[row]! += money.revenueMinor[at]! + money.refundedMinor[at]!;
    }
  }

  #isDrawn({ baskets }: UpliftColumns, at: number): boolean {
    const share = baskets.holdoutShare[at]!;
    return (
      (baskets.state[at]! & IS_DRAWN_FOR_CUSTOMER) !== 0 &&
      share > 0 &&
      share < 1 &&
      businessDay(this.#calendar, baskets.decidedAtMs[at]!) <= this.#toDay
    );
  }

  /** Keeps this basket in the customer's row unless an earlier one is known. */
  #note({ baskets }: UpliftColumns, at: number): void {
    const rows = this.#rows;
    const row = getOrMake(this.#rowOf, baskets.customer[at]!, () => {
      rows.pastBaskets.push(0);
      rows.pastRevenueMinor.push(0);
      return rows.atMs.push(Number.POSITIVE_INFINITY) - 1;
    });
    const atMs = baskets.decidedAtMs[at]!;
    const order = baskets.order[at]!;
    if (atMs > rows.atMs[row]! || (atMs === rows.atMs[row] && order >= rows.order[row]!)) return;
    rows.atMs[row] = atMs;
    rows.order[row] = order;
    rows.isTreated[row] = (baskets.state[at]! & IS_TREATED) === 0 ? 0 : 1;
    rows.holdoutShare[row] = baskets.holdoutShare[at]!;
    rows.place[row] = baskets.decidedPlace[at]!;
    rows.basketValue[row] = baskets.basketValue[at]!;
    rows.lines[row] = baskets.lines[at]!;
  }

  /**
   * The customers whose first basket was at a selected place, with the sums of their `baskets`; yields now and then.
   *
   * @param isSelected by the code of a place
   */
  *build(
    baskets: DrawnBaskets,
    isSelected: readonly boolean[],
    names: OutcomeNames,
  ): Generator<void, CustomerExperiment> {
    const rows = this.#rows;
    const past = [rows.pastBaskets, rows.pastRevenueMinor];
    const order = inOrder(rows).filter((row) => isSelected[rows.place[row]!]);
    const count = order.length;
    return {
      count,
      cluster: Int32Array.from(order.keys()),
      clusterCount: count,
      isTreated: yield* fillColumn(new Uint8Array(count), order, (row) => rows.isTreated[row]!),
      holdoutShare: yield* fillColumn(new Float64Array(count), order, (row) => rows.holdoutShare[row]!),
      ...(yield* covariatesOf({ ...rows, further: past }, order, names.places, this.#calendar)),
      metrics: yield* this.#sums(baskets, order),
    };
  }

  /** Adds up in the order of the baskets, because sums of fractions depend on it. */
  *#sums({ count, customer, metrics }: DrawnBaskets, order: Uint32Array): Generator<void, Float64Array[]> {
    const placeOf = new Int32Array(this.#rows.atMs.length).fill(-1);
    for (const [at, row] of order.entries()) placeOf[row] = at;
    const sums = [...metrics, undefined].map(() => new Float64Array(order.length));
    for (let at = 0; at < count; at++) {
      if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
      const place = placeOf[this.#rowOf.get(customer[at]!) ?? -1] ?? -1;
      if (place < 0) continue;
      for (const [metric, values] of metrics.entries()) sums[metric]![place]! += values[at]!;
      sums[CUSTOMER_BASKETS]![place]!++;
    }
    return sums;
  }
}

function emptyRows() {
  const column = (): number[] => [];
  return {
    atMs: column(),
    order: column(),
    isTreated: column(),
    holdoutShare: column(),
    place: column(),
    basketValue: column(),
    lines: column(),
    /** Before the first basket. */
    pastBaskets: column(),
    pastRevenueMinor: column(),
  };
}
