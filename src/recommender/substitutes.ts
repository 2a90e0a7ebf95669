import { nextStamp, type Stamps } from './stamps.ts';

/**
 * Likely substitutes: row = product, targets = products of its kind that are not bought together with it. Symmetric; no product is its own
 * substitute.
 */
export interface Substitutes {
  /** [products + 1] */
  readonly start: Int32Array;
  /** Ascending in each row. */
  readonly target: Int32Array;
}

/** Starts a decision: marks what replaces a product of the basket. Without learned substitutes nothing is marked. */
export function markBasketSubstitutes(
  substitutes: Substitutes | undefined,
  basket: Int32Array,
  marked: Stamps,
): void {
  nextStamp(marked);
  for (let line = 0; line < basket.length; line++) markSubstitutes(substitutes, basket[line]!, marked);
}

/** Marks what replaces one more product. */
export function markSubstitutes(substitutes: Substitutes | undefined, item: number, marked: Stamps): void {
  if (!substitutes) return;
  const { start, target } = substitutes;
  const { stamp, generation } = marked;
  for (let at = start[item]!; at < start[item + 1]!; at++) stamp[target[at]!] = generation;
}
