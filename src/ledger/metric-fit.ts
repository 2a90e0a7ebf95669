import {
  type Adjustable,
  type AdjustmentDesign,
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
  /** [arms][columns × metrics] */
  readonly coefficients: readonly [Float64Array, Float64Array];
  /** [arms][metrics] what each arm comes to at x̄ */
  readonly atMean: readonly [Float64Array, Float64Array];
  /** [columns × metrics] (β₁ − β₀) / n, and [metrics] at x̄ */
  readonly slopes: Float64Array;
  readonly slopesAtMean: Float64Array;
}

/** Least squares of each metric in each arm. */
export function* fitMetrics(
  experiment: Adjustable,
  count: number,
  { columns, arms }: AdjustmentDesign,
  metrics: readonly Float64Array[],
): Generator<void, MetricFit> {
  const { size, mean } = columns;
  const row = emptyRow(size);
  const vectors = arms.map(() => new Float64Array(size * metrics.length));
  for (let at = 0; at < count; at++) {
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
    // A basket without payment, or with none in a category, adds nothing.
    if (metrics.every((values) => values[at] === 0)) continue;
    fillRow(experiment, columns, at, row);
    addMetrics(vectors[experiment.isTreated[at]!]!, row, weightOf(experiment, at), metrics, at);
  }
  const [untreated, treated] = vectors.map((vector, arm) =>
    solveEach(arms[arm]!, vector, metrics.length),
  ) as [Float64Array, Float64Array];
  // Zero for the column of ones, which adds nothing to a drift.
  const slopes = treated.map((slope, at) => (at < metrics.length ? 0 : (slope - untreated[at]!) / count));
  const valueAtMean = (table: Float64Array) => {
    const values = new Float64Array(metrics.length);
    for (let at = 0; at < table.length; at++)
      values[at % metrics.length]! += table[at]! * mean[Math.floor(at / metrics.length)]!;
    return values;
  };
  return {
    metrics,
    coefficients: [untreated, treated],
    slopes,
    atMean: [valueAtMean(untreated), valueAtMean(treated)],
    slopesAtMean: valueAtMean(slopes),
  };
}

/**
 * A basket's residuals from its arm's regression, and its drifts: what its covariates add to the differences, because the baskets of the
 * period stand for those to come.
 *
 * @param residuals and drifts [metrics] receive them
 */
export function readAdds(
  { metrics, coefficients, slopes, slopesAtMean }: MetricFit,
  arm: number,
  at: number,
  { column, value, count }: SparseRow,
  { residuals, drifts }: { readonly residuals: Float64Array; readonly drifts: Float64Array },
): void {
  const size = residuals.length;
  const table = coefficients[arm]!;
  for (let metric = 0; metric < size; metric++) residuals[metric] = drifts[metric] = 0;
  for (let i = 0; i < count; i++) {
    const start = column[i]! * size;
    const own = value[i]!;
    for (let metric = 0; metric < size; metric++) {
      residuals[metric]! += table[start + metric]! * own;
      drifts[metric]! += slopes[start + metric]! * own;
    }
  }
  for (let metric = 0; metric < size; metric++) {
    residuals[metric] = metrics[metric]![at]! - residuals[metric]!;
    drifts[metric]! -= slopesAtMean[metric]!;
  }
}

/** Adds a row to ZᵀWy of each metric. */
function addMetrics(
  vectors: Float64Array,
  { column, value, count }: SparseRow,
  weight: number,
  metrics: readonly Float64Array[],
  at: number,
): void {
  for (let metric = 0; metric < metrics.length; metric++) {
    const worth = metrics[metric]![at]!;
    if (worth === 0) continue;
    for (let i = 0; i < count; i++)
      vectors[column[i]! * metrics.length + metric]! += weight * value[i]! * worth;
  }
}

/** Coefficients [columns × metrics] from ZᵀWy [columns × metrics]. */
function solveEach(
  { factor }: AdjustmentDesign['arms'][number],
  vectors: Float64Array,
  metrics: number,
): Float64Array {
  const coefficients = new Float64Array(vectors.length);
  for (let metric = 0; metric < metrics; metric++) {
    const solved = solve(
      factor,
      vectors.filter((_, at) => at % metrics === metric),
    );
    for (const [column, coefficient] of solved.entries())
      coefficients[column * metrics + metric] = coefficient;
  }
  return coefficients;
}
