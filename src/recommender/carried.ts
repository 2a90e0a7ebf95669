import type { Model } from './model.ts';

/** What the sales of all stores tell of a store that has not sold a product yet. */
export interface SalesSpread {
  /** [stores] lines that each has sold */
  readonly lines: Float64Array;
  readonly allLines: number;
  /** [products] lines with the product */
  readonly sold: Float64Array;
  /** [products] lines of the stores that have sold it */
  readonly sellerLines: Float64Array;
}

export function spreadOfSales({
  products,
  stores,
  storeSales: { start, target, weight },
}: Pick<Model, 'products' | 'stores' | 'storeSales'>): SalesSpread {
  const lines = new Float64Array(stores.length);
  const sold = new Float64Array(products.length);
  const sellerLines = new Float64Array(products.length);
  for (let store = 0; store < stores.length; store++) {
    const [from, end] = [start[store]!, start[store + 1]!];
    for (let at = from; at < end; at++) lines[store]! += weight[at]!;
    for (let at = from; at < end; at++) {
      sold[target[at]!]! += weight[at]!;
      sellerLines[target[at]!]! += lines[store]!;
    }
  }
  return { lines, allLines: lines.reduce((sum, one) => sum + one, 0), sold, sellerLines };
}

/**
 * Chance that a store carries a product that it has not sold: π·e^(−nq) / (π·e^(−nq) + 1 − π), where π is the share of all
 * lines that are of stores which have sold it, q its share of the lines there, and n the lines of this store (Bayes' rule). Rather
 * too low: a store that carries the product and has not sold it yet counts as one without.
 *
 * @param missedShare chance that what else is known of the store says nothing of a product that it carries
 */
export function chanceCarried(
  { lines, allLines, sold, sellerLines }: SalesSpread,
  store: number,
  item: number,
  missedShare: number,
): number {
  const carriedShare = sellerLines[item]! / allLines;
  if (!(carriedShare > 0)) return 0;
  const unseen = carriedShare * missedShare * Math.exp((-lines[store]! * sold[item]!) / sellerLines[item]!);
  return unseen / (unseen + 1 - carriedShare);
}
