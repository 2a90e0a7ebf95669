import { currencyBit, type Experiment, METRICS, type Metric } from './experiment.ts';
import type { UpliftColumns } from './outcome-columns.ts';
import { fillColumn } from './slices.ts';

type Sums = Pick<Experiment, 'metrics' | 'costed' | 'held' | 'paidIn'>;

/** Sums of baskets, one row each: pieces, and money in minor units. */
export class MetricSums {
  readonly #metrics: Record<Metric, number[]> = {
    margin: [],
    revenue: [],
    items: [],
    upsellMargin: [],
    holdingSaved: [],
  };
  readonly #costed: number[] = [];
  readonly #held: number[] = [];
  readonly #paidIn: number[] = [];
  /** Number of money rows by currency code. */
  readonly #moneyRows: number[] = [];

  /** Appends a row with pieces and no money. */
  addRow(items: number): void {
    const { margin, revenue, upsellMargin, holdingSaved } = this.#metrics;
    const money = [margin, revenue, upsellMargin, holdingSaved, this.#costed, this.#held];
    for (const column of money) column.push(0);
    this.#metrics.items.push(items);
    this.#paidIn.push(0);
  }

  /** @param rowOf [count] row of each basket, −1 for those that are not added up */
  addMoney({ moneyCount, money }: Pick<UpliftColumns, 'moneyCount' | 'money'>, rowOf: Int32Array): void {
    const { margin, revenue, upsellMargin, holdingSaved } = this.#metrics;
    for (let at = 0; at < moneyCount; at++) {
      const row = rowOf[money.basket[at]!]!;
      if (row < 0) continue;
      const costed = money.costedRevenueMinor[at]!;
      const currency = money.currency[at]!;
      this.#paidIn[row]! |= currencyBit(currency);
      this.#moneyRows[currency] = (this.#moneyRows[currency] ?? 0) + 1;
      this.#costed[row]! += costed;
      this.#held[row]! += money.heldRevenueMinor[at]!;
      margin[row]! += costed - money.costMinor[at]!;
      revenue[row]! += money.revenueMinor[at]!;
      upsellMargin[row]! += money.upsellCostedRevenueMinor[at]! - money.upsellCostMinor[at]!;
      holdingSaved[row]! += money.holdingSavedMinor[at]!;
    }
  }

  /** Code of the currency that most baskets were paid in; of equal ones the first by name. */
  commonestCurrency(names: readonly string[]): number {
    const rowsIn = (currency: number) => this.#moneyRows[currency] ?? 0;
    const codes = [...names.keys()];
    codes.sort((a, b) => rowsIn(b) - rowsIn(a) || (names[a]! < names[b]! ? -1 : 1));
    return codes[0] ?? 0;
  }

  /** The rows in this order; yields between slices. */
  *inOrder(order: Uint32Array): Generator<void, Sums> {
    const metrics: Float64Array[] = [];
    for (const metric of METRICS) metrics.push(yield* ordered(this.#metrics[metric], order));
    return {
      metrics,
      costed: yield* ordered(this.#costed, order),
      held: yield* ordered(this.#held, order),
      paidIn: yield* fillColumn(new Int32Array(order.length), order, (row) => this.#paidIn[row]!),
    };
  }
}

function ordered(column: readonly number[], order: Uint32Array): Generator<void, Float64Array> {
  return fillColumn(new Float64Array(order.length), order, (row) => column[row]!);
}
