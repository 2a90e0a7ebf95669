import type { SparseRows } from './sparse-rows.ts';
import { createStamps, nextStamp, type Stamps } from './stamps.ts';

/** Complement weights summed over a basket. Scratch of one thread. */
export interface ComplementSums {
  /** The products that some product of the basket names; the columns are valid for these. */
  readonly touched: Stamps;
  /** [products] */
  readonly weight: Float64Array;
  /** [products] the edge with the largest weight, and the basket's product it comes from */
  readonly strongestEdge: Int32Array;
  readonly strongestSource: Int32Array;
}

export function createComplementSums(products: number): ComplementSums {
  return {
    touched: createStamps(products),
    weight: new Float64Array(products),
    strongestEdge: new Int32Array(products),
    strongestSource: new Int32Array(products),
  };
}

/** Sums the complement rows of the basket's products. */
export function sumComplements(
  { start, target, weight }: SparseRows,
  basket: Int32Array,
  { touched, weight: sum, strongestEdge, strongestSource }: ComplementSums,
): void {
  const generation = nextStamp(touched);
  const { stamp } = touched;
  let count = 0;
  for (let line = 0; line < basket.length; line++) {
    const source = basket[line]!;
    const end = start[source + 1]!;
    for (let edge = start[source]!; edge < end; edge++) {
      const item = target[edge]!;
      const value = weight[edge]!;
      if (stamp[item] !== generation) {
        stamp[item] = generation;
        touched.touched[count++] = item;
        sum[item] = value;
        strongestEdge[item] = edge;
        strongestSource[item] = source;
      } else {
        sum[item]! += value;
        if (value <= weight[strongestEdge[item]!]!) continue;
        strongestEdge[item] = edge;
        strongestSource[item] = source;
      }
    }
  }
  touched.count = count;
}
