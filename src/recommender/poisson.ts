/** Above this mean the skew-corrected normal approximation is within 0.0005 of the sum and costs no loop. */
const SUM_MEAN_MAX = 200;
/** A term below this part of a sum is lost when it is added to it. */
const ROUNDED_OFF = 2 ** -54;

/** P(X ≤ count) for X ~ Poisson(mean); `mean` ≥ 0, `count` is rounded down, negative gives 0. */
export function poissonAtMost(count: number, mean: number): number {
  if (count < 0) return 0;
  if (mean <= 0) return 1;
  const whole = Math.floor(count);
  if (mean > SUM_MEAN_MAX) return normalAtMost(whole, mean);
  let term = Math.exp(-mean);
  let total = term;
  // Beyond the mean the terms fall: the first one too small to change the sum ends it.
  for (let k = 1; k <= whole && (k <= mean || term > ROUNDED_OFF * total); k++) {
    term *= mean / k;
    total += term;
  }
  return Math.min(1, total);
}

/**
 * E[(count − X)⁺] for X ~ Poisson(mean): what is left of `count` units after such demand. Σ (count − k)·P(X = k) over k < count is
 * count · P(X ≤ n) − mean · P(X ≤ n − 1) with n the last whole number below `count`. Never below count − mean, nor below 0.
 */
export function poissonLeftOver(count: number, mean: number): number {
  const below = Math.ceil(count) - 1;
  const left = count * poissonAtMost(below, mean) - mean * poissonAtMost(below - 1, mean);
  return Math.max(0, count - mean, Math.min(count, left));
}

/** Edgeworth expansion to the first order, with continuity correction. */
function normalAtMost(count: number, mean: number): number {
  const deviation = Math.sqrt(mean);
  const z = (count + 0.5 - mean) / deviation;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const skewed = standardNormalBelow(z) - (density * (z * z - 1)) / (6 * deviation);
  return Math.min(1, Math.max(0, skewed));
}

/** P(Z ≤ z) for a standard normal Z, absolute error below 1e-7 (Abramowitz and Stegun 26.2.17). */
function standardNormalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}
