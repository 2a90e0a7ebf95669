import type { RankedCandidates } from './result-cache.ts';
import type { StoreView } from './store-view.ts';

/**
 * The store's best sellers as candidates: the answer when there is no time for a ranking. `basket` holds items,
 * ascending; none of them is a candidate.
 */
export function popularCandidates(view: StoreView, basket: Int32Array, limit: number): RankedCandidates {
  const items = view.popular.filter((item) => !basket.includes(item)).subarray(0, limit);
  const total = view.massTotal > 0 ? view.massTotal : 1;
  return {
    items,
    probability: Float32Array.from(items, (item) => view.mass[item]! / total),
    reasonItem: new Int32Array(items.length).fill(-1),
    reasonShare: new Float32Array(items.length).fill(Number.NaN),
  };
}
