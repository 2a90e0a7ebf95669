import assert from 'node:assert/strict';
import { parentPort } from 'node:worker_threads';
import { adjustedEffects } from '../../dist/ledger/adjusted-difference.js';
import { anytimeInterval, fixedInterval } from '../../dist/ledger/confidence.js';
import { checkBalance, checkSizes, drawnUnits } from '../../dist/ledger/draw-checks.js';
import { drawnArms } from '../../dist/ledger/drawn-arms.js';
import { METRICS } from '../../dist/ledger/experiment.js';
import { ARM_UNITS_MIN } from '../../dist/ledger/uplift-notes.js';
import { canDivideBy, reportUplift } from '../../dist/ledger/uplift-report.js';
import { finish, foldInstallation, runInstallation } from './installation.mjs';
import { PEEKED, SCENARIOS, SPLIT } from './scenarios.mjs';

/** Every so manieth installation also goes the long way, through decisions and events. */
const FOLD_EVERY = 100;
const [MARGIN, REVENUE, UPSELL_MARGIN] = ['margin', 'revenue', 'upsellMargin'].map((name) =>
  METRICS.indexOf(name),
);
/** As the report itself believes a draw. */
const P_MIN = 0.001;
/** A part is called different up to this q-value. */
const FALSE_DISCOVERY_RATE = 0.05;
const KINDS = {
  once: { scenarios: SCENARIOS, look: lookOnce },
  peeked: { scenarios: PEEKED, look: lookDaily },
  split: { scenarios: SPLIT, look: lookAtStores },
};

/*
 * Installations of one scenario, from seed `from` up to `to`: { kind: 'once', 'peeked' or 'split', name, from, to, seed } → results,
 * one per installation.
 */
parentPort.on('message', ({ kind, name, from, to, seed }) => {
  const { scenarios, look } = KINDS[kind];
  const scenario = scenarios.find((one) => one.name === name);
  const stream = Object.keys(KINDS).indexOf(kind) + 1;
  const results = [];
  for (let run = from; run < to; run++) results.push(look(scenario, [seed, run, stream], run));
  parentPort.postMessage(results);
});

/** Estimate, standard error and interval of each metric, of the incremental share and of customers, and the installation's own truth. */
function lookOnce(scenario, seed, run) {
  const { experiment, truth, truthOfCustomers } = runInstallation(scenario, seed);
  if (run % FOLD_EVERY === 0) assert.deepEqual(foldInstallation(scenario, seed), experiment);
  const effects = finish(adjustedEffects(experiment));
  const described = (difference) => ({
    ...fixedInterval(difference),
    standardError: difference.standardError,
  });
  const metrics = effects.differences.map(described);
  const share = canDivideBy(effects.differences[UPSELL_MARGIN])
    ? described(effects.ratio(MARGIN, UPSELL_MARGIN))
    : undefined;
  const units = finish(drawnUnits(experiment));
  const checks = {
    isRatioOk: checkSizes(units, P_MIN).ok,
    isBalanceOk: finish(checkBalance(units, P_MIN)).ok,
  };
  const customers = experiment.customers && {
    truth: truthOfCustomers,
    metrics: finish(adjustedEffects(experiment.customers)).differences.map(described),
  };
  return { truth, metrics, share, ...checks, ...(customers && { customers }) };
}

/** The revenue's interval after every day from the first that has enough baskets: the tightest bounds seen, and both kinds of error. */
function lookDaily(scenario, seed) {
  const { experiment, truth } = runInstallation(scenario, seed);
  const metrics = [experiment.metrics[REVENUE]];
  const seen = { anytimeLow: Number.NEGATIVE_INFINITY, anytimeHigh: Number.POSITIVE_INFINITY };
  const fixed = { fixedLow: Number.NEGATIVE_INFINITY, fixedHigh: Number.POSITIVE_INFINITY };
  let looks = 0;
  for (let count = scenario.basketsPerDay; count <= scenario.baskets; count += scenario.basketsPerDay) {
    const { treatment, holdout } = drawnArms({ ...experiment, count });
    if (Math.min(treatment, holdout) < ARM_UNITS_MIN) continue;
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

/** Of the stores that the report calls different, for one look and for any time: how many, and how many that are not. */
function lookAtStores(scenario, seed) {
  const { parts } = finish(reportUplift(runInstallation(scenario, seed).experiment));
  const differing = new Set(scenario.differing);
  const called = (isCalled) => {
    const stores = parts.filter(isCalled).map(({ part }) => part);
    return { called: stores.length, wrong: stores.filter((store) => !differing.has(store)).length };
  };
  return {
    once: called(({ q }) => q !== null && q <= FALSE_DISCOVERY_RATE),
    anytime: called(({ anytimeQ }) => anytimeQ !== null && anytimeQ <= FALSE_DISCOVERY_RATE),
    intervals: called(
      ({ incremental: { marginPer100Baskets: margin } }) => margin?.low > 0 || margin?.high < 0,
    ),
    tested: parts.filter(({ q }) => q !== null).length,
  };
}
