import { stateAcceptance } from './acceptance.ts';
import { chooseSlate, type Exploration, inclusionProbabilities } from './choose-slate.ts';
import type { Model } from './model.ts';
import { type Language, renderPitch } from './pitch.ts';
import { type Reason, reasonsFor } from './reasons.ts';
import type { RankedCandidates } from './result-cache.ts';
import {
  type BoundRule,
  isExcluded,
  pinnedItems,
  type RuleOccasion,
  ruleFactor,
  rulesFired,
  rulesInForce,
} from './rules.ts';
import { createStamps, isStamped, type Stamps } from './stamps.ts';
import type { StoreStock } from './stock-book.ts';
import type { StoreView } from './store-view.ts';
import { markBasketSubstitutes } from './substitutes.ts';
import {
  emptyTerms,
  expectedValue,
  isWithheld,
  knownUnitValue,
  type ValuePolicy,
  type ValueTerms,
  valueUnit,
} from './value.ts';
import { type Verdict, verdictCode } from './verdict.ts';

/** Pinned products of one answer at most. */
const PINS_MAX = 10;

/** What a store knows at the moment of a decision, gathered before it. */
export interface Situation {
  readonly model: Model;
  readonly view: StoreView;
  readonly rules: readonly BoundRule[];
  readonly stock: StoreStock | undefined;
  /** [products] slot of each product in `stock` */
  readonly slots: Int32Array;
  /** [products] units a day in this store by the receipts, NaN unknown */
  readonly demandPerDay: Float32Array;
  readonly policy: ValuePolicy;
  readonly referenceValue: number;
}

/** One question: a basket and who asks. */
export interface Occasion extends RuleOccasion {
  /** Distinct items, ascending. */
  readonly basket: Int32Array;
  /** Items refused in this basket. */
  readonly declined: ReadonlySet<number>;
  readonly customerAge: number | undefined;
  readonly language: Language;
  readonly limit: number;
  readonly objective: 'value' | 'probability';
  /** Absent: every place is given to the best. */
  readonly exploration?: Exploration | undefined;
}

export interface Suggestion {
  readonly item: number;
  /** Of being accepted where the model knows that, else of being the next product of the basket. */
  readonly probability: number;
  /** Money; NaN when nothing in the model states a margin. */
  readonly expectedValue: number;
  readonly terms: Readonly<ValueTerms>;
  readonly reasons: readonly Reason[];
  readonly pitch: string;
  readonly rules: readonly string[];
}

/** All candidates of a decision as columns, for the log and for `explain`; `terms` only when asked for. */
export interface Considered {
  readonly items: Int32Array;
  readonly probability: Float32Array;
  readonly expectedValue: Float32Array;
  readonly verdict: Uint8Array;
  /** Value of one more unit sold now, in money; NaN where no margin is known. */
  readonly unitValue: Float32Array;
  /** Chance of each to be among the suggestions; undefined where nothing was left to chance: 1 for those, else 0. */
  readonly inclusion: Float32Array | undefined;
  readonly terms: readonly Readonly<ValueTerms>[] | undefined;
}

export interface Decision {
  readonly suggestions: readonly Suggestion[];
  /** How many of the suggestions, from the first on, are pinned. */
  readonly pinned: number;
  /** Whether the last suggestion was drawn in the place of the one that would ordinarily have been made. */
  readonly isExplored: boolean;
  readonly considered: Considered;
}

/** Reused columns of one thread's decisions. */
export interface Deliberation {
  readonly items: Int32Array;
  readonly probability: Float32Array;
  readonly expected: Float64Array;
  readonly verdict: Uint8Array;
  readonly unitValue: Float32Array;
  readonly terms: readonly ValueTerms[];
  /** What replaces a product of the basket or a suggestion already chosen. */
  readonly replacing: Stamps;
}

export function createDeliberation(candidatesMax: number, products: number): Deliberation {
  const room = candidatesMax + PINS_MAX;
  return {
    items: new Int32Array(room),
    probability: new Float32Array(room),
    expected: new Float64Array(room),
    verdict: new Uint8Array(room),
    unitValue: new Float32Array(room),
    terms: Array.from({ length: room }, emptyTerms),
    replacing: createStamps(products),
  };
}

const OUTRANKED = verdictCode('outranked');

/**
 * Filters, values and orders ranked candidates into suggestions. Synchronous and pure: the same arguments give the same
 * decision. `scratch` needs room for all candidates; nothing of it is kept in the result.
 */
export function decide(
  situation: Situation,
  occasion: Occasion,
  ranked: RankedCandidates,
  scratch: Deliberation,
  explain = false,
): Decision {
  const inForce = rulesInForce(situation.rules, occasion, occasion.basket);
  const pinned = pinnedItems(inForce, PINS_MAX);
  markBasketSubstitutes(situation.model.substitutes, occasion.basket, scratch.replacing);
  const count = fillCandidates(situation, ranked, pinned, scratch);
  const { acceptance } = situation.model;
  if (acceptance) stateAcceptance(acceptance, occasion.channel, scratch.probability.subarray(0, count));
  for (let at = 0; at < count; at++) judge(situation, occasion, inForce, pinned, scratch, at);
  const listed = scratch.items.subarray(0, count);
  const slate = chooseSlate(
    {
      ...{ substituteGroup: situation.model.substituteGroup, limit: occasion.limit },
      learned: { substitutes: situation.model.substitutes, replacing: scratch.replacing },
      ...{ objective: occasion.objective, exploration: occasion.exploration },
      pinned: Array.from(pinned.keys(), (item) => listed.indexOf(item)),
    },
    scratch,
    count,
  );
  return {
    suggestions: slate.chosen.map((at) => present(situation, occasion, inForce, pinned, ranked, scratch, at)),
    pinned: slate.pinned,
    isExplored: slate.isExplored,
    considered: {
      items: scratch.items.slice(0, count),
      probability: scratch.probability.slice(0, count),
      expectedValue: new Float32Array(scratch.expected.subarray(0, count)),
      verdict: scratch.verdict.slice(0, count),
      unitValue: scratch.unitValue.slice(0, count),
      inclusion: occasion.exploration && inclusionProbabilities(slate, count),
      terms: explain ? scratch.terms.slice(0, count).map((terms) => ({ ...terms })) : undefined,
    },
  };
}

/** Ranked candidates first, in their order, then pinned products that are not among them. */
function fillCandidates(
  { view }: Situation,
  ranked: RankedCandidates,
  pinned: ReadonlyMap<number, string>,
  scratch: Deliberation,
): number {
  let count = Math.min(ranked.items.length, scratch.items.length - PINS_MAX);
  scratch.items.set(ranked.items.subarray(0, count));
  scratch.probability.set(ranked.probability.subarray(0, count));
  for (const item of pinned.keys()) {
    if (scratch.items.subarray(0, count).includes(item)) continue;
    scratch.items[count] = item;
    scratch.probability[count++] = view.shareTotal > 0 ? view.share[item]! / view.shareTotal : 0;
  }
  return count;
}

function judge(
  situation: Situation,
  occasion: Occasion,
  inForce: readonly BoundRule[],
  pinned: ReadonlyMap<number, string>,
  scratch: Deliberation,
  at: number,
): void {
  const { model, stock, slots, demandPerDay, policy } = situation;
  const item = scratch.items[at]!;
  const terms = scratch.terms[at]!;
  valueUnit(model.products[item]!, stock, slots[item]!, demandPerDay[item]!, policy, occasion.nowMs, terms);
  scratch.unitValue[at] = knownUnitValue(terms);
  const worth = expectedValue(scratch.probability[at]!, terms, situation.referenceValue, policy);
  scratch.expected[at] = inForce.length > 0 ? worth * ruleFactor(inForce, item) : worth;
  const isReplacing = isStamped(scratch.replacing, item) && !pinned.has(item);
  const refusal = refusalOf(situation, occasion, inForce, item, terms, isReplacing);
  if (refusal) scratch.verdict[at] = verdictCode(refusal);
  else if (
    occasion.objective === 'value' &&
    scratch.expected[at] < policy.expectedValueMin &&
    !pinned.has(item)
  ) {
    scratch.verdict[at] = verdictCode('below-threshold');
  } else scratch.verdict[at] = OUTRANKED;
}

/** The first hard filter the candidate fails. */
function refusalOf(
  { model, view, stock, slots }: Situation,
  occasion: Occasion,
  inForce: readonly BoundRule[],
  item: number,
  terms: ValueTerms,
  isReplacing: boolean,
): Verdict | undefined {
  const product = model.products[item]!;
  if (occasion.basket.includes(item)) return 'in-basket';
  if (!product.active || (view.share[item] === 0 && item < model.knownCount)) return 'not-in-assortment';
  if (occasion.declined.has(item)) return 'declined';
  if (product.minAge !== undefined && !(occasion.customerAge! >= product.minAge)) return 'age-limit';
  if (isReplacing || isSubstitute(model.substituteGroup, occasion.basket, item)) return 'substitute';
  if (isExcluded(inForce, item)) return 'excluded';
  if (stock && slots[item]! >= 0 && terms.available <= 0) return 'out-of-stock';
  return isWithheld(terms) ? 'protected' : undefined;
}

function isSubstitute(group: Int32Array, basket: Int32Array, item: number): boolean {
  if (group[item]! < 0) return false;
  for (let line = 0; line < basket.length; line++) if (group[basket[line]!] === group[item]) return true;
  return false;
}

function present(
  { model }: Situation,
  occasion: Occasion,
  inForce: readonly BoundRule[],
  pinned: ReadonlyMap<number, string>,
  ranked: RankedCandidates,
  scratch: Deliberation,
  at: number,
): Suggestion {
  const item = scratch.items[at]!;
  const terms = { ...scratch.terms[at]! };
  const source = at < ranked.items.length ? ranked.reasonItem[at]! : -1;
  const reasons = reasonsFor({
    withProductId: source < 0 ? undefined : model.products[source]!.id,
    reasonShare: at < ranked.items.length ? ranked.reasonShare[at]! : Number.NaN,
    ownBaskets: at < ranked.items.length ? (ranked.ownBaskets?.[at] ?? 0) : 0,
    popularShare: model.basketShare[item]!,
    pinnedBy: pinned.get(item),
    daysOfSupply: terms.daysOfSupply,
    holding: terms.holding,
  });
  const nameOf = (id: string) => model.products[model.itemOf.get(id)!]!.name;
  return {
    item,
    probability: scratch.probability[at]!,
    expectedValue: scratch.expected[at]!,
    terms,
    reasons,
    pitch: renderPitch(occasion.language, model.products[item]!.name, reasons, nameOf),
    rules: rulesFired(inForce, item),
  };
}
