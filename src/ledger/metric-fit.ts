import {
  type Adjustable,
  type AdjustmentDesign,
  dot,
  dotRow,
  emptyRow,
  fillRow,
  type SparseRow,
  weightOf,
} from './adjustment-design.ts';
import { solve } from './least-squares.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** The regressions of some metrics. */
export interface MetricFit {
  /** [metrics][baskets] */
  readonly metrics: readonly Float64Array[];
  /** [arms][metrics][columns] */
  readonly coefficients: readonly (readonly Float64Array[])[];
  /** [metrics][columns] (β₁ − β₀) / n, and at x̄ */
  readonly slopes: readonly Float64Array[];
  readonly slopesAtMean: readonly number[];
}

/** Least squares of each metric in each arm. */
export function* fitMetrics(
  experiment: Adjustable,
  count: number,
  { columns, arms }: AdjustmentDesign,
  metrics: readonly Float64Array[],
): Generator<void, MetricFit> {
  const row = emptyRow(columns.size);
  const vectors = arms.map(() => metrics.map(() => new Float64Array(columns.size)));
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
  return { metrics, coefficients, slopes, slopesAtMean: slopes.map((slope) => dot(slope, columns.mean)) };
}

/** What a basket has over its arm's regression. */
export function residualOf(
  { metrics, coefficients }: MetricFit,
  metric: number,
  arm: number,
  at: number,
  row: SparseRow,
): number {
  return metrics[metric]![at]! - dotRow(coefficients[arm]![metric]!, row);
}

/** What a basket adds to the difference by its covariates, because the baskets of the period stand for those to come. */
export function driftOf({ slopes, slopesAtMean }: MetricFit, metric: number, row: SparseRow): number {
  return dotRow(slopes[metric]!, row) - slopesAtMean[metric]!;
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
