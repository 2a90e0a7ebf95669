import type { Model } from './model.ts';
import type { RankedCandidates } from './result-cache.ts';
import { scoreBasket } from './score.ts';
import type { StoreView } from './store-view.ts';
import { offer, sortBestFirst } from './top-k.ts';
import type { Workspace } from './workspace.ts';

/** Candidates kept per basket: enough for filters and value to choose from. */
export const CANDIDATES_MAX = 120;

/**
 * The most probable next products of a basket in a store's assortment: complements of what is in it, and the store's
 * popular products. `basket` holds distinct items, ascending; none of them is a candidate. Probabilities are those of
 * ProbabilityParameters over the whole assortment, so they sum to at most 1.
 */
export function rankCandidates(
  model: Model,
  view: StoreView,
  basket: Int32Array,
  workspace: Workspace,
  limit = CANDIDATES_MAX,
): RankedCandidates {
  scoreBasket(model, basket, workspace);
  const { score, stamp, touched, touchedCount, generation, heapKey, heapItem } = workspace;
  // A mass of 0 marks what cannot be offered; basket items are stamped so that no list brings them in.
  let total = view.massTotal;
  for (const item of basket) {
    total -= view.mass[item]!;
    stamp[item] = generation;
    score[item] = Number.NEGATIVE_INFINITY;
  }
  let size = 0;
  for (let at = 0; at < touchedCount; at++) {
    const item = touched[at]!;
    const mass = massOf(view, item, score[item]!, model.probability.sharpness);
    if (mass <= 0) continue;
    total += mass - view.mass[item]!;
    size = offer(heapKey, heapItem, size, limit, mass, item);
  }
  for (const item of view.popular) {
    if (stamp[item] === generation) continue;
    const mass = view.mass[item]!;
    if (size === limit && mass < heapKey[0]!) break;
    size = offer(heapKey, heapItem, size, limit, mass, item);
  }
  sortBestFirst(heapKey, heapItem, size);
  return describe(model, workspace, size, total);
}

/** Unnormalised probability of an item with this complement score; 0 for what the store does not sell. */
export function massOf(view: StoreView, item: number, score: number, sharpness: number): number {
  const floor = view.floor[item]!;
  if (score === Number.NEGATIVE_INFINITY || floor === 0) return 0;
  return score > 0 ? (score + floor) ** sharpness : view.mass[item]!;
}

function describe(model: Model, workspace: Workspace, size: number, total: number): RankedCandidates {
  const { strongestEdge, strongestSource, score, stamp, generation, heapKey, heapItem } = workspace;
  // Masses taken off the store's total cancel when the basket holds nearly all of it; never below what is offered.
  const whole = Math.max(total, sumOf(heapKey, size));
  const ranked = {
    items: heapItem.slice(0, size),
    probability: new Float32Array(size),
    reasonItem: new Int32Array(size).fill(-1),
    reasonShare: new Float32Array(size).fill(Number.NaN),
  };
  for (let place = 0; place < size; place++) {
    const item = ranked.items[place]!;
    ranked.probability[place] = whole > 0 ? heapKey[place]! / whole : 0;
    if (stamp[item] !== generation || score[item]! <= 0) continue;
    ranked.reasonItem[place] = strongestSource[item]!;
    ranked.reasonShare[place] = model.togetherShare[strongestEdge[item]!]!;
  }
  return ranked;
}

function sumOf(values: Float64Array, length: number): number {
  let sum = 0;
  for (let at = 0; at < length; at++) sum += values[at]!;
  return sum;
}
