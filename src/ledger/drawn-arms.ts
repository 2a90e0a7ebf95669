import type { Adjustable } from './adjustment-design.ts';
import { type Experiment, METRICS } from './experiment.ts';

/** How many are in each arm. */
export interface Arms {
  readonly treatment: number;
  readonly holdout: number;
}

export function armsOf({ count, isTreated }: Pick<Adjustable, 'count' | 'isTreated'>): Arms {
  const treatment = isTreated.subarray(0, count).reduce((sum, one) => sum + one, 0);
  return { treatment, holdout: count - treatment };
}

/** Counts what arms were drawn for: a customer with several of these baskets counts once, in the arm of the first. */
export function drawnArms({
  count,
  isTreated,
  isDrawnForCustomer,
  cluster,
  clusterCount,
}: Pick<Experiment, 'count' | 'isTreated' | 'isDrawnForCustomer' | 'cluster' | 'clusterCount'>): Arms {
  const isSeen = new Uint8Array(clusterCount);
  const drawn = [0, 0] as [number, number];
  for (let at = 0; at < count; at++) {
    if (isDrawnForCustomer[at] && isSeen[cluster[at]!]) continue;
    if (isDrawnForCustomer[at]) isSeen[cluster[at]!] = 1;
    drawn[isTreated[at] as 0 | 1]++;
  }
  return { holdout: drawn[0], treatment: drawn[1] };
}

/** The number with something paid that the draw should have put in the arm where it is smaller. */
export function expectedPaid({
  count,
  holdoutShare,
  metrics,
}: Pick<Adjustable, 'count' | 'holdoutShare' | 'metrics'>): number {
  const expected = [0, 0] as [number, number];
  for (let at = 0; at < count; at++) {
    if (metrics[REVENUE]![at] === 0 && metrics[ITEMS]![at] === 0) continue;
    expected[0] += holdoutShare[at]!;
    expected[1] += 1 - holdoutShare[at]!;
  }
  return Math.min(...expected);
}

const REVENUE = METRICS.indexOf('revenue');
const ITEMS = METRICS.indexOf('items');
