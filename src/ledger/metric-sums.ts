import { currencyBit, type Experiment, METRICS } from './experiment.ts';
import type { UpliftColumns } from './outcome-columns.ts';

/** Holding cost is counted in parts of a minor unit that add up exactly, in whatever order. */
const HOLDING_PARTS = 1024;

type Sums = Pick<Experiment, 'metrics' | 'costed' | 'held' | 'paidIn'>;

/** What baskets came to, added up in rows: one a basket, or one a customer. */
export class MetricSums {
  readonly #metrics = METRICS.map((): number[] => []);
  readonly #costed: number[] = [];
  readonly #held: number[] = [];
  readonly #paidIn: number[] = [];

  /** Appends a row of nothing. */
  addRow(): void {
    for (const column of [...this.#metrics, this.#costed, this.#held, this.#paidIn]) column.push(0);
  }

  addItems(row: number, items: number): void {
    this.#add('items', row, items);
  }

  /** @param rowOf [count] row of each basket, −1 for those that are not added up */
  addMoney({ moneyCount, money }: Pick<UpliftColumns, 'moneyCount' | 'money'>, rowOf: Int32Array): void {
    for (let at = 0; at < moneyCount; at++) {
      const row = rowOf[money.basket[at]!]!;
      if (row < 0) continue;
      const [revenue, costed] = [money.revenueMinor[at]!, money.costedRevenueMinor[at]!];
      this.#paidIn[row]! |= currencyBit(money.currency[at]!);
      this.#costed[row]! += costed;
      this.#held[row]! += money.heldRevenueMinor[at]!;
      this.#add('margin', row, costed - money.costMinor[at]!);
      this.#add('revenue', row, revenue);
      this.#add('upsellMargin', row, money.upsellCostedRevenueMinor[at]! - money.upsellCostMinor[at]!);
      this.#add(
        'holdingSaved',
        row,
        Math.round(money.holdingSavedMinor[at]! * HOLDING_PARTS) / HOLDING_PARTS,
      );
    }
  }

  /** The rows in this order; yields between columns. */
  *inOrder(order: Uint32Array): Generator<void, Sums> {
    const columns: Float64Array[] = [];
    for (const column of [...this.#metrics, this.#costed, this.#held]) {
      columns.push(Float64Array.from(order, (row) => column[row]!));
      yield;
    }
    const [costed, held] = columns.splice(METRICS.length) as [Float64Array, Float64Array];
    return { metrics: columns, costed, held, paidIn: Int32Array.from(order, (row) => this.#paidIn[row]!) };
  }

  #add(metric: (typeof METRICS)[number], row: number, value: number): void {
    this.#metrics[METRICS.indexOf(metric)]![row]! += value;
  }
}
