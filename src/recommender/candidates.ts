import type { Asker } from './asker.ts';
import { fillPool } from './candidate-pool.ts';
import { sumComplements } from './complement-sums.ts';
import { NO_CUSTOMER } from './customer-history.ts';
import { liftAt } from './hour-lift.ts';
import type { RankingModel } from './model.ts';
import { voteNeighbours } from './neighbours.ts';
import { mergeNewProducts, rankNewProducts } from './new-products.ts';
import { type OwnPurchases, recallPurchases } from './own-purchases.ts';
import { calibrated, stateProbabilities } from './ranker.ts';
import type { RankedCandidates } from './result-cache.ts';
import { heedsHour, writeSignals } from './signals.ts';
import { isStamped } from './stamps.ts';
import type { StoreView } from './store-view.ts';
import { NO_HOUR } from './time-of-day.ts';
import { keepBest, sortBestFirst } from './top-k.ts';
import type { Workspace } from './workspace.ts';

/** Candidates kept per basket: enough for filters and value to choose from. */
export const CANDIDATES_MAX = 120;
/** Columns of RankedCandidates, 4 bytes a value. */
const COLUMNS = 4;

/**
 * The most probable next products of a basket in a store's assortment. `basket` holds distinct items, ascending; none
 * of them is a candidate. The probabilities of all products sum to at most 1.
 */
export function rankCandidates(
  model: RankingModel,
  view: StoreView,
  basket: Int32Array,
  asker: Asker,
  workspace: Workspace,
  limit = CANDIDATES_MAX,
): RankedCandidates {
  collectSignals(model, view, basket, asker, workspace);
  const { pool, signals, probability } = workspace;
  const { choiceKey, choiceItem } = pool;
  stateProbabilities(model.ranker, signals, pool.count, basket.length, probability);
  shareBySales(view, heedsHour(model.ranker) ? asker.hour : NO_HOUR, workspace);
  choiceKey.set(probability.subarray(0, pool.count));
  choiceItem.set(pool.items.subarray(0, pool.count));
  const size = keepBest(choiceKey, choiceItem, pool.count, limit);
  sortBestFirst(choiceKey, choiceItem, size);
  const known = describe(model, workspace, size);
  const ranked = addNewProducts(model, view, basket, workspace, known, limit);
  return asker.customer === NO_CUSTOMER
    ? ranked
    : { ...ranked, ownBaskets: countOwn(ranked.items, workspace.own) };
}

/** Leaves the candidates of a basket in `workspace.pool` and their signals, row by row, in `workspace.signals`. */
export function collectSignals(
  model: Pick<RankingModel, 'complements' | 'past' | 'customers'>,
  view: StoreView,
  basket: Int32Array,
  { customer, hour }: Asker,
  workspace: Workspace,
): void {
  const { sums, votes, own, pool } = workspace;
  sumComplements(model.complements, basket, sums);
  voteNeighbours(model.past, basket, votes);
  recallPurchases(model.customers, customer, basket, model.complements, own);
  fillPool(pool, view, basket, sums, votes, own);
  writeSignals(workspace, view, pool, basket.length, hour, workspace.signals);
}

/**
 * Candidates that no source speaks for differ only in their sales: they share their part of the probability in proportion to their sales in
 * the store at this time of day. With an empty or unknown basket and an unknown customer those are all candidates.
 */
function shareBySales(
  { share }: StoreView,
  hour: number,
  { sums, votes, own, pool, probability, hourLift }: Workspace,
): void {
  const { items, count } = pool;
  const salesOf = (item: number) => share[item]! * Math.exp(liftAt(hourLift, item, hour));
  const isSilent = (item: number) =>
    !isStamped(sums.touched, item) &&
    !isStamped(votes.voted, item) &&
    !isStamped(own.bought, item) &&
    !isStamped(own.recent.touched, item);
  let mass = 0;
  let sales = 0;
  for (let place = 0; place < count; place++) {
    if (!isSilent(items[place]!)) continue;
    mass += probability[place]!;
    sales += salesOf(items[place]!);
  }
  for (let place = 0; place < count; place++) {
    if (isSilent(items[place]!)) probability[place] = (mass * salesOf(items[place]!)) / sales;
  }
}

function describe(model: RankingModel, workspace: Workspace, size: number): RankedCandidates {
  const { sums, votes } = workspace;
  const { choiceKey, choiceItem } = workspace.pool;
  const ranked = roomFor(size);
  ranked.items.set(choiceItem.subarray(0, size));
  calibrate(model, choiceKey, size, ranked.probability);
  for (let place = 0; place < size; place++) {
    const item = ranked.items[place]!;
    if (isStamped(sums.touched, item) && sums.weight[item]! > 0) {
      ranked.reasonItem[place] = sums.strongestSource[item]!;
      ranked.reasonShare[place] = model.togetherShare[sums.strongestEdge[item]!]!;
    } else if (isStamped(votes.voted, item)) {
      ranked.reasonShare[place] = votes.share[item]!;
    }
  }
  return ranked;
}

/** Puts new products among those just ranked, `known`, with the same workspace, store and basket. */
export function addNewProducts(
  { newProducts }: Pick<RankingModel, 'newProducts'>,
  view: StoreView,
  basket: Int32Array,
  { fresh, pool }: Workspace,
  known: RankedCandidates,
  limit: number,
): RankedCandidates {
  if (!newProducts || !fresh) return known;
  const count = rankNewProducts(newProducts, view, basket, pool.taken, fresh);
  if (count === 0) return known;
  const merged = roomFor(Math.min(limit, known.items.length + count));
  mergeNewProducts(known, fresh, count, merged);
  return merged;
}

function countOwn(items: Int32Array, { bought, baskets }: OwnPurchases): Int32Array {
  return items.map((item) => (isStamped(bought, item) ? baskets[item]! : 0));
}

/** Columns in one buffer: caches keep thousands of answers, and the garbage collector visits every object. */
function roomFor(size: number): RankedCandidates {
  const buffer = new ArrayBuffer(4 * COLUMNS * size);
  return {
    items: new Int32Array(buffer, 0, size),
    probability: new Float32Array(buffer, 4 * size, size),
    reasonItem: new Int32Array(buffer, 8 * size, size).fill(-1),
    reasonShare: new Float32Array(buffer, 12 * size, size).fill(Number.NaN),
  };
}

/** Calibrates each probability by itself; if they then sum to more than 1, scales them down to 1. */
function calibrate({ ranker }: RankingModel, stated: Float64Array, size: number, result: Float32Array): void {
  let total = 0;
  for (let place = 0; place < size; place++) {
    result[place] = calibrated(ranker.calibration, stated[place]!);
    total += result[place]!;
  }
  if (total > 1) for (let place = 0; place < size; place++) result[place]! /= total;
}
