import { type CustomerHistory, NO_CUSTOMER } from '../recommender/customer-history.ts';
import type { BasketMatrix } from './basket-matrix.ts';

/** Baskets kept of one customer, the newest. */
const BASKETS_MAX = 50;

/** The newest baskets of each customer of the matrix, by the matrix' numbers of customers. */
export function keepCustomerBaskets({
  customer,
  customerCount,
  start,
  items,
  age,
}: BasketMatrix): CustomerHistory {
  const kept = newestOfEach(customer, customerCount, start);
  const basketStart = new Int32Array(kept.baskets.length + 1);
  kept.baskets.forEach((basket, row) => {
    basketStart[row + 1] = basketStart[row]! + start[basket + 1]! - start[basket]!;
  });
  const lines = new Int32Array(basketStart[kept.baskets.length]!);
  kept.baskets.forEach((basket, row) => {
    lines.set(items.subarray(start[basket]!, start[basket + 1]!), basketStart[row]!);
  });
  return {
    start: kept.start,
    basketStart,
    items: lines,
    age: Float32Array.from(kept.baskets, (basket) => age[basket]!),
  };
}

/** Baskets by customer, oldest first, at most BASKETS_MAX of each; none that is empty. */
function newestOfEach(
  customer: Int32Array,
  customerCount: number,
  start: Int32Array,
): { start: Int32Array; baskets: Int32Array } {
  const isKept = (basket: number) => customer[basket] !== NO_CUSTOMER && start[basket + 1]! > start[basket]!;
  const count = new Int32Array(customerCount);
  for (let basket = 0; basket < customer.length; basket++) if (isKept(basket)) count[customer[basket]!]!++;
  const rows = new Int32Array(customerCount + 1);
  count.forEach((baskets, row) => {
    rows[row + 1] = rows[row]! + Math.min(baskets, BASKETS_MAX);
  });
  const baskets = new Int32Array(rows[customerCount]!);
  const next = rows.slice(1);
  for (let basket = customer.length - 1; basket >= 0; basket--) {
    if (!isKept(basket)) continue;
    const row = customer[basket]!;
    if (next[row]! > rows[row]!) baskets[--next[row]!] = basket;
  }
  return { start: rows, baskets };
}
