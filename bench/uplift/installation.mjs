import { createHash } from 'node:crypto';
import { holdoutUnder } from '../../dist/adapters/holdout-draw.js';
import { BasketBook } from '../../dist/ledger/basket-book.js';
import { METRICS } from '../../dist/ledger/experiment.js';
import { ExperimentBuilder } from '../../dist/ledger/experiment-builder.js';
import { decisionsOf, eventsOf, metricsOf, outcomeOf, simulateShoppers } from './shoppers.mjs';

const EVERYTHING = { fromDay: Number.NEGATIVE_INFINITY, toDay: Number.POSITIVE_INFINITY };
const UTC = { offsetMs: () => 0, dayEndsAtHour: 0 };

/**
 * One simulated installation: the experiment its ledger would hold, and the truth: what all offered come to less what all left come
 * to, of METRICS per basket and, with the baskets as one more, per customer.
 */
export function runInstallation(scenario, seed) {
  const worlds = { offered: emptySums(), left: emptySums() };
  const customers = new Set();
  const outcomes = [];
  for (const shopper of simulateShoppers(scenario, seed, drawOf(scenario, seed))) {
    if (shopper.actual) outcomes.push(outcomeOf(shopper));
    for (const [world, sums] of Object.entries(worlds)) {
      if (shopper[world]) addTo(sums, [...metricsOf(shopper, shopper[world]), 1]);
    }
    if (shopper.offered || shopper.left) customers.add(shopper.customer);
  }
  const { offered, left } = worlds;
  return {
    experiment: experimentOf(() => outcomes),
    truth: METRICS.map((_, at) => offered[at] / offered.at(-1) - left[at] / left.at(-1)),
    truthOfCustomers: offered.map((sum, at) => (sum - left[at]) / customers.size),
  };
}

/** METRICS, then the number of baskets. */
function emptySums() {
  return [...METRICS, 'baskets'].map(() => 0);
}

function addTo(sums, values) {
  for (const [at, value] of values.entries()) sums[at] += value;
}

/** The same installation's experiment by the long way: decisions and events through the shipped fold. */
export function foldInstallation(scenario, seed) {
  const book = new BasketBook();
  for (const shopper of simulateShoppers(scenario, seed, drawOf(scenario, seed))) {
    if (!shopper.actual) continue;
    for (const decision of decisionsOf(shopper)) book.addDecision(decision);
    for (const event of eventsOf(shopper)) book.addEvent({ event });
  }
  return experimentOf(() => book.outcomes());
}

function experimentOf(outcomes) {
  const builder = new ExperimentBuilder(EVERYTHING, UTC, 'store');
  for (const outcome of outcomes()) builder.add(outcome);
  if (builder.hasDrawnCustomers()) for (const outcome of outcomes()) builder.addDrawnPast(outcome);
  return finish(builder.build());
}

function drawOf({ name, holdoutShare, by }, seed) {
  const key = createHash('sha256').update(`${name} ${seed}`).digest();
  return holdoutUnder(key, { share: holdoutShare, ...(by && { by }) });
}

/** Runs a generator of the ledger to its end. */
export function finish(steps) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
