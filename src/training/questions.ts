import type { Asker } from '../recommender/asker.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import { seededRandom } from './random.ts';

/** Leave-one-out questions: in basket `basket[q]` the product `target[q]` is hidden and asked for. */
export interface Questions {
  readonly matrix: BasketMatrix;
  /** [questions] ascending */
  readonly basket: Int32Array;
  /** [questions] -1 for a product outside the matrix' catalogue: none can be hit */
  readonly target: Int32Array;
}

/** Products hidden per basket at most, so that long baskets do not drown short ones. */
const HIDDEN_MAX = 5;

/** Baskets an evaluation asks about at most, so that its time does not grow with the receipts: intervals of ±.004. */
export const EVALUATED_BASKETS_MAX = 5000;

/**
 * Hides up to five products, one at a time, of every basket with at least two known ones; of at most `basketsMax`
 * baskets, evenly spread over the period.
 */
export function askQuestions(
  matrix: BasketMatrix,
  seed: number,
  basketsMax = Number.POSITIVE_INFINITY,
): Questions {
  const random = seededRandom(seed);
  const baskets = matrix.start.length - 1;
  const stride = Math.max(1, baskets / basketsMax);
  const basket: number[] = [];
  const target: number[] = [];
  for (let at = 0; at < baskets; at += stride) {
    const row = Math.floor(at);
    const items = matrix.items.slice(matrix.start[row]!, matrix.start[row + 1]!);
    if (items.length < 2) continue;
    const hidden = Math.min(HIDDEN_MAX, items.length);
    for (let slot = 0; slot < hidden; slot++) {
      const pick = slot + Math.floor(random() * (items.length - slot));
      [items[slot], items[pick]] = [items[pick]!, items[slot]!];
      basket.push(row);
      target.push(items[slot]!);
    }
  }
  return { matrix, basket: Int32Array.from(basket), target: Int32Array.from(target) };
}

/** The basket of a question without its target, written into `context`; returns its length. */
export function contextOf(questions: Questions, question: number, context: Int32Array): number {
  const { matrix } = questions;
  const row = questions.basket[question]!;
  let length = 0;
  for (let line = matrix.start[row]!; line < matrix.start[row + 1]!; line++) {
    if (matrix.items[line] !== questions.target[question]) context[length++] = matrix.items[line]!;
  }
  return length;
}

/** The customer whose basket a question asks about, and when. */
export function askerOf({ matrix, basket }: Questions, question: number): Asker {
  const row = basket[question]!;
  return { customer: matrix.customer[row]!, hour: matrix.hour[row]! };
}

/** Longest basket of the matrix, in products. */
export function longestBasket(matrix: BasketMatrix): number {
  let longest = 0;
  for (let row = 0; row + 1 < matrix.start.length; row++) {
    longest = Math.max(longest, matrix.start[row + 1]! - matrix.start[row]!);
  }
  return longest;
}
