import { lowerBound } from '../recommender/bisect.ts';
import { POOL_MAX } from '../recommender/candidate-pool.ts';
import { rankCandidates } from '../recommender/candidates.ts';
import type { RankingModel } from '../recommender/model.ts';
import { poissonAtMost } from '../recommender/poisson.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import { viewShares } from '../recommender/store-view.ts';
import type { Substitutes } from '../recommender/substitutes.ts';
import { createWorkspace } from '../recommender/workspace.ts';
import type { CoPurchases } from './co-purchases.ts';
import { hitAt, type Interval, pairedDifference } from './metrics.ts';
import { askerOf, contextOf, longestBasket, type Questions } from './questions.ts';

/** From which likeness on products of one kind are withheld, and what it costs. */
export interface SubstituteChoice {
  readonly likeness: number;
  /** HR@10 with the guard minus that without, on the newest slice before the test period. */
  readonly hitRate10: Interval;
  /** Share of that slice's questions whose first three candidates hold a likely substitute of the basket. */
  readonly withheld: number;
}

/** Chance below which products are said to be bought together on purpose. */
const TOGETHER_CHANCE = 0.05;
/** Likenesses tried, from the one that withholds most. */
const LIKENESSES = [0.5, 0.6, 0.7, 0.8, 0.9];
/** Share of HR@10 that the guard may cost, at the worse end of its interval. */
const LOSS_MAX = 0.03;
const FIRST = 3;

/**
 * The alike products that are not bought together more often than chance would have it: n_ij of `baskets` baskets against a Poisson mean
 * n_i n_j / baskets. Colours of one cup are alike and bought together: they are complements. Products without sales are kept, as nothing of
 * the kind is known of them.
 */
export function substitutePairs(alike: SparseRows, counts: CoPurchases, baskets: number): SparseRows {
  const start = new Int32Array(alike.start.length);
  const target: number[] = [];
  const weight: number[] = [];
  for (let item = 0; item + 1 < start.length; item++) {
    for (let at = alike.start[item]!; at < alike.start[item + 1]!; at++) {
      const other = alike.target[at]!;
      const expected = ((counts.diagonal[item] ?? 0) * (counts.diagonal[other] ?? 0)) / baskets;
      const seen = together(counts, item, other);
      if (seen > 0 && 1 - poissonAtMost(seen - 1, expected) < TOGETHER_CHANCE) continue;
      target.push(other);
      weight.push(alike.weight[at]!);
    }
    start[item + 1] = target.length;
  }
  return { start, target: Int32Array.from(target), weight: Float32Array.from(weight) };
}

/** The pairs from a likeness on, both ways. */
export function substitutesFrom({ start, target, weight }: SparseRows, likeness: number): Substitutes {
  const rows: Set<number>[] = Array.from({ length: start.length - 1 }, () => new Set());
  for (let item = 0; item + 1 < start.length; item++) {
    for (let at = start[item]!; at < start[item + 1]!; at++) {
      if (weight[at]! < likeness) continue;
      rows[item]!.add(target[at]!);
      rows[target[at]!]!.add(item);
    }
  }
  const starts = new Int32Array(start.length);
  rows.forEach((row, item) => {
    starts[item + 1] = starts[item]! + row.size;
  });
  return { start: starts, target: Int32Array.from(rows.flatMap((row) => [...row].sort((a, b) => a - b))) };
}

/**
 * The lowest likeness whose loss of HR@10, at the worse end of its 95 % interval, is no more than 3 % of it; undefined where
 * none is, or no products are alike. `pairs` are of the model's own products.
 */
export function chooseLikeness(
  model: RankingModel,
  asked: Questions,
  pairs: SparseRows,
  seed: number,
): SubstituteChoice | undefined {
  if (pairs.target.length === 0) return undefined;
  const { plain, guarded, firstHold } = rankGuarded(model, asked, pairs);
  const rate = plain.reduce((hits, place) => hits + hitAt(place), 0) / Math.max(1, plain.length);
  for (const [at, likeness] of LIKENESSES.entries()) {
    const hitRate10 = pairedDifference(guarded[at]!, plain, asked.basket, seed, hitAt);
    if (hitRate10.low < -LOSS_MAX * rate) continue;
    const withheld = firstHold.filter((most) => most >= likeness).length / Math.max(1, firstHold.length);
    return { likeness, hitRate10, withheld };
  }
  return undefined;
}

/** Ranks of the hidden products without the guard and with it from each likeness on, and the largest likeness among the first three. */
function rankGuarded(model: RankingModel, asked: Questions, pairs: SparseRows) {
  const questions = asked.basket.length;
  const view = viewShares('*', model.basketShare);
  const workspace = createWorkspace(model);
  const context = new Int32Array(longestBasket(asked.matrix));
  const plain = new Float64Array(questions).fill(Number.POSITIVE_INFINITY);
  const guarded = LIKENESSES.map(() => plain.slice());
  const firstHold = new Float64Array(questions);
  const most = new Float32Array(model.basketShare.length);
  for (let question = 0; question < questions; question++) {
    const basket = context.subarray(0, contextOf(asked, question, context));
    markLikeness(pairs, basket, most);
    const { items } = rankCandidates(model, view, basket, askerOf(asked, question), workspace, POOL_MAX);
    const place = items.indexOf(asked.target[question]!);
    firstHold[question] = items.subarray(0, FIRST).reduce((top, item) => Math.max(top, most[item]!), 0);
    if (place < 0) continue;
    plain[question] = place + 1;
    const likenesses = Float32Array.from(items.subarray(0, place + 1), (item) => most[item]!);
    for (const [at, from] of LIKENESSES.entries()) {
      if (likenesses[place]! >= from) continue;
      guarded[at]![question] = likenesses.reduce((rank, likeness) => rank + (likeness < from ? 1 : 0), 0);
    }
  }
  return { plain, guarded, firstHold };
}

/** [products] the largest likeness of each to a product of the basket. */
function markLikeness({ start, target, weight }: SparseRows, basket: Int32Array, most: Float32Array): void {
  most.fill(0);
  for (const item of basket) {
    for (let at = start[item]!; at < start[item + 1]!; at++) {
      most[target[at]!] = Math.max(most[target[at]!]!, weight[at]!);
    }
  }
}

/** How often two products were bought together. */
function together({ start, column, weight }: CoPurchases, item: number, other: number): number {
  if (item + 1 >= start.length) return 0;
  const end = start[item + 1]!;
  const at = lowerBound(column, other, start[item]!, end);
  return at < end && column[at] === other ? weight[at]! : 0;
}
