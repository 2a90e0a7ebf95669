import { NO_CUSTOMER } from '../recommender/customer-history.ts';
import type { Model } from '../recommender/model.ts';
import { type BasketMatrix, basketMatrix, type KnownItems } from './basket-matrix.ts';
import { spellingOf } from './product-spelling.ts';
import type { Receipts } from './receipts.ts';

/** What a published model knows of some receipts, under the model's own numbers. */
export interface KnownToModel extends KnownItems {
  /** [customers of the receipts] */
  readonly customerOf: Int32Array;
}

export function knownToModel(receipts: Receipts, model: Model): KnownToModel {
  const { itemOf, knownCount } = model;
  const known = {
    productOf: new Int32Array(knownCount).fill(-1),
    itemOf: new Int32Array(receipts.productIds.length).fill(-1),
    customerOf: Int32Array.from(receipts.customerIds, model.customerOf),
  };
  const spelled = spellingOf([...itemOf.keys()]);
  for (const [product, id] of receipts.productIds.entries()) {
    const item = itemOf.get(spelled(id));
    if (item === undefined || item >= knownCount) continue;
    known.productOf[item] = product;
    known.itemOf[product] = item;
  }
  return known;
}

/** The receipts' baskets from `from` on, over known items in ascending order whatever their numbering, and known customers. */
export function askedBaskets(receipts: Receipts, known: KnownToModel, from: number): BasketMatrix {
  const matrix = basketMatrix(receipts, known, from, receipts.soldAtMs.length);
  for (let row = 0; row + 1 < matrix.start.length; row++) {
    matrix.items.subarray(matrix.start[row]!, matrix.start[row + 1]!).sort();
  }
  return { ...matrix, customer: matrix.customer.map((index) => known.customerOf[index] ?? NO_CUSTOMER) };
}
