import type { SparseRows } from '../recommender/sparse-rows.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import { type BasketWeighting, type CoPurchases, countCoPurchases, weighBaskets } from './co-purchases.ts';
import { type EaseParameters, rowsBySource } from './ease.ts';
import type { EasePool } from './ease-pool.ts';

/** All that decides how complements are learned. */
export interface LearningParameters extends BasketWeighting, EaseParameters {}

/** Complement weights of known items: see Model.complements. */
export async function learnComplements(
  matrix: BasketMatrix,
  parameters: LearningParameters,
  pool: EasePool,
): Promise<SparseRows> {
  return solveComplements(countCoPurchases(matrix, weighBaskets(matrix, parameters)), parameters, pool);
}

/** The same from counts at hand. */
export async function solveComplements(
  counts: CoPurchases,
  parameters: EaseParameters,
  pool: EasePool,
): Promise<SparseRows> {
  return rowsBySource(await pool.solve(counts, parameters), counts.diagonal.length, parameters.kept);
}

/** Co-purchase counts with every basket counting one: what shares, rules and cosines are made of. */
export function plainCounts(matrix: BasketMatrix): CoPurchases {
  return countCoPurchases(
    matrix,
    weighBaskets(matrix, { halfLife: Number.POSITIVE_INFINITY, lengthExponent: 0 }),
  );
}

/** [edges] share of the row product's baskets that also hold the edge's target. */
export function togetherShares(complements: SparseRows, counts: CoPurchases): Float32Array {
  const share = new Float32Array(complements.target.length);
  for (let source = 0; source + 1 < complements.start.length; source++) {
    let at = counts.start[source]!;
    for (let edge = complements.start[source]!; edge < complements.start[source + 1]!; edge++) {
      while (at < counts.start[source + 1]! && counts.column[at]! < complements.target[edge]!) at++;
      if (counts.column[at] === complements.target[edge])
        share[edge] = counts.weight[at]! / counts.diagonal[source]!;
    }
  }
  return share;
}

/** [items] share of the baskets that hold the item; empty baskets count. */
export function basketShares(matrix: BasketMatrix): Float64Array {
  const baskets = new Float64Array(matrix.itemCount);
  for (const item of matrix.items) baskets[item]!++;
  return baskets.map((count) => count / Math.max(1, matrix.start.length - 1));
}
