import type { Model } from './model.ts';
import type { SparseRows } from './sparse-rows.ts';

/** What the sales of all stores tell about a store that has not sold a product yet. */
interface SalesSpread {
  /** [stores] lines that each has sold */
  readonly lines: Float64Array;
  /** Lines of all stores, plus those of half an average store of which nothing is known. */
  readonly allLines: number;
  /** [products] lines with the product */
  readonly sold: Float64Array;
  /** [products] lines of the stores that have sold it */
  readonly sellerLines: Float64Array;
}

/** By the sales they were made from, so that tenants with the same model share them. */
const spreads = new WeakMap<SparseRows, SalesSpread>();

/**
 * Chance that a store carries a product that it has not sold, by item: π·e^(−nq) / (π·e^(−nq) + 1 − π), where π is the share of all lines
 * that belong to stores that have sold it, q its share of those lines, and n the lines of this store (Bayes' rule). Tends to be too low: a
 * store that carries the product but has not sold it yet counts as one without.
 *
 * @param store number of a store of the model
 */
export function carriedChances(
  model: Pick<Model, 'products' | 'storeSales'>,
  store: number,
): (item: number) => number {
  const { lines, allLines, sold, sellerLines } = spreadOf(model);
  return (item) => {
    const carriedShare = sellerLines[item]! / allLines;
    if (!(carriedShare > 0)) return 0;
    const unseen = carriedShare * Math.exp((-lines[store]! * sold[item]!) / sellerLines[item]!);
    return unseen / (unseen + 1 - carriedShare);
  };
}

function spreadOf({ products, storeSales }: Pick<Model, 'products' | 'storeSales'>): SalesSpread {
  const known = spreads.get(storeSales) ?? addUp(storeSales, products.length);
  spreads.set(storeSales, known);
  return known;
}

function addUp({ start, target, weight }: SparseRows, products: number): SalesSpread {
  const stores = start.length - 1;
  const lines = new Float64Array(stores);
  const sold = new Float64Array(products);
  const sellerLines = new Float64Array(products);
  for (let store = 0; store < stores; store++) {
    const from = start[store]!;
    const end = start[store + 1]!;
    for (let at = from; at < end; at++) lines[store]! += weight[at]!;
    for (let at = from; at < end; at++) {
      sold[target[at]!]! += weight[at]!;
      sellerLines[target[at]!]! += lines[store]!;
    }
  }
  const known = lines.reduce((sum, one) => sum + one, 0);
  return { lines, allLines: known + known / (2 * stores), sold, sellerLines };
}
