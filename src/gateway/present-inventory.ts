import { DAY_MS } from '../ledger/instant.ts';
import { INVENTORY_DAYS_KEPT } from '../ledger/inventory-store.ts';
import {
  addInventories,
  DAYS_OF_SUPPLY_MAX,
  type InventorySums,
  stockAmounts,
} from '../ledger/inventory-sums.ts';
import { currencyDigits, fromMinorUnits } from '../ledger/money.ts';
import type { Product } from '../recommender/catalogue.ts';
import type { InventoryReport, StoredProduct, StoreInventory } from './run-inventory.ts';

export type InventoryAnswer = ReturnType<typeof presentInventory>;
type StockTotals = ReturnType<typeof presentSums> & StatementTimes;

/** RFC 3339; null where nothing was stated. */
interface StatementTimes {
  readonly oldestAsOf: string | null;
  readonly newestAsOf: string | null;
}

/** The report as it is sent. Units to a thousandth, money to the currency's smallest unit, holding cost of a day to a hundredth of it. */
export function presentInventory(report: InventoryReport, products: readonly Product[]) {
  const { scope, by, currency, policy, nowMs, stores, rows, total, previous } = report;
  const whole = {
    sums: addInventories(stores.map(({ sums }) => sums)),
    oldestAsOfMs: Math.min(...stores.map(({ oldestAsOfMs }) => oldestAsOfMs)),
    newestAsOfMs: Math.max(...stores.map(({ newestAsOfMs }) => newestAsOfMs)),
  };
  const totals = (inventory: Omit<StoreInventory, 'storeId'>): StockTotals => ({
    ...presentSums(inventory.sums, report),
    oldestAsOf: timeOf(inventory.oldestAsOfMs),
    newestAsOf: timeOf(inventory.newestAsOfMs),
  });
  return {
    ...scope,
    by,
    currency,
    holdingRatePerYear: policy.holdingRatePerYear,
    daysOfSupplyMax: DAYS_OF_SUPPLY_MAX,
    daysKept: INVENTORY_DAYS_KEPT,
    now: {
      at: new Date(nowMs).toISOString(),
      total: totals(whole),
      stores: stores.map((store) => ({ storeId: store.storeId, ...totals(store) })),
      products: report.products.map((product) => presentProduct(product, products, report)),
    },
    rows,
    total,
    previous,
    otherCurrencies: report.otherCurrencies,
    otherCalendarDays: report.otherCalendarDays,
  };
}

type Scale = Pick<InventoryReport, 'costCurrency' | 'policy'>;

function presentSums(sums: InventorySums, scale: Scale) {
  const { products, stockOuts, costed, expiring, coveredMinor } = sums;
  const money = (minor: number) => (costed === 0 ? null : fromMinorUnits(minor, scale.costCurrency ?? ''));
  return {
    products,
    stockOuts,
    onHand: sums.onHandMilli / 1000,
    reserved: sums.reservedMilli / 1000,
    demandPerDay: sums.demandMicro / 1e6,
    stockValue: money(sums.valueMinor),
    daysOfSupply: coveredMinor === 0 ? null : sums.coveredMinorDays / coveredMinor,
    excessUnits: sums.excessMilli / 1000,
    excessValue: money(sums.excessMinor),
    excessShare: coveredMinor === 0 ? null : sums.excessMinor / coveredMinor,
    ...holdingCost(costed === 0 ? null : sums.valueMinor, scale),
    unitsAtRisk: expiring === 0 ? null : sums.atRiskMilli / 1000,
    valueAtRisk: expiring === 0 ? null : money(sums.atRiskMinor),
    unknown: { onHand: sums.unknownOnHand, cost: sums.unknownCost, demand: sums.unknownDemand },
  };
}

function presentProduct(
  product: StoredProduct,
  products: readonly Product[],
  scale: Scale & { nowMs: number },
) {
  const { storeId, productId, item, unitCost, demandPerDay, daysOfSupply, unitsAtRisk, expiresAtMs } =
    product;
  const amounts = stockAmounts(product, scale.costCurrency);
  const money = (minor: number) =>
    Number.isNaN(unitCost) ? null : fromMinorUnits(minor, scale.costCurrency ?? '');
  const units = (value: number, milli: number) => (Number.isNaN(value) ? null : milli / 1000);
  return {
    storeId,
    productId,
    name: item === undefined ? null : products[item]!.name,
    onHand: amounts.onHandMilli / 1000,
    reserved: amounts.reservedMilli / 1000,
    demandPerDay: Number.isNaN(demandPerDay) ? null : amounts.demandMicro / 1e6,
    daysOfSupply: Number.isFinite(daysOfSupply) ? rounded(daysOfSupply, 3) : null,
    targetCoverDays: rounded(product.targetCoverDays, 3),
    excessUnits: units(product.excessUnits, amounts.excessMilli),
    stockValue: money(amounts.valueMinor),
    ...holdingCost(Number.isNaN(unitCost) ? null : amounts.valueMinor, scale),
    unitsAtRisk: units(unitsAtRisk, amounts.atRiskMilli),
    expiresAt: timeOf(expiresAtMs),
    asOf: new Date(product.asOfMs).toISOString(),
    ageDays: rounded((scale.nowMs - product.asOfMs) / DAY_MS, 2),
    unknown: [
      ...(Number.isNaN(unitCost) ? (['cost'] as const) : []),
      ...(Number.isNaN(demandPerDay) ? (['demand'] as const) : []),
    ],
  };
}

/** h · value a year, and a 365th part of it a day. */
function holdingCost(
  valueMinor: number | null,
  { costCurrency, policy }: Scale,
): { holdingCostPerDay: number | null; holdingCostPerYear: number | null } {
  if (valueMinor === null) return { holdingCostPerDay: null, holdingCostPerYear: null };
  const yearMinor = valueMinor * policy.holdingRatePerYear;
  return {
    holdingCostPerDay: rounded(
      fromMinorUnits(yearMinor / 365, costCurrency ?? ''),
      currencyDigits(costCurrency ?? '') + 2,
    ),
    holdingCostPerYear: fromMinorUnits(Math.round(yearMinor), costCurrency ?? ''),
  };
}

function timeOf(atMs: number): string | null {
  return Number.isFinite(atMs) ? new Date(atMs).toISOString() : null;
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
