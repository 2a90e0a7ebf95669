import { describe, expect, it } from 'vitest';
import type { Product } from '../../src/recommender/catalogue.ts';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { plainCounts } from '../../src/training/learn.ts';
import { substitutePairs, substitutesFrom } from '../../src/training/learn-substitutes.ts';
import { findAlike } from '../../src/training/product-likeness.ts';
import { receiptsOf } from '../support/receipts-builder.ts';

/** In the order of ids, which is that of the items. */
const NAMES: Record<string, [name: string, category: string]> = {
  a: ['Club Whole Milk', 'dairy'],
  b: ['Lake Whole Milk', 'dairy'],
  c: ['Club Sour Cream', 'dairy'],
  d: ['Lake Orange Juice', 'drinks'],
  e: ['Red Tea Cup', 'cups'],
  f: ['Blue Tea Cup', 'cups'],
  g: ['Club Whole Milk', 'drinks'],
};
const products = Object.entries(NAMES).map(
  ([id, [name, category]]): Product => ({ id, name, category, active: true }),
);
const times = (count: number, ...items: string[]) => Array.from({ length: count }, () => items);
/** Milk of either brand is bought with cream, never both; cups of both colours are bought together. */
const receipts = receiptsOf([
  ...times(20, 'a', 'c'),
  ...times(20, 'b', 'c'),
  ...times(20, 'e', 'f'),
  ...times(20, 'd', 'g'),
]);
const known = selectKnownItems(receipts, 0, receipts.soldAtMs.length);
const matrix = basketMatrix(receipts, known, 0, receipts.soldAtMs.length);

function rowsOf({ start, target }: { start: Int32Array; target: Int32Array }): Record<string, string> {
  return Object.fromEntries(
    products.map(({ id }, row) => [
      id,
      Array.from(target.slice(start[row], start[row + 1]), (item) => products[item]!.id).join(''),
    ]),
  );
}

describe('alike products', () => {
  it('have like names within one category: a brand alone makes no kind, and a namesake elsewhere is another thing', () => {
    expect(rowsOf(findAlike(products))).toEqual({ a: 'b', b: 'a', c: '', d: '', e: 'f', f: 'e', g: '' });
  });
});

describe('likely substitutes', () => {
  const pairs = substitutePairs(findAlike(products), plainCounts(matrix), matrix.start.length - 1);

  it('are alike and not bought together: colours that are bought together are no substitutes', () => {
    expect(rowsOf(pairs)).toMatchObject({ a: 'b', b: 'a', e: '', f: '' });
  });

  it('of a product without sales are what is alike, as nothing says otherwise', () => {
    const widened = [...products, { id: 'z', name: 'Tea Cup', category: 'cups', active: true }];
    const rows = substitutePairs(findAlike(widened), plainCounts(matrix), matrix.start.length - 1);
    expect([...rows.target.slice(rows.start[7], rows.start[8])]).toEqual([4, 5]);
  });

  it('hold both ways from the likeness asked for on', () => {
    expect(rowsOf(substitutesFrom(pairs, 0.5))).toMatchObject({ a: 'b', b: 'a' });
    expect(substitutesFrom(pairs, 1.01).target).toHaveLength(0);
  });
});
