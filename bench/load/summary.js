/** Percentiles that every leg reports. */
export const TREND_STATS = ['min', 'avg', 'med', 'p(95)', 'p(99)', 'p(99.9)', 'max'];

/** k6's handleSummary: all metrics of the run as JSON into the file the runner names. */
export function writeSummary(data) {
  const values = Object.fromEntries(
    Object.entries(data.metrics).map(([name, metric]) => [name, metric.values]),
  );
  return { [__ENV.SUMMARY]: JSON.stringify(values) };
}
