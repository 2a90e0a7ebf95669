import type { Model } from '../recommender/model.ts';
import { type BasketMatrix, basketMatrix, type KnownItems } from './basket-matrix.ts';
import type { Receipts } from './receipts.ts';

/** Which products of these receipts a published model has learned, under the model's own item numbers. */
export function knownToModel(receipts: Receipts, { itemOf, knownCount }: Model): KnownItems {
  const known = {
    productOf: new Int32Array(knownCount).fill(-1),
    itemOf: new Int32Array(receipts.productIds.length).fill(-1),
  };
  for (const [product, id] of receipts.productIds.entries()) {
    const item = itemOf.get(id);
    if (item === undefined || item >= knownCount) continue;
    known.productOf[item] = product;
    known.itemOf[product] = item;
  }
  return known;
}

/** The receipts' baskets from `from` on, over known items in ascending order whatever their numbering. */
export function askedBaskets(receipts: Receipts, known: KnownItems, from: number): BasketMatrix {
  const matrix = basketMatrix(receipts, known, from, receipts.soldAtMs.length);
  for (let row = 0; row + 1 < matrix.start.length; row++) {
    matrix.items.subarray(matrix.start[row]!, matrix.start[row + 1]!).sort();
  }
  return matrix;
}
