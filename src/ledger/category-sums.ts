import type { ReceiptProduct } from './basket-book.ts';
import { METRICS } from './experiment.ts';
import { byName } from './experiment-parts.ts';
import { getOrMake } from './get-or-make.ts';

/** Each is a regression over all baskets. */
const CATEGORIES_MAX = 30;

/** The metrics of an experiment as far as the products of one category make them. */
export interface CategoryMetrics {
  /** null: products whose category is not known, or one of many */
  readonly name: string | null;
  /** [METRICS][count] */
  readonly metrics: readonly Float64Array[];
  /** [count] revenue whose cost is known, minor units */
  readonly costed: Float64Array;
  /** [count] revenue of which it is known what holding cost it saved, minor units */
  readonly held: Float64Array;
}

interface Sums {
  readonly row: number[];
  /** As METRICS, then the revenue whose cost, and that whose holding cost, is known. */
  readonly values: readonly number[][];
}

const emptySums = (): Sums => ({ row: [], values: Array.from({ length: METRICS.length + 2 }, () => []) });

/** Adds up what was paid in each category, row by row of an experiment's table. */
export class CategorySums {
  readonly #categoryOf: (productId: string) => string | undefined;
  readonly #sums = new Map<string | null, Sums>();

  constructor(categoryOf: (productId: string) => string | undefined) {
    this.#categoryOf = categoryOf;
  }

  add(row: number, products: readonly ReceiptProduct[]): void {
    for (const product of products) {
      const { productId, revenueMinor, costMinor, items, isCostKnown, isUpsell } = product;
      const name = this.#categoryOf(productId) ?? null;
      const sums = getOrMake(this.#sums, name, emptySums);
      const costedMinor = isCostKnown ? revenueMinor : 0;
      const marginMinor = costedMinor - costMinor;
      const upsellMinor = isUpsell ? marginMinor : 0;
      const values = [marginMinor, revenueMinor, items, upsellMinor, product.holdingSavedMinor];
      values.push(costedMinor, product.isHoldingKnown ? revenueMinor : 0);
      sums.row.push(row);
      for (const [at, value] of values.entries()) sums.values[at]!.push(value);
    }
  }

  /**
   * By name, what has none last, together with what is in none of the CATEGORIES_MAX with the most revenue. Made one after the
   * other, as each is as long as the experiment.
   *
   * @param placeOf [rows] where the experiment has the basket of a row
   */
  *metrics(placeOf: Int32Array): Generator<CategoryMetrics> {
    const revenueOf = ([, { values }]: readonly [string | null, Sums]) =>
      values[METRICS.indexOf('revenue')]!.reduce((sum, value) => sum + value, 0);
    const named = [...this.#sums].filter(([name]) => name !== null);
    named.sort((a, b) => revenueOf(b) - revenueOf(a) || byName(a[0], b[0]));
    const largest = named.splice(0, CATEGORIES_MAX).sort(([a], [b]) => byName(a, b));
    for (const [name, sums] of largest) yield { name, ...inColumns([sums], placeOf) };
    const rest = [...named.map(([, sums]) => sums), ...(this.#sums.has(null) ? [this.#sums.get(null)!] : [])];
    if (rest.length > 0) yield { name: null, ...inColumns(rest, placeOf) };
  }
}

function inColumns(all: readonly Sums[], placeOf: Int32Array): Omit<CategoryMetrics, 'name'> {
  const columns = emptySums().values.map(() => new Float64Array(placeOf.length));
  for (const { row, values } of all) {
    for (const [at, column] of columns.entries())
      for (const [entry, of] of row.entries()) column[placeOf[of]!]! += values[at]![entry]!;
  }
  const [costed, held] = columns.splice(METRICS.length) as [Float64Array, Float64Array];
  return { metrics: columns, costed, held };
}
