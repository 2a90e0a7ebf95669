import { adjustedDifferences, type Difference } from './adjusted-difference.ts';
import { anytimeInterval, fixedInterval, type Interval, scaledInterval } from './confidence.ts';
import type { Experiment } from './experiment.ts';
import { currencyDigits } from './money.ts';
import { type SampleRatio, testSampleRatio } from './sample-ratio.ts';

/** What treatment brought per 100 baskets over the holdout; null where it cannot be stated, and `notes` say why. */
export interface Increments {
  readonly marginPer100Baskets: Interval | null;
  readonly revenuePer100Baskets: Interval | null;
  readonly itemsPer100Baskets: Interval | null;
}

export interface UpliftReport {
  readonly baskets: { readonly treatment: number; readonly holdout: number };
  readonly sampleRatio: SampleRatio;
  /** False when the draw failed its test: then none of the figures means anything. */
  readonly trusted: boolean;
  /** Of the money; null where there is none, or more than one. */
  readonly currency: string | null;
  /** Share of the revenue whose cost is on the receipt: the margin is about that part. */
  readonly costKnownShare: number;
  /** For one look at these baskets, 95 %. */
  readonly incremental: Increments;
  /** For looks at any time, with the same start and the same selection, 95 % for all of them together. */
  readonly anytime: Increments;
  readonly notes: readonly string[];
  /** The same notes by what they are about, for who has other words for them. */
  readonly noteCodes: readonly UpliftNoteCode[];
  readonly method: string;
}

export const UPLIFT_NOTES = [
  ...(['uneven-arms', 'few-baskets', 'few-customers', 'several-currencies'] as const),
  ...(['nothing-paid', 'no-cost', 'part-cost'] as const),
] as const;
export type UpliftNoteCode = (typeof UPLIFT_NOTES)[number];

/** Below these no interval is stated: means of so few heavy-tailed baskets are not normal. */
export const ARM_BASKETS_MIN = 100;
export const CLUSTERS_MIN = 100;

const METHOD =
  'Treatment less holdout, per 100 baskets, after refunds. A basket counts from its first decision, by intention to treat: with ' +
  'zero when it was never paid, whether or not there was something to offer; a sale without a decision is not in it. Difference in ' +
  'means adjusted by regression in each arm for basket value and lines at the first decision, hour, store and channel (Lin 2013); ' +
  'standard errors HC3, clustered by customer where known. incremental: 95 % interval for one look. anytime: asymptotic 95 % ' +
  'confidence sequence (Waudby-Smith et al. 2024) for any number of looks with the same start. sampleRatio: chi-square of the arms ' +
  'against the chance each basket had.';

/** The figures of an experiment. Yields between slices so that the caller can let others run. */
export function* reportUplift(experiment: Experiment): Generator<void, UpliftReport> {
  const { count, isTreated, holdoutShare, currencies, costKnownShare } = experiment;
  let treatment = 0;
  let shareSum = 0;
  let varianceSum = 0;
  for (let at = 0; at < count; at++) {
    treatment += isTreated[at]!;
    shareSum += holdoutShare[at]!;
    varianceSum += holdoutShare[at]! * (1 - holdoutShare[at]!);
  }
  const holdout = count - treatment;
  const sampleRatio = testSampleRatio(holdout, shareSum, varianceSum);
  const notes = notesOn(experiment, treatment, holdout, sampleRatio);
  const isEnough = hasEnough(experiment, treatment, holdout);
  const differences = isEnough ? yield* adjustedDifferences(experiment) : undefined;
  const currency = currencies.length === 1 ? currencies[0]! : null;
  const scales = [costKnownShare > 0 ? moneyScale(currency) : null, moneyScale(currency), 100];
  const increments = (interval: (difference: Difference) => Interval): Increments => {
    const [margin, revenue, items] = scales.map((scale, metric) =>
      differences === undefined || scale === null
        ? null
        : scaledInterval(interval(differences[metric]!), scale),
    ) as [Interval | null, Interval | null, Interval | null];
    return { marginPer100Baskets: margin, revenuePer100Baskets: revenue, itemsPer100Baskets: items };
  };
  return {
    baskets: { treatment, holdout },
    sampleRatio,
    trusted: sampleRatio.ok,
    currency,
    costKnownShare,
    incremental: increments(fixedInterval),
    anytime: increments((difference) => anytimeInterval(difference, count)),
    notes: notes.map(([, text]) => text),
    noteCodes: notes.map(([code]) => code),
    method: METHOD,
  };
}

function hasEnough({ clusterCount }: Experiment, treatment: number, holdout: number): boolean {
  return Math.min(treatment, holdout) >= ARM_BASKETS_MIN && clusterCount >= CLUSTERS_MIN;
}

type Note = readonly [code: UpliftNoteCode, text: string];

function notesOn(
  experiment: Experiment,
  treatment: number,
  holdout: number,
  { ok, p }: SampleRatio,
): readonly Note[] {
  const { currencies, clusterCount } = experiment;
  const notes: Note[] = [];
  if (!ok) {
    const text =
      `The arms are not as large as the draw makes them (p = ${p.toPrecision(2)}): something loses or adds baskets of one arm, ` +
      'and these figures cannot be trusted until it is found.';
    notes.push(['uneven-arms', text]);
  }
  if (Math.min(treatment, holdout) < ARM_BASKETS_MIN) {
    const text =
      `Too few baskets for an interval: wanted at least ${ARM_BASKETS_MIN} in each arm, got ${treatment} with offers and ` +
      `${holdout} held out. Take a longer time or a larger BASKETLIFT_HOLDOUT_SHARE.`;
    notes.push(['few-baskets', text]);
  } else if (clusterCount < CLUSTERS_MIN) {
    const text = `Too few customers for an interval: wanted at least ${CLUSTERS_MIN}, got ${clusterCount}.`;
    notes.push(['few-customers', text]);
  }
  if (currencies.length > 1) {
    const text = `Money in ${currencies.join(', ')} is not added up: choose a store, a channel or an agent with one currency.`;
    notes.push(['several-currencies', text]);
  }
  return [...notes, ...notesOnCost(experiment)];
}

function notesOnCost({ currencies, costKnownShare }: Experiment): readonly Note[] {
  if (currencies.length === 0) {
    return [['nothing-paid', 'No basket of the experiment was paid: there is no money to compare.']];
  }
  if (costKnownShare === 0) {
    const text = 'No receipt states a cost, so there is no margin: send unitCost with the lines of a sale.';
    return [['no-cost', text]];
  }
  if (costKnownShare >= 0.995) return [];
  const percent = Math.round(costKnownShare * 100);
  return [['part-cost', `The margin is that of the ${percent} % of the revenue whose cost is known.`]];
}

/** From minor units per basket to major units per 100 baskets. */
function moneyScale(currency: string | null): number | null {
  return currency === null ? null : 100 / 10 ** currencyDigits(currency);
}
