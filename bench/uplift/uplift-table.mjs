import { markdownTable } from '../markdown-table.mjs';
import { brokenPromises, percent, signed, verdictText } from '../simulated/promises.mjs';

const ANYTIME_ERROR_MAX = 0.05;

/** The Markdown tables of an uplift result. */
export function upliftTable(result) {
  const { runs, peekedRuns, scenarios, peeked } = result;
  const once = scenarios.flatMap(({ title, baskets, holdoutShare, metrics }) =>
    metrics.map((row, at) => [
      at === 0 ? title : '',
      at === 0 ? `${baskets.toLocaleString('en-US')} at ${percent(holdoutShare, 0)}` : '',
      row.metric,
      per100(row, row.truth),
      per100(row, row.spread),
      percent(row.coverage, 1),
      signed(row.biasOverSpread),
      row.errorOverSpread.toFixed(2),
    ]),
  );
  const daily = peeked.map((row) => [
    row.title,
    `${row.baskets.toLocaleString('en-US')} at ${percent(row.holdoutShare, 0)}`,
    String(Math.round(row.looks)),
    percent(row.anytimeError, 1),
    percent(row.fixedError, 1),
  ]);
  const head = [
    'scenario',
    'baskets, held out',
    'per 100 baskets',
    'truth',
    'spread',
    'coverage',
    'bias / spread',
  ];
  return [
    `One look, ${runs.toLocaleString('en-US')} installations a scenario; money in EUR:`,
    markdownTable([...head, 'standard error / spread'], once),
    `A look every day of a year, ${peekedRuns.toLocaleString('en-US')} installations a scenario, revenue; how often the truth was ever outside:`,
    markdownTable(
      ['scenario', 'baskets, held out', 'looks', 'anytime interval', 'interval for one look'],
      daily,
    ),
    verdictText(verdictOf(result)),
  ].join('\n\n');
}

/** What of the promises is not kept, in words. */
export function verdictOf({ scenarios, peeked }) {
  const failures = [];
  for (const { name, metrics } of scenarios) {
    for (const { metric, coverage, biasOverSpread } of metrics) {
      failures.push(
        ...brokenPromises(
          { interval: `${name}: the interval of ${metric}`, estimate: `${name}: ${metric} is` },
          coverage,
          biasOverSpread,
        ),
      );
    }
  }
  for (const { name, anytimeError } of peeked) {
    if (anytimeError > ANYTIME_ERROR_MAX)
      failures.push(`${name}: the anytime interval errs in ${percent(anytimeError, 1)}, wanted at most 5 %`);
  }
  return failures;
}

function per100({ metric }, value) {
  return (metric === 'items' ? value * 100 : value).toFixed(2);
}
