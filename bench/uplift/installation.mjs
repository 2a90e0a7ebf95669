import { createHash } from 'node:crypto';
import { holdoutUnder } from '../../dist/adapters/holdout-draw.js';
import { BasketBook } from '../../dist/ledger/basket-book.js';
import { METRICS } from '../../dist/ledger/experiment.js';
import { ExperimentBuilder } from '../../dist/ledger/experiment-builder.js';
import { decisionOf, eventsOf, outcomeOf, simulateShoppers, trueEffect } from './shoppers.mjs';

const EVERYTHING = { fromDay: Number.NEGATIVE_INFINITY, toDay: Number.POSITIVE_INFINITY };
const UTC = { offsetMs: () => 0, dayEndsAtHour: 0 };

/** One simulated installation: the experiment its ledger would hold, and the mean of its baskets' true effects. */
export function runInstallation(scenario, seed) {
  const truth = METRICS.map(() => 0);
  const builder = new ExperimentBuilder(EVERYTHING, UTC, 'store');
  for (const shopper of simulateShoppers(scenario, seed, drawOf(scenario, seed))) {
    builder.add(outcomeOf(shopper));
    const effect = trueEffect(shopper);
    for (let metric = 0; metric < truth.length; metric++) truth[metric] += effect[metric] / scenario.baskets;
  }
  return { experiment: finish(builder.build()), truth };
}

/** The same installation's experiment by the long way: decisions and events through the shipped fold. */
export function foldInstallation(scenario, seed) {
  const book = new BasketBook();
  for (const shopper of simulateShoppers(scenario, seed, drawOf(scenario, seed))) {
    book.addDecision(decisionOf(shopper));
    for (const event of eventsOf(shopper)) book.addEvent({ event });
  }
  const builder = new ExperimentBuilder(EVERYTHING, UTC, 'store');
  for (const outcome of book.outcomes()) builder.add(outcome);
  return finish(builder.build());
}

function drawOf({ name, holdoutShare }, seed) {
  return holdoutUnder(createHash('sha256').update(`${name} ${seed}`).digest(), { share: holdoutShare });
}

/** Runs a generator of the ledger to its end. */
export function finish(steps) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
