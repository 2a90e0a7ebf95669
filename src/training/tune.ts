import type { ProbabilityParameters } from '../recommender/model.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import { viewShares } from '../recommender/store-view.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import { type BasketWeighting, type CoPurchases, countCoPurchases, weighBaskets } from './co-purchases.ts';
import type { EasePool } from './ease-pool.ts';
import { basketShares, type LearningParameters, learnComplements, solveComplements } from './learn.ts';
import { rankingMetrics } from './metrics.ts';
import type { Questions } from './questions.ts';
import { type Ranking, rankQuestions, TOP } from './rank-questions.ts';
import { servedScorer } from './scorers.ts';

export interface Tuned {
  readonly learning: LearningParameters;
  readonly probability: ProbabilityParameters;
  /** Every setting tried with its NDCG@10 on the validation period, in order. */
  readonly trials: readonly Trial[];
}

export interface Trial {
  readonly halfLife: number;
  readonly lengthExponent: number;
  readonly ridge: number;
  readonly ndcg10: number;
}

/** Where the search starts, and what it may choose from, one parameter after the other. */
const START = { halfLife: 0.5, lengthExponent: 0.5, ridge: 0.3 };
const GRID = [
  ['ridge', [0.1, 1, 3, 10, 30]],
  ['halfLife', [0.1, 0.2, 0.35, 1, Number.POSITIVE_INFINITY]],
  ['lengthExponent', [0, 0.25, 0.75, 1]],
  ['ridge', [0.03, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 10, 30]],
] as const;

/** The search regresses on fewer neighbours than the final model: a fifth of the time for the same choice. */
const SEARCH_NEIGHBOURS = 60;
const FINAL = { neighbours: 200, kept: 200 };
/** Floors tried: shares of a product's popularity it keeps when the basket says nothing about it. */
const FLOORS = [0.01, 0.03, 0.1, 0.3, 1];
/** Change in stated probability per question, from the bluntest to the sharpest, below which nothing can be fitted. */
const TELLING = 0.001;
const FIRST_PROBABILITY = { popularityFloor: 0.03, sharpness: 1 };

/**
 * Chooses ridge, half-life and length exponent by coordinate search on NDCG@10 of the validation questions, then the
 * popularity floor likewise, then the sharpness at which the stated probabilities of the top ten add up to its hit rate.
 */
export async function tune(
  train: BasketMatrix,
  validation: Questions,
  pool: EasePool,
  onTrial: (done: number, total: number) => void = () => {},
): Promise<Tuned> {
  const trials: Trial[] = [];
  let counts: Counted | undefined;
  const total = 1 + GRID.reduce((sum, [, values]) => sum + values.length, 0);
  const judge = async (setting: typeof START): Promise<number> => {
    const seen = trials.find((trial) => isSame(trial, setting));
    if (seen) return seen.ndcg10;
    const parameters = { ...setting, neighbours: SEARCH_NEIGHBOURS, kept: SEARCH_NEIGHBOURS };
    counts = countsFor(train, setting, counts);
    const complements = await solveComplements(counts.counts, parameters, pool);
    const ndcg10 = quality(complements, train, validation, FIRST_PROBABILITY);
    trials.push({ ...setting, ndcg10 });
    onTrial(trials.length, total);
    return ndcg10;
  };
  let best = START;
  let bestQuality = await judge(best);
  for (const [name, values] of GRID) {
    for (const value of values) {
      const setting = { ...best, [name]: value };
      const reached = await judge(setting);
      if (reached > bestQuality) [best, bestQuality] = [setting, reached];
    }
  }
  const learning = { ...best, ...FINAL };
  const complements = await learnComplements(train, learning, pool);
  return { learning, probability: fitProbability(complements, train, validation), trials };
}

/** Counts of one weighting: the ridge is searched on the same ones. */
interface Counted extends BasketWeighting {
  readonly counts: CoPurchases;
}

function countsFor(train: BasketMatrix, weighting: BasketWeighting, last: Counted | undefined): Counted {
  const { halfLife, lengthExponent } = weighting;
  if (last?.halfLife === halfLife && last.lengthExponent === lengthExponent) return last;
  return { halfLife, lengthExponent, counts: countCoPurchases(train, weighBaskets(train, weighting)) };
}

function isSame(trial: Trial, setting: typeof START): boolean {
  return (
    trial.halfLife === setting.halfLife &&
    trial.lengthExponent === setting.lengthExponent &&
    trial.ridge === setting.ridge
  );
}

function scorerOf(complements: SparseRows, train: BasketMatrix, probability: ProbabilityParameters) {
  const view = viewShares('*', basketShares(train), probability, 0);
  return servedScorer(complements, view, probability.sharpness);
}

function quality(
  complements: SparseRows,
  train: BasketMatrix,
  questions: Questions,
  probability: ProbabilityParameters,
): number {
  return rankingMetrics(rankQuestions(scorerOf(complements, train, probability), questions).rank).ndcg10;
}

function fitProbability(
  complements: SparseRows,
  train: BasketMatrix,
  questions: Questions,
): ProbabilityParameters {
  let best = { popularityFloor: FLOORS[0]!, sharpness: 1 };
  let bestQuality = Number.NEGATIVE_INFINITY;
  for (const popularityFloor of FLOORS) {
    const reached = quality(complements, train, questions, { popularityFloor, sharpness: 1 });
    if (reached > bestQuality) [best, bestQuality] = [{ popularityFloor, sharpness: 1 }, reached];
  }
  return { ...best, sharpness: fitSharpness(complements, train, questions, best.popularityFloor) };
}

/** Bisection: a sharper distribution states more for its first places. 1 where the questions do not tell. */
function fitSharpness(
  complements: SparseRows,
  train: BasketMatrix,
  questions: Questions,
  popularityFloor: number,
): number {
  // Ten places of a menu of twelve hold nearly everything at any sharpness: half of a small menu tells.
  const places = Math.max(1, Math.min(TOP, Math.floor(train.itemCount / 2)));
  const overstatement = (sharpness: number) => {
    const scorer = scorerOf(complements, train, { popularityFloor, sharpness });
    return statedBeyondHits(rankQuestions(scorer, questions), places);
  };
  let low = 0.5;
  let high = 3;
  if (!(overstatement(high) - overstatement(low) > TELLING * questions.basket.length)) return 1;
  for (let step = 0; step < 10; step++) {
    const sharpness = (low + high) / 2;
    if (overstatement(sharpness) > 0) high = sharpness;
    else low = sharpness;
  }
  return (low + high) / 2;
}

/** Probability stated for the first `places` of all lists, less the hidden products found there. */
function statedBeyondHits({ rank, topProbability }: Ranking, places: number): number {
  let stated = 0;
  for (let at = 0; at < topProbability.length; at++) {
    if (at % TOP < places && topProbability[at]! > 0) stated += topProbability[at]!;
  }
  return stated - rank.reduce((hits, place) => hits + (place <= places ? 1 : 0), 0);
}
