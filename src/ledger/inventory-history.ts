import { type PeriodLength, periodName } from './business-calendar.ts';
import { getOrMake } from './get-or-make.ts';
import { type GoodsSold, nothingSold, type SoldSums } from './goods-sold.ts';
import { dayOfText } from './instant.ts';
import type { InventoryDay } from './inventory-store.ts';
import { currencyDigits } from './money.ts';

export interface InventoryHistoryOptions {
  /** Business days, in days since 1970-01-01. */
  readonly selection: { readonly fromDay: number; readonly toDay: number; readonly storeId?: string };
  readonly by: PeriodLength;
  /** Currency of the stock, null where it is not known; days in another currency are left out. */
  readonly currency: string | null;
}

/** Stock and its turnover in one period, or in all of them. Money in major units; null where it cannot be stated. */
export interface InventoryRow {
  /** undefined in the total. */
  readonly period?: string;
  /** Days with known stock, counted for each store. */
  readonly storeDays: number;
  /** At cost: the sum over stores of the mean over their known days. */
  readonly averageValue: number | null;
  /** Mean, weighted by value, over products with a known demand. */
  readonly daysOfSupply: number | null;
  /** Value beyond the target cover / value, over the same products. */
  readonly excessShare: number | null;
  /** Over the known days. */
  readonly holdingCost: number | null;
  /** Per day: the sum over stores of the mean over their known days. */
  readonly holdingCostPerDay: number | null;
  /** Products with nothing available, once for each day, and their share of all product-days. */
  readonly stockOutDays: number;
  readonly stockOutShare: number | null;
  /** Cost, by the receipts, of what was sold and not returned; null where no receipt states a cost, or all are in other currencies. */
  readonly costOfGoodsSold: number | null;
  /** Share of the revenue whose cost is known. */
  readonly costKnownShare: number | null;
  /** Times a year that the stock is sold: 365 / days · costOfGoodsSold / averageValue, by store from first to last known day. */
  readonly turnover: number | null;
  /** 365 / turnover. */
  readonly daysInventoryOutstanding: number | null;
}

export interface InventoryTrend {
  readonly rows: readonly InventoryRow[];
  readonly total: InventoryRow;
}

/**
 * Combines stored days of stock with sales. Neither the order of what is added nor repeated days of stock make a difference; each basket
 * MUST be in the sales once. A basket's goods leave the stock on the business day of its first receipt; refunds are deducted there.
 */
export class InventoryHistory {
  readonly #options: InventoryHistoryOptions;
  /** Store → day → the newest look at it. */
  readonly #stock = new Map<string, Map<number, InventoryDay>>();
  /** Currency → store → day. */
  readonly #sales = new Map<string, Map<string, Map<number, GoodsSold>>>();

  constructor(options: InventoryHistoryOptions) {
    this.#options = options;
  }

  addDay(day: InventoryDay): void {
    const { currency } = this.#options;
    const number = dayOfText(day.day);
    if (day.currency !== currency || !this.#isSelected(number, day.storeId)) return;
    const known = getOrMake(this.#stock, day.storeId, () => new Map<number, InventoryDay>());
    const before = known.get(number);
    if (!before || isNewer(day, before)) known.set(number, day);
  }

  /** A store's sales of one day in one currency, each once. */
  addSales(goods: GoodsSold): void {
    const { storeId, day, currency } = goods;
    if (!this.#isSelected(day, storeId)) return;
    const stores = getOrMake(this.#sales, currency, () => new Map<string, Map<number, GoodsSold>>());
    getOrMake(stores, storeId, () => new Map<number, GoodsSold>()).set(day, goods);
  }

  /** Currency of the sales that are counted: that of the stock, else the only one in the sales; null for none or several. */
  get salesCurrency(): string | null {
    const { currency } = this.#options;
    if (currency !== null) return currency;
    return this.#sales.size === 1 ? [...this.#sales.keys()][0]! : null;
  }

  /** Currencies of sales that are not counted, in order. */
  get otherCurrencies(): string[] {
    return [...this.#sales.keys()].filter((currency) => currency !== this.salesCurrency).sort();
  }

  /** Periods in order; one without known stock and without sales has no row. Yields so that the caller can let others run. */
  *trend(): Generator<void, InventoryTrend> {
    const { by } = this.#options;
    const periods = new Map<string, number[]>();
    for (const day of this.#days()) getOrMake(periods, periodName(day, by), () => []).push(day);
    const rows: InventoryRow[] = [];
    for (const [period, days] of periods) {
      rows.push({ period, ...this.#row(days[0]!, days.at(-1)!) });
      yield;
    }
    return { rows, total: this.total() };
  }

  /** The row for all days of the selection. */
  total(): Omit<InventoryRow, 'period'> {
    const { fromDay, toDay } = this.#options.selection;
    return this.#row(fromDay, toDay);
  }

  #isSelected(day: number, storeId: string): boolean {
    const { fromDay, toDay, storeId: only } = this.#options.selection;
    return day >= fromDay && day <= toDay && (only === undefined || storeId === only);
  }

  #salesOf(): ReadonlyMap<string, ReadonlyMap<number, SoldSums>> {
    return this.#sales.get(this.salesCurrency ?? '') ?? new Map();
  }

  /** Days with stock or sales, in order. */
  #days(): number[] {
    const stores = [...this.#stock.values(), ...this.#salesOf().values()];
    return [...new Set(stores.flatMap((days: ReadonlyMap<number, unknown>) => [...days.keys()]))].sort(
      (a, b) => a - b,
    );
  }

  #row(fromDay: number, toDay: number): Omit<InventoryRow, 'period'> {
    const inOrder = [...this.#stock].sort(([a], [b]) => (a < b ? -1 : 1));
    const stores = inOrder.flatMap(([storeId, known]) => {
      const days = daysOf(known, fromDay, toDay);
      return days.length > 0 ? [this.#storeOf(storeId, days)] : [];
    });
    const sold = addSales(this.#salesOf().values(), fromDay, toDay);
    const { stockScale, salesScale } = this.#scales();
    // All sales are in other currencies: what the goods cost is then not known, rather than zero.
    const isElsewhere = this.#salesOf().size === 0 && this.#sales.size > 0;
    return {
      ...stockRow(stores, stockScale),
      costOfGoodsSold: isCosted(sold) && !isElsewhere ? sold.costMinor / salesScale : null,
      costKnownShare: sold.revenueMinor === 0 ? null : sold.costedRevenueMinor / sold.revenueMinor,
      ...turnoverOf(isElsewhere ? [] : stores, stockScale, salesScale),
    };
  }

  #storeOf(storeId: string, days: readonly [number, InventoryDay][]): StoreSpan {
    const first = days[0]![0];
    const last = days.at(-1)![0];
    const own = this.#salesOf().get(storeId);
    return {
      days: days.map(([, day]) => day),
      spanDays: last - first + 1,
      sold: addSales(own ? [own] : [], first, last),
    };
  }

  #scales(): { stockScale: number; salesScale: number } {
    const scale = (currency: string | null) => 10 ** currencyDigits(currency ?? '');
    return { stockScale: scale(this.#options.currency), salesScale: scale(this.salesCurrency) };
  }
}

/** One store's known days of a period, in order, and what it sold from the first to the last of them. */
interface StoreSpan {
  readonly days: readonly InventoryDay[];
  readonly spanDays: number;
  readonly sold: SoldSums;
}

type StockPart = Omit<
  InventoryRow,
  'period' | 'costOfGoodsSold' | 'costKnownShare' | 'turnover' | 'daysInventoryOutstanding'
>;

function stockRow(stores: readonly StoreSpan[], scale: number): StockPart {
  const all = stores.flatMap(({ days }) => days);
  const isValued = all.some(({ costed }) => costed > 0);
  const meanOf = (figure: (day: InventoryDay) => number) =>
    stores.reduce((sum, { days }) => sum + total(days, figure) / days.length, 0);
  const covered = meanOf(({ coveredMinor }) => coveredMinor);
  const products = total(all, (day) => day.products);
  const stockOutDays = total(all, ({ stockOuts }) => stockOuts);
  return {
    storeDays: all.length,
    averageValue: isValued ? Math.round(meanOf(({ valueMinor }) => valueMinor)) / scale : null,
    daysOfSupply: covered === 0 ? null : meanOf(({ coveredMinorDays }) => coveredMinorDays) / covered,
    excessShare: covered === 0 ? null : meanOf(({ excessMinor }) => excessMinor) / covered,
    holdingCost: isValued ? Math.round(total(all, holdingMinor)) / scale : null,
    holdingCostPerDay: isValued ? Math.round(meanOf(holdingMinor)) / scale : null,
    stockOutDays,
    stockOutShare: products === 0 ? null : stockOutDays / products,
  };
}

function turnoverOf(
  stores: readonly StoreSpan[],
  stockScale: number,
  salesScale: number,
): Pick<InventoryRow, 'turnover' | 'daysInventoryOutstanding'> {
  let costAYear = 0;
  let value = 0;
  for (const { days, spanDays, sold } of stores) {
    // Leaves out a store that sells without stating a cost: how often it turns its stock over is not known.
    if (sold.revenueMinor !== 0 && !isCosted(sold)) continue;
    costAYear += ((sold.costMinor / salesScale) * 365) / spanDays;
    value += total(days, ({ valueMinor }) => valueMinor) / days.length / stockScale;
  }
  const turnover = value === 0 ? null : costAYear / value;
  return { turnover, daysInventoryOutstanding: turnover === null || turnover <= 0 ? null : 365 / turnover };
}

function holdingMinor({ valueMinor, holdingRatePerYear }: InventoryDay): number {
  return (valueMinor * holdingRatePerYear) / 365;
}

function addSales(stores: Iterable<ReadonlyMap<number, SoldSums>>, fromDay: number, toDay: number): SoldSums {
  const sum = nothingSold();
  for (const days of stores) {
    for (const [, sales] of daysOf(days, fromDay, toDay)) {
      sum.costMinor += sales.costMinor;
      sum.revenueMinor += sales.revenueMinor;
      sum.costedRevenueMinor += sales.costedRevenueMinor;
    }
  }
  return sum;
}

/** A map's values for these days, in order. Loops over the days, so that all periods together cost no more than one. */
function daysOf<Value>(map: ReadonlyMap<number, Value>, fromDay: number, toDay: number): [number, Value][] {
  const found: [number, Value][] = [];
  for (let day = fromDay; day <= toDay; day++) {
    const value = map.get(day);
    if (value !== undefined) found.push([day, value]);
  }
  return found;
}

function isCosted({ revenueMinor, costedRevenueMinor }: SoldSums): boolean {
  return costedRevenueMinor !== 0 || revenueMinor === 0;
}

/** Whether `a` is newer. Of two looks in one millisecond the larger JSON text counts, whichever came first. */
function isNewer(a: InventoryDay, b: InventoryDay): boolean {
  if (a.atMs !== b.atMs) return a.atMs > b.atMs;
  return JSON.stringify(a) > JSON.stringify(b);
}

function total(days: readonly InventoryDay[], figure: (day: InventoryDay) => number): number {
  return days.reduce((sum, day) => sum + figure(day), 0);
}
