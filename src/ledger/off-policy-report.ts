import { fixedInterval, type Interval, scaledInterval } from './confidence.ts';
import { currencyDigits } from './money.ts';
import { type PolicyValue, type PolicyValues, policyValues } from './off-policy.ts';
import type { OffPolicySample } from './off-policy-sample.ts';
import { CLUSTERS_MIN } from './uplift-notes.ts';

/** What a policy earns, and that minus what the logging policy earned. */
export interface PolicyEstimate {
  readonly value: Interval;
  readonly difference: Interval;
}

/** One reward per 100 decisions, with 95 % intervals. */
export interface OffPolicyFigures {
  /** As it was earned: the plain mean. */
  readonly logged: Interval;
  readonly snips: PolicyEstimate;
  readonly doublyRobust: PolicyEstimate;
  /** Both estimators agree that the other policy earns more: the lower bounds of both differences are above zero. */
  readonly isBetter: boolean;
}

export interface OffPolicyReport {
  readonly decisions: number;
  readonly suggestions: number;
  /** Known customers, and baskets of unknown customers. */
  readonly clusters: number;
  /** This many suggestions of the other policy itself would tell as much. */
  readonly effectiveSampleSize: number;
  /** Share of the other policy's suggestions that the logging policy could have made. */
  readonly overlap: number;
  /** How many suggestions that are ordinary for the other policy were explored here and shown: the difference is learned from them. */
  readonly raisedShown: number;
  /** False: the figures are null, and `notes` say why and what would help. */
  readonly stated: boolean;
  readonly currency: string | null;
  readonly costKnownShare: number;
  readonly marginPer100Decisions: OffPolicyFigures | null;
  readonly acceptancesPer100Decisions: OffPolicyFigures | null;
  readonly notes: readonly string[];
  readonly assumption: string;
  readonly method: string;
}

/** What the report says about the money of the rewards. */
export interface RewardMoney {
  /** Currencies of the accepted and paid suggestions. */
  readonly currencies: readonly string[];
  /** Share of their revenue whose cost is known; 0 without revenue. */
  readonly costKnownShare: number;
}

/** Below these no figure is stated. */
export const EFFECTIVE_SAMPLE_MIN = 1000;
export const OVERLAP_MIN = 0.8;
/** A difference learned from fewer suggestions than this is the luck of a few. */
export const RAISED_SHOWN_MIN = 200;

const ASSUMPTION =
  'Whether a suggestion is accepted depends on the basket and on the suggestion itself, not on its place nor on what is offered ' +
  'beside it; and the other policy meets the same baskets.';

const METHOD =
  'Reward of a decision: its suggestions that were accepted and paid, after refunds, as the reports attribute them. Each shown ' +
  'suggestion is weighted by its chance under the other policy, explored in the same way, over its logged chance. snips: self-normalised. ' +
  'doublyRobust: with the reward model P of acceptance (times the unit value, for the margin), scaled to what the other half of the ' +
  'customers accepted. 95 % intervals clustered by customer where known, else by basket. effectiveSampleSize: (Σ chance)² / Σ chance² / ' +
  'logged chance.';

/** The figures of a target policy. Yields between slices so that the caller can let others run. */
export function* reportOffPolicy(
  sample: OffPolicySample,
  money: RewardMoney,
): Generator<void, OffPolicyReport> {
  const { count, supported, squaredWeights } = sample;
  const targetSize = sample.targetSize.reduce((sum, size) => sum + size, 0);
  const effectiveSampleSize = squaredWeights > 0 ? supported ** 2 / squaredWeights : 0;
  const overlap = targetSize > 0 ? supported / targetSize : 0;
  const clusters = new Set(sample.cluster).size;
  const notes = [...refusalsOf(sample, effectiveSampleSize, overlap, clusters)];
  const stated = notes.length === 0;
  const [currency = null] = money.currencies.length > 1 ? [] : money.currencies;
  const [margin, acceptances] = sample.rewards;
  const moneyScale = currency === null ? null : 100 / 10 ** currencyDigits(currency);
  const isMarginKnown = moneyScale !== null && money.costKnownShare > 0;
  if (stated) notes.push(...moneyNotes(money), ...overlapNotes(overlap));
  return {
    decisions: count,
    suggestions: sample.shown,
    clusters,
    effectiveSampleSize,
    overlap,
    raisedShown: sample.raisedShown,
    stated,
    currency,
    costKnownShare: money.costKnownShare,
    marginPer100Decisions:
      stated && isMarginKnown ? figures(yield* policyValues(sample, margin!), moneyScale) : null,
    acceptancesPer100Decisions: stated ? figures(yield* policyValues(sample, acceptances!), 100) : null,
    notes,
    assumption: ASSUMPTION,
    method: METHOD,
  };
}

/** Why nothing may be stated, and what would help. */
function refusalsOf(
  sample: OffPolicySample,
  effectiveSampleSize: number,
  overlap: number,
  clusters: number,
): string[] {
  if (sample.count === 0) {
    return [
      'No figure: there is no decision to learn from. Only those count that were an offer of a full ranking and log what chose them.',
    ];
  }
  const refusals: string[] = [];
  const { raisedShown, raisedTarget } = sample;
  if (overlap < OVERLAP_MIN) {
    refusals.push(
      `No figure: the logged policy could have made only ${percent(overlap)} of the other policy's suggestions, wanted ` +
        `${percent(OVERLAP_MIN)}. Compare with a policy closer to the one in service, or set BASKETLIFT_EXPLORE_SHARE and wait.`,
    );
  }
  if (effectiveSampleSize < EFFECTIVE_SAMPLE_MIN) {
    refusals.push(
      `No figure: the effective sample size is ${Math.floor(effectiveSampleSize)}, wanted ${EFFECTIVE_SAMPLE_MIN}. Take a longer time, a ` +
        'larger BASKETLIFT_EXPLORE_SHARE, or a policy closer to the one in service.',
    );
  }
  if (raisedTarget > 0 && raisedShown < RAISED_SHOWN_MIN) {
    refusals.push(
      `No figure: of what only the other policy would suggest, about ${Math.round(raisedShown)} suggestions were shown, wanted ` +
        `${RAISED_SHOWN_MIN}. The two policies hardly differ, or little was explored: take a longer time or a larger BASKETLIFT_EXPLORE_SHARE.`,
    );
  }
  if (clusters < CLUSTERS_MIN) {
    refusals.push(
      `No figure: too few customers for an interval, wanted at least ${CLUSTERS_MIN}, got ${clusters}. Take a longer time.`,
    );
  }
  return refusals;
}

function moneyNotes({ currencies, costKnownShare }: RewardMoney): string[] {
  if (currencies.length > 1)
    return [`Money in ${currencies.join(', ')} is not added up: choose a store with one currency.`];
  if (currencies.length === 0) return ['No suggestion was accepted and paid: there is no money to compare.'];
  if (costKnownShare === 0)
    return ['No receipt states a cost, so there is no margin: send unitCost with the lines of a sale.'];
  if (costKnownShare >= 0.995) return [];
  return [`The margin is that of the ${percent(costKnownShare)} of the revenue whose cost is known.`];
}

function overlapNotes(overlap: number): string[] {
  if (overlap > 0.999) return [];
  return [
    `${percent(1 - overlap)} of the other policy's suggestions could not have been shown: snips takes them to be worth what the ` +
      'others are, doublyRobust what its model says.',
  ];
}

function figures(values: PolicyValues, scale: number): OffPolicyFigures {
  const snips = estimateOf(values.snips, scale);
  const doublyRobust = estimateOf(values.doublyRobust, scale);
  return {
    logged: scaledInterval(fixedInterval(values.logged), scale),
    snips,
    doublyRobust,
    isBetter: snips.difference.low > 0 && doublyRobust.difference.low > 0,
  };
}

function estimateOf({ value, difference }: PolicyValue, scale: number): PolicyEstimate {
  return {
    value: scaledInterval(fixedInterval(value), scale),
    difference: scaledInterval(fixedInterval(difference), scale),
  };
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
