/** Where the gateway writes what is left after a collection, in its working folder: a line of JSON each. */
export const MEMORY_FILE = 'live-memory.jsonl';

/** Samples are averaged in so many parts of equal length: those of neighbouring seconds are alike, means of parts hardly. */
const PARTS = 20;
/** 97.5 % point of Student's t with PARTS − 2 degrees of freedom. */
const T_POINT = 2.101;
const MIB = 2 ** 20;

/**
 * MiB of memory gained per million requests: least squares over the means of PARTS parts, with the 95 % interval. Flat
 * when the interval holds 0.
 *
 * @param samples in their order, with the `requests` that had been sent
 * @param bytesOf the memory of a sample
 * @returns undefined for fewer samples than parts
 */
export function memorySlope(samples, bytesOf) {
  const length = Math.floor(samples.length / PARTS);
  if (length === 0) return undefined;
  const parts = Array.from({ length: PARTS }, (_, part) => {
    const of = samples.slice(part * length, (part + 1) * length);
    return { x: mean(of.map(({ requests }) => requests)) / 1e6, y: mean(of.map(bytesOf)) / MIB };
  });
  const [meanX, meanY] = [mean(parts.map(({ x }) => x)), mean(parts.map(({ y }) => y))];
  const sumXX = parts.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const estimate = parts.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / sumXX;
  const residuals = parts.map(({ x, y }) => y - meanY - estimate * (x - meanX));
  const variance = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / (PARTS - 2);
  const margin = T_POINT * Math.sqrt(variance / sumXX);
  const [low, high] = [estimate - margin, estimate + margin];
  return { estimate, low, high, isFlat: low <= 0 && high >= 0, meanMiB: meanY };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
