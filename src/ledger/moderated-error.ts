import {
  type Adjustable,
  type AdjustmentDesign,
  dotRow,
  emptyRow,
  fillRow,
  weightOf,
} from './adjustment-design.ts';
import { type ClusteredError, clusteredError, momentsOf } from './clustered-error.ts';
import { armsOf } from './drawn-arms.ts';
import { driftOf, type MetricFit, residualOf } from './metric-fit.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** What the baskets of each cluster add to the differences, [metrics][clusters]. */
export interface Influence {
  /** The arm with fewer baskets. */
  readonly arm: 0 | 1;
  /** The residuals of that arm. */
  readonly own: readonly Float64Array[];
  /** All else. */
  readonly rest: readonly Float64Array[];
}

/** What the arm with fewer baskets would add if its residuals were those of the other. */
interface StandIn {
  /** [metrics][clusters] of baskets that were drawn one by one, and of those that were drawn with all of their customer */
  readonly single: readonly Float64Array[];
  readonly whole: readonly Float64Array[];
  /** [metrics][metrics] what squares of `single` lack, and what its products with the rest have too much: no basket is in both arms */
  readonly squares: readonly Float64Array[];
  readonly products: readonly Float64Array[];
}

/** How far both arms are trusted to vary alike: what the other arm says weighs as much as a variance from four baskets. */
const PRIOR_FREEDOM = 3;
/** From here on the other arm would weigh less than a twentieth, and is left out. */
const FREEDOM_ENOUGH = 19 * PRIOR_FREEDOM;

/**
 * Standard errors of differences of two arms. Of few held-out baskets chance decides whether one of the dear ones is among them; where
 * none is, the difference is off and its error looks small, both at once. What the other arm says of such baskets is known better. So
 * where it says more than the variance V of the arm with fewer baskets, V is moderated: (d₀·V₀ + d·V) / (d₀ + d), d the freedom of V by
 * Satterthwaite, d₀ = PRIOR_FREEDOM and V₀ what the draw would make of the other arm's residuals. No interval becomes narrower: a dear basket
 * of this arm alone is no reason to trust it, and the freedom stays that of the arms' own variance. With many baskets V counts alone, and so
 * it does where nothing varies in the arm, as held-out baskets have no up-sells.
 * G. K. Smyth (2004), "Linear models and empirical Bayes methods for assessing differential expression in microarray experiments", SAGMB 3(1).
 *
 * V₀: a basket is in the arm with chance p, two that are drawn by themselves with p·p', and with the odds o = p / (1 − p) those of the
 * other arm stand for them, as in Horvitz and Thompson (1952): Σ o·u² + Σ o·o'·u·u' within a cluster, and o·(Σu)² where the customer was
 * drawn. V and V₀ hold what the arm shares with the rest of its clusters.
 */
export class ModeratedErrors {
  readonly #influence: Influence;
  readonly #clusters: number;
  /** undefined where the arm has enough by itself. */
  readonly #standIn: StandIn | undefined;

  constructor(influence: Influence, clusters: number, standIn?: StandIn) {
    this.#influence = influence;
    this.#clusters = clusters;
    this.#standIn = standIn;
  }

  /** @param weights [metrics] of the differences in a sum */
  of(weights: readonly number[]): ClusteredError {
    const own = sumOf(this.#influence.own, weights);
    const rest = sumOf(this.#influence.rest, weights);
    const all = own.map((part, c) => part + rest[c]!);
    const plain = clusteredError(all, this.#clusters);
    if (!this.#standIn) return plain;
    const { freedom } = momentsOf(own);
    if (freedom >= FREEDOM_ENOUGH) return plain;
    const { squares } = momentsOf(all);
    const lacking = expectedOf(this.#standIn, rest, weights) - (squares - momentsOf(rest).squares);
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
  const isFew = influence.own.some((own) => momentsOf(own).freedom < FREEDOM_ENOUGH);
  const standIn = isFew ? yield* standInOf(experiment, count, design, fit, influence.arm) : undefined;
  return new ModeratedErrors(influence, design.clusters, standIn);
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
  const row = emptyRow(columns.size);
  for (let at = 0; at < count; at++) {
    fillRow(experiment, columns, at, row);
    const [arm, of] = [isTreated[at]!, cluster[at]!];
    const sums = arm === influence.arm ? influence.own : influence.rest;
    for (let metric = 0; metric < fit.metrics.length; metric++) {
      sums[metric]![of]! += pull[at]! * residualOf(fit, metric, arm, at, row);
      influence.rest[metric]![of]! += driftOf(fit, metric, row);
    }
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
  }
  return influence;
}

/** By the baskets of the other arm than `arm`. */
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
    ...{ single: byCluster(experiment, fit), whole: byCluster(experiment, fit) },
    ...{ squares: table(), products: table() },
  };
  const [would, adds] = [new Float64Array(metrics), new Float64Array(metrics)];
  const row = emptyRow(columns.size);
  for (let at = 0; at < count; at++) {
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
    if (isTreated[at] === arm) continue;
    fillRow(experiment, columns, at, row);
    // 1 / P(the other arm) is 1 + o.
    const odds = weightOf(experiment, at) - 1;
    const weight = (1 + odds) / odds;
    const wouldPull = weight * dotRow(arms[arm].atMean, row) * (arm === 1 ? 1 : -1);
    for (let metric = 0; metric < metrics; metric++) {
      const residual = residualOf(fit, metric, 1 - arm, at, row);
      would[metric] = wouldPull * residual;
      adds[metric] = pull[at]! * residual;
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
    if (isWhole) {
      whole[metric]![cluster]! += Math.sqrt(odds) * own;
      continue;
    }
    single[metric]![cluster]! += odds * own;
    for (let other = 0; other < would.length; other++) {
      squares[metric]![other]! += (odds - odds ** 2) * own * would[other]!;
      products[metric]![other]! += odds * own * adds[other]!;
    }
  }
}

/** V₀, with what clusters share with the rest. */
function expectedOf(
  { single, whole, squares, products }: StandIn,
  rest: Float64Array,
  weights: readonly number[],
): number {
  const [singles, wholes] = [sumOf(single, weights), sumOf(whole, weights)];
  let sum = quadraticForm(squares, weights) - 2 * quadraticForm(products, weights);
  for (let c = 0; c < rest.length; c++)
    sum += singles[c]! ** 2 + wholes[c]! ** 2 + 2 * singles[c]! * rest[c]!;
  return sum;
}

function byCluster({ clusterCount }: Adjustable, { metrics }: MetricFit): Float64Array[] {
  return metrics.map(() => new Float64Array(clusterCount));
}

function sumOf(columns: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(columns[0]!.length);
  for (const [metric, weight] of weights.entries()) {
    if (weight === 0) continue;
    const column = columns[metric]!;
    for (let c = 0; c < sum.length; c++) sum[c]! += weight * column[c]!;
  }
  return sum;
}

function quadraticForm(matrix: readonly Float64Array[], weights: readonly number[]): number {
  let sum = 0;
  for (const [i, a] of weights.entries())
    for (const [j, b] of weights.entries()) sum += a * b * matrix[i]![j]!;
  return sum;
}
