import { acceptedProbability } from './acceptance.ts';
import { inclusionProbabilities, type Slate } from './choose-slate.ts';
import { type DecisionScratch, PINS_MAX } from './decision-scratch.ts';
import { type Judged, judgeFirst, type Trial, valueItem } from './judge-candidates.ts';
import { isJudgedEnough, JUDGED_FIRST } from './judged-enough.ts';
import { renderPitch } from './pitch.ts';
import { type Reason, reasonsFor } from './reasons.ts';
import type { RankedCandidates } from './result-cache.ts';
import { pinnedItems, rulesFired, rulesInForce } from './rules.ts';
import type { Occasion, Situation } from './situation.ts';
import type { ValueTerms } from './value.ts';

/** Bytes of one candidate considered: four numbers of 32 bits and its verdict. */
const COLUMN_BYTES = 17;

export interface Suggestion {
  readonly item: number;
  /** Probability of being accepted where the model knows it, else of being the next product of the basket. */
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
  /** Chance of each candidate to be suggested; undefined where nothing was left to chance: then 1 for the suggestions, else 0. */
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

/**
 * Filters, values and orders ranked candidates into suggestions. Synchronous and pure: the same arguments give the same decision. `scratch`
 * needs room for all candidates; nothing of it is kept in the result. With `explain` the result holds all candidates; without, it leaves
 * out those beyond the JUDGED_FIRST most probable when they could not have been chosen.
 */
export function decide(
  situation: Situation,
  occasion: Occasion,
  ranked: RankedCandidates,
  scratch: DecisionScratch,
  explain = false,
): Decision {
  const inForce = rulesInForce(situation.rules, occasion, occasion.basket);
  const pinned = pinnedItems(inForce, PINS_MAX);
  const trial = { situation, occasion, inForce, pinned, ranked, scratch };
  const { count, slate } =
    explain || occasion.exploration !== undefined || pinned.size > 0
      ? judgeFirst(trial, ranked.items.length)
      : judgeAsManyAsCount(trial);
  return {
    suggestions: slate.chosen.map((at) => present(trial, at)),
    pinned: slate.pinned,
    isExplored: slate.isExplored,
    considered: considered(trial, slate, count, explain),
  };
}

/** Gives the same suggestions as judging all, with less work: valuing a candidate means fetching ten facts from far apart. */
function judgeAsManyAsCount(trial: Trial): Judged {
  const { ranked, situation, occasion } = trial;
  const judged = judgeFirst(trial, JUDGED_FIRST);
  if (judged.count >= ranked.items.length) return judged;
  // The first of those left is the most probable of them.
  const next = ranked.probability[judged.count]!;
  const { acceptance } = situation.model;
  const most = acceptance ? acceptedProbability(acceptance, occasion.channel, next) : next;
  return isJudgedEnough(trial, judged.slate.chosen, most) ? judged : judgeFirst(trial, ranked.items.length);
}

/** Copies the first rows of the scratch into one buffer: each further buffer costs the garbage collector a visit. */
function considered(trial: Trial, slate: Slate, count: number, explain: boolean): Considered {
  const { scratch, occasion } = trial;
  const buffer = new ArrayBuffer(COLUMN_BYTES * count);
  const copy: Considered = {
    items: new Int32Array(buffer, 0, count),
    probability: new Float32Array(buffer, 4 * count, count),
    expectedValue: new Float32Array(buffer, 8 * count, count),
    unitValue: new Float32Array(buffer, 12 * count, count),
    verdict: new Uint8Array(buffer, 16 * count, count),
    inclusion: occasion.exploration && inclusionProbabilities(slate, count),
    terms: explain ? termsOf(trial, count) : undefined,
  };
  for (let at = 0; at < count; at++) {
    copy.items[at] = scratch.items[at]!;
    copy.probability[at] = scratch.probability[at]!;
    copy.expectedValue[at] = scratch.expected[at]!;
    copy.unitValue[at] = scratch.unitValue[at]!;
    copy.verdict[at] = scratch.verdict[at]!;
  }
  return copy;
}

/** The value terms of each of the first candidates. */
function termsOf({ situation, occasion, scratch }: Trial, count: number): ValueTerms[] {
  return Array.from(scratch.items.subarray(0, count), (item) => valueItem(situation, occasion, item));
}

function present({ situation, occasion, inForce, pinned, ranked, scratch }: Trial, at: number): Suggestion {
  const { model } = situation;
  const item = scratch.items[at]!;
  const terms = valueItem(situation, occasion, item);
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
