import { massOf } from '../recommender/candidates.ts';
import { scoreBasket } from '../recommender/score.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import type { StoreView } from '../recommender/store-view.ts';
import { createWorkspace } from '../recommender/workspace.ts';
import type { CoPurchases } from './co-purchases.ts';

/** Something that ranks the whole catalogue for a basket. */
export interface Scorer {
  readonly name: string;
  /** Whether scores are proportional to probabilities. */
  readonly isProbability: boolean;
  /** Writes a score for every item, higher is better. */
  score(basket: Int32Array, scores: Float64Array): void;
}

/** The model as it serves: the gateway's own scoring functions, without its limit on candidates. */
export function servedScorer(complements: SparseRows, view: StoreView, sharpness: number): Scorer {
  const workspace = createWorkspace(view.mass.length, 1);
  return {
    name: 'basketlift',
    isProbability: true,
    score(basket, scores) {
      scoreBasket({ complements }, basket, workspace);
      scores.set(view.mass.subarray(0, scores.length));
      for (let at = 0; at < workspace.touchedCount; at++) {
        const item = workspace.touched[at]!;
        scores[item] = massOf(view, item, workspace.score[item]!, sharpness);
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
