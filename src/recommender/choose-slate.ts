import { isStamped, type Stamps } from './stamps.ts';
import { markSubstitutes, type Substitutes } from './substitutes.ts';
import { verdictCode } from './verdict.ts';

/** Candidates of one decision as columns; `verdict` is `outranked` for those that may still be chosen. */
export interface SlateColumns {
  readonly items: Int32Array;
  readonly probability: Float32Array;
  /** Money; NaN where nothing states a margin. */
  readonly expected: Float64Array;
  readonly verdict: Uint8Array;
}

/** How the last place of a slate is explored. */
export interface Exploration {
  /** Chance that the last place is drawn instead of given to the best, 0 to 1. */
  readonly share: number;
  /** Uniform in [0, 1): below `share` the place is drawn, and the same number tells which candidate gets it. */
  readonly draw: number;
}

export interface SlateQuestion {
  /** [products] number of the substitute group of each item, -1 for none. */
  readonly substituteGroup: Int32Array;
  readonly limit: number;
  readonly objective: 'value' | 'probability';
  /** Places of pinned candidates in the columns, in the rules' order. */
  readonly pinned: readonly number[];
  readonly exploration: Exploration | undefined;
  /** Learned substitutes, and the marks of what replaces a product already in the basket or the slate; absent: stated groups alone. */
  readonly learned?: { readonly substitutes: Substitutes | undefined; readonly replacing: Stamps };
}

/** The candidates for the last place, best first, and their chances, which sum to 1. */
export interface LastPlace {
  readonly places: readonly number[];
  readonly chances: readonly number[];
}

export interface Slate {
  /** Places in the columns, in the order offered. */
  readonly chosen: readonly number[];
  /** How many of them, from the first on, are pinned. */
  readonly pinned: number;
  /** undefined where all places are certain. */
  readonly lastPlace: LastPlace | undefined;
  /** Whether the last suggestion differs from the one that would ordinarily have been made. */
  readonly isExplored: boolean;
}

/** Most candidates for an explored place, including the ordinary one. */
export const EXPLORED_MAX = 10;
/** Less probable candidates are not explored: offering them costs more patience than it teaches. */
export const EXPLORED_PROBABILITY_MIN = 0.01;
/** Of the softmax over worth / best worth: a candidate worth half the best is drawn e⁻¹ = 0.37 times as often. */
const TEMPERATURE = 0.5;

const SUGGESTED = verdictCode('suggested');
const OUTRANKED = verdictCode('outranked');
const SUBSTITUTE = verdictCode('substitute');

/**
 * Fills a slate: pinned candidates first, then by worth (the expected value, or the probability where that is unknown or the objective).
 * With `exploration` the last place that is not pinned is drawn among the best that are left:
 *
 *   chance_j = (1 − share) · [j is the best] + share · softmax_j(worth_j / (worth_best · TEMPERATURE))
 *
 * over at most EXPLORED_MAX candidates of EXPLORED_PROBABILITY_MIN or more. Writes the verdicts of what was chosen and of its substitutes.
 * Otherwise pure: the same columns and draw give the same slate.
 */
export function chooseSlate(question: SlateQuestion, columns: SlateColumns, count: number): Slate {
  const { limit, objective, exploration } = question;
  const { verdict, items } = columns;
  const chosen: number[] = [];
  const take = (at: number) => {
    verdict[at] = SUGGESTED;
    chosen.push(at);
    refuseSubstitutes(question, columns, count, items[at]!);
  };
  for (const at of question.pinned) {
    if (chosen.length < limit && verdict[at] === OUTRANKED) take(at);
  }
  const pinned = chosen.length;
  const byProbability = objective === 'probability';
  while (chosen.length < limit) {
    const best = bestLeft(columns, count, byProbability);
    if (best < 0) break;
    if (exploration !== undefined && chosen.length === limit - 1) {
      const lastPlace = lastPlaceOf(columns, count, best, exploration.share);
      const drawn = drawPlace(lastPlace, exploration);
      // No more substitutes are refused: what is logged about the others must not depend on the draw.
      verdict[drawn] = SUGGESTED;
      chosen.push(drawn);
      return { chosen, pinned, lastPlace, isExplored: drawn !== best };
    }
    take(best);
  }
  return { chosen, pinned, lastPlace: undefined, isExplored: false };
}

/** [count] the chance of each candidate to be in this slate: its inclusion probability. They sum to the slate's size. */
export function inclusionProbabilities({ chosen, lastPlace }: Slate, count: number): Float32Array {
  const inclusion = new Float32Array(count);
  for (const at of chosen) inclusion[at] = 1;
  lastPlace?.places.forEach((at, rank) => {
    inclusion[at] = lastPlace.chances[rank]!;
  });
  return inclusion;
}

/** Place of the best candidate that may be chosen, -1 when none is left; of equal ones the more probable, which is listed first. */
function bestLeft(columns: SlateColumns, count: number, byProbability: boolean): number {
  let best = -1;
  let bestKey = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    if (columns.verdict[at] !== OUTRANKED) continue;
    const key = byProbability ? columns.probability[at]! : worthOf(columns, at);
    if (key > bestKey) {
      best = at;
      bestKey = key;
    }
  }
  return best;
}

/** The next best by worth, after the candidate at `after`, that is probable enough to be explored. */
function nextBest(columns: SlateColumns, count: number, after: number): number {
  const afterKey = worthOf(columns, after);
  let best = -1;
  let bestKey = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    if (columns.verdict[at] !== OUTRANKED || columns.probability[at]! < EXPLORED_PROBABILITY_MIN) continue;
    const key = worthOf(columns, at);
    if (key <= bestKey || key > afterKey || (key === afterKey && at <= after)) continue;
    best = at;
    bestKey = key;
  }
  return best;
}

function worthOf({ expected, probability }: SlateColumns, at: number): number {
  return Number.isNaN(expected[at]!) ? probability[at]! : expected[at]!;
}

function lastPlaceOf(columns: SlateColumns, count: number, best: number, share: number): LastPlace {
  const bestKey = worthOf(columns, best);
  const places = [best];
  const weights = [1];
  let total = 1;
  for (let next = best; places.length < EXPLORED_MAX; ) {
    next = nextBest(columns, count, next);
    if (next < 0) break;
    const relative = bestKey > 0 ? worthOf(columns, next) / bestKey : 1;
    const weight = Math.exp((relative - 1) / TEMPERATURE);
    places.push(next);
    weights.push(weight);
    total += weight;
  }
  const chances = weights.map((weight, rank) => (rank === 0 ? 1 - share : 0) + (share * weight) / total);
  return { places, chances };
}

/** The best where the draw is at or above the share; below it, the candidate in whose part of the softmax the draw falls. */
function drawPlace({ places, chances }: LastPlace, { share, draw }: Exploration): number {
  if (draw >= share) return places[0]!;
  let left = draw - (chances[0]! - (1 - share));
  for (let rank = 1; rank < places.length; rank++) {
    if (left < 0) return places[rank - 1]!;
    left -= chances[rank]!;
  }
  return places.at(-1)!;
}

/** Refuses what replaces the product just taken; pinned candidates are refused by stated groups alone. */
function refuseSubstitutes(
  { substituteGroup: group, learned, pinned }: SlateQuestion,
  { verdict, items }: SlateColumns,
  count: number,
  taken: number,
) {
  if (learned) markSubstitutes(learned.substitutes, taken, learned.replacing);
  for (let at = 0; at < count; at++) {
    if (verdict[at] !== OUTRANKED) continue;
    const item = items[at]!;
    const isOfGroup = group[taken]! >= 0 && group[item] === group[taken];
    const isAlike = learned !== undefined && isStamped(learned.replacing, item) && !pinned.includes(at);
    if (isOfGroup || isAlike) verdict[at] = SUBSTITUTE;
  }
}
