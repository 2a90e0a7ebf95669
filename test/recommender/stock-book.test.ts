import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AbsoluteStockRow, StockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';

const row = <Facts extends Partial<StockRow> | Partial<AbsoluteStockRow>>(
  productId: string,
  asOfMs: number,
  facts?: Facts,
) => ({
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
  .map((rows) => rows.map((facts, at): StockRow => ({ ...facts, asOfMs: 1000 + at })));

function contents(book: StockBook) {
  return ['s1', 's2'].flatMap((store) => ['a', 'b', 'c'].map((product) => book.row(store, product)));
}

function bookOf(rows: readonly StockRow[]): StockBook {
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
        const newest = new Map<string, StockRow>();
        for (const each of [...rows].reverse()) {
          const key = `${each.storeId} ${each.productId}`;
          expect(book.apply(each)).toBe(newest.has(key) ? 'stale' : 'applied');
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

  it('adds deltas to what is on hand, refuses them without a base and when they are older', () => {
    const book = new StockBook();
    expect(book.apply(row('a', 1, { onHandDelta: -1 }))).toBe('no-base');
    expect(book.row('s1', 'a')).toBeUndefined();
    expect(book.listed('s1')).toBe(0);
    expect(book.epoch).toBe(0);
    book.apply(row('a', 2, { onHand: 10 }));
    expect(book.apply(row('a', 3, { onHandDelta: -4 }))).toBe('applied');
    expect(book.apply(row('a', 1, { onHandDelta: -4 }))).toBe('stale');
    expect(book.row('s1', 'a')?.onHand).toBe(6);
  });

  it('adds up changes in any order, unless a newer count is held, and says when the count was', () => {
    const book = bookOf([row('a', 2, { onHand: 10 }), row('a', 6, { onHandDelta: -1 })]);
    expect(book.apply(row('a', 4, { onHandDelta: -2, reserved: 3 }))).toBe('applied');
    // Figures beside it are older than what is held.
    expect(book.row('s1', 'a')).toEqual(row('a', 6, { onHand: 7, onHandAsOfMs: 2 }));
    book.apply(row('a', 7, { onHand: 5 }));
    expect(book.apply(row('a', 6, { onHandDelta: -2 }))).toBe('stale');
    expect(book.row('s1', 'a')).toEqual(row('a', 7, { onHand: 5 }));
    // A row that is held goes on counting from when it was counted.
    const copy = bookOf([row('a', 6, { onHand: 7, onHandAsOfMs: 2 })]);
    expect(copy.apply(row('a', 3, { onHandDelta: 1 }))).toBe('applied');
    expect(copy.row('s1', 'a')?.onHand).toBe(8);
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
