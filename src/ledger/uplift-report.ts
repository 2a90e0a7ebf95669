import { type AdjustedEffects, adjustedEffects, type Difference } from './adjusted-difference.ts';
import { type AdjustmentDesign, countClusters } from './adjustment-design.ts';
import {
  anytimeInterval,
  anytimeP,
  fixedInterval,
  fixedP,
  type Interval,
  statedIntervals,
} from './confidence.ts';
import { type CustomerFigures, customerFigures } from './customer-figures.ts';
import { checkBalance, checkSizes, drawnUnits } from './draw-checks.ts';
import { type Arms, armsOf, drawnArms, expectedPaid } from './drawn-arms.ts';
import { type Experiment, METRICS } from './experiment.ts';
import { partsOf } from './experiment-parts.ts';
import { benjaminiHochberg, benjaminiYekutieli } from './false-discovery.ts';
import { PAST_DAYS } from './past-receipts.ts';
import type { SampleRatio } from './sample-ratio.ts';
import {
  ARM_UNITS_MIN,
  CLUSTERS_MIN,
  notesOn,
  PAID_BASKETS_MIN,
  type UpliftNoteCode,
} from './uplift-notes.ts';
import { scalesOf, type UpliftScales } from './uplift-scales.ts';

/** What treatment brought per 100 baskets over the holdout; null where it cannot be stated, and `notes` say why. */
export interface Increments {
  readonly marginPer100Baskets: Interval | null;
  readonly revenuePer100Baskets: Interval | null;
  readonly itemsPer100Baskets: Interval | null;
  /** Saved on holding stock beyond its target cover; null also where stockKnownShare is 0. */
  readonly holdingSavedPer100Baskets: Interval | null;
  /**
   * Increase of the margin / margin of accepted suggestions that were paid; the rest of that would have been earned anyway. Null also where
   * too little was accepted to divide by.
   */
  readonly incrementalShare: Interval | null;
}

/** Figures of some baskets of the experiment. */
export interface UpliftFigures {
  readonly baskets: { readonly treatment: number; readonly holdout: number };
  readonly sampleRatio: SampleRatio;
  /** Whether baskets of both arms were alike before the first offer; an A/A test, not made with few baskets. */
  readonly balance: SampleRatio;
  /** False when the draw failed one of these two checks: then no figure means anything. */
  readonly trusted: boolean;
  /** Currency of the money; null where there is none, or more than one. */
  readonly currency: string | null;
  /** Share of the revenue whose cost is on the receipt: the margin covers that part only. */
  readonly costKnownShare: number;
  /** Share of the revenue whose stock is known: the holding cost saved covers that part only. */
  readonly stockKnownShare: number;
  /** Margin of accepted suggestions that were paid, per 100 baskets with offers: gross, whatever they replaced. */
  readonly upsellMarginPer100Baskets: number | null;
  /** For one look at these baskets, 95 %. */
  readonly incremental: Increments;
  /** For looks at any time, with the same start and the same selection, 95 % for all of them together. */
  readonly anytime: Increments;
  readonly notes: readonly string[];
  /** The codes of the same notes, for callers with their own wording. */
  readonly noteCodes: readonly UpliftNoteCode[];
}

/**
 * A part of the baskets. Its intervals are for this part alone; among many parts some exclude zero by chance. So the q-values of the margin
 * tell which parts differ: of the parts with q up to 0.05, on average at most 5 % do not differ.
 */
export interface UpliftPart extends UpliftFigures {
  /** null: baskets whose part is not known */
  readonly part: string | null;
  /** For one look; null where there is no interval of the margin, or it cannot be trusted. */
  readonly q: number | null;
  /** For looks at any time. */
  readonly anytimeQ: number | null;
}

export interface UpliftReport extends UpliftFigures {
  /** By name; only where a split was asked for. */
  readonly parts?: readonly UpliftPart[];
  /** Where arms were drawn for customers. */
  readonly customers?: CustomerFigures;
  readonly method: string;
}

const MARGIN = METRICS.indexOf('margin');
const REVENUE = METRICS.indexOf('revenue');
const ITEMS = METRICS.indexOf('items');
const UPSELL_MARGIN = METRICS.indexOf('upsellMargin');
const HOLDING_SAVED = METRICS.indexOf('holdingSaved');

/** A draw is not believed if what is seen has a lower chance than this, divided among the parts: one sound report in a thousand. */
const P_MIN = 0.001;
/** How many standard errors above zero the up-sell margin must be to be divided by: nearer to zero the ratio is not normal. */
const DIVISOR_ERRORS_MIN = 5;

const METHOD =
  'Treatment less holdout, per 100 baskets, after refunds. A basket counts from its first decision, by intention to treat: with ' +
  'zero when it was never paid, whether or not there was something to offer; a sale without a decision is not in it. Difference in ' +
  'means adjusted by regression in each arm for basket value and lines at the first decision, hour, store and channel, and, where no ' +
  `sides are drawn for customers, for what the customer named at that decision had paid in the ${PAST_DAYS} days before, in baskets that were ` +
  'asked about (Lin 2013); ' +
  'standard errors HC3, clustered by customer where known, and larger where few baskets of one arm decide them and the other arm varies ' +
  'more (moderated as by Smyth 2004). incremental: 95 % interval for one look. anytime: asymptotic 95 % ' +
  'confidence sequence (Waudby-Smith et al. 2024) for any number of looks with the same start. sampleRatio: chi-square of the arms ' +
  'against the chance each basket had. balance: the same difference without adjustment of value and lines at the first decision, which no offer ' +
  'can move. holdingSaved: of each unit paid for and kept, in either arm, the cost of holding it beyond the target cover, by the stock as it stood ' +
  'when the receipt came in; 0 where that is not known. Where sides are drawn for customers, their baskets are ' +
  'not adjusted, since how often who comes may be what offers did, and the draw is checked by customers. customers: all that were drawn up to the ' +
  'last day, by the place of their first basket, with those of these baskets that began with their name, adjusted for their first basket and ' +
  'those before it. incrementalShare: increase of the margin over the up-sell margin, delta method. parts: each by itself; q of the margin by ' +
  'Benjamini and Hochberg (1995), of categories and at any time by Benjamini and Yekutieli (2001).';

/** The figures of an experiment, and of its parts where it has some. Yields between slices so that the caller can let others run. */
export function* reportUplift(experiment: Experiment): Generator<void, UpliftReport> {
  const counts = countBaskets(experiment);
  const draw = yield* checkDraw(experiment, P_MIN);
  const { figures, design } = yield* measure(experiment, counts, draw);
  const isSplit = experiment.split !== undefined || experiment.categories !== undefined;
  const { customers } = experiment;
  return {
    ...figures,
    ...(customers && { customers: yield* customerFigures(customers, scalesOf(experiment)) }),
    ...(isSplit && { parts: yield* measureParts(experiment, draw, design) }),
    method: METHOD,
  };
}

type Draw = Pick<UpliftFigures, 'sampleRatio' | 'balance'>;

function* checkDraw(experiment: Experiment, pMin: number): Generator<void, Draw> {
  const units = yield* drawnUnits(experiment);
  const sampleRatio = checkSizes(units, pMin);
  const isLarge = hasEnough(armsOf(units), countClusters(units, units.count));
  return { sampleRatio, balance: isLarge ? yield* checkBalance(units, pMin) : { ok: true, p: 1 } };
}

function hasEnough({ treatment, holdout }: Arms, clusters: number): boolean {
  return Math.min(treatment, holdout) >= ARM_UNITS_MIN && clusters >= CLUSTERS_MIN;
}

interface Measured {
  readonly figures: UpliftFigures;
  /** Chance of such a difference if the margin is the same in both arms; null where that cannot be tested. */
  readonly p: { readonly once: number; readonly anytime: number } | null;
  /** undefined where there is too little to measure. */
  readonly design: AdjustmentDesign | undefined;
}

/** @param draw and design of the whole */
function* measureParts(
  experiment: Experiment,
  draw: Draw,
  design: AdjustmentDesign | undefined,
): Generator<void, UpliftPart[]> {
  const parts: ({ part: string | null } & Measured)[] = [];
  const { split } = experiment;
  for (const { name, experiment: own } of partsOf(experiment)) {
    const counts = countBaskets(own);
    // Categories share all baskets, and a drawn customer may be in several parts: there the draw of the whole counts.
    const ownDraw = split && !experiment.customers ? yield* checkDraw(own, P_MIN / split.names.length) : draw;
    parts.push({ part: name, ...(yield* measure(own, counts, ownDraw, split ? undefined : design)) });
    yield;
  }
  // Categories compete for the same sales, and looking until one part looks good makes all parts dependent.
  const adjust = experiment.categories ? benjaminiYekutieli : benjaminiHochberg;
  const once = adjust(parts.map(({ p }) => p?.once ?? null));
  const anytime = benjaminiYekutieli(parts.map(({ p }) => p?.anytime ?? null));
  return parts.map(({ part, figures }, at) => ({ part, ...figures, q: once[at]!, anytimeQ: anytime[at]! }));
}

/** @param known design of the same baskets */
function* measure(
  experiment: Experiment,
  counts: Counts,
  draw: Draw,
  known?: AdjustmentDesign,
): Generator<void, Measured> {
  const { treatment, holdout, paid, upsellMinor } = counts;
  const trusted = draw.sampleRatio.ok && draw.balance.ok;
  const isLarge = hasEnough(counts.drawn, experiment.clusterCount) && paid >= PAID_BASKETS_MIN;
  const { count, metrics } = experiment;
  const effects = isLarge ? yield* adjustedEffects(experiment, count, metrics, known) : undefined;
  const scales = scalesOf(experiment);
  const { currency, currencies, costKnownShare, stockKnownShare } = scales;
  const notes = notesOn({
    drawn: counts.drawn,
    paid,
    clusterCount: experiment.clusterCount,
    isDrawnForCustomers: experiment.isDrawnForCustomer.includes(1),
    crossedBaskets: experiment.hasCrossed.reduce((sum, one) => sum + one, 0),
    ...draw,
    currencies,
    costKnownShare,
  });
  const margin = trusted && scales.margin !== null ? effects?.differences[MARGIN] : undefined;
  return {
    figures: {
      baskets: { treatment, holdout },
      ...draw,
      trusted,
      currency,
      costKnownShare,
      stockKnownShare,
      upsellMarginPer100Baskets:
        scales.margin === null || treatment === 0 ? null : (upsellMinor / treatment) * scales.margin,
      incremental: incrementsOf(effects, scales, fixedInterval),
      anytime: incrementsOf(effects, scales, (difference) => anytimeInterval(difference, count)),
      notes: notes.map(([, text]) => text),
      noteCodes: notes.map(([code]) => code),
    },
    p: margin ? { once: fixedP(margin), anytime: anytimeP(margin, count) } : null,
    design: effects?.design,
  };
}

interface Counts extends Arms {
  /** What arms were drawn for. */
  readonly drawn: Arms;
  /** Paid baskets that the draw should have put in the arm where this number is smaller. */
  readonly paid: number;
  /** Up-sell margin of treatment. */
  readonly upsellMinor: number;
}

function countBaskets(experiment: Experiment): Counts {
  const { isTreated, metrics } = experiment;
  let upsellMinor = 0;
  for (let at = 0; at < isTreated.length; at++) upsellMinor += isTreated[at]! * metrics[UPSELL_MARGIN]![at]!;
  return {
    ...armsOf(experiment),
    drawn: drawnArms(experiment),
    paid: expectedPaid(experiment),
    upsellMinor,
  };
}

function incrementsOf(
  effects: AdjustedEffects | undefined,
  { money, margin, holding }: UpliftScales,
  intervalOf: (difference: Difference) => Interval,
): Increments {
  const stated = statedIntervals(effects?.differences, intervalOf);
  return {
    marginPer100Baskets: stated(MARGIN, margin),
    revenuePer100Baskets: stated(REVENUE, money),
    itemsPer100Baskets: stated(ITEMS, 100),
    holdingSavedPer100Baskets: stated(HOLDING_SAVED, holding),
    incrementalShare:
      effects && margin !== null && canDivideBy(effects.differences[UPSELL_MARGIN]!)
        ? intervalOf(effects.ratio(MARGIN, UPSELL_MARGIN))
        : null,
  };
}

/** Whether an estimate is far enough above zero to be divided by. */
export function canDivideBy({ estimate, standardError }: Difference): boolean {
  return estimate > DIVISOR_ERRORS_MIN * standardError;
}
