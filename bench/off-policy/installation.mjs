import { reportOffPolicy } from '../../dist/ledger/off-policy-report.js';
import { OffPolicySample } from '../../dist/ledger/off-policy-sample.js';
import { finish } from '../uplift/installation.mjs';
import { simulateDecisions } from './shoppers.mjs';

const MONEY = { currencies: ['EUR'], costKnownShare: 1 };

/** One simulated installation: its report, and per 100 decisions what both policies earn in its contexts. */
export function runInstallation(scenario, seed) {
  const sample = new OffPolicySample();
  const truth = { logged: [0, 0], target: [0, 0] };
  for (const decision of simulateDecisions(scenario, seed)) {
    sample.add(decision);
    for (const policy of ['logged', 'target']) {
      // Margin from minor units per decision to major ones per 100, which is the same number.
      truth[policy][0] += decision.truth[policy][0] / scenario.decisions;
      truth[policy][1] += (100 * decision.truth[policy][1]) / scenario.decisions;
    }
  }
  return { report: finish(reportOffPolicy(sample, MONEY)), truth };
}
