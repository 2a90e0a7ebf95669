import { normalTails } from './erfc.ts';

/** A check of the draw. */
export interface SampleRatio {
  readonly ok: boolean;
  /** Chance of arms at least so different when the draw works. */
  readonly p: number;
}

/** Below this the draw is not believed: one sound report in a thousand is. */
export const P_MIN = 0.001;

/**
 * Whether the arms are as large as the draw makes them: chi-square with one degree of freedom,
 * χ² = (holdouts − Σπ)² / variance over baskets with the chance π of being held out, which for one share is Pearson's test.
 *
 * @param shareSum Σπ
 * @param varianceSum Σπ(1 − π); more where baskets are on one side together
 */
export function testSampleRatio(holdouts: number, shareSum: number, varianceSum: number): SampleRatio {
  if (varianceSum === 0) return { ok: true, p: 1 };
  const p = normalTails((holdouts - shareSum) / Math.sqrt(varianceSum));
  return { ok: p >= P_MIN, p };
}
