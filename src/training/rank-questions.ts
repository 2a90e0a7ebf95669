import { offer, sortBestFirst } from '../recommender/top-k.ts';
import { askerOf, contextOf, longestBasket, type Questions } from './questions.ts';
import type { Scorer } from './scorers.ts';

/** How a scorer answered every question. */
export interface Ranking {
  /** [questions] place of the hidden product in the whole catalogue, from 1; ties at mid-rank; ∞ outside the catalogue */
  readonly rank: Float64Array;
  /** [questions × 10] the ten best items, -1 where there are fewer */
  readonly top: Int32Array;
  /** [questions × 10] stated probabilities of those, NaN for a scorer that states none */
  readonly topProbability: Float32Array;
}

/** Hears the scores of all items for one question, those of the basket's own products -∞; must not keep them. */
export type OnScored = (scores: Float64Array, question: number) => void;

/** Length of the lists that are looked at. */
export const TOP = 10;

/** Ranks the whole catalogue minus the rest of the basket for every question. */
export function rankQuestions(scorer: Scorer, questions: Questions, onScored?: OnScored): Ranking {
  const count = questions.basket.length;
  const heapKey = new Float64Array(TOP);
  const heapItem = new Int32Array(TOP);
  const ranking = {
    rank: new Float64Array(count),
    top: new Int32Array(count * TOP).fill(-1),
    topProbability: new Float32Array(count * TOP).fill(Number.NaN),
  };
  scoreQuestions(scorer, questions, (scores, question) => {
    ranking.rank[question] = midRank(scores, questions.target[question]!);
    const size = best(scores, heapKey, heapItem);
    ranking.top.set(heapItem.subarray(0, size), question * TOP);
    if (scorer.isProbability) ranking.topProbability.set(heapKey.subarray(0, size), question * TOP);
    onScored?.(scores, question);
  });
  return ranking;
}

/** [questions] the rank alone, for searches. */
export function rankTargets(scorer: Scorer, questions: Questions): Float64Array {
  const rank = new Float64Array(questions.basket.length);
  scoreQuestions(scorer, questions, (scores, question) => {
    rank[question] = midRank(scores, questions.target[question]!);
  });
  return rank;
}

function scoreQuestions(scorer: Scorer, questions: Questions, onScored: OnScored): void {
  const { matrix } = questions;
  const scores = new Float64Array(matrix.itemCount);
  const context = new Int32Array(longestBasket(matrix));
  for (let question = 0; question < questions.basket.length; question++) {
    const basket = context.subarray(0, contextOf(questions, question, context));
    scorer.score(basket, scores, askerOf(questions, question));
    for (const item of basket) scores[item] = Number.NEGATIVE_INFINITY;
    onScored(scores, question);
  }
}

/** Place of an entry among scores, from 1, ties at mid-rank; ∞ for an entry below 0, which is none. */
export function midRank(scores: Float64Array, target: number): number {
  if (target < 0) return Number.POSITIVE_INFINITY;
  const own = scores[target]!;
  let better = 0;
  let equal = 0;
  for (let item = 0; item < scores.length; item++) {
    if (scores[item]! > own) better++;
    else if (scores[item] === own) equal++;
  }
  return better + (equal + 1) / 2;
}

function best(scores: Float64Array, heapKey: Float64Array, heapItem: Int32Array): number {
  let size = 0;
  for (let item = 0; item < scores.length; item++) {
    if (scores[item]! === Number.NEGATIVE_INFINITY) continue;
    size = offer(heapKey, heapItem, size, TOP, scores[item]!, item);
  }
  sortBestFirst(heapKey, heapItem, size);
  return size;
}
