import type { RankedCandidates } from '../../src/recommender/result-cache.ts';

/** `n` candidates that differ from those of every other `first` item. */
export function rankedCandidates(n: number, first = 0): RankedCandidates {
  return {
    items: Int32Array.from({ length: n }, (_, i) => first + i),
    probability: Float32Array.from({ length: n }, (_, i) => 1 / (2 + i)),
    reasonItem: Int32Array.from({ length: n }, (_, i) => i - 1),
    reasonShare: Float32Array.from({ length: n }, (_, i) => (i % 3 === 0 ? Number.NaN : i / n)),
  };
}
