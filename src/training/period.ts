import { type BasketMatrix, basketMatrix, type KnownItems, selectKnownItems } from './basket-matrix.ts';
import { askQuestions, type Questions } from './questions.ts';
import type { Receipts } from './receipts.ts';

/** Share of the baskets, in time order, after which the test period begins. */
export const TEST_FROM = 0.9;

/** The basket at which a share of the receipts ends. */
export function basketAt(receipts: Receipts, share: number): number {
  return Math.floor(receipts.soldAtMs.length * share);
}

/** What is learned from, and what is asked of it. */
export interface Period {
  readonly known: KnownItems;
  readonly train: BasketMatrix;
  readonly asked: Questions;
}

/** Baskets [0, from) to learn from and questions on [from, to), of at most `basketsMax` of them. */
export function cutPeriod(
  receipts: Receipts,
  seed: number,
  from: number,
  to: number,
  basketsMax?: number,
): Period {
  const known = selectKnownItems(receipts, 0, from);
  return {
    known,
    train: basketMatrix(receipts, known, 0, from),
    asked: askQuestions(basketMatrix(receipts, known, from, to), seed, basketsMax),
  };
}
