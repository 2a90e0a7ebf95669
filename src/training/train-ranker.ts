import type { Ranker } from '../recommender/ranker.ts';
import { SIGNALS } from '../recommender/signals.ts';
import { answerQuestions } from './answer-questions.ts';
import { fitCalibration } from './calibration-fit.ts';
import { type Interval, pairedDifference, rankingMetrics } from './metrics.ts';
import { midRank } from './rank-questions.ts';
import { fitRanker } from './ranker-fit.ts';
import type { RankerQuestions } from './ranker-questions.ts';
import type { TensorBackend } from './tensor-backend.ts';

export interface TrainedRanker {
  readonly ranker: Ranker;
  readonly choice: RankerChoice;
}

/** How the ranker was chosen, for the record. */
export interface RankerChoice {
  /** `held` are the few, held to popularity: there were too few questions to choose by. */
  readonly signals: keyof typeof SIGNAL_SETS | 'held';
  /** Questions whose product was a candidate. */
  readonly questions: number;
  /** NDCG@10 of each set, fitted on the earlier slices and asked on the newest. */
  readonly ndcg10?: Readonly<Record<string, number>>;
  /** NDCG@10 of the set chosen minus that of the few, over the same questions. */
  readonly gain?: Interval;
  /** The same with the time of day minus without it; absent where the baskets are not of different hours. */
  readonly hour?: { readonly gain: Interval; readonly isHeeded: boolean };
  /** The TensorFlow.js backend that fitted the weights. */
  readonly backend: string;
}

type Signals = readonly (typeof SIGNALS)[number][];

/**
 * Signals that may count besides the time of day; the newest slice decides. Complements and neighbours already contain the popularity of
 * products: beside such a strong signal it misleads, but where receipts have none it is all there is.
 */
const SIGNAL_SETS = {
  all: SIGNALS.filter((name) => name !== 'hour'),
  withoutPopularity: SIGNALS.filter((name) => name !== 'popularity' && name !== 'hour'),
  few: ['ease', 'neighbours', 'popularity'],
} as const satisfies Record<string, Signals>;
/** Questions before the newest slice below which nothing is chosen by it. */
const QUESTIONS_MIN = 200;
/** Questions that it takes to outweigh popularity where the weights are held to it. */
const POPULARITY_PRIOR = 100;
/** Strength of the penalty on weights. */
export const RANKER_L2 = 0.005;
/** Basket lengths whose recall is told apart. */
const LENGTHS = 8;
/** Questions with the mean recall that each length is mixed with. */
const RECALL_PRIOR = 20;

/**
 * Fits the ranker on questions from slices of time, oldest first, each asked of sources learned from what came before it.
 * Which signals count is decided on the newest slice, the time of day only where it gains beyond its interval; then all slices are
 * fitted together. Where they hold too few questions to decide, `collectCrossed` gets others and the weights are held to popularity.
 */
export async function trainRanker(
  backend: TensorBackend,
  slices: readonly RankerQuestions[],
  seed: number,
  collectCrossed: () => Promise<readonly RankerQuestions[]>,
): Promise<TrainedRanker> {
  const earlier = slices.slice(0, -1);
  if (countAnswerable(earlier) < QUESTIONS_MIN) return holdToPopularity(backend, await collectCrossed());
  const { tf, name } = backend;
  const recall = measureRecall(slices);
  const questions = countAnswerable(slices);
  const fitOn = (parts: readonly RankerQuestions[], signals: Signals) =>
    fitRanker(tf, parts, { signals, l2: RANKER_L2 });
  const newest = slices.at(-1)!;
  const ranksBy = async (signals: Signals) => ranksOf({ ...(await fitOn(earlier, signals)), recall }, newest);
  const names = Object.keys(SIGNAL_SETS) as (keyof typeof SIGNAL_SETS)[];
  const ranks: Partial<Record<keyof typeof SIGNAL_SETS, Float64Array>> = {};
  for (const set of names) ranks[set] = await ranksBy(SIGNAL_SETS[set]);
  const ndcg10 = Object.fromEntries(names.map((set) => [set, rankingMetrics(ranks[set]!).ndcg10]));
  const best = names.reduce((leader, set) => (ndcg10[set]! > ndcg10[leader]! ? set : leader));
  const gain = pairedDifference(ranks[best]!, ranks.few!, newest.basket, seed);
  const withHour: Signals = [...SIGNAL_SETS[best], 'hour'];
  const hourGain = slices.some(tellsHours)
    ? pairedDifference(await ranksBy(withHour), ranks[best]!, newest.basket, seed)
    : undefined;
  const hour = hourGain && { gain: hourGain, isHeeded: hourGain.low > 0 };
  const fitted = await fitOn(slices, hour?.isHeeded ? withHour : SIGNAL_SETS[best]);
  const calibration = fitCalibration({ ...fitted, recall }, slices);
  const choice = { signals: best, questions, ndcg10, gain, ...(hour && { hour }), backend: name };
  return { ranker: { ...fitted, recall, calibration }, choice };
}

/** Whether any candidate is sold more at some hours than at others. */
function tellsHours({ signals }: RankerQuestions): boolean {
  for (let at = SIGNALS.indexOf('hour'); at < signals.length; at += SIGNALS.length) {
    if (signals[at] !== 0) return true;
  }
  return false;
}

/**
 * Fits the few signals with a penalty towards the order of popularity that weighs as much as some questions: without any it is that
 * order, with many what they say.
 */
async function holdToPopularity(
  { tf, name }: TensorBackend,
  slices: readonly RankerQuestions[],
): Promise<TrainedRanker> {
  const recall = measureRecall(slices);
  const questions = countAnswerable(slices);
  const l2 = POPULARITY_PRIOR / Math.max(1, questions);
  const fitted = await fitRanker(tf, slices, { signals: SIGNAL_SETS.few, l2, heldTo: { popularity: 1 } });
  const calibration = fitCalibration({ ...fitted, recall }, slices);
  return {
    ranker: { ...fitted, recall, calibration },
    choice: { signals: 'held', questions, backend: name },
  };
}

/** Questions whose product was a candidate. */
function countAnswerable(slices: readonly RankerQuestions[]): number {
  return slices.reduce((sum, { target }) => sum + target.filter((place) => place >= 0).length, 0);
}

/** Place of each product bought among the candidates, from 1, ties at mid-rank; beyond all of them where it was none. */
export function ranksOf(ranker: Omit<Ranker, 'calibration'>, questions: RankerQuestions): Float64Array {
  const ranks = new Float64Array(questions.target.length);
  answerQuestions(ranker, questions, (stated, place, question) => {
    ranks[question] = midRank(stated, place);
  });
  return ranks;
}

/** Share of the products bought that were candidates, by products in the basket; an empty basket counts as one of one product. */
function measureRecall(slices: readonly RankerQuestions[]): Float64Array {
  const found = new Float64Array(LENGTHS + 1);
  const asked = new Float64Array(LENGTHS + 1);
  for (const { target, basketLength } of slices) {
    for (let question = 0; question < target.length; question++) {
      const length = Math.min(LENGTHS, basketLength[question]!);
      asked[length]!++;
      if (target[question]! >= 0) found[length]!++;
    }
  }
  const total = asked.reduce((sum, value) => sum + value, 0);
  const mean = total > 0 ? found.reduce((sum, value) => sum + value, 0) / total : 1;
  const recall = found.map(
    (value, length) => (value + mean * RECALL_PRIOR) / (asked[length]! + RECALL_PRIOR),
  );
  recall[0] = recall[1]!;
  return recall;
}
