import { markdownTable } from '../markdown-table.mjs';
import { brokenPromises, percent, signed, verdictText } from '../simulated/promises.mjs';

/** The Markdown tables of an off-policy result. */
export function offPolicyTable(result) {
  const { runs, refusedRuns, scenarios, refused } = result;
  const rows = scenarios.flatMap((scenario) =>
    judgedFigures(scenario).map((row, at) => [
      at === 0 ? scenario.title : '',
      `${row.reward}, ${row.quantity}`,
      row.estimator === 'snips' ? 'SNIPS' : 'DR',
      row.truth.toFixed(2),
      row.spread.toFixed(2),
      percent(row.coverage, 1),
      signed(row.bias / row.spread),
    ]),
  );
  const evidence = [...scenarios, ...refused].map((row) => [
    row.title,
    row.decisions.toLocaleString('en-US'),
    percent(row.exploreShare, 1),
    Math.round(row.effectiveSampleSize).toLocaleString('en-US'),
    row.overlap.toFixed(3),
    String(Math.round(row.raisedShown)),
    percent(row.stated, 0),
  ]);
  return [
    `${runs.toLocaleString('en-US')} installations a scenario; per 100 decisions, margin in EUR:`,
    markdownTable(['scenario', 'what', 'estimator', 'truth', 'spread', 'coverage', 'bias / spread'], rows),
    `How much there was to learn from, on average, and how often a figure was stated (the last ${refused.length}: ${refusedRuns} installations, where none should be):`,
    markdownTable(
      ['scenario', 'decisions', 'explored', 'effective sample', 'overlap', 'raised shown', 'stated'],
      evidence,
    ),
    verdictText(verdictOf(result)),
  ].join('\n\n');
}

/** A policy less itself is zero, with no error to cover. */
function judgedFigures({ name, figures }) {
  return figures.filter(({ quantity }) => name !== 'same' || quantity === 'value');
}

/** What of the promises is not kept, in words; one of them is silence where too little is known. */
export function verdictOf({ scenarios, refused }) {
  const failures = [];
  for (const scenario of scenarios) {
    for (const { reward, estimator, quantity, coverage, bias, spread } of judgedFigures(scenario)) {
      const what = `${scenario.name}: ${quantity} of ${reward} by ${estimator}`;
      failures.push(
        ...brokenPromises(
          { interval: `${what}: the interval`, estimate: `${what}:` },
          coverage,
          bias / spread,
        ),
      );
    }
  }
  for (const { name, stated } of refused) {
    if (stated > 0) failures.push(`${name}: a figure was stated in ${percent(stated, 1)}, wanted none`);
  }
  return failures;
}
