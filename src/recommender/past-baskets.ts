/** Past baskets by row and by item, in which the neighbours of a basket are looked up. */
export interface PastBaskets {
  /** [baskets + 1] */
  readonly start: Int32Array;
  /** [lines] items of each basket, ascending */
  readonly items: Int32Array;
  /** [baskets] age as a share of the window learned from: 0 newest, 1 oldest; oldest basket first */
  readonly age: Float32Array;
  /** [products + 1] */
  readonly ofItemStart: Int32Array;
  /** the newest baskets that hold each product, oldest first */
  readonly ofItem: Int32Array;
  /** parallel to `ofItem`, the first line of the basket and how many it has, so that a list can be read without fetching baskets */
  readonly ofItemFrom: Int32Array;
  readonly ofItemLines: Int32Array;
}

/** Baskets looked up per product: older ones of a best seller say nothing new. */
export const BASKETS_PER_ITEM_MAX = 1000;

/** Lists the newest baskets of each of `products` products. */
export function indexPastBaskets(
  { start, items, age }: Pick<PastBaskets, 'start' | 'items' | 'age'>,
  products: number,
): PastBaskets {
  const baskets = new Int32Array(products);
  for (const item of items) baskets[item]!++;
  const ofItemStart = new Int32Array(products + 1);
  for (let item = 0; item < products; item++) {
    ofItemStart[item + 1] = ofItemStart[item]! + Math.min(baskets[item]!, BASKETS_PER_ITEM_MAX);
  }
  const listed = ofItemStart[products]!;
  const ofItem = new Int32Array(listed);
  const ofItemFrom = new Int32Array(listed);
  const ofItemLines = new Int32Array(listed);
  const next = ofItemStart.slice(1);
  for (let basket = age.length - 1; basket >= 0; basket--) {
    const from = start[basket]!;
    const end = start[basket + 1]!;
    for (let line = from; line < end; line++) {
      const item = items[line]!;
      if (next[item]! <= ofItemStart[item]!) continue;
      const at = --next[item]!;
      ofItem[at] = basket;
      ofItemFrom[at] = from;
      ofItemLines[at] = end - from;
    }
  }
  return { start, items, age, ofItemStart, ofItem, ofItemFrom, ofItemLines };
}
