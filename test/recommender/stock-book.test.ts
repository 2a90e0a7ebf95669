import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AbsoluteStockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';

const row = <Facts extends Partial<AbsoluteStockRow>>(productId: string, asOfMs: number, facts?: Facts) => ({
  storeId: 's1',
  productId,
  asOfMs,
  ...facts,
});

const fullRow = fc.record({
  storeId: fc.constantFrom('s1', 's2'),
  productId: fc.constantFrom('a', 'b', 'c'),
  onHand: fc.nat(1000),
  reserved: fc.nat(10),
  demandPerDay: fc.nat(50),
  targetCoverDays: fc.nat(90),
  leadTimeDays: fc.nat(30),
  protectionLevel: fc.nat(5),
  expiresAtMs: fc.nat(),
});

const distinctRows = fc
  .array(fullRow, { maxLength: 20 })
  .map((rows) => rows.map((facts, at): AbsoluteStockRow => ({ ...facts, asOfMs: 1000 + at })));

function contents(book: StockBook) {
  return ['s1', 's2'].flatMap((store) => ['a', 'b', 'c'].map((product) => book.row(store, product)));
}

function bookOf(rows: readonly AbsoluteStockRow[]): StockBook {
  const book = new StockBook();
  for (const each of rows) book.apply(each);
  return book;
}

describe('StockBook', () => {
  it('holds the same whatever the order in which full statements of distinct times arrive', () => {
    const shuffled = distinctRows.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    );
    fc.assert(
      fc.property(shuffled, ([rows, anyOrder]) => {
        const [inOrder, otherwise] = [bookOf(rows), bookOf(anyOrder)];
        expect(contents(otherwise)).toEqual(contents(inOrder));
        expect(otherwise.newestAsOfMs).toBe(inOrder.newestAsOfMs);
        for (const store of ['s1', 's2']) expect(otherwise.listed(store)).toBe(inOrder.listed(store));
      }),
    );
  });

  it('holds the newest statement of each store and product, and says which rows came too late', () => {
    fc.assert(
      fc.property(distinctRows, (rows) => {
        const book = new StockBook();
        const newest = new Map<string, AbsoluteStockRow>();
        for (const each of [...rows].reverse()) {
          const key = `${each.storeId} ${each.productId}`;
          expect(book.apply(each)).toBe(!newest.has(key));
          if (!newest.has(key)) newest.set(key, each);
        }
        for (const each of newest.values()) expect(book.row(each.storeId, each.productId)).toEqual(each);
        expect(book.epoch).toBe(newest.size);
      }),
    );
  });

  it('keeps figures that a newer row does not state', () => {
    const book = bookOf([row('a', 1, { onHand: 9, demandPerDay: 2 }), row('a', 2, { onHand: 8 })]);
    expect(book.row('s1', 'a')).toEqual(row('a', 2, { onHand: 8, demandPerDay: 2 }));
  });

  it('a row of the same time replaces: the last word counts', () => {
    expect(bookOf([row('a', 5, { onHand: 1 }), row('a', 5, { onHand: 2 })]).row('s1', 'a')?.onHand).toBe(2);
  });

  it('of two rows with the same time, holds the one written to disk later, in any order', () => {
    const written = (onHand: number, revision: number) => row('a', 5, { onHand, revision });
    const book = bookOf([written(7, 2)]);
    expect(book.apply(written(9, 1))).toBe(false);
    expect(book.apply(written(7, 2))).toBe(false);
    expect(book.row('s1', 'a')?.onHand).toBe(7);
    expect(book.apply(written(6, 3))).toBe(true);
    // A newer statement counts whatever was written before, and so does what other machines said of the same time.
    expect(book.apply(row('a', 6, { onHand: 4, revision: 1 }))).toBe(true);
    expect(book.apply(row('a', 6, { onHand: 3 }))).toBe(true);
    expect(book.row('s1', 'a')?.onHand).toBe(3);
  });

  it('does not let the opening stock of a model replace what was stated of the same time', () => {
    const opening = row('a', 5, { onHand: 50, revision: 0 });
    const book = bookOf([opening, row('a', 5, { onHand: 30, revision: 1 })]);
    expect(book.apply(opening)).toBe(false);
    expect(book.row('s1', 'a')?.onHand).toBe(30);
    expect(bookOf([opening]).apply({ ...opening, onHand: 40 })).toBe(true);
  });

  it('knows nothing of stores and products nobody stated', () => {
    const book = bookOf([row('a', 1, { onHand: 1 })]);
    expect(book.store('s9')).toBeUndefined();
    expect(book.row('s9', 'a')).toBeUndefined();
    expect(book.row('s1', 'z')).toBeUndefined();
    expect(book.listed('s9')).toBe(0);
    expect(book.storeIds()).toEqual(['s1']);
  });

  it('grows past any number of products without losing one, store by store', () => {
    const book = new StockBook();
    for (let product = 0; product < 3000; product++) {
      book.apply({ storeId: 's1', productId: `p${product}`, onHand: product, asOfMs: 1 });
      if (product % 7 === 0) book.apply({ storeId: 's2', productId: `p${product}`, onHand: 1, asOfMs: 1 });
    }
    for (let product = 0; product < 3000; product++) {
      expect(book.row('s1', `p${product}`)?.onHand).toBe(product);
      expect(book.row('s2', `p${product}`)?.onHand).toBe(product % 7 === 0 ? 1 : undefined);
    }
    expect(book.listed('s1')).toBe(3000);
    expect(book.listed('s2')).toBe(429);
  });

  it('gives a model the slots of its products, -1 where unstated, and new ones when products join', () => {
    const book = bookOf([row('b', 1, { onHand: 3 })]);
    const products = [{ id: 'a' }, { id: 'b' }];
    const slots = book.slotsFor(products);
    expect(slots[0]).toBe(-1);
    expect(book.store('s1')!.onHand[slots[1]!]).toBe(3);
    expect(book.slotsFor(products)).toBe(slots);
    book.apply(row('a', 1, { onHand: 7 }));
    expect(book.store('s1')!.onHand[book.slotsFor(products)[0]!]).toBe(7);
  });
});
