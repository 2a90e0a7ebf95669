import { type Adjustable, type AdjustmentDesign, designOf } from './adjustment-design.ts';
import type { ClusteredError } from './clustered-error.ts';
import { fitMetrics } from './metric-fit.ts';
import { moderatedErrors } from './moderated-error.ts';

/** Treatment minus holdout, per basket, in the metric's unit. */
export interface Difference extends ClusteredError {
  readonly estimate: number;
}

export interface AdjustedEffects {
  /** One for each metric. */
  readonly differences: readonly Difference[];
  /** One metric's difference divided by another's; error by the delta method, as each cluster moves both. */
  readonly ratio: (of: number, to: number) => Difference;
  /** Can be reused for other metrics of the same baskets. */
  readonly design: AdjustmentDesign;
}

/** A difference below this share of the largest value is rounding: where nothing varies, its error would be just as small. */
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
 * Liang and Zeger (1986). Where few baskets decide the variance, the part of the smaller arm is moderated (moderated-error.ts).
 *
 * Degrees of freedom: 2 (Σψ²)² / Σψ⁴ over clusters, F. E. Satterthwaite (1946) with the moments of the data: a few baskets worth
 * hundreds of others make the standard error itself uncertain, and the interval wider.
 *
 * Yields between slices so that the caller can let others run.
 *
 * @param count how many baskets to take, from the first on; all by default
 * @param metrics which of the experiment's metrics
 * @param known design of the same baskets and covariates, if there is one already
 */
export function* adjustedEffects(
  experiment: Adjustable,
  count = experiment.count,
  metrics: readonly Float64Array[] = experiment.metrics,
  known?: AdjustmentDesign,
): Generator<void, AdjustedEffects> {
  const design = known ?? (yield* designOf(experiment, count));
  const fit = yield* fitMetrics(experiment, count, design, metrics);
  const errors = yield* moderatedErrors(experiment, count, design, fit);
  const [untreated, treated] = fit.atMean;
  const estimates = metrics.map((values, metric) => {
    const estimate = treated[metric]! - untreated[metric]!;
    return Math.abs(estimate) < ROUNDING * largestOf(values, count) ? 0 : estimate;
  });
  return {
    differences: errors.each().map((error, metric) => ({ estimate: estimates[metric]!, ...error })),
    ratio(of, to) {
      const divisor = estimates[to]!;
      const estimate = estimates[of]! / divisor;
      const weights = estimates.map(() => 0);
      weights[of]! += 1 / divisor;
      weights[to]! -= estimate / divisor;
      return { estimate, ...errors.ofSum(weights) };
    },
    design,
  };
}

/** The largest absolute value among the first baskets. */
function largestOf(values: Float64Array, count: number): number {
  let largest = 0;
  for (let at = 0; at < count; at++) largest = Math.max(largest, Math.abs(values[at]!));
  return largest;
}
