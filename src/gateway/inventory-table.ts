import type { InventoryQuery } from './inventory-query.ts';
import type { InventoryAnswer } from './present-inventory.ts';
import type { ReportTable } from './report-table.ts';

const PERIOD_COLUMNS = [
  ...(['storeDays', 'averageValue', 'daysOfSupply', 'excessShare', 'holdingCost'] as const),
  ...(['holdingCostPerDay', 'stockOutDays', 'stockOutShare'] as const),
  ...(['costOfGoodsSold', 'costKnownShare', 'turnover', 'daysInventoryOutstanding'] as const),
] as const;
const STORE_COLUMNS = [
  ...(['products', 'stockOuts', 'onHand', 'reserved', 'demandPerDay', 'daysOfSupply'] as const),
  ...(['excessUnits', 'excessShare', 'stockValue', 'excessValue'] as const),
  ...(['holdingCostPerDay', 'holdingCostPerYear', 'unitsAtRisk', 'valueAtRisk'] as const),
  ...(['oldestAsOf', 'newestAsOf'] as const),
] as const;
const PRODUCT_COLUMNS = [
  ...(['storeId', 'productId', 'name', 'onHand', 'reserved', 'demandPerDay', 'daysOfSupply'] as const),
  ...(['targetCoverDays', 'excessUnits', 'stockValue', 'holdingCostPerDay', 'holdingCostPerYear'] as const),
  ...(['unitsAtRisk', 'expiresAt', 'asOf', 'ageDays'] as const),
] as const;

/** One part of the report as rows: one for each period, store or product. Totals are not in it. */
export function inventoryTable(answer: InventoryAnswer, table: InventoryQuery['table']): ReportTable {
  const { currency, now, rows } = answer;
  if (table === 'periods') {
    return {
      columns: ['period', ...PERIOD_COLUMNS, 'currency'],
      rows: rows.map((row) => [row.period ?? null, ...PERIOD_COLUMNS.map((column) => row[column]), currency]),
    };
  }
  if (table === 'stores') {
    const unknown = ['unknownOnHand', 'unknownCost', 'unknownDemand'];
    return {
      columns: ['storeId', ...STORE_COLUMNS, ...unknown, 'currency'],
      rows: now.stores.map((store) => [
        store.storeId,
        ...STORE_COLUMNS.map((column) => store[column]),
        store.unknown.onHand,
        store.unknown.cost,
        store.unknown.demand,
        currency,
      ]),
    };
  }
  return {
    columns: [...PRODUCT_COLUMNS, 'unknown', 'currency'],
    rows: now.products.map((product) => [
      ...PRODUCT_COLUMNS.map((column) => product[column]),
      product.unknown.join(' '),
      currency,
    ]),
  };
}
