import { seededRandom } from './random.ts';
import type { Receipts } from './receipts.ts';

/** Rounds in which every line is offered one exchange; after two the order of the products is gone. */
const ROUNDS = 5;

/**
 * The same receipts with all co-purchase destroyed: lines exchange their products at random, over all baskets, unless a
 * basket would hold one twice. Each basket keeps its size, store, customer and time, each product its number of baskets.
 */
export function shuffleReceipts(receipts: Receipts, seed: number): Receipts {
  const { basketStart } = receipts;
  const items = receipts.items.slice();
  const basketOf = new Int32Array(items.length);
  const rowOf = (basket: number) => items.subarray(basketStart[basket]!, basketStart[basket + 1]!);
  for (let basket = 0; basket + 1 < basketStart.length; basket++)
    basketOf.fill(basket, basketStart[basket]!, basketStart[basket + 1]!);
  const random = seededRandom(seed);
  for (let round = 0; round < ROUNDS; round++) {
    for (let line = 0; line < items.length; line++) {
      const other = Math.floor(random() * items.length);
      const mine = items[line]!;
      const theirs = items[other]!;
      if (rowOf(basketOf[line]!).includes(theirs) || rowOf(basketOf[other]!).includes(mine)) continue;
      items[line] = theirs;
      items[other] = mine;
    }
  }
  for (let basket = 0; basket + 1 < basketStart.length; basket++) rowOf(basket).sort();
  return { ...receipts, items };
}
