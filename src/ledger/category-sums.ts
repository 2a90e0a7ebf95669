import { METRICS, type Metric } from './experiment.ts';
import { byName } from './experiment-parts.ts';
import { getOrMake } from './get-or-make.ts';
import { GrowingColumn } from './growing-column.ts';
import { IS_COST_KNOWN, IS_HOLDING_KNOWN, IS_UPSELL, type ProductColumns } from './product-columns.ts';

/** A limit, because each category takes a regression over all baskets. */
const CATEGORIES_MAX = 30;

/** The metrics of an experiment, from the products of one category alone. */
export interface CategoryMetrics {
  /** null: products whose category is not known, or not one of the largest */
  readonly name: string | null;
  /** [METRICS][count] */
  readonly metrics: readonly Float64Array[];
  /** [count] revenue whose cost is known, minor units */
  readonly costed: Float64Array;
  /** [count] revenue whose saved holding cost is known, minor units */
  readonly held: Float64Array;
}

/** What is added up: the metrics, the revenue whose cost is known, and the revenue whose saved holding cost is known. */
type Summed = Metric | 'costed' | 'held';

/** What was paid for the products of one category: an entry for each product of each basket. */
class CategorySum implements Record<Summed, GrowingColumn> {
  revenueMinor = 0;
  readonly row = new GrowingColumn(new Int32Array(0));
  readonly margin = new GrowingColumn(new Float64Array(0));
  readonly revenue = new GrowingColumn(new Float64Array(0));
  readonly items = new GrowingColumn(new Float64Array(0));
  readonly upsellMargin = new GrowingColumn(new Float64Array(0));
  readonly holdingSaved = new GrowingColumn(new Float64Array(0));
  readonly costed = new GrowingColumn(new Float64Array(0));
  readonly held = new GrowingColumn(new Float64Array(0));

  add(row: number, { columns }: ProductColumns, at: number): void {
    const facts = columns.facts[at]!;
    const revenueMinor = columns.revenueMinor[at]!;
    const costedMinor = (facts & IS_COST_KNOWN) === 0 ? 0 : revenueMinor;
    const marginMinor = costedMinor - columns.costMinor[at]!;
    this.row.push(row);
    this.revenueMinor += revenueMinor;
    this.margin.push(marginMinor);
    this.revenue.push(revenueMinor);
    this.items.push(columns.items[at]!);
    this.upsellMargin.push((facts & IS_UPSELL) === 0 ? 0 : marginMinor);
    this.holdingSaved.push(columns.holdingSavedMinor[at]!);
    this.costed.push(costedMinor);
    this.held.push((facts & IS_HOLDING_KNOWN) === 0 ? 0 : revenueMinor);
  }
}

/** Adds up what was paid in each category, by row of an experiment's table. */
export class CategorySums {
  readonly #categoryOf: (productId: string) => string | undefined;
  readonly #sums = new Map<string | null, CategorySum>();
  /** By product code. */
  readonly #byProduct: CategorySum[] = [];
  #rows = 0;

  constructor(categoryOf: (productId: string) => string | undefined) {
    this.#categoryOf = categoryOf;
  }

  /** Basket products added so far. */
  get rows(): number {
    return this.#rows;
  }

  /** @param rowOf [baskets] row of each, −1 for a basket that is left out */
  add(products: ProductColumns, rowOf: Int32Array): void {
    const { count, columns, productIds } = products;
    for (let at = 0; at < count; at++) {
      const row = rowOf[columns.basket[at]!]!;
      if (row < 0) continue;
      const product = columns.product[at]!;
      this.#byProduct[product] ??= this.#sumOf(productIds[product]!);
      this.#byProduct[product].add(row, products, at);
      this.#rows++;
    }
  }

  #sumOf(productId: string): CategorySum {
    return getOrMake(this.#sums, this.#categoryOf(productId) ?? null, () => new CategorySum());
  }

  /**
   * Categories by name. The last, null, holds products without a category and all categories beyond the CATEGORIES_MAX with the most
   * revenue. Made one at a time, because each is as long as the experiment.
   *
   * @param placeOf [rows] position in the experiment of the basket of each row
   */
  *metrics(placeOf: Int32Array): Generator<CategoryMetrics> {
    const named = [...this.#sums].filter(([name]) => name !== null);
    named.sort(([a, { revenueMinor: ofA }], [b, { revenueMinor: ofB }]) => ofB - ofA || byName(a, b));
    const largest = named.splice(0, CATEGORIES_MAX).sort(([a], [b]) => byName(a, b));
    for (const [name, sums] of largest) yield { name, ...inColumns([sums], placeOf) };
    const rest = [...named.map(([, sums]) => sums), ...(this.#sums.has(null) ? [this.#sums.get(null)!] : [])];
    if (rest.length > 0) yield { name: null, ...inColumns(rest, placeOf) };
  }
}

function inColumns(all: readonly CategorySum[], placeOf: Int32Array): Omit<CategoryMetrics, 'name'> {
  const columnOf = (name: Summed) => {
    const column = new Float64Array(placeOf.length);
    for (const { row, [name]: values } of all)
      for (let entry = 0; entry < row.length; entry++) column[placeOf[row.get(entry)]!]! += values.get(entry);
    return column;
  };
  return { metrics: METRICS.map(columnOf), costed: columnOf('costed'), held: columnOf('held') };
}
