import type { RankingModel } from '../recommender/model.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import { basketShares, plainCounts } from './learn.ts';
import {
  type Calibration,
  calibration,
  coverage,
  type Interval,
  novelty,
  pairedDifference,
  type RankingMetrics,
  rankingMetrics,
} from './metrics.ts';
import type { Questions } from './questions.ts';
import { type Ranking, rankQuestions } from './rank-questions.ts';
import {
  confidenceScorer,
  cosineScorer,
  easeScorer,
  neighbourScorer,
  popularityScorer,
  type Scorer,
  servedScorer,
} from './scorers.ts';

export interface ScorerReport extends RankingMetrics {
  readonly name: string;
  /** Share of the known products that reach some top ten. */
  readonly coverage: number;
  /** Bits; see novelty. */
  readonly novelty: number;
}

export interface BaselineReport extends ScorerReport {
  /** NDCG@10 of ours minus this baseline's, 95 % paired bootstrap by basket. */
  readonly difference: Interval;
}

/** What a model is worth on a period it has not seen. */
export interface Evaluation {
  readonly seed: number;
  readonly baskets: number;
  readonly questions: number;
  readonly knownProducts: number;
  /** Share of the period's lines whose product the model does not know: nothing can be asked of them. */
  readonly coldShare: number;
  readonly ours: ScorerReport;
  readonly baselines: readonly BaselineReport[];
  readonly calibration: Calibration;
  /** By products left in the basket when the question is asked. */
  readonly byBasketLength: Readonly<Record<string, RankingMetrics>>;
  /** Products the same customer had bought before, and others; absent without customers. */
  readonly byHistory?: { readonly repeat: RankingMetrics; readonly discovery: RankingMetrics };
}

export interface EvaluationInput {
  readonly model: RankingModel;
  /** The baskets learned from. */
  readonly train: BasketMatrix;
  readonly test: Questions;
  readonly coldShare: number;
  /** Whether the customer of a test basket had bought the item before; absent without customers. */
  readonly hadBought?: (basket: number, item: number) => boolean;
  readonly seed: number;
}

const LENGTHS = [
  ['1', 1, 1],
  ['2-3', 2, 3],
  ['4-7', 4, 7],
  ['8-15', 8, 15],
  ['16+', 16, Number.POSITIVE_INFINITY],
] as const;

/** Ours, the baselines and our two main signals alone on the same questions, ranked over the whole catalogue by the functions that serve. */
export function evaluate(input: EvaluationInput): Evaluation {
  const { train, test, seed } = input;
  const share = basketShares(train);
  const counts = plainCounts(train);
  const { model } = input;
  const ours = rankQuestions(servedScorer(model), test);
  const baseline = (scorer: Scorer): BaselineReport => {
    const theirs = rankQuestions(scorer, test);
    return {
      ...report(scorer.name, theirs, share),
      difference: pairedDifference(ours.rank, theirs.rank, test.basket, seed),
    };
  };
  return {
    seed,
    baskets: new Set(test.basket).size,
    questions: test.basket.length,
    knownProducts: train.itemCount,
    coldShare: input.coldShare,
    ours: report('basketlift', ours, share),
    baselines: [
      popularityScorer(share),
      confidenceScorer(counts),
      cosineScorer(counts),
      easeScorer(model.complements, share),
      neighbourScorer(model.past, model.kernel, share),
    ].map(baseline),
    calibration: calibration(ours, test),
    byBasketLength: cutByLength(ours, test),
    ...(input.hadBought && { byHistory: cutByHistory(ours, test, input.hadBought) }),
  };
}

function report(name: string, ranking: Ranking, share: Float64Array): ScorerReport {
  return {
    name,
    ...rankingMetrics(ranking.rank),
    coverage: coverage(ranking, share.length),
    novelty: novelty(ranking, share),
  };
}

function cutByLength({ rank }: Ranking, { matrix, basket }: Questions): Record<string, RankingMetrics> {
  const left = (question: number) =>
    matrix.start[basket[question]! + 1]! - matrix.start[basket[question]!]! - 1;
  const cuts = LENGTHS.map(([name, from, to]) => {
    return [
      name,
      rankingMetrics(rank, (question) => left(question) >= from && left(question) <= to),
    ] as const;
  });
  return Object.fromEntries(cuts.filter(([, metrics]) => metrics.questions > 0));
}

function cutByHistory(
  { rank }: Ranking,
  { basket, target }: Questions,
  hadBought: (basket: number, item: number) => boolean,
): { repeat: RankingMetrics; discovery: RankingMetrics } {
  const isRepeat = (question: number) => hadBought(basket[question]!, target[question]!);
  return {
    repeat: rankingMetrics(rank, isRepeat),
    discovery: rankingMetrics(rank, (question) => !isRepeat(question)),
  };
}
