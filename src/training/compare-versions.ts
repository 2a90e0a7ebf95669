import type { Model } from '../recommender/model.ts';
import { type ScorerReport, scorerReport } from './evaluate.ts';
import { type AskedReceipts, assertAsked } from './evaluate-published.ts';
import { askedBaskets, knownToModel } from './known-to-model.ts';
import { calibration, gainAt, hitAt, type Interval, pairedDifference } from './metrics.ts';
import { askQuestions, EVALUATED_BASKETS_MAX, type Questions } from './questions.ts';
import { type Ranking, rankQuestions } from './rank-questions.ts';
import type { Receipts } from './receipts.ts';
import { servedScorer } from './scorers.ts';

/** How one version answered the questions both were asked; its name is the version. */
export interface VersionFigures extends ScorerReport {
  readonly knownProducts: number;
  /** Questions for a product this version does not know: misses. */
  readonly unknownTargets: number;
  readonly calibrationError: number;
}

/** Two versions on the same questions. */
export interface Comparison {
  readonly baskets: number;
  readonly questions: number;
  readonly newer: VersionFigures;
  readonly older: VersionFigures;
  /** Newer minus older, 95 % paired bootstrap by basket. */
  readonly ndcg10: Interval;
  readonly hitRate10: Interval;
  /** Whether either interval lies below zero. */
  readonly isWorse: boolean;
}

/**
 * Asks two versions for the same hidden products, those that at least one of them knows. Each ranks its own catalogue, given the products
 * of the basket that it knows, as it would serve; what it does not know is a miss. Asking for common products only would punish a version
 * for every further product it has learned.
 *
 * @throws NothingToAsk
 */
export function compareVersions(
  newer: Model,
  older: Model,
  { receipts, from }: AskedReceipts,
  seed: number,
  onRanked: (share: number) => void = () => {},
): Comparison {
  const known = [newer, older].map((model) => knownToModel(receipts, model).itemOf);
  const either = Int32Array.from(receipts.productIds.keys()).filter((product) =>
    known.some((itemOf) => itemOf[product]! >= 0),
  );
  const itemOf = new Int32Array(receipts.productIds.length).fill(-1);
  for (const [item, product] of either.entries()) itemOf[product] = item;
  const asked = askQuestions(
    askedBaskets(receipts, { productOf: either, itemOf, customerOf: new Int32Array(0) }, from),
    seed,
    EVALUATED_BASKETS_MAX,
  );
  assertAsked(asked, receipts.soldAtMs.length - from, newer.version, older.version);
  const products = asked.target.map((item) => either[item]!);
  const ask = (model: Model) => answer(model, receipts, from, { basket: asked.basket, products });
  const ours = ask(newer);
  onRanked(0.5);
  const theirs = ask(older);
  onRanked(1);
  const difference = (gain: (place: number) => number) =>
    pairedDifference(ours.ranking.rank, theirs.ranking.rank, asked.basket, seed, gain);
  const ndcg10 = difference(gainAt);
  const hitRate10 = difference(hitAt);
  return {
    baskets: new Set(asked.basket).size,
    questions: asked.basket.length,
    newer: ours.figures,
    older: theirs.figures,
    ndcg10,
    hitRate10,
    isWorse: ndcg10.high < 0 || hitRate10.high < 0,
  };
}

function answer(
  model: Model,
  receipts: Receipts,
  from: number,
  asked: { readonly basket: Int32Array; readonly products: Int32Array },
): { ranking: Ranking; figures: VersionFigures } {
  const known = knownToModel(receipts, model);
  const questions: Questions = {
    matrix: askedBaskets(receipts, known, from),
    basket: asked.basket,
    target: asked.products.map((product) => known.itemOf[product]!),
  };
  const ranking = rankQuestions(servedScorer(model), questions);
  const share = Float64Array.from(model.basketShare.subarray(0, model.knownCount));
  const figures = {
    ...scorerReport(model.version, ranking, share),
    knownProducts: model.knownCount,
    unknownTargets: questions.target.filter((item) => item < 0).length,
    calibrationError: calibration(ranking, questions).error,
  };
  return { ranking, figures };
}
