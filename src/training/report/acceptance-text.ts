import type { AcceptanceReport, JudgedOffers } from '../learn-acceptance.ts';
import { countText, intervalText, percentText } from './number-text.ts';

export const ACCEPTANCE_HEAD = [
  'channel',
  'offers',
  'accepted',
  'error of the next product',
  'error of acceptance',
  'log-likelihood gained (95 %)',
  '',
] as const;

/** One row for all offers, then one a channel. */
export function acceptanceCells({ overall, channels }: AcceptanceReport): string[][] {
  if (!overall) return [];
  return [
    cells('all', overall, overall.isServed ? 'served' : 'not served'),
    ...Object.entries(channels).map(([channel, judged]) =>
      cells(channel || 'not stated', judged, verdictOf(judged, overall)),
    ),
  ];
}

function verdictOf(channel: JudgedOffers, overall: JudgedOffers): string {
  if (!overall.isServed) return 'not served';
  return channel.isServed ? 'has its own' : 'as all';
}

function cells(name: string, { offers, accepted, before, after, gain }: JudgedOffers, verdict: string) {
  return [
    name,
    countText(offers),
    percentText(accepted / Math.max(1, offers)),
    before.error.toFixed(4),
    after.error.toFixed(4),
    intervalText(gain),
    verdict,
  ];
}

/** What is said before and after the cells. */
export function acceptanceFrame({ offers, leftOut, overall }: AcceptanceReport): {
  before: string;
  after: string;
} {
  const reasons = Object.entries(leftOut).map(([reason, count]) => `${reason} ${countText(count)}`);
  const read = `${countText(offers)} offers of the ledger, each ranked anew by what was learned before it was made${
    reasons.length > 0 ? ` (left out: ${reasons.join(', ')})` : ''
  }.`;
  if (!overall)
    return {
      before: read,
      after: 'Too few were accepted, or are there to judge by: nothing is learned from them.',
    };
  return {
    before: `${read} The older two thirds of the baskets teach how often offers are accepted; the newest third, below, judges. Errors are
expected calibration errors; what a channel gains is over the calibration of all.`,
    after: overall.isServed
      ? 'Probabilities that are served are those of being accepted, learned from all of these offers.'
      : 'What was learned states the newest offers no better: probabilities that are served are those of the next product.',
  };
}
