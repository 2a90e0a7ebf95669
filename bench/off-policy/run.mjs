import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describeMachine } from '../machine.mjs';
import { writeResult } from '../result-files.mjs';
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
process.exitCode = await measureOffPolicy();

async function measureOffPolicy() {
  const [runs, refusedRuns, threads, seed] = ['runs', 'refused-runs', 'threads', 'seed'].map((name) =>
    Number(flags[name]),
  );
  const machine = describeMachine();
  const jobs = [
    ...SCENARIOS.flatMap(({ name }) => jobsOf(name, runs, seed)),
    ...REFUSED.flatMap(({ name }) => jobsOf(name, refusedRuns, seed)),
  ];
  const results = await workOff(jobs, threads);
  const result = {
    ...machine,
    ...{ runs, refusedRuns, seed },
    scenarios: SCENARIOS.map((scenario) => summary(scenario, results.get(scenario.name))),
    refused: REFUSED.map((scenario) => evidence(scenario, results.get(scenario.name))),
  };
  console.log(offPolicyTable(result));
  if (!flags['dry-run']) console.error(`written: ${writeResult('off-policy', result)}`);
  const failures = verdictOf(result);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

function jobsOf(name, runs, seed) {
  const size = 20;
  return Array.from({ length: Math.ceil(runs / size) }, (_, i) => ({
    ...{ name, seed, from: i * size, to: Math.min(runs, (i + 1) * size) },
  }));
}

/** Results by scenario; which thread does what makes no difference. */
async function workOff(jobs, threads) {
  const results = new Map();
  const waiting = [...jobs];
  const work = async () => {
    const worker = new Worker(new URL('./runs-worker.mjs', import.meta.url));
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      worker.postMessage(job);
      // Rejects when the worker fails.
      const [done] = await once(worker, 'message');
      const known = results.get(job.name) ?? [];
      results.set(job.name, [...known, ...done.map((one, i) => ({ run: job.from + i, ...one }))]);
      console.error(`${job.name}: ${job.to} (${waiting.length} jobs left)`);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: threads }, work));
  for (const done of results.values()) done.sort((a, b) => a.run - b.run);
  return results;
}

function summary(scenario, results) {
  const stated = results.filter(({ report }) => report.stated);
  return { ...evidence(scenario, results), figures: stated.length < 2 ? [] : figuresOf(stated) };
}

/** How much there was to learn from, on average, and how often a figure was stated. */
function evidence({ name, title, decisions, exploreShare }, results) {
  const meanOf = (field) => mean(results.map(({ report }) => Number(report[field])));
  return {
    ...{ name, title, decisions, exploreShare, stated: meanOf('stated') },
    ...{ effectiveSampleSize: meanOf('effectiveSampleSize'), overlap: meanOf('overlap') },
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
  const estimates = intervals.map(({ estimate }) => estimate);
  const center = mean(estimates);
  return {
    truth,
    spread: Math.sqrt(mean(estimates.map((estimate) => (estimate - center) ** 2))),
    bias: center - truth,
    coverage: mean(intervals.map(({ low, high }) => (low <= truth && truth <= high ? 1 : 0))),
    width: mean(intervals.map(({ low, high }) => high - low)),
  };
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
