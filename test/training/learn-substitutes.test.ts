import { describe, expect, it } from 'vitest';
import type { Product } from '../../src/recommender/catalogue.ts';
import type { SparseRows } from '../../src/recommender/sparse-rows.ts';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { plainCounts } from '../../src/training/learn.ts';
import { chooseLikeness, substitutePairs, substitutesFrom } from '../../src/training/learn-substitutes.ts';
import { findAlike } from '../../src/training/product-likeness.ts';
import { askQuestions } from '../../src/training/questions.ts';
import { buildModel } from '../support/model-builder.ts';
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
  it('have similar names within one category: a shared brand, or a namesake elsewhere, is not enough', () => {
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

describe('the likeness from which products are withheld', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const model = buildModel({
    products: ids.map((id) => ({ id, share: 0.25 })),
    edges: [
      ['a', 'c', 0.9],
      ['c', 'a', 0.9],
      ['b', 'd', 0.9],
      ['d', 'b', 0.9],
    ],
  });
  const bought = receiptsOf([...times(40, 'a', 'c'), ...times(40, 'b', 'd')]);
  const all = selectKnownItems(bought, 0, bought.soldAtMs.length);
  const asked = askQuestions(basketMatrix(bought, all, 0, bought.soldAtMs.length), 1);
  const choiceFor = (one: string, other: string, likeness: number) =>
    chooseLikeness(model, asked, likePair(ids.indexOf(one), ids.indexOf(other), likeness), 1);

  it('is the lowest where nobody asks for what is withheld', () => {
    const choice = choiceFor('a', 'b', 0.95)!;
    expect(choice.likeness).toBe(0.5);
    expect(choice.hitRate10).toMatchObject({ estimate: 0, low: 0, high: 0 });
    expect(choice.withheld).toBeGreaterThan(0);
  });

  it('is above that of what customers buy together', () => {
    expect(choiceFor('a', 'c', 0.75)).toMatchObject({ likeness: 0.8, withheld: 0 });
  });

  it('is none where every one costs too many hits, or nothing is alike', () => {
    expect(choiceFor('a', 'c', 0.95)).toBeUndefined();
    const none = { start: new Int32Array(5), target: new Int32Array(0), weight: new Float32Array(0) };
    expect(chooseLikeness(model, asked, none, 1)).toBeUndefined();
  });
});

/** Of four products two that are alike, both ways. */
function likePair(one: number, other: number, likeness: number): SparseRows {
  const start = Int32Array.from({ length: 5 }, (_, row) => Number(row > one) + Number(row > other));
  const target = one < other ? [other, one] : [one, other];
  return { start, target: Int32Array.from(target), weight: new Float32Array(2).fill(likeness) };
}
