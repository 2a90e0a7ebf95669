import { type ComplementSums, sumComplements } from './complement-sums.ts';
import { type Calibration, calibrated } from './ranker.ts';
import type { RankedCandidates } from './result-cache.ts';
import type { SparseRows } from './sparse-rows.ts';
import { isStamped, type Stamps } from './stamps.ts';
import type { StoreView } from './store-view.ts';
import { offer, sortBestFirst } from './top-k.ts';

/** Products without sales, beside those that have been sold: what their category, name and price promise. */
export interface NewProducts {
  /** Row = product in the basket, target = product without sales, weight = P(target bought beside the row's product). */
  readonly rows: SparseRows;
  /** Learned from products whose sales were hidden. */
  readonly calibration: Calibration;
}

/** Most new products of one answer. */
export const NEW_PRODUCTS_MAX = 10;
/** Most probability that all new products of an answer get together: none of them has been sold yet. */
export const NEW_PROBABILITY_MAX = 0.1;

/** Scratch of one thread. */
export interface NewCandidates {
  readonly sums: ComplementSums;
  /** [NEW_PRODUCTS_MAX] heap of the best, then sorted, with their stated probabilities */
  readonly key: Float64Array;
  readonly item: Int32Array;
}

/**
 * Leaves in `candidates` the new products that the store sells and that fit the basket best, most probable first, with their calibrated
 * probabilities. Returns how many.
 */
export function rankNewProducts(
  { rows, calibration }: NewProducts,
  view: StoreView,
  basket: Int32Array,
  inBasket: Stamps,
  candidates: NewCandidates,
): number {
  const size = findNewProducts(rows, view, basket, inBasket, candidates);
  const { key } = candidates;
  let total = 0;
  for (let place = 0; place < size; place++) {
    key[place] = calibrated(calibration, key[place]!);
    total += key[place]!;
  }
  if (total > NEW_PROBABILITY_MAX) {
    for (let place = 0; place < size; place++) key[place]! *= NEW_PROBABILITY_MAX / total;
  }
  return size;
}

/** The same before calibration: the mean of the rows' weights over the products of the basket that have been sold. */
export function findNewProducts(
  rows: SparseRows,
  { newProducts }: StoreView,
  basket: Int32Array,
  inBasket: Stamps,
  { sums, key, item }: NewCandidates,
): number {
  let known = 0;
  for (const line of basket) if (newProducts[line] === 0) known++;
  sumComplements(rows, basket, sums);
  const { touched, count } = sums.touched;
  let size = 0;
  for (let at = 0; at < count; at++) {
    const product = touched[at]!;
    if (newProducts[product] === 0 || isStamped(inBasket, product)) continue;
    size = offer(key, item, size, NEW_PRODUCTS_MAX, sums.weight[product]! / known, product);
  }
  sortBestFirst(key, item, size);
  return size;
}

/**
 * Merges `fresh` new products with ranked candidates into the best for which `into` has room. The known ones share the probability that the
 * new ones leave, in the same order as before.
 */
export function mergeNewProducts(
  known: RankedCandidates,
  { sums, key, item }: NewCandidates,
  fresh: number,
  into: RankedCandidates,
): void {
  let total = 0;
  for (let place = 0; place < fresh; place++) total += key[place]!;
  let from = 0;
  let next = 0;
  for (let to = 0; to < into.items.length; to++) {
    const probability = from < known.items.length ? known.probability[from]! * (1 - total) : -1;
    if (next < fresh && key[next]! > probability) {
      into.items[to] = item[next]!;
      into.probability[to] = key[next]!;
      // Without a share: nothing has been bought together with it yet.
      into.reasonItem[to] = sums.strongestSource[item[next]!]!;
      next++;
    } else {
      into.items[to] = known.items[from]!;
      into.probability[to] = probability;
      into.reasonItem[to] = known.reasonItem[from]!;
      into.reasonShare[to] = known.reasonShare[from]!;
      from++;
    }
  }
}
