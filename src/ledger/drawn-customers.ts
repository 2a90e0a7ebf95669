import type { Place } from './basket-place.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import { covariatesOf } from './covariates.ts';
import type { CustomerExperiment } from './experiment.ts';
import { getOrMake } from './get-or-make.ts';
import { MetricSums } from './metric-sums.ts';
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

/**
 * Customers that a side was drawn for, as the first basket under that draw found them, and what all their baskets of some
 * days came to. Nothing of a later basket is known before the first offer: what is in it may be what an earlier offer did. So a
 * customer counts from the first basket on, also in days without one.
 */
export class DrawnCustomers {
  readonly #days: Pick<ReportSelection, 'fromDay' | 'toDay'>;
  readonly #calendar: BusinessCalendar;
  /** By the customer's number. */
  readonly #rowOf = new Map<number, number>();
  readonly #rows = emptyRows();
  readonly #sums = new MetricSums();
  /** Baskets of known customers that had a side of their own. */
  readonly #others = { customer: [] as number[], atMs: [] as number[], revenueMinor: [] as number[] };

  constructor(days: Pick<ReportSelection, 'fromDay' | 'toDay'>, calendar: BusinessCalendar) {
    this.#days = days;
    this.#calendar = calendar;
  }

  /** Of each customer the first basket, as columns; the row of a customer says where. */
  get first(): Omit<Readonly<ReturnType<typeof emptyRows>>, 'baskets'> {
    return this.#rows;
  }

  rowOf(customer: number): number | undefined {
    return this.#rowOf.get(customer);
  }

  /** All baskets that were decided on up to the last day are wanted, whatever the first day and the place. */
  add(columns: UpliftColumns): void {
    const { count, baskets, moneyCount, money } = columns;
    const rowOf = new Int32Array(count).fill(-1);
    const otherOf = new Int32Array(count).fill(-1);
    for (let at = 0; at < count; at++) {
      const state = baskets.state[at]!;
      if ((state & IS_DECIDED) === 0 || (state & IS_NAMED_AT_FIRST) === 0) continue;
      const day = businessDay(this.#calendar, baskets.decidedAtMs[at]!);
      if (day > this.#days.toDay) continue;
      if ((state & IS_DRAWN_FOR_CUSTOMER) === 0) {
        otherOf[at] = this.#others.customer.length;
        this.#others.customer.push(baskets.customer[at]!);
        this.#others.atMs.push(baskets.decidedAtMs[at]!);
        this.#others.revenueMinor.push(0);
        continue;
      }
      const share = baskets.holdoutShare[at]!;
      if (!(share > 0 && share < 1)) continue;
      const row = this.#meet(columns, at);
      if (day < this.#days.fromDay) continue;
      rowOf[at] = row;
      this.#rows.baskets[row]!++;
      this.#sums.addItems(row, baskets.items[at]!);
    }
    this.#sums.addMoney(columns, rowOf);
    for (let at = 0; at < moneyCount; at++) {
      const other = otherOf[money.basket[at]!]!;
      if (other >= 0) this.#others.revenueMinor[other]! += money.revenueMinor[at]!;
    }
  }

  /** The customer's row, which tells of this basket where none before is known. */
  #meet({ baskets }: UpliftColumns, at: number): number {
    const rows = this.#rows;
    const row = getOrMake(this.#rowOf, baskets.customer[at]!, () => {
      this.#sums.addRow();
      rows.baskets.push(0);
      return rows.atMs.push(Number.POSITIVE_INFINITY) - 1;
    });
    const [atMs, order] = [baskets.decidedAtMs[at]!, baskets.order[at]!];
    if (atMs > rows.atMs[row]! || (atMs === rows.atMs[row] && order >= rows.order[row]!)) return row;
    rows.atMs[row] = atMs;
    rows.order[row] = order;
    rows.isTreated[row] = (baskets.state[at]! & IS_TREATED) === 0 ? 0 : 1;
    rows.holdoutShare[row] = baskets.holdoutShare[at]!;
    rows.place[row] = baskets.decidedPlace[at]!;
    rows.basketValue[row] = baskets.basketValue[at]!;
    rows.lines[row] = baskets.lines[at]!;
    return row;
  }

  /**
   * The customers whose first basket was at a selected place, in the order of those baskets.
   *
   * @param isSelected by the code of a place
   */
  *build(isSelected: readonly boolean[], names: OutcomeNames): Generator<void, CustomerExperiment> {
    const rows = this.#rows;
    const order = inOrder(rows).filter((row) => isSelected[rows.place[row]!]);
    const count = order.length;
    const known = { ...rows, further: this.#past() };
    const { metrics, ...money } = yield* this.#sums.inOrder(order);
    const baskets = Float64Array.from(order, (row) => rows.baskets[row]!);
    const places: readonly Place[] = names.places;
    return {
      ...{ count, cluster: Int32Array.from(order.keys()), clusterCount: count },
      isTreated: Uint8Array.from(order, (row) => rows.isTreated[row]!),
      holdoutShare: Float64Array.from(order, (row) => rows.holdoutShare[row]!),
      ...(yield* covariatesOf(known, order, places, this.#calendar)),
      ...{ ...money, metrics: [...metrics, baskets], currencyNames: names.currencies },
    };
  }

  /** Of each customer: baskets before the first under the draw, and their revenue. */
  #past(): readonly Float64Array[] {
    const { customer, atMs, revenueMinor } = this.#others;
    const baskets = new Float64Array(this.#rows.atMs.length);
    const revenue = new Float64Array(this.#rows.atMs.length);
    for (const [at, code] of customer.entries()) {
      const row = this.#rowOf.get(code);
      if (row === undefined || atMs[at]! >= this.#rows.atMs[row]!) continue;
      baskets[row]!++;
      revenue[row]! += revenueMinor[at]!;
    }
    return [baskets, revenue];
  }
}

function emptyRows() {
  const column = (): number[] => [];
  return {
    ...{ atMs: column(), order: column(), isTreated: column(), holdoutShare: column(), place: column() },
    ...{ basketValue: column(), lines: column() },
    /** Of the days. */
    baskets: column(),
  };
}
