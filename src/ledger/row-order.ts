import { rowNumbers } from './slices.ts';

/** The rows in the order of their first decisions, because sums of fractions depend on the order. */
export function inOrder({
  atMs,
  order,
}: {
  readonly atMs: readonly number[];
  readonly order: readonly number[];
}): Uint32Array {
  const sorted = rowNumbers(atMs.length);
  const compare = (a: number, b: number) => atMs[a]! - atMs[b]! || order[a]! - order[b]!;
  const isInOrder = sorted.every((row) => row === 0 || compare(row - 1, row) <= 0);
  return isInOrder ? sorted : sorted.sort(compare);
}
