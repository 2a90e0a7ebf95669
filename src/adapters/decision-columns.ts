import type { DecisionCandidate, DecisionRecord } from '../ledger/decision.ts';

/**
 * A decision as it lies on disk: its candidates as columns, a third of the size of rows, so that a decision with 50 of
 * them stays within one database page.
 */
export interface DecisionColumns extends Omit<DecisionRecord, 'candidates'> {
  readonly candidates: {
    readonly productIds: readonly string[];
    /** f64 little-endian: probability of each, then expected value of each, NaN for unknown. */
    readonly numbers: Uint8Array;
    /** Distinct verdicts, and for each candidate the index of its own. */
    readonly verdicts: readonly string[];
    readonly verdict: Uint8Array;
  };
}

/** @throws RangeError above 255 candidates */
export function toColumns(decision: DecisionRecord): DecisionColumns {
  const { candidates } = decision;
  const n = candidates.length;
  if (n > 255) throw new RangeError(`decision: wanted at most 255 candidates, got ${n}`);
  const numbers = Buffer.alloc(16 * n);
  const verdicts: string[] = [];
  const verdict = Buffer.alloc(n);
  for (const [i, candidate] of candidates.entries()) {
    numbers.writeDoubleLE(candidate.probability, 8 * i);
    numbers.writeDoubleLE(candidate.expectedValue ?? Number.NaN, 8 * (n + i));
    const known = verdicts.indexOf(candidate.verdict);
    verdict[i] = known >= 0 ? known : verdicts.push(candidate.verdict) - 1;
  }
  const productIds = candidates.map(({ productId }) => productId);
  return { ...decision, candidates: { productIds, numbers, verdicts, verdict } };
}

export function fromColumns(columns: DecisionColumns): DecisionRecord {
  const { productIds, numbers, verdicts, verdict } = columns.candidates;
  const n = productIds.length;
  const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const candidates = productIds.map((productId, i): DecisionCandidate => {
    const expectedValue = view.getFloat64(8 * (n + i), true);
    return {
      productId,
      probability: view.getFloat64(8 * i, true),
      expectedValue: Number.isNaN(expectedValue) ? null : expectedValue,
      verdict: verdicts[verdict[i]!]!,
    };
  });
  return { ...columns, candidates };
}
