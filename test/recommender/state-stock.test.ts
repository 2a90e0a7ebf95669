import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldStock, type StatedStock, stateStock } from '../../src/recommender/state-stock.ts';
import type { AbsoluteStockRow, StockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';

const product = { storeId: 's1', productId: 'a' };
const counted: AbsoluteStockRow = { ...product, onHand: 10, reserved: 1, asOfMs: 5 };
const change = (onHandDelta: number, asOfMs: number): StockRow => ({ ...product, onHandDelta, asOfMs });

/** The verdicts on statements in their order, and the row in the end. */
function told(held: AbsoluteStockRow | undefined, ...statements: StockRow[]) {
  let row = held;
  const verdicts = statements.map((said) => {
    const stated: StatedStock = stateStock(row, said);
    row = stated.row;
    return stated.verdict;
  });
  return { verdicts, row };
}

describe('a change of what is on hand', () => {
  test('counts as often as it is told, in any order, unless what is held was counted later', () => {
    const { verdicts, row } = told(counted, change(-1, 7), change(-1, 6), change(-1, 6), change(-1, 4));
    expect(verdicts).toEqual(['applied', 'applied', 'applied', 'stale']);
    expect(row).toEqual({ ...counted, onHand: 7, asOfMs: 7, onHandAsOfMs: 5 });
  });

  test('takes the figures beside it where nothing newer is held', () => {
    const { row } = told(counted, { ...change(-1, 7), reserved: 3 }, { ...change(-1, 6), reserved: 9 });
    expect(row).toEqual({ ...counted, onHand: 8, reserved: 3, asOfMs: 7, onHandAsOfMs: 5 });
  });

  test('is no change if nobody counted before, and is stale if it was counted later', () => {
    const reserved = { ...product, reserved: 1, asOfMs: 5 };
    expect(told(undefined, change(-1, 6))).toEqual({ verdicts: ['no-base'], row: undefined });
    expect(told(reserved, change(-1, 6))).toEqual({ verdicts: ['no-base'], row: reserved });
    expect(told(counted, change(-1, 4))).toEqual({ verdicts: ['stale'], row: counted });
  });
});

describe('a statement', () => {
  test('keeps when it was counted, though figures are stated later', () => {
    const { row } = told(counted, { ...product, reserved: 4, asOfMs: 9 });
    expect(row).toEqual({ ...counted, reserved: 4, asOfMs: 9, onHandAsOfMs: 5 });
    expect(stateStock(row, change(-1, 6)).verdict).toBe('applied');
  });

  test('that is older is stale, and of the same time the last word', () => {
    expect(told(counted, { ...product, onHand: 1, asOfMs: 4 })).toEqual({
      verdicts: ['stale'],
      row: counted,
    });
    expect(told(counted, { ...product, onHand: 1, asOfMs: 5 }).row).toEqual({ ...counted, onHand: 1 });
  });
});

const figure = fc.option(fc.nat(50), { nil: undefined });
const statement = fc
  .record({
    asOfMs: fc.integer({ min: 1, max: 9 }),
    onHand: figure,
    onHandDelta: figure,
    reserved: figure,
    demandPerDay: figure,
  })
  .map(({ onHand, onHandDelta, ...rest }): StockRow => {
    const facts = { ...rest, onHand, onHandDelta: onHand === undefined ? onHandDelta : undefined };
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    return { ...product, asOfMs: rest.asOfMs, ...Object.fromEntries(known) };
  });

test('statements in their order come to the same one by one, laid over each other, and once more in a book', () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 20 }), (statements) => {
      const { row } = told(undefined, ...statements);
      const folded = foldStock(statements);
      expect(folded).toEqual(row ? [row] : []);
      const book = new StockBook();
      for (const each of [...folded, ...folded]) book.apply(each);
      expect(book.row('s1', 'a')).toEqual(row);
    }),
  );
});
