/** Nearest-rank percentiles of samples, which are sorted in place. */
export function percentiles(samples) {
  samples.sort();
  const at = (share) => samples[Math.min(samples.length - 1, Math.ceil(samples.length * share) - 1)];
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999), max: samples.at(-1) };
}
