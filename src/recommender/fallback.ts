import type { RankedCandidates } from './result-cache.ts';
import type { StoreView } from './store-view.ts';

/**
 * The store's best sellers as candidates: the answer when there is no time for a ranking. `basket` holds items,
 * ascending; none of them is a candidate.
 */
export function popularCandidates(view: StoreView, basket: Int32Array, limit: number): RankedCandidates {
  const items = new Int32Array(Math.min(limit, view.sold.length));
  let size = 0;
  for (let at = 0; at < view.sold.length && size < items.length; at++) {
    if (!basket.includes(view.sold[at]!)) items[size++] = view.sold[at]!;
  }
  const found = items.slice(0, size);
  return {
    items: found,
    probability: Float32Array.from(found, (item) => view.share[item]! / view.shareTotal),
    reasonItem: new Int32Array(size).fill(-1),
    reasonShare: new Float32Array(size).fill(Number.NaN),
  };
}
