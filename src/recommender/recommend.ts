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
import { markBasketSubstitutes, markSubstitutes } from './substitutes.ts';
import {
  emptyTerms,
  expectedValue,
  isWithheld,
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
}

export interface Suggestion {
  readonly item: number;
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
  readonly terms: readonly Readonly<ValueTerms>[] | undefined;
}

export interface Decision {
  readonly suggestions: readonly Suggestion[];
  readonly considered: Considered;
}

/** Reused columns of one thread's decisions. */
export interface Deliberation {
  readonly items: Int32Array;
  readonly probability: Float32Array;
  readonly expected: Float64Array;
  readonly verdict: Uint8Array;
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
    terms: Array.from({ length: room }, emptyTerms),
    replacing: createStamps(products),
  };
}

const SUGGESTED = verdictCode('suggested');
const OUTRANKED = verdictCode('outranked');
const SUBSTITUTE = verdictCode('substitute');

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
  for (let at = 0; at < count; at++) judge(situation, occasion, inForce, pinned, scratch, at);
  const chosen = choose(situation.model, occasion, pinned, scratch, count);
  const suggestions = chosen.map((at) => present(situation, occasion, inForce, pinned, ranked, scratch, at));
  return {
    suggestions,
    considered: {
      items: scratch.items.slice(0, count),
      probability: scratch.probability.slice(0, count),
      expectedValue: Float32Array.from(scratch.expected.subarray(0, count)),
      verdict: scratch.verdict.slice(0, count),
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

/** Places of the suggestions: pinned products first, in the rules' order, then by the objective. */
function choose(
  model: Model,
  { limit, objective }: Occasion,
  pinned: ReadonlyMap<number, string>,
  scratch: Deliberation,
  count: number,
): number[] {
  const chosen: number[] = [];
  const take = (at: number) => {
    scratch.verdict[at] = SUGGESTED;
    chosen.push(at);
    refuseSubstitutes(model, pinned, scratch, count, scratch.items[at]!);
  };
  for (const item of pinned.keys()) {
    const at = scratch.items.subarray(0, count).indexOf(item);
    if (chosen.length < limit && scratch.verdict[at] === OUTRANKED) take(at);
  }
  while (chosen.length < limit) {
    const best = bestLeft(scratch, count, objective === 'probability');
    if (best < 0) break;
    take(best);
  }
  return chosen;
}

/** Place of the best candidate not yet taken, -1 when none is left; of equal ones the more probable, which is listed first. */
function bestLeft(
  { verdict, expected, probability }: Deliberation,
  count: number,
  byProbability: boolean,
): number {
  let best = -1;
  let bestKey = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    if (verdict[at] !== OUTRANKED) continue;
    const key = byProbability || Number.isNaN(expected[at]!) ? probability[at]! : expected[at]!;
    if (key > bestKey) {
      best = at;
      bestKey = key;
    }
  }
  return best;
}

/** No two that replace each other are offered together; what is pinned is kept apart by stated groups alone. */
function refuseSubstitutes(
  { substituteGroup: group, substitutes }: Model,
  pinned: ReadonlyMap<number, string>,
  { verdict, items, replacing }: Deliberation,
  count: number,
  taken: number,
) {
  markSubstitutes(substitutes, taken, replacing);
  for (let at = 0; at < count; at++) {
    if (verdict[at] !== OUTRANKED) continue;
    const item = items[at]!;
    const isOfGroup = group[taken]! >= 0 && group[item] === group[taken];
    if (isOfGroup || (isStamped(replacing, item) && !pinned.has(item))) verdict[at] = SUBSTITUTE;
  }
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
