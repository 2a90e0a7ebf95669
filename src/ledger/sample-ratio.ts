import { normalTails } from './erfc.ts';

/** A check of the draw. */
export interface SampleRatio {
  readonly ok: boolean;
  /** Chance of arms at least so different when the draw works. */
  readonly p: number;
}

/**
 * Whether the arms are as large as the draw makes them: chi-square with one degree of freedom,
 * χ² = (holdouts − Σπ)² / Σπ(1 − π) over baskets with the chance π of being held out, which for one share is Pearson's test.
 *
 * @param shareSum Σπ
 * @param varianceSum Σπ(1 − π)
 * @param pMin below this the draw is not believed
 */
export function testSampleRatio(
  holdouts: number,
  shareSum: number,
  varianceSum: number,
  pMin: number,
): SampleRatio {
  if (varianceSum === 0) return { ok: true, p: 1 };
  const p = normalTails((holdouts - shareSum) / Math.sqrt(varianceSum));
  return { ok: p >= pMin, p };
}
