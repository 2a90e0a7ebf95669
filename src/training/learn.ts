import type { RankingModel } from '../recommender/model.ts';
import type { Kernel } from '../recommender/neighbours.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import { type BasketWeighting, type CoPurchases, countCoPurchases, weighBaskets } from './co-purchases.ts';
import { keepCustomerBaskets } from './customer-baskets.ts';
import { type EaseParameters, rowsBySource } from './ease.ts';
import type { EasePool } from './ease-pool.ts';
import { learnHours } from './learn-hours.ts';
import { keepRecentBaskets } from './recent-baskets.ts';

/** All that decides how complements are learned. */
export interface LearningParameters extends BasketWeighting, EaseParameters {}

/** All that signals are computed from; a ranker that weighs them makes a ranking model of it. */
export type SignalSources = Omit<RankingModel, 'ranker'>;

/** The sources of the signals, over the matrix' items. */
export async function learnSources(
  matrix: BasketMatrix,
  parameters: LearningParameters,
  kernel: Kernel,
  pool: EasePool,
): Promise<SignalSources> {
  const weighted = countCoPurchases(matrix, weighBaskets(matrix, parameters));
  const complements = await solveComplements(weighted, parameters, pool);
  const hourLift = learnHours(matrix);
  return {
    complements,
    togetherShare: togetherShares(complements, plainCounts(matrix)),
    basketShare: Float32Array.from(basketShares(matrix)),
    past: keepRecentBaskets(matrix),
    customers: keepCustomerBaskets(matrix),
    kernel,
    ...(hourLift && { hourLift }),
  };
}

/** Complement weights from co-purchase counts: see RankingModel.complements. */
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
