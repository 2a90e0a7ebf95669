import { expect, test } from 'vitest';
import type { BusFacts } from '../../src/recommender/shared-change.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import { stalenessOf } from '../../src/service/staleness.ts';

const FACTS: BusFacts = { isConnected: true, lagSeconds: 0, pending: 0, skipped: 0, dropped: 0, resyncs: 0 };

function reasons(
  limits: { stockAgeMax?: number; busLagMax?: number },
  ageSeconds?: number,
  lagSeconds?: number,
) {
  const book = new StockBook();
  if (ageSeconds !== undefined) book.apply({ storeId: 's1', productId: 'case', onHand: 1, asOfMs: 0 });
  const stale = stalenessOf({
    config: limits,
    stock: () => book,
    bus: () => (lagSeconds === undefined ? undefined : { ...FACTS, lagSeconds }),
    nowMs: () => (ageSeconds ?? 0) * 1000,
  });
  return stale('default');
}

test('nothing counts as old where no limit is set', () => {
  expect(reasons({}, 1e9, 1e9)).toEqual([]);
});

test('stock is old when its newest statement is past the limit, and not where nothing was stated', () => {
  expect(reasons({ stockAgeMax: 60 }, 60)).toEqual([]);
  expect(reasons({ stockAgeMax: 60 }, 61)).toEqual(['stock']);
  expect(reasons({ stockAgeMax: 60 })).toEqual([]);
});

test('the bus is behind past its limit, and not where there is none', () => {
  expect(reasons({ busLagMax: 5 }, 0, 5)).toEqual([]);
  expect(reasons({ busLagMax: 5 }, 0, 5.1)).toEqual(['bus']);
  expect(reasons({ busLagMax: 5 }, 0)).toEqual([]);
});

test('both are reported', () => {
  expect(reasons({ stockAgeMax: 60, busLagMax: 5 }, 61, 6)).toEqual(['stock', 'bus']);
});
