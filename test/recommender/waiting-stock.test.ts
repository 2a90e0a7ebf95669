import { describe, expect, test } from 'vitest';
import type { AbsoluteStockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import type { ValuePolicy } from '../../src/recommender/value.ts';
import { type WaitingStock, waitingStock } from '../../src/recommender/waiting-stock.ts';
import { buildModel } from '../support/model-builder.ts';

const NOW_MS = Date.UTC(2026, 4, 1);
const DAY_MS = 86_400_000;
const policy: ValuePolicy = {
  valueWeight: 0.5,
  expectedValueMin: 0.01,
  holdingRatePerYear: 0.25,
  excessDaysMax: 365,
  targetCoverDays: 60,
  goodwill: 0,
  disposalCost: 0.5,
  salvageValue: 0.25,
};
const model = buildModel({
  products: [
    { id: 'tea', unitPrice: 4, unitCost: 2 },
    { id: 'milk', unitPrice: 2, unitCost: 1, shelfLifeDays: 10 },
    { id: 'gum', unitPrice: 1 },
  ],
});

function waiting(...rows: Partial<AbsoluteStockRow>[]): WaitingStock[] {
  const book = new StockBook();
  for (const row of rows) book.apply({ storeId: 's1', productId: 'tea', asOfMs: NOW_MS, ...row });
  const demand = Float32Array.of(0.5, Number.NaN, Number.NaN);
  return [...waitingStock({ model, book, storeId: 's1', demand, policy, nowMs: NOW_MS })];
}

describe('the stock of a store', () => {
  test('waits at the demand of its row, else at that of the model', () => {
    const [stated] = waiting({ onHand: 100, reserved: 10, demandPerDay: 1.5, targetCoverDays: 20 });
    expect(stated).toMatchObject({
      productId: 'tea',
      item: 0,
      available: 90,
      daysOfSupply: 60,
      excessUnits: 60,
    });
    const [learned] = waiting({ onHand: 100 });
    expect(learned).toMatchObject({
      demandPerDay: 0.5,
      daysOfSupply: 200,
      targetCoverDays: 60,
      excessUnits: 70,
    });
  });

  test('that sells nothing waits for ever, and that of which nothing is left not at all', () => {
    const [stuck, gone] = waiting(
      { onHand: 5, demandPerDay: 0 },
      { productId: 'milk', onHand: 0, demandPerDay: 0 },
    );
    expect([stuck!.daysOfSupply, stuck!.excessUnits]).toEqual([Number.POSITIVE_INFINITY, 5]);
    expect([gone!.daysOfSupply, gone!.excessUnits, gone!.unitsAtRisk]).toEqual([0, 0, 0]);
  });

  test('says what is not known of it, also of a product that is in no catalogue', () => {
    const [gum, foreign] = waiting(
      { productId: 'gum', onHand: 7 },
      { productId: 'from-elsewhere', onHand: 3 },
    );
    expect(gum).toMatchObject({
      item: 2,
      unitCost: Number.NaN,
      demandPerDay: Number.NaN,
      excessUnits: Number.NaN,
    });
    expect(foreign).toMatchObject({
      item: undefined,
      onHand: 3,
      unitCost: Number.NaN,
      unitsAtRisk: Number.NaN,
    });
    expect(waiting({ reserved: 2 })[0]).toMatchObject({ onHand: Number.NaN, available: Number.NaN });
  });

  test('is at risk by what demand leaves of it at its expiry, at the loss that the value counts', () => {
    const [tea, milk] = waiting(
      { onHand: 40, demandPerDay: 0, expiresAtMs: NOW_MS + 3 * DAY_MS },
      { productId: 'milk', onHand: 30, demandPerDay: 1 },
    );
    expect(tea).toMatchObject({ unitsAtRisk: 40, unitLoss: 2.25 });
    // Ten days at one a day leave 20 of 30, hardly ever more.
    expect(milk!.unitsAtRisk).toBeCloseTo(20, 3);
    expect(waiting({ onHand: 40, demandPerDay: 0 })[0]!.unitsAtRisk).toBeNaN();
    const [expired] = waiting({ onHand: 40, demandPerDay: 9, expiresAtMs: NOW_MS - DAY_MS });
    expect(expired).toMatchObject({ available: 0, unitsAtRisk: 40 });
  });

  test('of another store, or none, is not in it', () => {
    expect(waiting({ storeId: 's2', onHand: 1 })).toEqual([]);
    const [only] = waiting({ storeId: 's2', onHand: 1 }, { productId: 'milk', onHand: 2 });
    expect(only).toMatchObject({ productId: 'milk', onHand: 2 });
  });
});
