import { BASKETS_PER_ITEM_MAX, indexPastBaskets, type PastBaskets } from '../recommender/past-baskets.ts';
import { type BasketMatrix, pickBaskets } from './basket-matrix.ts';

/**
 * The baskets worth keeping as past ones: of at least two items, and among the newest of at least one of them. Their
 * number is bounded by the catalogue, whatever the length of the receipts.
 */
export function keepRecentBaskets(matrix: BasketMatrix): PastBaskets {
  const { itemCount, start, items, age } = matrix;
  const kept: number[] = [];
  const seen = new Int32Array(itemCount);
  for (let basket = age.length - 1; basket >= 0; basket--) {
    const lines = items.subarray(start[basket]!, start[basket + 1]!);
    if (lines.length < 2 || !lines.some((item) => seen[item]! < BASKETS_PER_ITEM_MAX)) continue;
    for (const item of lines) seen[item]!++;
    kept.push(basket);
  }
  kept.reverse();
  return indexPastBaskets(pickBaskets(matrix, kept), itemCount);
}
