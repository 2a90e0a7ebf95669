import {
  type Adjustable,
  type AdjustmentDesign,
  dotRow,
  emptyRow,
  fillRow,
  weightOf,
} from './adjustment-design.ts';
import { type ClusteredError, ClusterMoments } from './clustered-error.ts';
import { armsOf } from './drawn-arms.ts';
import { type MetricFit, readAdds } from './metric-fit.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** What the baskets of each cluster add to the differences, [clusters × metrics]. */
export interface Influence {
  /** The arm with fewer baskets. */
  readonly arm: 0 | 1;
  /** The residuals of that arm. */
  readonly own: Float64Array;
  /** Everything else. */
  readonly rest: Float64Array;
}

/** Moments of what the parts of an influence, and both together, add to a difference. */
interface InfluenceMoments {
  readonly own: ClusterMoments;
  readonly rest: ClusterMoments;
  readonly all: ClusterMoments;
}

/** What the arm with fewer baskets would add if its residuals were those of the other arm. */
interface StandIn {
  /** [clusters × metrics] `single`: of baskets that were drawn one by one; `whole`: of those drawn with all of their customer */
  readonly single: Float64Array;
  readonly whole: Float64Array;
  /**
   * [metrics][metrics] Corrections: add `squares` to the squared sums of `single`; subtract `products` from its cross terms with `rest`,
   * because no basket is in both arms.
   */
  readonly squares: readonly Float64Array[];
  readonly products: readonly Float64Array[];
}

/** How far both arms are trusted to vary alike: the other arm's variance weighs as much as one from four baskets. */
const PRIOR_FREEDOM = 3;
/** From this freedom on the other arm would weigh a twentieth at most, and is left out. */
const FREEDOM_ENOUGH = 19 * PRIOR_FREEDOM;

/**
 * Standard errors of differences of two arms. With few held-out baskets, chance decides whether one of the expensive ones is among them. If
 * none is, the difference is off and its error looks small, both at once. The other arm tells more about such baskets. So where V₀, the
 * variance by the other arm, exceeds the variance V of the arm with fewer baskets, V is moderated: (d₀·V₀ + d·V) / (d₀ + d). Here d is the
 * freedom of V by Satterthwaite, d₀ = PRIOR_FREEDOM, and V₀ is what the draw would make of the other arm's residuals. No interval becomes
 * narrower: an expensive basket in this arm alone is no reason to trust it, and the freedom stays that of the arms' own variance. V counts
 * alone with many baskets, and where nothing varies in the arm, as with up-sells of held-out baskets.
 * G. K. Smyth (2004), "Linear models and empirical Bayes methods for assessing differential expression in microarray experiments", SAGMB 3(1).
 *
 * V₀: a basket is in the arm with chance p, two that are drawn by themselves with p·p'. Baskets of the other arm stand in for them,
 * weighted by the odds o = p / (1 − p), as in Horvitz and Thompson (1952): Σ o·u² + Σ o·o'·u·u' within a cluster, and o·(Σu)² where the
 * customer was drawn. V and V₀ include the cross terms of the arm with the rest of its clusters.
 */
export class ModeratedErrors {
  readonly #influence: Influence;
  readonly #ofMetrics: readonly InfluenceMoments[];
  readonly #clusters: number;
  /** undefined where the arm has enough baskets by itself. */
  readonly #standIn: StandIn | undefined;

  constructor(
    influence: Influence,
    ofMetrics: readonly InfluenceMoments[],
    clusters: number,
    standIn?: StandIn,
  ) {
    this.#influence = influence;
    this.#ofMetrics = ofMetrics;
    this.#clusters = clusters;
    this.#standIn = standIn;
  }

  /** The error of each difference. */
  each(): ClusteredError[] {
    return this.#ofMetrics.map((moments, metric) =>
      this.#errorOf(
        moments,
        this.#ofMetrics.map((_, other) => Number(other === metric)),
      ),
    );
  }

  /** The error of a weighted sum of differences. @param weights [metrics] */
  ofSum(weights: readonly number[]): ClusteredError {
    return this.#errorOf(momentsOfSum(this.#influence, weights), weights);
  }

  #errorOf({ own, rest, all }: InfluenceMoments, weights: readonly number[]): ClusteredError {
    const plain = all.error(this.#clusters);
    const { freedom } = own;
    if (!this.#standIn || freedom >= FREEDOM_ENOUGH) return plain;
    const { squares } = all;
    const expected = expectedOf(this.#standIn, this.#influence.rest, weights);
    const lacking = expected - (squares - rest.squares);
    if (!(lacking > 0)) return plain;
    const share = PRIOR_FREEDOM / (PRIOR_FREEDOM + freedom);
    const standardError = plain.standardError * Math.sqrt(1 + (share * lacking) / squares);
    return { ...plain, standardError };
  }
}

/** Yields between slices so that the caller can let others run. */
export function* moderatedErrors(
  experiment: Adjustable,
  count: number,
  design: AdjustmentDesign,
  fit: MetricFit,
): Generator<void, ModeratedErrors> {
  const influence = yield* influenceOf(experiment, count, design, fit);
  const ofMetrics = momentsOfMetrics(influence, fit.metrics.length);
  const isFew = ofMetrics.some(({ own }) => own.freedom < FREEDOM_ENOUGH);
  const standIn = isFew ? yield* standInOf(experiment, count, design, fit, influence.arm) : undefined;
  return new ModeratedErrors(influence, ofMetrics, design.clusters, standIn);
}

function* influenceOf(
  experiment: Adjustable,
  count: number,
  { columns, pull }: AdjustmentDesign,
  fit: MetricFit,
): Generator<void, Influence> {
  const { isTreated, cluster } = experiment;
  const { treatment, holdout } = armsOf({ count, isTreated });
  const influence = {
    arm: treatment < holdout ? (1 as const) : (0 as const),
    own: byCluster(experiment, fit),
    rest: byCluster(experiment, fit),
  };
  const metrics = fit.metrics.length;
  const adds = { residuals: new Float64Array(metrics), drifts: new Float64Array(metrics) };
  const row = emptyRow(columns.size);
  for (let at = 0; at < count; at++) {
    fillRow(experiment, columns, at, row);
    const arm = isTreated[at]!;
    const of = cluster[at]!;
    const sums = arm === influence.arm ? influence.own : influence.rest;
    readAdds(fit, arm, at, row, adds);
    for (let metric = 0; metric < metrics; metric++) {
      sums[of * metrics + metric]! += pull[at]! * adds.residuals[metric]!;
      influence.rest[of * metrics + metric]! += adds.drifts[metric]!;
    }
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
  }
  return influence;
}

/** Computed from the baskets of the arm other than `arm`. */
function* standInOf(
  experiment: Adjustable,
  count: number,
  { columns, arms, pull }: AdjustmentDesign,
  fit: MetricFit,
  arm: 0 | 1,
): Generator<void, StandIn> {
  const { isTreated, cluster, isDrawnForCustomer } = experiment;
  const metrics = fit.metrics.length;
  const table = () => fit.metrics.map(() => new Float64Array(metrics));
  const standIn = {
    single: byCluster(experiment, fit),
    whole: byCluster(experiment, fit),
    squares: table(),
    products: table(),
  };
  const known = { residuals: new Float64Array(metrics), drifts: new Float64Array(metrics) };
  const would = new Float64Array(metrics);
  const adds = new Float64Array(metrics);
  const row = emptyRow(columns.size);
  for (let at = 0; at < count; at++) {
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
    if (isTreated[at] === arm) continue;
    fillRow(experiment, columns, at, row);
    // 1 / P(the other arm) is 1 + o.
    const odds = weightOf(experiment, at) - 1;
    const weight = (1 + odds) / odds;
    const wouldPull = weight * dotRow(arms[arm].atMean, row) * (arm === 1 ? 1 : -1);
    readAdds(fit, 1 - arm, at, row, known);
    for (let metric = 0; metric < metrics; metric++) {
      would[metric] = wouldPull * known.residuals[metric]!;
      adds[metric] = pull[at]! * known.residuals[metric]!;
    }
    addStandIn(standIn, {
      cluster: cluster[at]!,
      isWhole: isDrawnForCustomer?.[at] === 1,
      odds,
      would,
      adds,
    });
  }
  return standIn;
}

function addStandIn(
  { single, whole, squares, products }: StandIn,
  basket: {
    readonly cluster: number;
    readonly isWhole: boolean;
    readonly odds: number;
    readonly would: Float64Array;
    readonly adds: Float64Array;
  },
): void {
  const { cluster, isWhole, odds, would, adds } = basket;
  for (let metric = 0; metric < would.length; metric++) {
    const own = would[metric]!;
    const sum = cluster * would.length + metric;
    if (isWhole) {
      whole[sum]! += Math.sqrt(odds) * own;
      continue;
    }
    single[sum]! += odds * own;
    for (let other = 0; other < would.length; other++) {
      squares[metric]![other]! += (odds - odds ** 2) * own * would[other]!;
      products[metric]![other]! += odds * own * adds[other]!;
    }
  }
}

/** V₀, with the cross terms of clusters with the rest. */
function expectedOf(
  { single, whole, squares, products }: StandIn,
  rest: Influence['rest'],
  weights: readonly number[],
): number {
  let sum = quadraticForm(squares, weights) - 2 * quadraticForm(products, weights);
  for (let c = 0; c * weights.length < rest.length; c++) {
    const own = sumAt(single, c, weights);
    sum += own ** 2 + sumAt(whole, c, weights) ** 2 + 2 * own * sumAt(rest, c, weights);
  }
  return sum;
}

function byCluster({ clusterCount }: Adjustable, { metrics }: MetricFit): Float64Array {
  return new Float64Array(clusterCount * metrics.length);
}

function emptyMoments(): InfluenceMoments {
  return { own: new ClusterMoments(), rest: new ClusterMoments(), all: new ClusterMoments() };
}

function addMoments({ own, rest, all }: InfluenceMoments, ofArm: number, ofRest: number): void {
  own.add(ofArm);
  rest.add(ofRest);
  all.add(ofArm + ofRest);
}

/** Moments of what clusters add to each difference. */
function momentsOfMetrics({ own, rest }: Influence, metrics: number): InfluenceMoments[] {
  const moments = Array.from({ length: metrics }, emptyMoments);
  for (let start = 0; start < own.length; start += metrics)
    for (let metric = 0; metric < metrics; metric++)
      addMoments(moments[metric]!, own[start + metric]!, rest[start + metric]!);
  return moments;
}

/** Moments of what clusters add to a sum of differences. */
function momentsOfSum({ own, rest }: Influence, weights: readonly number[]): InfluenceMoments {
  const moments = emptyMoments();
  for (let c = 0; c * weights.length < own.length; c++)
    addMoments(moments, sumAt(own, c, weights), sumAt(rest, c, weights));
  return moments;
}

/** @param sums [clusters × metrics] */
function sumAt(sums: Float64Array, cluster: number, weights: readonly number[]): number {
  let sum = 0;
  for (let metric = 0; metric < weights.length; metric++)
    sum += weights[metric]! * sums[cluster * weights.length + metric]!;
  return sum;
}

function quadraticForm(matrix: readonly Float64Array[], weights: readonly number[]): number {
  let sum = 0;
  for (const [i, a] of weights.entries())
    for (const [j, b] of weights.entries()) sum += a * b * matrix[i]![j]!;
  return sum;
}
