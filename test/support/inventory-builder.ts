import fc from 'fast-check';
import type { InventoryDay } from '../../src/ledger/inventory-store.ts';
import { NO_INVENTORY, type StockFacts } from '../../src/ledger/inventory-sums.ts';

/** A kept day of store s1 whose one product lies there for 100.00 EUR, lasting 90 days. */
export function inventoryDay(day: string, changes: Partial<InventoryDay> = {}): InventoryDay {
  return {
    storeId: 's1',
    day,
    timeZone: 'UTC',
    dayEnds: 0,
    atMs: 1,
    currency: 'EUR',
    holdingRatePerYear: 0.25,
    ...NO_INVENTORY,
    products: 1,
    costed: 1,
    valueMinor: 10_000,
    coveredMinor: 10_000,
    coveredMinorDays: 900_000,
    ...changes,
  };
}

const known = (max: number) => fc.double({ min: 0, max, noNaN: true });
const maybe = (max: number) => fc.oneof({ weight: 5, arbitrary: known(max) }, fc.constant(Number.NaN));

/** Facts of a product, some of them unknown. */
export const anyStockFacts: fc.Arbitrary<StockFacts> = fc
  .record({
    onHand: maybe(5000),
    reserved: maybe(50),
    demandPerDay: maybe(100),
    cover: known(200),
    unitCost: maybe(500),
    risk: maybe(1),
  })
  .map(({ cover, risk, ...facts }) => {
    const available = facts.onHand - (facts.reserved || 0);
    return {
      ...facts,
      available,
      daysOfSupply: available <= 0 ? 0 : available / facts.demandPerDay,
      excessUnits: Math.max(0, available - facts.demandPerDay * cover),
      unitsAtRisk: risk * Math.max(0, facts.onHand),
      unitLoss: facts.unitCost,
    };
  });
