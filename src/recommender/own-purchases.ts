import { type ComplementSums, createComplementSums, sumComplements } from './complement-sums.ts';
import type { CustomerHistory } from './customer-history.ts';
import type { SparseRows } from './sparse-rows.ts';
import { createStamps, isStamped, nextStamp, type Stamps } from './stamps.ts';

/** What the customer's own baskets say besides the present one. Scratch of one thread. */
export interface OwnPurchases {
  /** What the customer has bought before; the columns are valid for these. */
  readonly bought: Stamps;
  /** [products] how many of the customer's baskets hold the product */
  readonly baskets: Int32Array;
  /** [products] Σ 1 / (1 + 10 · age) over the customer's baskets with the product */
  readonly frequency: Float64Array;
  /**
   * [products] Σ of the likeness to the present basket, |shared| / √length, over the customer's baskets with the product; for an empty
   * basket |shared| counts as 1
   */
  readonly likeness: Float64Array;
  /** Σ of the likeness over all the customer's baskets. */
  likenessTotal: number;
  /** Complements of what the customer bought last. */
  readonly recent: ComplementSums;
  readonly inBasket: Stamps;
}

export function createOwnPurchases(products: number): OwnPurchases {
  return {
    bought: createStamps(products),
    baskets: new Int32Array(products),
    frequency: new Float64Array(products),
    likeness: new Float64Array(products),
    likenessTotal: 0,
    recent: createComplementSums(products),
    inBasket: createStamps(products),
  };
}

/** How fast a purchase counts less: one as old as the window counts an eleventh. */
const AGEING = 10;
/** Complements are summed over this many of the customer's latest baskets, and at most this many of their lines. */
const RECENT_BASKETS = 4;
const RECENT_LINES_MAX = 60;

const NOTHING = new Int32Array(0);

/** Recalls the baskets of a customer; nothing for NO_CUSTOMER. */
export function recallPurchases(
  history: CustomerHistory,
  customer: number,
  basket: Int32Array,
  complements: SparseRows,
  own: OwnPurchases,
): void {
  nextStamp(own.bought);
  own.likenessTotal = 0;
  if (customer < 0) {
    sumComplements(complements, NOTHING, own.recent);
    return;
  }
  markBasket(basket, own.inBasket);
  const first = history.start[customer]!;
  const end = history.start[customer + 1]!;
  for (let past = first; past < end; past++) addBasket(history, past, basket.length === 0, own);
  sumComplements(complements, latestItems(history, first, end), own.recent);
}

function markBasket(basket: Int32Array, inBasket: Stamps): void {
  const generation = nextStamp(inBasket);
  for (let line = 0; line < basket.length; line++) inBasket.stamp[basket[line]!] = generation;
}

function addBasket(
  { basketStart, items, age }: CustomerHistory,
  past: number,
  isAnyLike: boolean,
  own: OwnPurchases,
): void {
  const { bought, baskets, frequency, likeness, inBasket } = own;
  const from = basketStart[past]!;
  const to = basketStart[past + 1]!;
  let shared = isAnyLike ? 1 : 0;
  for (let line = from; line < to; line++) if (isStamped(inBasket, items[line]!)) shared++;
  const like = shared / Math.sqrt(Math.max(1, to - from));
  const recency = 1 / (1 + AGEING * age[past]!);
  own.likenessTotal += like;
  for (let line = from; line < to; line++) {
    const item = items[line]!;
    if (isStamped(bought, item)) {
      baskets[item]!++;
      frequency[item]! += recency;
      likeness[item]! += like;
    } else {
      bought.stamp[item] = bought.generation;
      bought.touched[bought.count++] = item;
      baskets[item] = 1;
      frequency[item] = recency;
      likeness[item] = like;
    }
  }
}

/** Lines of the latest of the baskets [first, end), which lie side by side. */
function latestItems({ basketStart, items }: CustomerHistory, first: number, end: number): Int32Array {
  const to = basketStart[end]!;
  const from = basketStart[Math.max(first, end - RECENT_BASKETS)]!;
  return items.subarray(Math.max(from, to - RECENT_LINES_MAX), to);
}
