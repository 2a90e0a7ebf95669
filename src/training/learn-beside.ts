import { lowerBound } from '../recommender/lower-bound.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import type { BasketMatrix } from './basket-matrix.ts';

/** Baskets in which a product is taken to have nothing beside it, beside those that are known. */
const PRIOR_BASKETS = 5;
/** Items are below it. */
const ITEMS_MAX = 2 ** 32;

/**
 * [edges of the complements] share of the row product's baskets that have the target on the next line or the one before: what is
 * taken from one shelf, or ordered in one breath. Baskets are weighted by age.
 *
 * @param halfLife share of the window after which a basket counts half
 */
export function besideShares(
  { start, target }: SparseRows,
  matrix: BasketMatrix,
  halfLife: number,
): Float32Array {
  const baskets = new Float64Array(matrix.itemCount).fill(PRIOR_BASKETS);
  const beside = new Float64Array(target.length);
  const add = (source: number, item: number, weight: number) => {
    const end = start[source + 1]!;
    const edge = lowerBound(target, item, start[source]!, end);
    if (edge < end && target[edge] === item) beside[edge]! += weight;
  };
  for (let basket = 0; basket + 1 < matrix.start.length; basket++) {
    const items = inOrder(matrix, basket);
    const weight = 2 ** (-matrix.age[basket]! / halfLife);
    for (let at = 0; at < items.length; at++) {
      baskets[items[at]!]! += weight;
      if (at === 0) continue;
      add(items[at - 1]!, items[at]!, weight);
      add(items[at]!, items[at - 1]!, weight);
    }
  }
  const share = new Float32Array(target.length);
  for (let source = 0; source + 1 < start.length; source++)
    for (let edge = start[source]!; edge < start[source + 1]!; edge++)
      share[edge] = beside[edge]! / baskets[source]!;
  return share;
}

/** The items of a basket by their places on the receipt. */
function inOrder({ start, items, place }: BasketMatrix, basket: number): Float64Array {
  const [from, to] = [start[basket]!, start[basket + 1]!];
  const keys = new Float64Array(to - from);
  for (let line = from; line < to; line++) keys[line - from] = place[line]! * ITEMS_MAX + items[line]!;
  return keys.sort().map((key) => key % ITEMS_MAX);
}
