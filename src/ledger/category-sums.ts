import type { ReceiptProduct } from './basket-book.ts';
import { getOrMake } from './get-or-make.ts';

/** The metrics of an experiment as far as the products of one category make them. */
export interface CategoryMetrics {
  /** null: products whose category is not known */
  readonly name: string | null;
  /** [METRICS][count] */
  readonly metrics: readonly Float64Array[];
}

interface Sums {
  readonly row: number[];
  /** As METRICS. */
  readonly values: readonly number[][];
}

const emptySums = (): Sums => ({ row: [], values: [[], [], [], []] });

/** Adds up what was paid in each category, row by row of an experiment's table. */
export class CategorySums {
  readonly #categoryOf: (productId: string) => string | undefined;
  readonly #sums = new Map<string | null, Sums>();

  constructor(categoryOf: (productId: string) => string | undefined) {
    this.#categoryOf = categoryOf;
  }

  add(row: number, products: readonly ReceiptProduct[]): void {
    for (const { productId, revenueMinor, costMinor, items, isCostKnown, isUpsell } of products) {
      const name = this.#categoryOf(productId) ?? null;
      const sums = getOrMake(this.#sums, name, emptySums);
      const marginMinor = isCostKnown ? revenueMinor - costMinor : 0;
      sums.row.push(row);
      for (const [metric, value] of [marginMinor, revenueMinor, items, isUpsell ? marginMinor : 0].entries())
        sums.values[metric]!.push(value);
    }
  }

  /**
   * By name, what has none last; made one after the other, as each is as long as the experiment.
   *
   * @param placeOf [rows] where the experiment has the basket of a row
   */
  *metrics(placeOf: Int32Array): Generator<CategoryMetrics> {
    const named = [...this.#sums].sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1));
    for (const [name, { row, values }] of named) {
      const metrics = values.map(() => new Float64Array(placeOf.length));
      for (const [metric, column] of metrics.entries())
        for (const [at, of] of row.entries()) column[placeOf[of]!]! += values[metric]![at]!;
      yield { name, metrics };
    }
  }
}
