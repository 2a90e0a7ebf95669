import {
  type Adjustable,
  type AdjustmentDesign,
  designOf,
  dotRow,
  emptyRow,
  fillRow,
  type SparseRow,
  weightOf,
} from './adjustment-design.ts';
import { type ClusteredError, clusteredError } from './clustered-error.ts';
import { solve } from './least-squares.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** Treatment less holdout, per basket, in the metric's unit. */
export interface Difference extends ClusteredError {
  readonly estimate: number;
}

export interface AdjustedEffects {
  /** Of each metric. */
  readonly differences: readonly Difference[];
  /** One metric's difference over another's, with its error by the delta method: clusters move both. */
  readonly ratio: (of: number, to: number) => Difference;
  /** To be used again for other metrics of the same baskets. */
  readonly design: AdjustmentDesign;
}

/** A difference below this part of the largest value is rounding: where nothing varies its error would be as small. */
const ROUNDING = 1e-11;

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
 * @param known of the same baskets and covariates, where it is
 */
export function* adjustedEffects(
  experiment: Adjustable,
  count = experiment.count,
  metrics: readonly Float64Array[] = experiment.metrics,
  known?: AdjustmentDesign,
): Generator<void, AdjustedEffects> {
  const design = known ?? (yield* designOf(experiment, count));
  const { columns, arms, pull, clusters } = design;
  const { size, mean } = columns;
  const row = emptyRow(size);
  const vectors = arms.map(() => metrics.map(() => new Float64Array(size)));
  for (let at = 0; at < count; at++) {
    fillRow(experiment, columns, at, row);
    addMetrics(vectors[experiment.isTreated[at]!]!, row, weightOf(experiment, at), metrics, at);
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
  }
  const coefficients = arms.map(({ factor }, arm) => vectors[arm]!.map((vector) => solve(factor, vector)));
  const slopes = metrics.map((_, metric) =>
    coefficients[1]![metric]!.map((slope, j) =>
      j === 0 ? 0 : (slope - coefficients[0]![metric]![j]!) / count,
    ),
  );
  const atMean = slopes.map((slope) => dot(slope, mean));
  const influence = metrics.map(() => new Float64Array(experiment.clusterCount));
  for (let at = 0; at < count; at++) {
    fillRow(experiment, columns, at, row);
    const fitted = coefficients[experiment.isTreated[at]!]!;
    for (let metric = 0; metric < metrics.length; metric++) {
      const residual = metrics[metric]![at]! - dotRow(fitted[metric]!, row);
      influence[metric]![experiment.cluster[at]!]! +=
        pull[at]! * residual + dotRow(slopes[metric]!, row) - atMean[metric]!;
    }
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
  }
  const estimates = metrics.map((values, metric) => {
    const estimate = dot(coefficients[1]![metric]!, mean) - dot(coefficients[0]![metric]!, mean);
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
    design,
  };
}

/** Adds a row to ZᵀWy of each metric. */
function addMetrics(
  vectors: readonly Float64Array[],
  { column, value, count }: SparseRow,
  weight: number,
  metrics: readonly Float64Array[],
  at: number,
): void {
  for (let i = 0; i < count; i++) {
    const weighted = weight * value[i]!;
    for (let metric = 0; metric < metrics.length; metric++) {
      vectors[metric]![column[i]!]! += weighted * metrics[metric]![at]!;
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
