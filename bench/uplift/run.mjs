import { parseArgs } from 'node:util';
import { CUSTOMER_BASKETS } from '../../dist/ledger/drawn-customers.js';
import { METRICS } from '../../dist/ledger/experiment.js';
import { describeMachine } from '../machine.mjs';
import { writeResult } from '../result-files.mjs';
import { jobsOf, mean, spreadAndCoverage, workOff } from '../simulated/runs.mjs';
import { PEEKED, SCENARIOS, SPLIT } from './scenarios.mjs';
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
/** Whose increase is compared with the truth; the up-sell margin itself is what the incremental share is a share of. */
const COMPARED = ['margin', 'revenue', 'items', 'holdingSaved'];
/** Per 100 customers, where these are held out; the last of theirs is how many baskets they came with. */
const COMPARED_OF_CUSTOMERS = { visits: CUSTOMER_BASKETS, margin: METRICS.indexOf('margin') };
const JOB_RUNS = 25;
const WORKER = new URL('./runs-worker.mjs', import.meta.url);
process.exitCode = await measureUplift();

async function measureUplift() {
  const [runs, peekedRuns, threads, seed] = ['runs', 'peeked-runs', 'threads', 'seed'].map((name) =>
    Number(flags[name]),
  );
  const machine = describeMachine();
  const jobs = [
    ...PEEKED.flatMap(({ name }) => jobsOf({ kind: 'peeked', name, seed }, peekedRuns, JOB_RUNS)),
    ...SCENARIOS.flatMap(({ name }) => jobsOf({ kind: 'once', name, seed }, runs, JOB_RUNS)),
    ...SPLIT.flatMap(({ name }) => jobsOf({ kind: 'split', name, seed }, runs, JOB_RUNS)),
  ];
  const results = await workOff(jobs, threads, WORKER, ({ kind, name }) => `${kind} ${name}`);
  const ofScenario = (kind, name) => results.get(`${kind} ${name}`);
  const result = {
    ...machine,
    runs,
    peekedRuns,
    seed,
    scenarios: SCENARIOS.map((scenario) => summary(scenario, ofScenario('once', scenario.name))),
    split: SPLIT.map((scenario) => splitSummary(scenario, ofScenario('split', scenario.name))),
    peeked: PEEKED.map((scenario) => peekedSummary(scenario, ofScenario('peeked', scenario.name))),
  };
  console.log(upliftTable(result));
  if (!flags['dry-run']) console.log(`\nwritten to ${writeResult('uplift', result)}`);
  const failures = verdictOf(result);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

function summary({ name, title, baskets, holdoutShare, isControl }, results) {
  const passed = (check) => results.filter((one) => one[check]).length / results.length;
  const truthOf = (metric) => mean(results.map(({ truth }) => truth[METRICS.indexOf(metric)]));
  const metrics = COMPARED.map((metric) => {
    const intervals = results.map((result) => result.metrics[METRICS.indexOf(metric)]);
    return { metric, ...judged(intervals, truthOf(metric)) };
  });
  const shares = results.flatMap(({ share }) => share ?? []);
  if (shares.length > results.length / 2) {
    const share = judged(shares, truthOf('margin') / truthOf('upsellMargin'));
    metrics.push({ metric: 'incremental share', ...share, stated: shares.length / results.length });
  }
  if (results[0].customers) metrics.push(...customerSummary(results.map(({ customers }) => customers)));
  const checks = { isRatioOk: passed('isRatioOk'), isBalanceOk: passed('isBalanceOk') };
  return { name, title, baskets, holdoutShare, ...(isControl && { isControl }), ...checks, metrics };
}

function customerSummary(results) {
  return Object.entries(COMPARED_OF_CUSTOMERS).map(([name, at]) => {
    const intervals = results.map(({ metrics }) => metrics[at]);
    return {
      metric: `${name} per 100 customers`,
      ...judged(intervals, mean(results.map(({ truth }) => truth[at]))),
    };
  });
}

function judged(intervals, truth) {
  const { center, spread, coverage } = spreadAndCoverage(intervals, truth);
  return {
    truth,
    spread,
    coverage,
    biasOverSpread: (center - truth) / spread,
    errorOverSpread: mean(intervals.map(({ standardError }) => standardError)) / spread,
  };
}

/** The mean share of stores that are called different and are not, among those that are called so: none is none wrong. */
function splitSummary({ name, title, baskets, holdoutShare, stores, differing }, results) {
  const of = (kind) => ({
    falseShare: mean(results.map((one) => one[kind].wrong / Math.max(1, one[kind].called))),
    found: mean(results.map((one) => one[kind].called - one[kind].wrong)),
  });
  return {
    name,
    title,
    baskets,
    holdoutShare,
    stores,
    differing: differing.length,
    tested: mean(results.map(({ tested }) => tested)),
    once: of('once'),
    anytime: of('anytime'),
    intervals: of('intervals'),
  };
}

function peekedSummary({ name, title, baskets, holdoutShare }, results) {
  const truth = mean(results.map((result) => result.truth));
  const misses = (low, high) => mean(results.map((one) => (one[low] > truth || one[high] < truth ? 1 : 0)));
  return {
    name,
    title,
    baskets,
    holdoutShare,
    truth,
    looks: mean(results.map(({ looks }) => looks)),
    anytimeError: misses('anytimeLow', 'anytimeHigh'),
    fixedError: misses('fixedLow', 'fixedHigh'),
  };
}
