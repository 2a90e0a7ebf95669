/**
 * Complementary error function for x ≥ 0, relative error below 1.2e-7.
 * W. H. Press et al., "Numerical Recipes", 2nd edition, section 6.2.
 */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  return t * Math.exp(-x * x + coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0));
}

/** Chance that a standard normal variable lies at least |z| from zero. */
export function normalTails(z: number): number {
  return Math.min(1, erfc(Math.abs(z) / Math.SQRT2));
}
