import type { Receipts } from './receipts.ts';

/** Baskets over the products a model knows: rows of ascending items, in order of time. */
export interface BasketMatrix {
  readonly itemCount: number;
  /** [baskets + 1] */
  readonly start: Int32Array;
  /** [lines] */
  readonly items: Int32Array;
  /** [baskets] 0 for the newest, 1 for the oldest basket of the window */
  readonly age: Float64Array;
  /** [baskets] hour of the day, NO_HOUR where it is not known */
  readonly hour: Uint8Array;
  /** [baskets] number of the customer, NO_CUSTOMER where none is known */
  readonly customer: Int32Array;
  readonly customerCount: number;
}

export interface PickedBaskets {
  /** [baskets + 1] */
  readonly start: Int32Array;
  /** [lines] */
  readonly items: Int32Array;
  /** [baskets] */
  readonly age: Float32Array;
}

/** Which products of the receipts a model knows, and under what number. */
export interface KnownItems {
  /** [known] index into the receipts' products, ascending */
  readonly productOf: Int32Array;
  /** [receipts products] model item, -1 for a product not known */
  readonly itemOf: Int32Array;
}

/** Menus with fewer products than this keep every product; larger catalogues require five baskets. */
const SMALL_MENU = 200;
const BASKETS_MIN = 5;

/**
 * Products seen in enough of the baskets [from, to) to learn from: at least five, or one where fewer than 200
 * products occur at all.
 */
export function selectKnownItems(receipts: Receipts, from: number, to: number): KnownItems {
  const baskets = new Int32Array(receipts.productIds.length);
  for (let line = receipts.basketStart[from]!; line < receipts.basketStart[to]!; line++) {
    baskets[receipts.items[line]!]!++;
  }
  const seen = baskets.reduce((total, count) => total + (count > 0 ? 1 : 0), 0);
  const needed = seen < SMALL_MENU ? 1 : BASKETS_MIN;
  const itemOf = new Int32Array(baskets.length).fill(-1);
  const productOf: number[] = [];
  for (let product = 0; product < baskets.length; product++) {
    if (baskets[product]! >= needed) itemOf[product] = productOf.push(product) - 1;
  }
  return { productOf: Int32Array.from(productOf), itemOf };
}

/** The baskets [from, to) over known items; a basket left without a known item keeps its empty row. */
export function basketMatrix(receipts: Receipts, known: KnownItems, from: number, to: number): BasketMatrix {
  const start = new Int32Array(to - from + 1);
  const items = new Int32Array(receipts.basketStart[to]! - receipts.basketStart[from]!);
  let length = 0;
  for (let basket = from; basket < to; basket++) {
    for (let line = receipts.basketStart[basket]!; line < receipts.basketStart[basket + 1]!; line++) {
      const item = known.itemOf[receipts.items[line]!]!;
      if (item >= 0) items[length++] = item;
    }
    start[basket - from + 1] = length;
  }
  return {
    itemCount: known.productOf.length,
    start,
    items: items.slice(0, length),
    age: ages(receipts.soldAtMs.subarray(from, to)),
    hour: receipts.hour.subarray(from, to),
    customer: receipts.customer.subarray(from, to),
    customerCount: receipts.customerIds.length,
  };
}

function ages(soldAtMs: Float64Array): Float64Array {
  const newest = soldAtMs.at(-1) ?? 0;
  const window = newest - (soldAtMs[0] ?? 0);
  return soldAtMs.map((at) => (window > 0 ? (newest - at) / window : 0));
}

/** Chosen baskets of a matrix, in the given order. */
export function pickBaskets({ start, items, age }: BasketMatrix, baskets: ArrayLike<number>): PickedBaskets {
  const rows = {
    start: new Int32Array(baskets.length + 1),
    age: Float32Array.from(baskets, (basket) => age[basket]!),
  };
  for (let row = 0; row < baskets.length; row++) {
    rows.start[row + 1] = rows.start[row]! + start[baskets[row]! + 1]! - start[baskets[row]!]!;
  }
  const lines = new Int32Array(rows.start[baskets.length]!);
  for (let row = 0; row < baskets.length; row++) {
    lines.set(items.subarray(start[baskets[row]!]!, start[baskets[row]! + 1]!), rows.start[row]!);
  }
  return { ...rows, items: lines };
}

/** The same incidence by item: baskets of each item, ascending. */
export function basketsByItem(matrix: BasketMatrix): { start: Int32Array; baskets: Int32Array } {
  const start = new Int32Array(matrix.itemCount + 1);
  for (const item of matrix.items) start[item + 1]!++;
  for (let item = 0; item < matrix.itemCount; item++) start[item + 1]! += start[item]!;
  const next = start.slice();
  const baskets = new Int32Array(matrix.items.length);
  for (let basket = 0; basket + 1 < matrix.start.length; basket++) {
    for (let line = matrix.start[basket]!; line < matrix.start[basket + 1]!; line++) {
      baskets[next[matrix.items[line]!]!++] = basket;
    }
  }
  return { start, baskets };
}
