export interface SampleRatio {
  readonly ok: boolean;
  /** Chance of arms at least so uneven when the draw works. */
  readonly p: number;
}

/** Below this the draw is not believed: one sound report in a thousand is. */
const P_MIN = 0.001;

/**
 * Whether the arms are as large as the draw makes them: chi-square with one degree of freedom,
 * χ² = (holdouts − Σπ)² / Σπ(1 − π) over baskets with the chance π of being held out, which for one share is Pearson's test.
 *
 * @param shareSum Σπ
 * @param varianceSum Σπ(1 − π)
 */
export function testSampleRatio(holdouts: number, shareSum: number, varianceSum: number): SampleRatio {
  if (varianceSum === 0) return { ok: true, p: 1 };
  const p = Math.min(1, erfc(Math.abs(holdouts - shareSum) / Math.sqrt(2 * varianceSum)));
  return { ok: p >= P_MIN, p };
}

/**
 * Complementary error function for x ≥ 0, relative error below 1.2e-7: the tail of χ² with one degree of freedom is
 * erfc(√(χ²/2)). W. H. Press et al., "Numerical Recipes", 2nd edition, section 6.2.
 */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [
    ...[-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806],
    ...[0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277],
  ];
  return t * Math.exp(-x * x + coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0));
}
