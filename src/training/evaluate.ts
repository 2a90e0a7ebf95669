import type { Product } from '../recommender/catalogue.ts';
import type { RankingModel } from '../recommender/model.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import { type Cut, cutByHistory, cutByLength, cutByPopularity, cutByStore } from './evaluation-cuts.ts';
import { plainCounts } from './learn.ts';
import type { AcceptanceReport } from './learn-acceptance.ts';
import type { SubstituteChoice } from './learn-substitutes.ts';
import type { NewProductsReport } from './measure-new-products.ts';
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
import { type SilenceStep, silenceCurve } from './silence-curve.ts';
import { tallyFrontier, type ValueFrontier } from './value-frontier.ts';

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
  /** Absent in versions from before this was measured. */
  readonly silence?: readonly SilenceStep[];
  /** What weighing value into the probabilities gives and costs; absent without prices, and in versions from before this was measured. */
  readonly frontier?: ValueFrontier;
  /** By products left in the basket when the question is asked. */
  readonly byBasketLength: Readonly<Record<string, RankingMetrics>>;
  /** By sales of the hidden product, best sellers first; absent in versions from before this was measured. */
  readonly byPopularity?: readonly Cut[];
  /** The stores with the most questions, then the rest; absent without stores. */
  readonly byStore?: readonly Cut[];
  /** Products the same customer had bought before, and others; absent without customers. */
  readonly byHistory?: { readonly repeat: RankingMetrics; readonly discovery: RankingMetrics };
  /** How offers were answered; absent where no outcomes were given. */
  readonly acceptance?: AcceptanceReport;
  /** Absent where no substitutes were learned. */
  readonly substitutes?: SubstituteChoice;
  /** Absent where the catalogue has no product without sales, or too little is known to say. */
  readonly newProducts?: NewProductsReport & { readonly isServed: boolean };
}

/** Questions of a period and what is known about them. */
export interface EvaluatedPeriod {
  readonly test: Questions;
  readonly coldShare: number;
  /** Whether the customer of a test basket had bought the item before; absent without customers. */
  readonly hadBought?: ((basket: number, item: number) => boolean) | undefined;
  /** Store of a test basket. */
  readonly storeOf: (basket: number) => string | undefined;
  /** By item, at least the known ones; empty where the worth of an offer is not asked for. */
  readonly products: readonly Product[];
  readonly seed: number;
}

export interface EvaluationInput extends EvaluatedPeriod {
  readonly model: RankingModel;
  /** The baskets learned from. */
  readonly train: BasketMatrix;
  /** Called when a method has answered all questions, with the share of the methods that have. */
  readonly onRanked?: (share: number) => void;
}

/** Ours, the baselines and our two main signals alone on the same questions, ranked over the whole catalogue by the functions that serve. */
export function evaluate(input: EvaluationInput): Evaluation {
  const { model, train, onRanked } = input;
  const share = Float64Array.from(model.basketShare);
  const counts = plainCounts(train);
  const baselines = [
    popularityScorer(share),
    confidenceScorer(counts),
    cosineScorer(counts),
    easeScorer(model.complements, share),
    neighbourScorer(model.past, model.kernel, share),
  ];
  return evaluateBeside(servedScorer(model), baselines, share, input, (methods) =>
    onRanked?.(methods / (baselines.length + 1)),
  );
}

/**
 * One method beside others on the same questions. `share` is the share of baskets of each known product, `onRanked` is called when a method
 * has answered all questions.
 */
export function evaluateBeside(
  served: Scorer,
  others: readonly Scorer[],
  share: Float64Array,
  { test, coldShare, hadBought, storeOf, products, seed }: EvaluatedPeriod,
  onRanked: (methods: number) => void = () => {},
): Evaluation {
  const tally = tallyFrontier(products.slice(0, share.length), share, test);
  const ours = rankQuestions(served, test, tally?.onScored);
  onRanked(1);
  const baselines = others.map((scorer, at): BaselineReport => {
    const theirs = rankQuestions(scorer, test);
    onRanked(at + 2);
    return {
      ...scorerReport(scorer.name, theirs, share),
      difference: pairedDifference(ours.rank, theirs.rank, test.basket, seed),
    };
  });
  const byStore = cutByStore(ours.rank, test, storeOf);
  return {
    seed,
    baskets: new Set(test.basket).size,
    questions: test.basket.length,
    knownProducts: share.length,
    coldShare,
    ours: scorerReport(served.name, ours, share),
    baselines,
    calibration: calibration(ours, test),
    silence: silenceCurve(ours, test),
    ...(tally && { frontier: tally.frontier(seed) }),
    byBasketLength: cutByLength(ours.rank, test),
    byPopularity: cutByPopularity(ours.rank, test, share),
    ...(byStore && { byStore }),
    ...(hadBought && { byHistory: cutByHistory(ours.rank, test, hadBought) }),
  };
}

export function scorerReport(name: string, ranking: Ranking, share: Float64Array): ScorerReport {
  return {
    name,
    ...rankingMetrics(ranking.rank),
    coverage: coverage(ranking, share.length),
    novelty: novelty(ranking, share),
  };
}
