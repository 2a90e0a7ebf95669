import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.mjs';
import { writeResult } from '../result-files.mjs';
import { jobsOf, mean, spreadAndCoverage, workOff } from '../simulated/runs.mjs';
import { offPolicyTable, verdictOf } from './off-policy-table.mjs';
import { REFUSED, SCENARIOS } from './scenarios.mjs';

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    'refused-runs': { type: 'string', default: '100' },
    threads: { type: 'string', default: '2' },
    seed: { type: 'string', default: '20261126' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const REWARDS = { margin: 'marginPer100Decisions', acceptances: 'acceptancesPer100Decisions' };
const JOB_RUNS = 20;
const WORKER = new URL('./runs-worker.mjs', import.meta.url);
process.exitCode = await measureOffPolicy();

async function measureOffPolicy() {
  const [runs, refusedRuns, threads, seed] = ['runs', 'refused-runs', 'threads', 'seed'].map((name) =>
    Number(flags[name]),
  );
  const machine = describeMachine();
  const jobs = [
    ...SCENARIOS.flatMap(({ name }) => jobsOf({ name, seed }, runs, JOB_RUNS)),
    ...REFUSED.flatMap(({ name }) => jobsOf({ name, seed }, refusedRuns, JOB_RUNS)),
  ];
  const results = await workOff(jobs, threads, WORKER, ({ name }) => name);
  const result = {
    ...machine,
    runs,
    refusedRuns,
    seed,
    scenarios: SCENARIOS.map((scenario) => summary(scenario, results.get(scenario.name))),
    refused: REFUSED.map((scenario) => evidence(scenario, results.get(scenario.name))),
  };
  console.log(offPolicyTable(result));
  if (!flags['dry-run']) console.error(`written: ${writeResult('off-policy', result)}`);
  const failures = verdictOf(result);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

function summary(scenario, results) {
  const stated = results.filter(({ report }) => report.stated);
  return { ...evidence(scenario, results), figures: stated.length < 2 ? [] : figuresOf(stated) };
}

/** How much there was to learn from, on average, and how often a figure was stated. */
function evidence({ name, title, decisions, exploreShare }, results) {
  const meanOf = (field) => mean(results.map(({ report }) => Number(report[field])));
  return {
    name,
    title,
    decisions,
    exploreShare,
    stated: meanOf('stated'),
    effectiveSampleSize: meanOf('effectiveSampleSize'),
    overlap: meanOf('overlap'),
    raisedShown: meanOf('raisedShown'),
  };
}

function figuresOf(results) {
  return Object.keys(REWARDS).flatMap((reward, at) =>
    ['snips', 'doublyRobust'].flatMap((estimator) =>
      ['value', 'difference'].map((quantity) => {
        const truthOf = ({ truth }) => truth.target[at] - (quantity === 'difference' ? truth.logged[at] : 0);
        const intervals = results.map(({ report }) => report[REWARDS[reward]][estimator][quantity]);
        return { reward, estimator, quantity, ...compare(intervals, mean(results.map(truthOf))) };
      }),
    ),
  );
}

function compare(intervals, truth) {
  const { center, spread, coverage } = spreadAndCoverage(intervals, truth);
  return {
    truth,
    spread,
    bias: center - truth,
    coverage,
    width: mean(intervals.map(({ low, high }) => high - low)),
  };
}
