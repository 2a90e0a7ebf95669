import { lowerBound } from './bisect.ts';

/** What known customers bought before, each customer's baskets together, oldest first. */
export interface CustomerHistory {
  /** [customers + 1] first basket of each */
  readonly start: Int32Array;
  /** [baskets + 1] first line of each */
  readonly basketStart: Int32Array;
  /** [lines] items of each basket, ascending */
  readonly items: Int32Array;
  /** [baskets] age as a share of the window learned from: 0 newest, 1 oldest */
  readonly age: Float32Array;
}

/** Stands for a customer who is not known, or did not agree to be. */
export const NO_CUSTOMER = -1;

/** Number of the customer with this name among ascending names; NO_CUSTOMER where there is none. */
export function findCustomer(names: Float64Array, name: number): number {
  const place = lowerBound(names, name, 0, names.length);
  return names[place] === name ? place : NO_CUSTOMER;
}
