import { type BasketMatrix, basketsByItem } from './basket-matrix.ts';

/** How much one basket counts, by age and length. */
export interface BasketWeighting {
  /** Share of the window after which a basket counts half; Infinity for no ageing. */
  readonly halfLife: number;
  /** A basket of L products counts L^-lengthExponent. */
  readonly lengthExponent: number;
}

/** Symmetric co-purchase counts as sparse rows, columns ascending; the diagonal is kept apart. */
export interface CoPurchases {
  /** [items + 1] */
  readonly start: Int32Array;
  readonly column: Int32Array;
  /** Weighted baskets that hold both. */
  readonly weight: Float64Array;
  /** [items] weighted baskets that hold the item */
  readonly diagonal: Float64Array;
}

const UNIT = 1e9;

/**
 * Weight of each basket in whole billionths. Sums of whole numbers below 2^53 are exact, so counts do not depend on
 * the order, the threads or the engine that adds them.
 */
export function weighBaskets(matrix: BasketMatrix, weighting: BasketWeighting): Float64Array {
  const weights = new Float64Array(matrix.start.length - 1);
  for (let basket = 0; basket < weights.length; basket++) {
    const length = matrix.start[basket + 1]! - matrix.start[basket]!;
    if (length === 0) continue;
    const aged = 2 ** (-matrix.age[basket]! / weighting.halfLife);
    weights[basket] = Math.floor(aged * length ** -weighting.lengthExponent * UNIT + 0.5);
  }
  return weights;
}

/** Counts of all pairs by one dense accumulator per row: time Σ length² over baskets, memory one row beyond the result. */
export function countCoPurchases(matrix: BasketMatrix, weights: Float64Array): CoPurchases {
  const inverted = basketsByItem(matrix);
  const start = new Int32Array(matrix.itemCount + 1);
  const diagonal = new Float64Array(matrix.itemCount);
  const sums = new Float64Array(matrix.itemCount);
  const touched = new Int32Array(matrix.itemCount);
  let column = new Int32Array(matrix.items.length * 4 + 16);
  let weight = new Float64Array(column.length);
  let length = 0;
  for (let item = 0; item < matrix.itemCount; item++) {
    const count = accumulateRow(matrix, weights, inverted, item, sums, touched);
    if (length + count > column.length) {
      column = grown(column, new Int32Array(2 * column.length + count));
      weight = grown(weight, new Float64Array(column.length));
    }
    const row = touched.subarray(0, count).sort();
    for (const other of row) {
      if (other === item) diagonal[item] = sums[other]! / UNIT;
      else {
        column[length] = other;
        weight[length++] = sums[other]! / UNIT;
      }
      sums[other] = 0;
    }
    start[item + 1] = length;
  }
  return { start, column: column.subarray(0, length), weight: weight.subarray(0, length), diagonal };
}

function accumulateRow(
  matrix: BasketMatrix,
  weights: Float64Array,
  inverted: { start: Int32Array; baskets: Int32Array },
  item: number,
  sums: Float64Array,
  touched: Int32Array,
): number {
  let count = 0;
  for (let at = inverted.start[item]!; at < inverted.start[item + 1]!; at++) {
    const basket = inverted.baskets[at]!;
    const weight = weights[basket]!;
    if (weight === 0) continue;
    for (let line = matrix.start[basket]!; line < matrix.start[basket + 1]!; line++) {
      const other = matrix.items[line]!;
      if (sums[other] === 0) touched[count++] = other;
      sums[other]! += weight;
    }
  }
  return count;
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
