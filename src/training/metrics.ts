import type { Questions } from './questions.ts';
import { seededRandom } from './random.ts';
import { type Ranking, TOP } from './rank-questions.ts';

/** Ranking quality over a set of questions. */
export interface RankingMetrics {
  readonly questions: number;
  readonly hitRate: Readonly<Record<'1' | '3' | '5' | '10', number>>;
  readonly ndcg10: number;
  /** Mean reciprocal rank over the whole catalogue. */
  readonly mrr: number;
}

const CUTS = [1, 3, 5, 10] as const;

/** Metrics over the questions a filter keeps; all when there is none. */
export function rankingMetrics(
  rank: Float64Array,
  keep: (question: number) => boolean = () => true,
): RankingMetrics {
  const hits = { '1': 0, '3': 0, '5': 0, '10': 0 };
  let ndcg = 0;
  let reciprocal = 0;
  let questions = 0;
  for (let question = 0; question < rank.length; question++) {
    if (!keep(question)) continue;
    questions++;
    const place = rank[question]!;
    for (const cut of CUTS) if (place <= cut) hits[`${cut}`]++;
    ndcg += gainAt(place);
    reciprocal += 1 / place;
  }
  const share = (total: number) => (questions > 0 ? total / questions : 0);
  return {
    questions,
    hitRate: { '1': share(hits['1']), '3': share(hits['3']), '5': share(hits['5']), '10': share(hits['10']) },
    ndcg10: share(ndcg),
    mrr: share(reciprocal),
  };
}

/** Discounted gain of one hidden product at a place, cut at 10. */
export function gainAt(place: number): number {
  return place <= TOP ? 1 / Math.log2(place + 1) : 0;
}

/** 1 for a hidden product among the first ten, else 0. */
export function hitAt(place: number): number {
  return place <= TOP ? 1 : 0;
}

/** Share of the catalogue that appears in some top ten. */
export function coverage(ranking: Ranking, itemCount: number): number {
  const shown = new Set<number>(ranking.top);
  shown.delete(-1);
  return itemCount > 0 ? shown.size / itemCount : 0;
}

/** Mean of −log2(share of baskets) over the top tens, in bits: how far from the best sellers the lists go. */
export function novelty(ranking: Ranking, basketShare: ArrayLike<number>): number {
  let bits = 0;
  let shown = 0;
  for (const item of ranking.top) {
    if (item < 0 || !(basketShare[item]! > 0)) continue;
    bits -= Math.log2(basketShare[item]!);
    shown++;
  }
  return shown > 0 ? bits / shown : 0;
}

export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly stated: number;
  readonly observed: number;
}

export interface Calibration {
  /** Expected calibration error. */
  readonly error: number;
  readonly bins: readonly ReliabilityBin[];
}

const BIN_EDGES = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1];

/** Stated against observed frequency of the top ten. */
export function calibration(ranking: Ranking, questions: Questions): Calibration {
  const stated: number[] = [];
  const happened: boolean[] = [];
  for (let at = 0; at < ranking.top.length; at++) {
    const probability = ranking.topProbability[at]!;
    if (ranking.top[at]! < 0 || Number.isNaN(probability)) continue;
    stated.push(probability);
    happened.push(ranking.top[at] === questions.target[Math.floor(at / TOP)]);
  }
  return reliability({ stated, happened });
}

/** Stated probabilities, and whether each event happened. */
export interface StatedOutcomes {
  /** [n] */
  readonly stated: readonly number[];
  /** [n] */
  readonly happened: readonly boolean[];
}

/** Stated against observed frequency, in bins that are narrow where most probabilities lie. */
export function reliability({ stated, happened }: StatedOutcomes): Calibration {
  const bins = BIN_EDGES.slice(1).map((to, at) => ({
    from: BIN_EDGES[at]!,
    to,
    count: 0,
    stated: 0,
    observed: 0,
  }));
  for (const [at, probability] of stated.entries()) {
    const bin = bins.find(({ to }) => probability <= to) ?? bins.at(-1)!;
    bin.count++;
    bin.stated += probability;
    if (happened[at]) bin.observed++;
  }
  const error = bins.reduce((sum, bin) => sum + Math.abs(bin.stated - bin.observed), 0);
  const filled = bins.filter((bin) => bin.count > 0);
  return {
    error: error / Math.max(1, stated.length),
    bins: filled.map((bin) => ({
      ...bin,
      stated: bin.stated / bin.count,
      observed: bin.observed / bin.count,
    })),
  };
}

/** A difference with its 95 % interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;

/**
 * Difference in mean gain, NDCG@10 unless told otherwise, between two lists of ranks over the same questions: bootstrap
 * that draws whole baskets.
 */
export function pairedDifference(
  ours: Float64Array,
  theirs: Float64Array,
  basket: Int32Array,
  seed: number,
  gainOf: (place: number) => number = gainAt,
): Interval {
  const gains: number[] = [];
  const sizes: number[] = [];
  for (let question = 0; question < basket.length; question++) {
    const gain = gainOf(ours[question]!) - gainOf(theirs[question]!);
    if (question > 0 && basket[question] === basket[question - 1]) {
      gains[gains.length - 1]! += gain;
      sizes[sizes.length - 1]!++;
    } else {
      gains.push(gain);
      sizes.push(1);
    }
  }
  const random = seededRandom(seed);
  const means = new Float64Array(RESAMPLES).map(() => resampledMean(gains, sizes, random)).sort();
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  return {
    estimate: total / Math.max(1, basket.length),
    low: means[Math.floor(RESAMPLES * 0.025)]!,
    high: means[Math.ceil(RESAMPLES * 0.975) - 1]!,
  };
}

function resampledMean(gains: readonly number[], sizes: readonly number[], random: () => number): number {
  let gain = 0;
  let size = 0;
  for (let draw = 0; draw < gains.length; draw++) {
    const basket = Math.floor(random() * gains.length);
    gain += gains[basket]!;
    size += sizes[basket]!;
  }
  return size > 0 ? gain / size : 0;
}
