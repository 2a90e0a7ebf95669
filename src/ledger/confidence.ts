import type { Difference } from './adjusted-difference.ts';
import { normalTails } from './erfc.ts';

/** A figure with the bounds of its interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Error probability of an interval. */
const ALPHA = 0.05;
/** 97.5 % point of the standard normal distribution. */
export const NORMAL_POINT = 1.959963984540054;
/** Above this many degrees of freedom Student's t equals the normal distribution to the last digit. */
const FREEDOM_MAX = 1e12;
/**
 * The number of baskets for which the anytime interval is made narrowest. A constant, because it must be chosen before the data are seen.
 */
const ANYTIME_BASKETS = 10_000;

/**
 * 95 % interval for one look: estimate ± t · standard error, with the 97.5 % point of Student's t by its expansion in 1/ν
 * (Abramowitz and Stegun 26.7.5), good to 1 % from 5 degrees of freedom on.
 */
export function fixedInterval({ estimate, standardError, freedom }: Difference): Interval {
  const margin = studentPoint(freedom) * standardError;
  return { estimate, low: estimate - margin, high: estimate + margin };
}

function studentPoint(freedom: number): number {
  const z = NORMAL_POINT;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}

/**
 * Chance, for one look, of an estimate at least this far from zero if there is no effect: Student's t brought to the normal
 * scale by (8ν + 1) / (8ν + 3) · √(ν · ln(1 + t²/ν)). D. L. Wallace (1959), Annals of Mathematical Statistics 30(4).
 */
export function fixedP({ estimate, standardError, freedom }: Difference): number {
  if (standardError === 0) return estimate === 0 ? 1 : 0;
  const t = estimate / standardError;
  const nu = Math.min(freedom, FREEDOM_MAX);
  return normalTails(((8 * nu + 1) / (8 * nu + 3)) * Math.sqrt(nu * Math.log1p(t ** 2 / nu)));
}

/**
 * Asymptotic 95 % confidence sequence: with t baskets
 *
 *   estimate ± SE · √( 2(tρ² + 1) / (tρ²) · ln( √(tρ² + 1) / α ) ),   ρ² = (−2 ln α + ln(1 − 2 ln α)) / t*
 *
 * where SE = σ/√t, t* = ANYTIME_BASKETS and α = 0.05. SE is first multiplied by Student's point over the normal one, so that this is never
 * narrower than the interval for one look. It holds at all t at once: one may look every day and stop at any time. I. Waudby-Smith, D.
 * Arbour, R. Sinha, E. H. Kennedy, A. Ramdas (2024), "Time-uniform central limit theory and asymptotic confidence sequences", Annals of
 * Statistics 52(6), theorem 2.2 and the choice of ρ after it.
 *
 * @param baskets t
 */
export function anytimeInterval(difference: Difference, baskets: number): Interval {
  const { estimate } = difference;
  const standardError = widenedError(difference);
  const intrinsic = intrinsicTime(baskets);
  const factor = Math.sqrt(((2 * (intrinsic + 1)) / intrinsic) * Math.log(Math.sqrt(intrinsic + 1) / ALPHA));
  return {
    estimate,
    low: estimate - factor * standardError,
    high: estimate + factor * standardError,
  };
}

/**
 * The least α whose confidence sequence, with the same ρ, excludes zero. If there is no effect, the chance that this value ever falls to p
 * or below, over any number of looks, is at most p.
 *
 * @param baskets t
 */
export function anytimeP(difference: Difference, baskets: number): number {
  const { estimate, standardError } = difference;
  if (standardError === 0) return estimate === 0 ? 1 : 0;
  const intrinsic = intrinsicTime(baskets);
  const z = estimate / widenedError(difference);
  return Math.min(1, Math.sqrt(intrinsic + 1) * Math.exp((-(z ** 2) * intrinsic) / (2 * (intrinsic + 1))));
}

function widenedError({ standardError, freedom }: Difference): number {
  return (standardError * studentPoint(freedom)) / NORMAL_POINT;
}

/** tρ² */
function intrinsicTime(baskets: number): number {
  return (baskets * (-2 * Math.log(ALPHA) + Math.log(1 - 2 * Math.log(ALPHA)))) / ANYTIME_BASKETS;
}

/** Intervals of differences, each in a unit of its own; null without differences, or without a unit. */
export function statedIntervals(
  differences: readonly Difference[] | undefined,
  intervalOf: (difference: Difference) => Interval,
): (metric: number, scale: number | null) => Interval | null {
  return (metric, scale) =>
    differences === undefined || scale === null
      ? null
      : scaledInterval(intervalOf(differences[metric]!), scale);
}

/** The interval in another unit. */
export function scaledInterval({ estimate, low, high }: Interval, scale: number): Interval {
  return { estimate: estimate * scale, low: low * scale, high: high * scale };
}
