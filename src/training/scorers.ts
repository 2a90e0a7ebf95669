import type { Asker } from '../recommender/asker.ts';
import { POOL_MAX } from '../recommender/candidate-pool.ts';
import { rankCandidates } from '../recommender/candidates.ts';
import type { RankingModel } from '../recommender/model.ts';
import { createVotes, type Kernel, voteNeighbours } from '../recommender/neighbours.ts';
import type { PastBaskets } from '../recommender/past-baskets.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import { viewShares } from '../recommender/store-view.ts';
import { createWorkspace } from '../recommender/workspace.ts';
import type { CoPurchases } from './co-purchases.ts';

/** Something that ranks the whole catalogue for a basket. */
export interface Scorer {
  readonly name: string;
  /** Whether scores are probabilities. */
  readonly isProbability: boolean;
  /** Writes a score for every item, higher is better. */
  score(basket: Int32Array, scores: Float64Array, asker: Asker): void;
}

/** The model as it serves, for an unknown store unless told otherwise; products that are no candidates come last, by sales. */
export function servedScorer(model: RankingModel, view = viewShares('*', model.basketShare)): Scorer {
  const workspace = createWorkspace(model);
  const last = Float64Array.from(view.share, (share) => share - 2);
  return {
    name: 'basketlift',
    isProbability: true,
    score(basket, scores, asker) {
      scores.set(last.subarray(0, scores.length));
      const { items, probability } = rankCandidates(model, view, basket, asker, workspace, POOL_MAX);
      for (let place = 0; place < items.length; place++) scores[items[place]!] = probability[place]!;
    },
  };
}

/** Share of its popularity that a product keeps where a single signal says nothing about it. */
const POPULARITY_FLOOR = 0.03;

/** The sum of complement weights alone. */
export function easeScorer({ start, target, weight }: SparseRows, share: Float64Array): Scorer {
  const floor = share.map((value) => POPULARITY_FLOOR * value);
  return {
    name: 'local-ease',
    isProbability: false,
    score(basket, scores) {
      scores.set(floor);
      for (const source of basket) {
        for (let at = start[source]!; at < start[source + 1]!; at++) scores[target[at]!]! += weight[at]!;
      }
    },
  };
}

/** The votes of neighbours alone. */
export function neighbourScorer(past: PastBaskets, kernel: Kernel, share: Float64Array): Scorer {
  const votes = createVotes(past, kernel, share);
  const floor = share.map((value) => 1e-6 * value);
  return {
    name: 'basket-neighbours',
    isProbability: false,
    score(basket, scores) {
      voteNeighbours(past, basket, votes);
      scores.set(floor);
      for (let at = 0; at < votes.voted.count; at++) {
        const item = votes.voted.touched[at]!;
        scores[item]! += votes.share[item]!;
      }
    },
  };
}

export function popularityScorer(baskets: Float64Array): Scorer {
  return { name: 'popularity', isProbability: false, score: (_, scores) => scores.set(baskets) };
}

/** Association rules i → j by confidence n_ij / n_i; the best rule of the basket counts. */
export function confidenceScorer(counts: CoPurchases): Scorer {
  return {
    name: 'association-confidence',
    isProbability: false,
    score(basket, scores) {
      scores.fill(0);
      for (const item of basket) {
        for (let at = counts.start[item]!; at < counts.start[item + 1]!; at++) {
          const confidence = counts.weight[at]! / counts.diagonal[item]!;
          const other = counts.column[at]!;
          if (confidence > scores[other]!) scores[other] = confidence;
        }
      }
    },
  };
}

/** Item-kNN: sum over the basket of the cosine n_ij / √(n_i n_j). */
export function cosineScorer(counts: CoPurchases): Scorer {
  const inverseNorm = counts.diagonal.map((value) => (value > 0 ? 1 / Math.sqrt(value) : 0));
  return {
    name: 'item-knn-cosine',
    isProbability: false,
    score(basket, scores) {
      scores.fill(0);
      for (const item of basket) {
        for (let at = counts.start[item]!; at < counts.start[item + 1]!; at++) {
          const other = counts.column[at]!;
          scores[other]! += counts.weight[at]! * inverseNorm[item]! * inverseNorm[other]!;
        }
      }
    },
  };
}
