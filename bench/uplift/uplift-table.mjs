import { markdownTable } from '../markdown-table.mjs';
import { brokenPromises, percent, signed, verdictText } from '../simulated/promises.mjs';

const ANYTIME_ERROR_MAX = 0.05;
const FALSE_SHARE_MAX = 0.05;
/** Of sound draws one in a thousand fails a check. */
const CHECKS_PASSED_MIN = 0.99;

/** The Markdown tables of an uplift result. */
export function upliftTable(result) {
  const { runs, peekedRuns, scenarios, split, peeked } = result;
  const once = scenarios.flatMap(({ title, baskets, holdoutShare, metrics }) =>
    metrics.map((row, at) => [
      at === 0 ? title : '',
      at === 0 ? `${baskets.toLocaleString('en-US')} at ${percent(holdoutShare, 0)}` : '',
      row.metric === 'holdingSaved' ? 'holding cost saved' : row.metric,
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
  const parts = split.map((row) => [
    row.title,
    `${row.baskets.toLocaleString('en-US')} at ${percent(row.holdoutShare, 0)}`,
    row.tested.toFixed(1),
    ...['once', 'anytime', 'intervals'].flatMap((kind) => [
      percent(row[kind].falseShare, 1),
      row.differing === 0 ? '–' : `${row[kind].found.toFixed(2)} of ${row.differing}`,
    ]),
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
    `The draw passed its checks in ${percent(meanOf(scenarios, 'isRatioOk'), 1)} (sizes of the arms) and ${percent(meanOf(scenarios, 'isBalanceOk'), 1)} (baskets before the first offer) of these.`,
    `Stores by themselves, ${runs.toLocaleString('en-US')} installations a scenario, margin; of those called different the share that is not, and how many that are were found:`,
    markdownTable(
      [
        'scenario',
        'baskets, held out',
        'tested',
        'q: false',
        'found',
        'anytime q: false',
        'found',
        '95 % intervals alone: false',
        'found',
      ],
      parts,
    ),
    `A look every day of a year, ${peekedRuns.toLocaleString('en-US')} installations a scenario, revenue; how often the truth was ever outside:`,
    markdownTable(
      ['scenario', 'baskets, held out', 'looks', 'anytime interval', 'interval for one look'],
      daily,
    ),
    verdictText(verdictOf(result)),
  ].join('\n\n');
}

function meanOf(rows, field) {
  return rows.reduce((sum, row) => sum + row[field], 0) / rows.length;
}

/** What of the promises is not kept, in words. */
export function verdictOf({ runs, scenarios, split, peeked }) {
  const failures = [];
  for (const { name, isRatioOk, isBalanceOk } of scenarios) {
    if (Math.min(isRatioOk, isBalanceOk) < CHECKS_PASSED_MIN)
      failures.push(
        `${name}: a sound draw passes its checks in ${percent(Math.min(isRatioOk, isBalanceOk), 1)}, wanted 99 %`,
      );
  }
  // The mean of so many runs is known to that.
  const falseShareMax = FALSE_SHARE_MAX + 2 * Math.sqrt((FALSE_SHARE_MAX * (1 - FALSE_SHARE_MAX)) / runs);
  for (const { name, once, anytime } of split) {
    for (const [kind, { falseShare }] of [
      ['q', once],
      ['the anytime q', anytime],
    ])
      if (falseShare > falseShareMax)
        failures.push(
          `${name}: ${percent(falseShare, 1)} of what ${kind} calls different is not, wanted at most 5 %`,
        );
  }
  for (const { name, metrics } of scenarios.filter(({ isControl }) => !isControl)) {
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

/** Not in minor units. */
const COUNTED = new Set(['items', 'visits per 100 customers']);

function per100({ metric }, value) {
  if (metric === 'incremental share') return value.toFixed(3);
  return (COUNTED.has(metric) ? value * 100 : value).toFixed(2);
}
