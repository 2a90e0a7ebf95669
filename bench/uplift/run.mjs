import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { METRICS } from '../../dist/ledger/experiment.js';
import { describeMachine } from '../machine.mjs';
import { writeResult } from '../result-files.mjs';
import { PEEKED, SCENARIOS } from './scenarios.mjs';
import { upliftTable, verdictOf } from './uplift-table.mjs';

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    'peeked-runs': { type: 'string', default: '500' },
    threads: { type: 'string', default: '2' },
    seed: { type: 'string', default: '20260501' },
    'dry-run': { type: 'boolean', default: false },
  },
});
process.exitCode = await measureUplift();

async function measureUplift() {
  const [runs, peekedRuns, threads, seed] = ['runs', 'peeked-runs', 'threads', 'seed'].map((name) =>
    Number(flags[name]),
  );
  const machine = describeMachine();
  const jobs = [
    ...PEEKED.flatMap(({ name }) => jobsOf('peeked', name, peekedRuns, seed)),
    ...SCENARIOS.flatMap(({ name }) => jobsOf('once', name, runs, seed)),
  ];
  const results = await workOff(jobs, threads);
  const ofScenario = (kind, name) => results.get(`${kind} ${name}`);
  const result = {
    ...machine,
    ...{ runs, peekedRuns, seed },
    scenarios: SCENARIOS.map((scenario) => summary(scenario, ofScenario('once', scenario.name))),
    peeked: PEEKED.map((scenario) => peekedSummary(scenario, ofScenario('peeked', scenario.name))),
  };
  console.log(upliftTable(result));
  if (!flags['dry-run']) console.log(`\nwritten to ${writeResult('uplift', result)}`);
  const failures = verdictOf(result);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

function jobsOf(kind, name, runs, seed) {
  const size = 25;
  return Array.from({ length: Math.ceil(runs / size) }, (_, i) => ({
    ...{ kind, name, seed, from: i * size, to: Math.min(runs, (i + 1) * size) },
  }));
}

/** Results by kind and scenario; which thread does what makes no difference. */
async function workOff(jobs, threads) {
  const results = new Map();
  const waiting = [...jobs];
  const work = async () => {
    const worker = new Worker(new URL('./runs-worker.mjs', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      worker.postMessage(job);
      // Rejects when the worker fails.
      const [done] = await once(worker, 'message');
      const key = `${job.kind} ${job.name}`;
      results.set(key, [
        ...(results.get(key) ?? []),
        ...done.map((one, i) => ({ run: job.from + i, ...one })),
      ]);
      console.error(`${key}: ${job.to} (${waiting.length} jobs left)`);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: threads }, work));
  for (const done of results.values()) done.sort((a, b) => a.run - b.run);
  return results;
}

function summary({ name, title, baskets, holdoutShare }, results) {
  const isRatioOk = results.filter(({ isRatioOk: ok }) => ok).length / results.length;
  const metrics = METRICS.map((metric, at) => {
    const truth = mean(results.map((result) => result.truth[at]));
    const estimates = results.map((result) => result.metrics[at].estimate);
    const spread = Math.sqrt(mean(estimates.map((estimate) => (estimate - mean(estimates)) ** 2)));
    const intervals = results.map((result) => result.metrics[at]);
    return {
      metric,
      truth,
      spread,
      coverage: mean(intervals.map(({ low, high }) => (low <= truth && truth <= high ? 1 : 0))),
      biasOverSpread: (mean(estimates) - truth) / spread,
      errorOverSpread: mean(intervals.map(({ standardError }) => standardError)) / spread,
    };
  });
  return { name, title, baskets, holdoutShare, isRatioOk, metrics };
}

function peekedSummary({ name, title, baskets, holdoutShare }, results) {
  const truth = mean(results.map((result) => result.truth));
  const misses = (low, high) => mean(results.map((one) => (one[low] > truth || one[high] < truth ? 1 : 0)));
  return {
    ...{ name, title, baskets, holdoutShare, truth, looks: mean(results.map(({ looks }) => looks)) },
    anytimeError: misses('anytimeLow', 'anytimeHigh'),
    fixedError: misses('fixedLow', 'fixedHigh'),
  };
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
