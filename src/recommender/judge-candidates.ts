import { stateAcceptance } from './acceptance.ts';
import { lowerBound } from './bisect.ts';
import { chooseSlate, type Slate } from './choose-slate.ts';
import { type DecisionScratch, PINS_MAX } from './decision-scratch.ts';
import { leastAge, readUnit, type UnitFigures } from './product-figures.ts';
import type { RankedCandidates } from './result-cache.ts';
import { type BoundRule, isExcluded, ruleFactor } from './rules.ts';
import type { Occasion, Situation } from './situation.ts';
import { isStamped } from './stamps.ts';
import { markBasketSubstitutes } from './substitutes.ts';
import {
  emptyTerms,
  expectedValue,
  isWithheld,
  knownUnitValue,
  type ValueTerms,
  valueUnit,
} from './value.ts';
import { type Verdict, verdictCode } from './verdict.ts';

/** What stays the same however many candidates are judged. */
export interface Trial {
  readonly situation: Situation;
  readonly occasion: Occasion;
  readonly inForce: readonly BoundRule[];
  readonly pinned: ReadonlyMap<number, string>;
  readonly ranked: RankedCandidates;
  readonly scratch: DecisionScratch;
}

/** The first `count` candidates, judged, and what was chosen from them. */
export interface Judged {
  readonly count: number;
  readonly slate: Slate;
}

const NO_PLACES: readonly number[] = [];
/** Below every limit that a product states. */
const AGE_UNKNOWN = Number.NEGATIVE_INFINITY;
const OUTRANKED = verdictCode('outranked');

/** Figures of the product being valued, and terms of the candidate being judged. Scratch of one thread. */
const unit: UnitFigures = { cost: Number.NaN, margin: Number.NaN, shelfLifeDays: Number.NaN };
const judgedTerms = emptyTerms();

/** Filters and values the first candidates, and those pinned, and fills a slate with them. */
export function judgeFirst(
  { situation, occasion, inForce, pinned, ranked, scratch }: Trial,
  first: number,
): Judged {
  const { substitutes, substituteGroup } = situation.model;
  markBasketSubstitutes(substitutes, occasion.basket, scratch.replacing);
  const count = fillCandidates({ situation, occasion, pinned, ranked, scratch }, first);
  for (let at = 0; at < count; at++) judge(situation, occasion, inForce, pinned, scratch, at);
  const slate = chooseSlate(
    {
      substituteGroup,
      limit: occasion.limit,
      learned: { substitutes, replacing: scratch.replacing },
      objective: occasion.objective,
      exploration: occasion.exploration,
      pinned: pinned.size === 0 ? NO_PLACES : placesOf(pinned, scratch.items.subarray(0, count)),
    },
    scratch,
    count,
  );
  return { count, slate };
}

function placesOf(pinned: ReadonlyMap<number, string>, items: Int32Array): number[] {
  return Array.from(pinned.keys(), (item) => items.indexOf(item));
}

/** Ranked candidates first, in their order, then pinned products that are not among them. */
function fillCandidates(
  { situation: { view, model }, occasion, pinned, ranked, scratch }: Omit<Trial, 'inForce'>,
  first: number,
): number {
  let count = Math.min(first, ranked.items.length, scratch.items.length - PINS_MAX);
  scratch.items.set(ranked.items.subarray(0, count));
  scratch.probability.set(ranked.probability.subarray(0, count));
  for (const item of pinned.keys()) {
    if (scratch.items.subarray(0, count).includes(item)) continue;
    scratch.items[count] = item;
    scratch.probability[count++] = view.shareTotal > 0 ? view.share[item]! / view.shareTotal : 0;
  }
  if (model.acceptance)
    stateAcceptance(model.acceptance, occasion.channel, scratch.probability.subarray(0, count));
  return count;
}

function judge(
  situation: Situation,
  occasion: Occasion,
  inForce: readonly BoundRule[],
  pinned: ReadonlyMap<number, string>,
  scratch: DecisionScratch,
  at: number,
): void {
  const { policy } = situation;
  const item = scratch.items[at]!;
  const terms = valueItem(situation, occasion, item, judgedTerms);
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

/** What one more unit of a product is worth now in the situation's store, written into `terms` (new ones unless given). */
export function valueItem(
  { model, stock, slots, demandPerDay, policy }: Situation,
  { nowMs }: Occasion,
  item: number,
  terms = emptyTerms(),
): ValueTerms {
  readUnit(model.figures, item, unit);
  valueUnit(unit, stock, slots[item]!, demandPerDay[item]!, policy, nowMs, terms);
  return terms;
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
  const youngest = leastAge(model.figures, item);
  if (isInBasket(occasion.basket, item)) return 'in-basket';
  if (Number.isNaN(youngest) || (view.share[item] === 0 && item < model.knownCount))
    return 'not-in-assortment';
  if (occasion.declined.has(item)) return 'declined';
  if ((occasion.customerAge ?? AGE_UNKNOWN) < youngest) return 'age-limit';
  if (isReplacing || isSubstitute(model.substituteGroup, occasion.basket, item)) return 'substitute';
  if (isExcluded(inForce, item)) return 'excluded';
  if (stock && slots[item]! >= 0 && terms.available <= 0) return 'out-of-stock';
  return isWithheld(terms) ? 'protected' : undefined;
}

/** By bisection: a basket's items are ascending. */
function isInBasket(basket: Int32Array, item: number): boolean {
  return basket[lowerBound(basket, item, 0, basket.length)] === item;
}

function isSubstitute(group: Int32Array, basket: Int32Array, item: number): boolean {
  if (group[item]! < 0) return false;
  for (let line = 0; line < basket.length; line++) if (group[basket[line]!] === group[item]) return true;
  return false;
}
