import { type CandidatePool, createCandidatePool, POOL_MAX } from './candidate-pool.ts';
import { createComplementSums } from './complement-sums.ts';
import type { RankingModel } from './model.ts';
import { createVotes } from './neighbours.ts';
import { NEW_PRODUCTS_MAX, type NewCandidates } from './new-products.ts';
import { createOwnPurchases } from './own-purchases.ts';
import { type Evidence, SIGNALS } from './signals.ts';

/**
 * Tables over one model and scratch arrays of the ranking core, one set per thread, reused by every request: no allocation per candidate.
 */
export interface Workspace extends Evidence {
  readonly pool: CandidatePool;
  /** Absent where the model has no new products. */
  readonly fresh?: NewCandidates;
  /** [pool × signals] */
  readonly signals: Float64Array;
  /** [pool] */
  readonly probability: Float64Array;
}

export function createWorkspace(model: Omit<RankingModel, 'ranker'>): Workspace {
  const products = model.basketShare.length;
  return {
    sums: createComplementSums(products),
    votes: createVotes(model.past, model.kernel, model.basketShare),
    own: createOwnPurchases(products),
    edgeWeight: model.complements.weight,
    hourLift: model.hourLift,
    pool: createCandidatePool(products),
    ...(model.newProducts && { fresh: createNewCandidates(products) }),
    signals: new Float64Array(POOL_MAX * SIGNALS.length),
    probability: new Float64Array(POOL_MAX),
  };
}

export function createNewCandidates(products: number): NewCandidates {
  return {
    sums: createComplementSums(products),
    key: new Float64Array(NEW_PRODUCTS_MAX),
    item: new Int32Array(NEW_PRODUCTS_MAX),
  };
}
