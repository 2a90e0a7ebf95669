import { type ClusteredError, clusteredError } from './clustered-error.ts';
import type { Experiment } from './experiment.ts';
import { factorise, solve } from './least-squares.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** Treatment less holdout, per basket, in the metric's unit. */
export interface Difference extends ClusteredError {
  readonly estimate: number;
}

/** What a difference is made of: rows with an arm, a cluster, covariates and metrics. */
export type Adjustable = Pick<
  Experiment,
  | 'count'
  | 'isTreated'
  | 'holdoutShare'
  | 'cluster'
  | 'clusterCount'
  | 'covariates'
  | 'covariateCount'
  | 'metrics'
>;

export interface AdjustedEffects {
  /** Of each metric. */
  readonly differences: readonly Difference[];
  /** One metric's difference over another's, with its error by the delta method: clusters move both. */
  readonly ratio: (of: number, to: number) => Difference;
}

/** A difference below this part of the largest value is rounding: where nothing varies its error would be as small. */
const ROUNDING = 1e-11;
/** A basket that fits itself has no residual to tell; above this leverage it is taken as here. */
const LEVERAGE_MAX = 0.9;

/**
 * Difference in means with regression adjustment: in each arm least squares of the metric on covariates, each basket weighted
 * by 1 / P(its arm); the difference of the two at the mean x̄ over both. Consistent whatever the true relation, and
 * asymptotically never less precise than the plain difference.
 * W. Lin (2013), "Agnostic notes on regression adjustments to experimental data", Annals of Applied Statistics 7(1).
 *
 * Variance: sum over clusters c of the square of Σ_{i∈c} ψ_i, times G / (G − 1) for G clusters, where ψ_i is the basket's
 * influence on the estimate: ± w_i · (x̄ᵀ(ZᵀWZ)⁻¹z_i) · r_i / (1 − h_i) by its arm, plus (β₁ − β₀)ᵀ(x_i − x̄) / n because the
 * baskets of the period stand for those to come. r is the residual, h the leverage (HC3: MacKinnon and White 1985, close to the jackknife); clusters:
 * Liang and Zeger (1986).
 *
 * Degrees of freedom: 2 (Σψ²)² / Σψ⁴ over clusters, F. E. Satterthwaite (1946) with the moments of the data: a few baskets worth
 * hundreds of others make the standard error itself uncertain, and the interval wider.
 *
 * Yields between slices so that the caller can let others run.
 *
 * @param count of the first baskets to take; all by default
 * @param metrics which of the experiment's metrics
 */
export function* adjustedEffects(
  experiment: Adjustable,
  count = experiment.count,
  metrics: readonly Float64Array[] = experiment.metrics,
): Generator<void, AdjustedEffects> {
  const columns = yield* standardise(experiment, count);
  const { size, mean } = columns;
  const row = emptyRow(size);
  const sums = [armSums(size, metrics.length), armSums(size, metrics.length)] as const;
  for (let at = 0; at < count; at++) {
    fillRow(experiment, columns, at, row);
    addRow(sums[experiment.isTreated[at]!]!, row, weightOf(experiment, at), metrics, at);
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
  }
  const fits = sums.map((sum) => fitArm(sum, mean)) as [ArmFit, ArmFit];
  const slopes = metrics.map((_, metric) =>
    fits[1].coefficients[metric]!.map((slope, j) =>
      j === 0 ? 0 : (slope - fits[0].coefficients[metric]![j]!) / count,
    ),
  );
  const atMean = slopes.map((slope) => dot(slope, mean));
  const influence = metrics.map(() => new Float64Array(experiment.clusterCount));
  for (let at = 0; at < count; at++) {
    fillRow(experiment, columns, at, row);
    const isTreated = experiment.isTreated[at]!;
    const pull = pullOf(fits[isTreated]!, row, weightOf(experiment, at)) * (isTreated ? 1 : -1);
    for (let metric = 0; metric < metrics.length; metric++) {
      const residual = metrics[metric]![at]! - dotRow(fits[isTreated]!.coefficients[metric]!, row);
      influence[metric]![experiment.cluster[at]!]! +=
        pull * residual + dotRow(slopes[metric]!, row) - atMean[metric]!;
    }
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
  }
  const clusters = countClusters(experiment, count);
  const estimates = metrics.map((values, metric) => {
    const estimate = dot(fits[1].coefficients[metric]!, mean) - dot(fits[0].coefficients[metric]!, mean);
    const largest = values.subarray(0, count).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return Math.abs(estimate) < ROUNDING * largest ? 0 : estimate;
  });
  return {
    differences: estimates.map((estimate, metric) => ({
      estimate,
      ...clusteredError(influence[metric]!, clusters),
    })),
    ratio(of, to) {
      const estimate = estimates[of]! / estimates[to]!;
      const own = influence[of]!.map((part, c) => (part - estimate * influence[to]![c]!) / estimates[to]!);
      return { estimate, ...clusteredError(own, clusters) };
    },
  };
}

/** How covariates become the regression's columns, of which the first is 1. */
interface Columns {
  readonly size: number;
  /** What is taken off a covariate: its mean, or 0 where most rows have nothing, so that they go on having nothing. */
  readonly center: Float64Array;
  /** 1 / standard deviation; 0 of a covariate that does not vary. */
  readonly scale: Float64Array;
  /** Of each column over both arms. */
  readonly mean: Float64Array;
}

function* standardise({ covariates, covariateCount }: Adjustable, count: number): Generator<void, Columns> {
  const size = covariateCount + 1;
  const mean = new Float64Array(size);
  const rows = new Float64Array(size);
  for (let at = 0; at < count; at++) {
    for (let j = 1; j < size; j++) {
      const value = covariates[at * covariateCount + j - 1]!;
      mean[j]! += value / count;
      rows[j]! += Number(value !== 0);
    }
    if (at % (10 * ROWS_AT_ONCE) === 0) yield;
  }
  const scale = new Float64Array(size);
  for (let at = 0; at < count; at++) {
    for (let j = 1; j < size; j++) {
      scale[j]! += (covariates[at * covariateCount + j - 1]! - mean[j]!) ** 2 / count;
    }
    if (at % (10 * ROWS_AT_ONCE) === 0) yield;
  }
  const center = mean.map((value, j) => (rows[j]! > count / 2 ? value : 0));
  for (let j = 1; j < size; j++) scale[j] = scale[j]! > 0 ? 1 / Math.sqrt(scale[j]!) : 0;
  return {
    size,
    center,
    scale,
    mean: mean.map((value, j) => (j === 0 ? 1 : (value - center[j]!) * scale[j]!)),
  };
}

/** A row of the regression's matrix without its zeros: of stores and channels a basket has one each. */
interface SparseRow {
  readonly column: Int32Array;
  readonly value: Float64Array;
  count: number;
}

/** One that holds the first column. */
function emptyRow(size: number): SparseRow {
  return { column: new Int32Array(size), value: new Float64Array(size).fill(1, 0, 1), count: 1 };
}

function fillRow(
  { covariates, covariateCount }: Adjustable,
  { center, scale }: Columns,
  at: number,
  row: SparseRow,
): void {
  const start = at * covariateCount - 1;
  let count = 1;
  for (let j = 1; j <= covariateCount; j++) {
    const value = (covariates[start + j]! - center[j]!) * scale[j]!;
    row.column[count] = j;
    row.value[count] = value;
    count += Number(value !== 0);
  }
  row.count = count;
}

/** ZᵀWZ, lower triangle, and ZᵀWy of each metric. */
interface ArmSums {
  readonly size: number;
  readonly matrix: Float64Array;
  readonly vectors: readonly Float64Array[];
}

function armSums(size: number, metricCount: number): ArmSums {
  const vectors = Array.from({ length: metricCount }, () => new Float64Array(size));
  return { size, matrix: new Float64Array(size * size), vectors };
}

function addRow(
  { size, matrix, vectors }: ArmSums,
  { column, value, count }: SparseRow,
  weight: number,
  metrics: readonly Float64Array[],
  at: number,
): void {
  for (let i = 0; i < count; i++) {
    const weighted = weight * value[i]!;
    const start = column[i]! * size;
    for (let j = 0; j <= i; j++) matrix[start + column[j]!]! += weighted * value[j]!;
    for (let metric = 0; metric < metrics.length; metric++) {
      vectors[metric]![column[i]!]! += weighted * metrics[metric]![at]!;
    }
  }
}

interface ArmFit {
  /** [size × size] (ZᵀWZ)⁻¹; zero in the rows and columns of what repeats others */
  readonly inverse: Float64Array;
  /** [metrics][size] */
  readonly coefficients: readonly Float64Array[];
  /** [size] x̄ᵀ(ZᵀWZ)⁻¹ */
  readonly atMean: Float64Array;
}

function fitArm({ size, matrix, vectors }: ArmSums, mean: Float64Array): ArmFit {
  const factor = factorise(matrix, size);
  const inverse = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    const unit = new Float64Array(size);
    unit[j] = 1;
    inverse.set(solve(factor, unit), j * size);
  }
  return {
    inverse,
    coefficients: vectors.map((vector) => solve(factor, Float64Array.from(vector))),
    atMean: solve(factor, Float64Array.from(mean)),
  };
}

/** What a residual of this basket adds to its arm's value at the mean. */
function pullOf({ inverse, atMean }: ArmFit, row: SparseRow, weight: number): number {
  const leverage = weight * quadraticForm(inverse, atMean.length, row);
  return (weight * dotRow(atMean, row)) / (1 - Math.min(LEVERAGE_MAX, leverage));
}

/** zᵀ·matrix·z of a symmetric matrix. */
function quadraticForm(matrix: Float64Array, size: number, { column, value, count }: SparseRow): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const start = column[i]! * size;
    let part = (value[i]! * matrix[start + column[i]!]!) / 2;
    for (let j = 0; j < i; j++) part += value[j]! * matrix[start + column[j]!]!;
    sum += value[i]! * part;
  }
  return 2 * sum;
}

function weightOf({ isTreated, holdoutShare }: Adjustable, at: number): number {
  return 1 / (isTreated[at] ? 1 - holdoutShare[at]! : holdoutShare[at]!);
}

/** Clusters of the first rows. */
export function countClusters(
  { cluster, clusterCount }: Pick<Adjustable, 'cluster' | 'clusterCount'>,
  count: number,
): number {
  const isSeen = new Uint8Array(clusterCount);
  let seen = 0;
  for (let at = 0; at < count; at++) {
    if (isSeen[cluster[at]!]) continue;
    isSeen[cluster[at]!] = 1;
    seen++;
  }
  return seen;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function dotRow(vector: Float64Array, { column, value, count }: SparseRow): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += vector[column[i]!]! * value[i]!;
  return sum;
}
