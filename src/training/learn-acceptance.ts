import type { Acceptance } from '../recommender/acceptance.ts';
import { resolveBasket } from '../recommender/basket.ts';
import { rankCandidates } from '../recommender/candidates.ts';
import { NO_CUSTOMER } from '../recommender/customer-history.ts';
import { type Calibration, calibrated, clipped, type Ranker, UNCALIBRATED } from '../recommender/ranker.ts';
import type { StoreView } from '../recommender/store-view.ts';
import { createWorkspace } from '../recommender/workspace.ts';
import type { KnownItems } from './basket-matrix.ts';
import { fitBeta } from './calibration-fit.ts';
import type { SignalSources } from './learn.ts';
import {
  type Interval,
  pairedDifference,
  type Calibration as Reliability,
  reliability,
  type StatedOutcomes,
} from './metrics.ts';
import type { Offer, Outcomes } from './offers.ts';

/** What was learned from the baskets before a moment. */
export interface Era {
  /** Epoch milliseconds: it knows nothing that was sold from then on. */
  readonly fromMs: number;
  readonly known: KnownItems;
  readonly sources: SignalSources;
  readonly viewOf: (storeId: string | undefined) => StoreView;
}

export interface AcceptanceInput {
  readonly outcomes: Outcomes;
  readonly productIds: readonly string[];
  readonly ranker: Ranker;
  /** Hour of the day at which an offer was made, as the model being learned takes it. */
  readonly hourOf: (atMs: number) => number;
  /** Oldest first. */
  readonly eras: readonly Era[];
  /** Whether the version recognises customers. */
  readonly knowsCustomers: boolean;
  /** Whether to serve what the older offers alone teach: exactly what was judged. */
  readonly holdNewestOut: boolean;
  readonly seed: number;
}

/** Why an offer is left out. */
type LeftOut = 'before-the-questions' | 'unknown-customer' | 'not-a-candidate' | 'channel-without-acceptance';

/** How the offers of one channel, or of all, were answered, in the newest third of the baskets. */
export interface JudgedOffers {
  readonly offers: number;
  readonly accepted: number;
  /** With the chance to be the next product of the basket taken for that of being accepted. */
  readonly before: Reliability;
  /** With what was learned from the older two thirds: the channel's own calibration where that is served, else that of all. */
  readonly after: Reliability;
  /** Log-likelihood of an offer, after − before; for a channel: own − overall. */
  readonly gain: Interval;
  readonly isServed: boolean;
}

export interface AcceptanceReport {
  readonly offers: number;
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  /** Absent where too few were accepted to say anything. */
  readonly overall?: JudgedOffers;
  readonly channels: Readonly<Record<string, JudgedOffers>>;
}

/** Accepted offers below which nothing is learned. */
const ACCEPTED_MIN = 50;
/** The same for a channel of its own. */
const CHANNEL_ACCEPTED_MIN = 20;
/** Fewest baskets that may judge, of all channels or of one: fewer give no sound interval. */
const JUDGING_BASKETS_MIN = 30;
/** Share of the baskets, in the order of their first offers, to learn from; the rest judge. */
const LEARNS = 2 / 3;

/** An offer with the chance that its product is the next one of the basket. */
interface StatedOffer {
  readonly stated: number;
  readonly happened: boolean;
  readonly channel: string;
  /** Number of the basket in the order of first offers. */
  readonly basket: number;
}

/**
 * Learns how often offers are accepted, given the chance that the product would be the next one: a beta calibration for all, and one for
 * each channel that is better off with its own. Each offer is ranked anew by what was learned before it was made; the baskets of the newest
 * third decide, with an interval, whether anything is served.
 */
export function learnAcceptance(input: AcceptanceInput): {
  acceptance?: Acceptance;
  report: AcceptanceReport;
} {
  const { offers, leftOut } = stateOffers(input);
  const facts = { offers: offers.length, leftOut };
  const [older, newer] = split(offers);
  if (countAccepted(older) < ACCEPTED_MIN || !canJudge(newer)) return { report: { ...facts, channels: {} } };
  const fitted = fitBeta(columnsOf(older), UNCALIBRATED);
  const overall = judge(newer, UNCALIBRATED, fitted, input.seed);
  const channels = judgeChannels(older, newer, fitted, input.seed);
  const report = { ...facts, overall, channels };
  if (!overall.isServed) return { report };
  return { report, acceptance: refit(input.holdNewestOut ? older : offers, channels) };
}

/** The offers of all channels in which somebody accepted one, each with its stated chance, baskets in order. */
function stateOffers({ outcomes, ...input }: AcceptanceInput): {
  offers: StatedOffer[];
  leftOut: Partial<Record<LeftOut, number>>;
} {
  const leftOut: Partial<Record<LeftOut, number>> = {};
  const leave = (reason: LeftOut) => {
    leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  };
  const answered = new Set(
    outcomes.offers.filter(({ isAccepted }) => isAccepted).map(({ channel }) => channel),
  );
  const rankers = input.eras.map((era) => eraRanking(input, outcomes.customerOf, era));
  const numbers = new Map<string, number>();
  const offers: StatedOffer[] = [];
  for (const offer of outcomes.offers) {
    const { madeAtMs, channel, basketId, isAccepted } = offer;
    const era = input.eras.findLastIndex(({ fromMs }) => madeAtMs >= fromMs);
    if (!answered.has(channel)) leave('channel-without-acceptance');
    else if (era < 0) leave('before-the-questions');
    else {
      const stated = rankers[era]!(offer);
      if (typeof stated === 'string') leave(stated);
      else {
        if (!numbers.has(basketId)) numbers.set(basketId, numbers.size);
        offers.push({ stated, happened: isAccepted, channel, basket: numbers.get(basketId)! });
      }
    }
  }
  return { offers: offers.sort((a, b) => a.basket - b.basket), leftOut };
}

/** The chance that one era states for an offer; successive offers of one decision are ranked once. */
function eraRanking(
  { productIds, ranker, hourOf, knowsCustomers }: Omit<AcceptanceInput, 'outcomes'>,
  customerOf: ReadonlyMap<string, number>,
  { known, sources, viewOf }: Era,
): (offer: Offer) => number | LeftOut {
  const itemOf = new Map(Array.from(known.productOf, (product, item) => [productIds[product]!, item]));
  const workspace = createWorkspace(sources);
  let decided = '';
  let probability = new Map<number, number>();
  return ({ decisionId, madeAtMs, basket, storeId, customer: name, productId }) => {
    const customer = name !== undefined && knowsCustomers ? customerOf.get(name) : NO_CUSTOMER;
    if (customer === undefined) return 'unknown-customer';
    if (decisionId !== decided) {
      const lines = basket.map((id) => ({ productId: id }));
      const ranked = rankCandidates(
        { ...sources, ranker },
        viewOf(storeId),
        resolveBasket({ itemOf }, lines).items,
        { customer, hour: hourOf(madeAtMs) },
        workspace,
      );
      decided = decisionId;
      probability = new Map(Array.from(ranked.items, (item, at) => [item, ranked.probability[at]!]));
    }
    return probability.get(itemOf.get(productId) ?? -1) ?? 'not-a-candidate';
  };
}

function split(offers: readonly StatedOffer[]): [older: StatedOffer[], newer: StatedOffer[]] {
  const from = (offers.at(-1)?.basket ?? 0) * LEARNS;
  return [offers.filter(({ basket }) => basket < from), offers.filter(({ basket }) => basket >= from)];
}

function judgeChannels(
  older: readonly StatedOffer[],
  newer: readonly StatedOffer[],
  overall: Calibration,
  seed: number,
): Record<string, JudgedOffers> {
  const judged: Record<string, JudgedOffers> = {};
  for (const channel of new Set(newer.map((offer) => offer.channel))) {
    const own = ofChannel(older, channel);
    const asked = ofChannel(newer, channel);
    const hasOwn = countAccepted(own) >= CHANNEL_ACCEPTED_MIN && canJudge(asked);
    const verdict = judge(asked, overall, hasOwn ? fitBeta(columnsOf(own), overall) : overall, seed);
    judged[channel] = verdict.isServed ? verdict : { ...verdict, after: reliability(under(overall, asked)) };
  }
  return judged;
}

function judge(
  offers: readonly StatedOffer[],
  before: Calibration,
  after: Calibration,
  seed: number,
): JudgedOffers {
  const columns = columnsOf(offers);
  const gain = pairedDifference(
    likelihoods(columns, after),
    likelihoods(columns, before),
    Int32Array.from(offers, ({ basket }) => basket),
    seed,
    (likelihood) => likelihood,
  );
  return {
    offers: offers.length,
    accepted: countAccepted(offers),
    before: reliability(columns),
    after: reliability(under(after, offers)),
    gain,
    isServed: gain.low > 0,
  };
}

/** Fits what is served on all the given offers. */
function refit(offers: readonly StatedOffer[], judged: Record<string, JudgedOffers>): Acceptance {
  const overall = fitBeta(columnsOf(offers), UNCALIBRATED);
  const served = Object.keys(judged).filter((channel) => judged[channel]!.isServed);
  const own = (channel: string) => fitBeta(columnsOf(ofChannel(offers, channel)), overall);
  return { overall, channels: new Map(served.map((channel) => [channel, own(channel)])) };
}

function likelihoods({ stated, happened }: StatedOutcomes, calibration: Calibration): Float64Array {
  return Float64Array.from(stated, (probability, at) => {
    const p = clipped(calibrated(calibration, probability));
    return Math.log(happened[at] ? p : 1 - p);
  });
}

function columnsOf(offers: readonly StatedOffer[]): StatedOutcomes {
  return { stated: offers.map(({ stated }) => stated), happened: offers.map(({ happened }) => happened) };
}

/** What a calibration states for the offers. */
function under(calibration: Calibration, offers: readonly StatedOffer[]): StatedOutcomes {
  const { stated, happened } = columnsOf(offers);
  return { happened, stated: stated.map((probability) => calibrated(calibration, probability)) };
}

function canJudge(offers: readonly StatedOffer[]): boolean {
  return new Set(offers.map(({ basket }) => basket)).size >= JUDGING_BASKETS_MIN;
}

function ofChannel(offers: readonly StatedOffer[], channel: string): StatedOffer[] {
  return offers.filter((offer) => offer.channel === channel);
}

function countAccepted(offers: readonly StatedOffer[]): number {
  return offers.reduce((count, { happened }) => count + (happened ? 1 : 0), 0);
}
