import { lowerBound } from '../recommender/bisect.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import { solveCholesky } from './cholesky.ts';
import type { CoPurchases } from './co-purchases.ts';
import { largestPlaces } from './largest-places.ts';

/** How one product's ridge regression on its co-purchases is made. */
export interface EaseParameters {
  /** Ridge penalty as a multiple of the mean diagonal of the counts. */
  readonly ridge: number;
  /** Strongest co-purchased products a product is regressed on. */
  readonly neighbours: number;
  /** Largest weights kept per product, by absolute value; negative ones mark substitutes and stay. */
  readonly kept: number;
}

/** Regression weights of the targets [from, to): `source[t * kept + k]` speaks for target `from + t`, -1 where there are fewer. */
export interface EaseColumns {
  readonly source: Int32Array;
  readonly weight: Float32Array;
}

/**
 * Local EASE: for each target product one ridge regression of its column of the basket matrix on the columns of its
 * strongest co-purchased products. Each target is solved by itself in a fixed order, so the result does not depend on
 * how targets are spread over threads. Steck 2019 (EASE), restricted to neighbours.
 */
export function solveEase(
  counts: CoPurchases,
  parameters: EaseParameters,
  from: number,
  to: number,
): EaseColumns {
  const { kept, neighbours } = parameters;
  const items = counts.diagonal.length;
  const penalty = (parameters.ridge * sum(counts.diagonal)) / Math.max(1, items);
  const result = {
    source: new Int32Array((to - from) * kept).fill(-1),
    weight: new Float32Array((to - from) * kept),
  };
  const gram = new Float64Array(neighbours * neighbours);
  const solution = new Float64Array(neighbours);
  for (let target = from; target < to; target++) {
    const near = strongest(counts, target, neighbours);
    fillGram(counts, near.items, penalty, gram);
    solution.set(near.weight);
    solveCholesky(gram, solution, near.items.length);
    keepLargest(near.items, solution, kept, (target - from) * kept, result);
  }
  return result;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

interface Neighbours {
  /** Ascending. */
  readonly items: Int32Array;
  /** Weighted baskets that hold the target too. */
  readonly weight: Float64Array;
}

/** Items of the target's row with the largest weights; of equal ones the lower item. */
function strongest(counts: CoPurchases, target: number, limit: number): Neighbours {
  const from = counts.start[target]!;
  const to = counts.start[target + 1]!;
  const items = counts.column.subarray(from, to);
  const weight = counts.weight.subarray(from, to);
  if (items.length <= limit) return { items, weight };
  const places = largestPlaces(weight, limit);
  return {
    items: places.map((at) => items[at]!),
    weight: Float64Array.from(places, (at) => weight[at]!),
  };
}

/** Writes the lower triangle of the neighbours' own counts, with the penalty on the diagonal. */
function fillGram(counts: CoPurchases, near: Int32Array, penalty: number, gram: Float64Array): void {
  for (let row = 0; row < near.length; row++) {
    const base = row * near.length;
    const last = counts.start[near[row]! + 1]!;
    let from = counts.start[near[row]!]!;
    for (let column = 0; column < row; column++) {
      from = lowerBound(counts.column, near[column]!, from, last);
      gram[base + column] = from < last && counts.column[from] === near[column] ? counts.weight[from]! : 0;
    }
    gram[base + row] = counts.diagonal[near[row]!]! + penalty;
  }
}

function keepLargest(
  near: Int32Array,
  solution: Float64Array,
  kept: number,
  offset: number,
  result: EaseColumns,
): void {
  let slot = offset;
  for (const at of largestPlaces(solution.subarray(0, near.length), kept)) {
    if (solution[at] === 0) continue;
    result.source[slot] = near[at]!;
    result.weight[slot++] = solution[at]!;
  }
}

/** Most targets a source speaks for, which bounds a sum over the basket: products that are bought with nearly everything have thousands. */
const TARGETS_MAX = 200;

/**
 * Turns regressions by target into rows by source, targets ascending, as serving adds them up. Keeps the targets with the largest weights
 * of each source.
 */
export function rowsBySource(
  columns: EaseColumns,
  items: number,
  kept: number,
  targetsMax = TARGETS_MAX,
): SparseRows {
  const all = transpose(columns, items, kept);
  const start = new Int32Array(items + 1);
  for (let source = 0; source < items; source++) {
    start[source + 1] = start[source]! + Math.min(targetsMax, all.start[source + 1]! - all.start[source]!);
  }
  const target = new Int32Array(start[items]!);
  const weight = new Float32Array(target.length);
  for (let source = 0; source < items; source++) {
    const from = all.start[source]!;
    const places = largestPlaces(all.weight.subarray(from, all.start[source + 1]), targetsMax);
    places.forEach((place, at) => {
      target[start[source]! + at] = all.target[from + place]!;
      weight[start[source]! + at] = all.weight[from + place]!;
    });
  }
  return { start, target, weight };
}

function transpose(columns: EaseColumns, items: number, kept: number): SparseRows {
  const start = new Int32Array(items + 1);
  for (const source of columns.source) if (source >= 0) start[source + 1]!++;
  for (let item = 0; item < items; item++) start[item + 1]! += start[item]!;
  const next = start.slice();
  const target = new Int32Array(start[items]!);
  const weight = new Float32Array(target.length);
  for (let at = 0; at < columns.source.length; at++) {
    const source = columns.source[at]!;
    if (source < 0) continue;
    const slot = next[source]!++;
    target[slot] = Math.floor(at / kept);
    weight[slot] = columns.weight[at]!;
  }
  return { start, target, weight };
}
