import type { CandidatePool } from './candidate-pool.ts';
import type { ComplementSums } from './complement-sums.ts';
import { type HourLift, liftAt } from './hour-lift.ts';
import { type NeighbourVotes, voteFor } from './neighbours.ts';
import type { OwnPurchases } from './own-purchases.ts';
import type { Ranker } from './ranker.ts';
import { isStamped } from './stamps.ts';
import type { StoreView } from './store-view.ts';

/**
 * What is known about a candidate for a basket of n products, in the order of a ranker's weights. `ease` is the sum of complement weights,
 * `neighbours` the log odds of the neighbours' votes K, `popularity` ln of the share of the store's baskets; `own…` describe what a known
 * customer bought before; `hour` is ln of how much more often the product is bought at this time of the day than at any; names with `×n`
 * are multiplied by ln n.
 */
export const SIGNALS = [
  'ease',
  'easeRoot',
  'easeStrongest',
  'neighbours',
  'neighboursRelative',
  'popularity',
  'ease×n',
  'neighbours×n',
  'own',
  'ownLikeness',
  'ownRecentEase',
  'own×n',
  'hour',
] as const;

const HOUR = SIGNALS.indexOf('hour');

/** Whether a ranking changes with the time of day. */
export function heedsHour({ weight }: Pick<Ranker, 'weight'>): boolean {
  return weight[HOUR] !== 0;
}

/** Shares of baskets below this are hardly told from none. */
const SHARE_UNIT = 1e-5;
/** Votes below this are hardly told from none. */
const VOTE_UNIT = 0.002;

/** What the signals of one basket are read from. */
export interface Evidence {
  readonly sums: ComplementSums;
  readonly votes: NeighbourVotes;
  readonly own: OwnPurchases;
  /** [edges] complement weights */
  readonly edgeWeight: Float32Array;
  readonly hourLift: HourLift | undefined;
}

/** Writes the signals of all candidates, row by row, from the sums and votes of the basket; `hour` is the hour asked about. */
export function writeSignals(
  { sums, votes, own, edgeWeight, hourLift }: Evidence,
  view: StoreView,
  { items, count }: CandidatePool,
  basketLength: number,
  hour: number,
  signals: Float64Array,
): void {
  const voteMax = largestVote(votes, items, count);
  const size = Math.log(Math.max(1, basketLength));
  let at = 0;
  for (let place = 0; place < count; place++) {
    const item = items[place]!;
    const isTouched = isStamped(sums.touched, item);
    const ease = isTouched ? sums.weight[item]! : 0;
    const vote = voteFor(votes, item);
    const neighbours = logOdds(vote);
    signals[at++] = ease;
    signals[at++] = Math.sqrt(Math.max(0, ease));
    signals[at++] = isTouched ? Math.max(0, edgeWeight[sums.strongestEdge[item]!]!) : 0;
    signals[at++] = neighbours;
    signals[at++] = voteMax > 0 ? vote / voteMax : 0;
    signals[at++] = Math.log(view.share[item]! + SHARE_UNIT);
    signals[at++] = ease * size;
    signals[at++] = neighbours * size;
    const wasBought = isStamped(own.bought, item);
    const frequency = wasBought ? Math.log1p(own.frequency[item]!) : 0;
    const together = wasBought && own.likenessTotal > 0 ? own.likeness[item]! / own.likenessTotal : 0;
    signals[at++] = frequency;
    signals[at++] = Math.sqrt(together);
    signals[at++] = isStamped(own.recent.touched, item) ? own.recent.weight[item]! : 0;
    signals[at++] = frequency * size;
    signals[at++] = liftAt(hourLift, item, hour);
  }
}

/** ln(K / (1 − K)), finite for 0 and 1. */
function logOdds(vote: number): number {
  return Math.log((vote + VOTE_UNIT) / Math.max(VOTE_UNIT, 1 + VOTE_UNIT - vote));
}

function largestVote(votes: NeighbourVotes, items: Int32Array, count: number): number {
  let largest = 0;
  for (let place = 0; place < count; place++) largest = Math.max(largest, voteFor(votes, items[place]!));
  return largest;
}
