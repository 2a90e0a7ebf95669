import { type AdjustedEffects, adjustedEffects, type Difference } from './adjusted-difference.ts';
import {
  anytimeInterval,
  anytimeP,
  fixedInterval,
  fixedP,
  type Interval,
  scaledInterval,
} from './confidence.ts';
import { checkBalance, checkSizes } from './draw-checks.ts';
import { type Experiment, METRICS } from './experiment.ts';
import { partsOf } from './experiment-parts.ts';
import { benjaminiHochberg, benjaminiYekutieli } from './false-discovery.ts';
import { currencyDigits } from './money.ts';
import type { SampleRatio } from './sample-ratio.ts';

/** What treatment brought per 100 baskets over the holdout; null where it cannot be stated, and `notes` say why. */
export interface Increments {
  readonly marginPer100Baskets: Interval | null;
  readonly revenuePer100Baskets: Interval | null;
  readonly itemsPer100Baskets: Interval | null;
  /** Margin over the margin of the accepted suggestions that were paid: the rest of theirs would have been earned without. */
  readonly incrementalShare: Interval | null;
}

/** What can be said of some baskets of the experiment. */
export interface UpliftFigures {
  readonly baskets: { readonly treatment: number; readonly holdout: number };
  /** Margin of accepted suggestions that were paid, per 100 baskets with offers: gross, whatever they replaced. */
  readonly upsellMarginPer100Baskets: number | null;
  /** For one look at these baskets, 95 %. */
  readonly incremental: Increments;
  /** For looks at any time, with the same start and the same selection, 95 % for all of them together. */
  readonly anytime: Increments;
}

/**
 * A part of the baskets. Its intervals are for this part alone; among many parts some lie off zero by chance, so which of
 * them differ is told by the q-values of the margin: calling those up to 0.05 different is wrong for 5 % of them at most.
 */
export interface UpliftPart extends UpliftFigures {
  /** null: baskets whose part is not known */
  readonly part: string | null;
  /** For one look; null where there is no interval of the margin. */
  readonly q: number | null;
  /** For looks at any time. */
  readonly anytimeQ: number | null;
}

export interface UpliftReport extends UpliftFigures {
  readonly sampleRatio: SampleRatio;
  /** Whether baskets of both arms were alike before the first offer; an A/A test, not made of few baskets. */
  readonly balance: SampleRatio;
  /** False when the draw failed one of the two: then none of the figures means anything. */
  readonly trusted: boolean;
  /** Of the money; null where there is none, or more than one. */
  readonly currency: string | null;
  /** Share of the revenue whose cost is on the receipt: the margin is about that part. */
  readonly costKnownShare: number;
  /** By name; only where a split was asked for. */
  readonly parts?: readonly UpliftPart[];
  readonly notes: readonly string[];
  /** The same notes by what they are about, for who has other words for them. */
  readonly noteCodes: readonly UpliftNoteCode[];
  readonly method: string;
}

export const UPLIFT_NOTES = [
  ...(['uneven-arms', 'uneven-baskets', 'few-baskets', 'few-customers', 'several-currencies'] as const),
  ...(['nothing-paid', 'no-cost', 'part-cost'] as const),
] as const;
export type UpliftNoteCode = (typeof UPLIFT_NOTES)[number];

const [MARGIN, REVENUE, ITEMS] = [
  METRICS.indexOf('margin'),
  METRICS.indexOf('revenue'),
  METRICS.indexOf('items'),
];
const UPSELL_MARGIN = METRICS.indexOf('upsellMargin');

/** Below these no interval is stated: means of so few heavy-tailed baskets are not normal. */
export const ARM_BASKETS_MIN = 100;
export const CLUSTERS_MIN = 100;

const METHOD =
  'Treatment less holdout, per 100 baskets, after refunds. A basket counts from its first decision, by intention to treat: with ' +
  'zero when it was never paid, whether or not there was something to offer; a sale without a decision is not in it. Difference in ' +
  'means adjusted by regression in each arm for basket value and lines at the first decision, hour, store and channel (Lin 2013); ' +
  'standard errors HC3, clustered by customer where known. incremental: 95 % interval for one look. anytime: asymptotic 95 % ' +
  'confidence sequence (Waudby-Smith et al. 2024) for any number of looks with the same start. sampleRatio: chi-square of the arms ' +
  'against the chance each basket had. balance: the same difference without adjustment of value and lines at the first decision, which no offer ' +
  'can move. incrementalShare: increase of the margin over the up-sell margin, delta method. parts: each by ' +
  'itself, with q-values of the margin (Benjamini and Hochberg 1995; of categories Benjamini and Yekutieli 2001).';

/** The figures of an experiment, and of its parts when there are to be some. Yields between slices so that the caller can let others run. */
export function* reportUplift(experiment: Experiment, isSplit = false): Generator<void, UpliftReport> {
  const { figures } = yield* measure(experiment);
  const sampleRatio = checkSizes(experiment);
  const balance = hasEnough(experiment, figures.baskets)
    ? yield* checkBalance(experiment)
    : { ok: true, p: 1 };
  const notes = notesOn(experiment, figures.baskets, { sampleRatio, balance });
  return {
    ...{ ...figures, sampleRatio, balance },
    trusted: sampleRatio.ok && balance.ok,
    currency: currencyOf(experiment),
    costKnownShare: experiment.costKnownShare,
    ...(isSplit && { parts: yield* measureParts(experiment) }),
    notes: notes.map(([, text]) => text),
    noteCodes: notes.map(([code]) => code),
    method: METHOD,
  };
}

interface Measured {
  readonly figures: UpliftFigures;
  /** Whether the margin is the same in both arms; null where there is no interval of it. */
  readonly p: { readonly once: number; readonly anytime: number } | null;
}

function* measureParts(experiment: Experiment): Generator<void, UpliftPart[]> {
  const parts: ({ part: string | null } & Measured)[] = [];
  for (const { name, experiment: own } of partsOf(experiment)) {
    parts.push({ part: name, ...(yield* measure(own)) });
    yield;
  }
  // What is sold of one category is not sold of another: their tests depend on each other either way.
  const adjust = experiment.categories ? benjaminiYekutieli : benjaminiHochberg;
  const once = adjust(parts.map(({ p }) => p?.once ?? null));
  const anytime = adjust(parts.map(({ p }) => p?.anytime ?? null));
  return parts.map(({ part, figures }, at) => ({ part, ...figures, q: once[at]!, anytimeQ: anytime[at]! }));
}

function* measure(experiment: Experiment): Generator<void, Measured> {
  const { count, isTreated, metrics } = experiment;
  let treatment = 0;
  let upsellMinor = 0;
  for (let at = 0; at < count; at++) {
    treatment += isTreated[at]!;
    upsellMinor += isTreated[at]! * metrics[UPSELL_MARGIN]![at]!;
  }
  const baskets = { treatment, holdout: count - treatment };
  const effects = hasEnough(experiment, baskets) ? yield* adjustedEffects(experiment) : undefined;
  const scale = marginScale(experiment);
  const margin = scale === null ? undefined : effects?.differences[MARGIN];
  return {
    figures: {
      baskets,
      upsellMarginPer100Baskets: scale === null || treatment === 0 ? null : (upsellMinor / treatment) * scale,
      incremental: incrementsOf(experiment, effects, fixedInterval),
      anytime: incrementsOf(experiment, effects, (difference) => anytimeInterval(difference, count)),
    },
    p: margin ? { once: fixedP(margin), anytime: anytimeP(margin, count) } : null,
  };
}

function incrementsOf(
  experiment: Experiment,
  effects: AdjustedEffects | undefined,
  intervalOf: (difference: Difference) => Interval,
): Increments {
  const scaled = (metric: number, scale: number | null) =>
    effects === undefined || scale === null
      ? null
      : scaledInterval(intervalOf(effects.differences[metric]!), scale);
  const margin = marginScale(experiment);
  return {
    marginPer100Baskets: scaled(MARGIN, margin),
    revenuePer100Baskets: scaled(REVENUE, moneyScale(currencyOf(experiment))),
    itemsPer100Baskets: scaled(ITEMS, 100),
    // A share of what may as well be nothing says nothing.
    incrementalShare:
      effects && margin !== null && intervalOf(effects.differences[UPSELL_MARGIN]!).low > 0
        ? intervalOf(effects.ratio(MARGIN, UPSELL_MARGIN))
        : null,
  };
}

function currencyOf({ currencies }: Experiment): string | null {
  return currencies.length === 1 ? currencies[0]! : null;
}

function marginScale(experiment: Experiment): number | null {
  return experiment.costKnownShare > 0 ? moneyScale(currencyOf(experiment)) : null;
}

function hasEnough({ clusterCount }: Experiment, { treatment, holdout }: UpliftFigures['baskets']): boolean {
  return Math.min(treatment, holdout) >= ARM_BASKETS_MIN && clusterCount >= CLUSTERS_MIN;
}

type Note = readonly [code: UpliftNoteCode, text: string];

function notesOn(
  experiment: Experiment,
  { treatment, holdout }: UpliftFigures['baskets'],
  { sampleRatio, balance }: Pick<UpliftReport, 'sampleRatio' | 'balance'>,
): readonly Note[] {
  const { currencies, clusterCount } = experiment;
  const notes: Note[] = [];
  if (!sampleRatio.ok) {
    const text =
      `The arms are not as large as the draw makes them (p = ${sampleRatio.p.toPrecision(2)}): something loses or adds baskets of one arm, ` +
      'and these figures cannot be trusted until it is found.';
    notes.push(['uneven-arms', text]);
  }
  if (!balance.ok) {
    const text =
      `The arms differ in what was in their baskets before the first offer (p = ${balance.p.toPrecision(2)}), which offers cannot do: ` +
      'something loses or adds other baskets in one arm, and these figures cannot be trusted until it is found.';
    notes.push(['uneven-baskets', text]);
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
