import type { ComplementSums } from './complement-sums.ts';
import type { NeighbourVotes } from './neighbours.ts';
import type { OwnPurchases } from './own-purchases.ts';
import { createStamps, isStamped, nextStamp, type Stamps } from './stamps.ts';
import type { StoreView } from './store-view.ts';
import { keepBest } from './top-k.ts';

/** Assortments up to this size are ranked whole. */
export const POOL_MAX = 240;
/** Of a larger assortment the best by each source are ranked, together at most POOL_MAX. */
const BY_WEIGHT_MAX = 90;
const BY_VOTES_MAX = 90;
const BY_OWN_MAX = 30;
const BY_SALES_MAX = 60;

/** The products one basket's ranking chooses among. Scratch of one thread. */
export interface CandidatePool {
  /** [POOL_MAX] of which the first `count` are valid, in no order */
  readonly items: Int32Array;
  count: number;
  /** Marks the basket's own products and what is in the pool. */
  readonly taken: Stamps;
  /** [products] the values to choose by, and the items to choose from */
  readonly choiceKey: Float64Array;
  readonly choiceItem: Int32Array;
}

export function createCandidatePool(products: number): CandidatePool {
  return {
    items: new Int32Array(POOL_MAX),
    count: 0,
    taken: createStamps(products),
    choiceKey: new Float64Array(products),
    choiceItem: new Int32Array(products),
  };
}

/**
 * Fills the pool with all that the store sells, where that is little. Else with the products that have the largest complement weights, the
 * most neighbours' votes, the most purchases by the customer and the most sales. Never a product of the basket or one that the store does
 * not sell.
 */
export function fillPool(
  pool: CandidatePool,
  view: StoreView,
  basket: Int32Array,
  sums: ComplementSums,
  votes: NeighbourVotes,
  own: OwnPurchases,
): void {
  const generation = nextStamp(pool.taken);
  pool.count = 0;
  for (let line = 0; line < basket.length; line++) pool.taken.stamp[basket[line]!] = generation;
  if (view.sold.length <= POOL_MAX) {
    takeFirst(pool, view.sold, POOL_MAX);
    return;
  }
  takeLargest(pool, view, sums.touched, sums.weight, BY_WEIGHT_MAX);
  takeLargest(pool, view, votes.voted, votes.share, BY_VOTES_MAX);
  takeLargest(pool, view, own.bought, own.frequency, BY_OWN_MAX);
  takeFirst(pool, view.sold, Math.min(BY_SALES_MAX, POOL_MAX - pool.count));
}

/** Takes up to `limit` of the products, in order, that are not yet taken. */
function takeFirst(pool: CandidatePool, products: Int32Array, limit: number): void {
  for (let at = 0, left = limit; at < products.length && left > 0; at++) {
    if (take(pool, products[at]!)) left--;
  }
}

/** Takes the `limit` touched products with the largest positive values among those sold and not yet taken. */
function takeLargest(
  pool: CandidatePool,
  { isSold }: StoreView,
  { touched, count }: Stamps,
  value: Float64Array,
  limit: number,
): void {
  const { choiceKey, choiceItem, taken } = pool;
  const { stamp, generation } = taken;
  let size = 0;
  for (let at = 0; at < count; at++) {
    const item = touched[at]!;
    const key = value[item]!;
    // Without a branch, which would often be mispredicted.
    choiceKey[size] = key;
    choiceItem[size] = item;
    size += Number(key > 0) & isSold[item]! & Number(stamp[item] !== generation);
  }
  const kept = keepBest(choiceKey, choiceItem, size, limit);
  for (let at = 0; at < kept; at++) take(pool, choiceItem[at]!);
}

function take(pool: CandidatePool, item: number): boolean {
  const { taken } = pool;
  if (isStamped(taken, item)) return false;
  taken.stamp[item] = taken.generation;
  pool.items[pool.count++] = item;
  return true;
}
