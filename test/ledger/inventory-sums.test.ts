import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addInventories,
  DAYS_OF_SUPPLY_MAX,
  InventoryTally,
  NO_INVENTORY,
  type StockFacts,
  stockAmounts,
} from '../../src/ledger/inventory-sums.ts';
import { anyStockFacts } from '../support/inventory-builder.ts';

const facts: StockFacts = {
  onHand: 10,
  reserved: 1,
  available: 9,
  demandPerDay: 0.1,
  daysOfSupply: 90,
  excessUnits: 3,
  unitCost: 1.5,
  unitsAtRisk: 2,
  unitLoss: 1.5,
};

function sumsOf(products: readonly StockFacts[], currency: string | null = 'EUR') {
  const tally = new InventoryTally(currency);
  for (const product of products) tally.add(product);
  return tally.sums();
}

describe('the sums of a store', () => {
  test('are those of its products, and those of several stores the sums of theirs, in any order', () => {
    const products = fc.array(fc.tuple(anyStockFacts, fc.nat(3)), { maxLength: 40 });
    const shuffled = products.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, anyOrder]) => {
        const whole = sumsOf(list.map(([product]) => product));
        const stores = [0, 1, 2, 3].map((store) =>
          sumsOf(anyOrder.filter(([, of]) => of === store).map(([product]) => product)),
        );
        expect(addInventories(stores)).toEqual(whole);
        const amounts = list.map(([product]) => stockAmounts(product, 'EUR'));
        for (const name of ['valueMinor', 'excessMinor', 'atRiskMinor', 'onHandMilli'] as const)
          expect(whole[name]).toBe(amounts.reduce((sum, amount) => sum + amount[name], 0));
        expect(Object.values(whole).every(Number.isSafeInteger)).toBe(true);
      }),
    );
  });

  test('count money in the smallest unit of its currency, and units in thousandths', () => {
    expect(sumsOf([facts, facts])).toEqual({
      ...NO_INVENTORY,
      products: 2,
      costed: 2,
      expiring: 2,
      onHandMilli: 20_000,
      reservedMilli: 2000,
      demandMicro: 200_000,
      excessMilli: 6000,
      atRiskMilli: 4000,
      valueMinor: 3000,
      excessMinor: 900,
      atRiskMinor: 600,
      coveredMinor: 3000,
      coveredMinorDays: 270_000,
    });
    expect(sumsOf([facts], 'JPY').valueMinor).toBe(15);
    expect(sumsOf([facts], null).valueMinor).toBe(1500);
  });

  test('count the products of which a fact is missing, and leave out what depends on it', () => {
    const uncosted = { ...facts, unitCost: Number.NaN, unitLoss: Number.NaN };
    const slow = { ...facts, demandPerDay: Number.NaN, daysOfSupply: Number.NaN, excessUnits: Number.NaN };
    const uncounted = { ...slow, onHand: Number.NaN, available: Number.NaN, unitsAtRisk: Number.NaN };
    expect(sumsOf([uncosted, slow, uncounted])).toMatchObject({
      products: 3,
      costed: 2,
      expiring: 2,
      stockOuts: 0,
      unknownOnHand: 1,
      unknownCost: 1,
      unknownDemand: 2,
      valueMinor: 1500,
      coveredMinor: 0,
      excessMilli: 3000,
      excessMinor: 0,
    });
  });

  test('count unsold products with the maximum days, and empty shelves as stock-outs', () => {
    const stuck = { ...facts, demandPerDay: 0, daysOfSupply: Number.POSITIVE_INFINITY, excessUnits: 9 };
    expect(sumsOf([stuck]).coveredMinorDays).toBe(1500 * DAYS_OF_SUPPLY_MAX);
    const gone = { ...facts, onHand: -2, available: -3, daysOfSupply: 0 };
    expect(sumsOf([gone])).toMatchObject({ stockOuts: 1, valueMinor: 0, onHandMilli: -2000 });
  });
});
