import assert from 'node:assert/strict';
import { parentPort } from 'node:worker_threads';
import { adjustedEffects } from '../../dist/ledger/adjusted-difference.js';
import { anytimeInterval, fixedInterval } from '../../dist/ledger/confidence.js';
import { testSampleRatio } from '../../dist/ledger/sample-ratio.js';
import { ARM_BASKETS_MIN } from '../../dist/ledger/uplift-report.js';
import { finish, foldInstallation, runInstallation } from './installation.mjs';
import { PEEKED, SCENARIOS } from './scenarios.mjs';

/** Every so manieth installation also goes the long way, through decisions and events. */
const FOLD_EVERY = 100;
const REVENUE = 1;

/*
 * Installations of one scenario, from seed `from` up to `to`: { kind: 'once' or 'peeked', name, from, to, seed } → results, one
 * per installation.
 */
parentPort.on('message', ({ kind, name, from, to, seed }) => {
  const scenario = (kind === 'once' ? SCENARIOS : PEEKED).find((one) => one.name === name);
  const look = kind === 'once' ? lookOnce : lookDaily;
  const results = [];
  for (let run = from; run < to; run++)
    results.push(look(scenario, [seed, run, kind === 'once' ? 1 : 2], run));
  parentPort.postMessage(results);
});

/** Estimate, standard error and interval of each metric, and the truth of the installation's own baskets. */
function lookOnce(scenario, seed, run) {
  const { experiment, truth } = runInstallation(scenario, seed);
  if (run % FOLD_EVERY === 0) assert.deepEqual(foldInstallation(scenario, seed), experiment);
  const metrics = finish(adjustedEffects(experiment)).differences.map((difference) => ({
    ...fixedInterval(difference),
    standardError: difference.standardError,
  }));
  const { count, isTreated } = experiment;
  const { holdoutShare } = scenario;
  const holdouts = count - sum(isTreated);
  const { ok } = testSampleRatio(holdouts, count * holdoutShare, count * holdoutShare * (1 - holdoutShare));
  return { truth, metrics, isRatioOk: ok };
}

/** The revenue's interval after every day from the first that has enough baskets: the tightest bounds seen, and both kinds of error. */
function lookDaily(scenario, seed) {
  const { experiment, truth } = runInstallation(scenario, seed);
  const metrics = [experiment.metrics[REVENUE]];
  const seen = { anytimeLow: Number.NEGATIVE_INFINITY, anytimeHigh: Number.POSITIVE_INFINITY };
  const fixed = { fixedLow: Number.NEGATIVE_INFINITY, fixedHigh: Number.POSITIVE_INFINITY };
  let looks = 0;
  for (let count = scenario.basketsPerDay; count <= scenario.baskets; count += scenario.basketsPerDay) {
    const treated = sum(experiment.isTreated.subarray(0, count));
    if (Math.min(treated, count - treated) < ARM_BASKETS_MIN) continue;
    const [difference] = finish(adjustedEffects(experiment, count, metrics)).differences;
    const anytime = anytimeInterval(difference, count);
    const once = fixedInterval(difference);
    seen.anytimeLow = Math.max(seen.anytimeLow, anytime.low);
    seen.anytimeHigh = Math.min(seen.anytimeHigh, anytime.high);
    fixed.fixedLow = Math.max(fixed.fixedLow, once.low);
    fixed.fixedHigh = Math.min(fixed.fixedHigh, once.high);
    looks++;
  }
  return { truth: truth[REVENUE], looks, ...seen, ...fixed };
}

function sum(bits) {
  let total = 0;
  for (const bit of bits) total += bit;
  return total;
}
