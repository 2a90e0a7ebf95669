import { describe, expect, it } from 'vitest';
import type { Product } from '../../src/recommender/catalogue.ts';
import { selectKnownItems } from '../../src/training/basket-matrix.ts';
import { countStoreSales } from '../../src/training/demand.ts';
import { mergeProducts } from '../../src/training/merge-products.ts';
import type { Receipts } from '../../src/training/receipts.ts';
import { receiptsOf } from '../support/receipts-builder.ts';

const DAY_MS = 86_400_000;
const all = (receipts: Receipts) => selectKnownItems(receipts, 0, receipts.soldAtMs.length);

describe('sales and demand per store', () => {
  const receipts = receiptsOf([
    { items: ['a'], store: 's1', atMs: 0, units: { a: 100 } },
    { items: ['a', 'b'], store: 's1', atMs: 44 * DAY_MS, units: { a: 8, b: 1 } },
    { items: ['a'], store: 's2', atMs: 60 * DAY_MS, units: { a: 2 } },
    { items: ['b'], atMs: 80 * DAY_MS },
    { items: ['a'], store: 's1', atMs: 100 * DAY_MS, units: { a: 4 } },
  ]);
  const { sales, demand, baskets } = countStoreSales(receipts, all(receipts));

  it('count the baskets of each store and of each product in it; those of no store belong to none', () => {
    expect([...baskets]).toEqual([3, 1]);
    expect([...sales.start]).toEqual([0, 2, 3]);
    expect([...sales.target]).toEqual([0, 1, 0]);
    expect([...sales.weight]).toEqual([3, 1, 1]);
  });

  it('demand is (units of the last 56 days + 14 days of the mean of the stores) / 70, by hand', () => {
    const prior = ((12 + 2) / 2 / 56) * 14;
    expect(demand[0]).toBeCloseTo((12 + prior) / 70, 6);
    expect(demand[2]).toBeCloseTo((2 + prior) / 70, 6);
    expect(demand[1]).toBeCloseTo((1 + (1 / 56) * 14) / 70, 6);
  });

  it('of a shorter history is over its days, of one day or less over one', () => {
    const day = receiptsOf([{ items: ['a'], store: 's', atMs: 5, units: { a: 6 } }]);
    expect(countStoreSales(day, all(day)).demand[0]).toBeCloseTo((6 + 6 * 14) / 15, 6);
  });

  it('without dates is unknown, never invented', () => {
    const undated = receiptsOf([{ items: ['a'], store: 's' }], false);
    expect([...countStoreSales(undated, all(undated)).demand]).toEqual([Number.NaN]);
  });

  it('without stores is empty', () => {
    const storeless = receiptsOf([['a', 'b']]);
    const { sales: none } = countStoreSales(storeless, all(storeless));
    expect([...none.start]).toEqual([0]);
    expect(none.target).toHaveLength(0);
  });
});

describe('mergeProducts', () => {
  const receipts: Receipts = {
    ...receiptsOf([['b', 'c'], ['b']]),
    products: [{ id: 'b', name: 'seen b', unitPrice: 2, unitCost: 1 }, { id: 'c' }],
  };
  const stated = (id: string, facts: Partial<Product> = {}): Product => ({
    id,
    name: `stated ${id}`,
    category: 'x/y',
    active: true,
    ...facts,
  });

  it('puts what is learned first, then the rest of the catalogue by id', () => {
    const products = mergeProducts(receipts, all(receipts), [stated('z'), stated('b'), stated('a')]);
    expect(products.map(({ id }) => id)).toEqual(['b', 'c', 'a', 'z']);
  });

  it('believes the catalogue before the receipts, and the receipts where it is silent', () => {
    const [b, c] = mergeProducts(receipts, all(receipts), [stated('b', { unitPrice: 9, active: false })]);
    expect(b).toEqual({
      id: 'b',
      name: 'stated b',
      category: 'x/y',
      unitPrice: 9,
      unitCost: 1,
      active: false,
    });
    expect(c).toEqual({ id: 'c', name: 'c', category: '', active: true });
  });

  it('carries a product once, however often the catalogue names it', () => {
    const twice = [stated('z', { name: 'first' }), stated('z', { name: 'last' })];
    const products = mergeProducts(receipts, all(receipts), twice);
    expect(products.map(({ id }) => id)).toEqual(['b', 'c', 'z']);
  });
});
