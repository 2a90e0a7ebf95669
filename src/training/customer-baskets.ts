import { type CustomerHistory, NO_CUSTOMER } from '../recommender/customer-history.ts';
import { type BasketMatrix, pickBaskets } from './basket-matrix.ts';

/** Baskets kept per customer, the newest ones. */
const BASKETS_MAX = 50;

/** The newest baskets of each customer of the matrix, by the matrix' numbers of customers. */
export function keepCustomerBaskets(matrix: BasketMatrix): CustomerHistory {
  const kept = newestOfEach(matrix);
  const { start: basketStart, items, age } = pickBaskets(matrix, kept.baskets);
  return { start: kept.start, basketStart, items, age };
}

/** Baskets by customer, oldest first, at most BASKETS_MAX of each; none that is empty. */
function newestOfEach({ customer, customerCount, start }: BasketMatrix): {
  start: Int32Array;
  baskets: Int32Array;
} {
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
