/** Approximate number of steps between grid lines. */
const STEPS = 4;

/** The values of the grid lines, lowest first. Zero is one of them, and all values lie between the first and the last. */
export function trendLevels(values: readonly number[], leastStep: number): number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const step = Math.max(leastStep, roundCeiling((high - low) / STEPS));
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

/** Rounds up to 1, 2 or 5 times a power of ten. */
function roundCeiling(value: number): number {
  if (value === 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((times) => times * power >= value) ?? 10) * power;
}
