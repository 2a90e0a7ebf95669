import type { CommissionStore } from '../ledger/commission-store.ts';
import type { GoodsSold } from '../ledger/goods-sold.ts';
import { textOfDay } from '../ledger/instant.ts';
import { InventoryHistory, type InventoryRow } from '../ledger/inventory-history.ts';
import type { InventoryStore } from '../ledger/inventory-store.ts';
import { type InventorySums, InventoryTally } from '../ledger/inventory-sums.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import type { ValuePolicy } from '../recommender/value.ts';
import { type WaitingStock, waitingStock } from '../recommender/waiting-stock.ts';
import type { InventoryQuery } from './inventory-query.ts';
import { frameReport, type ReportFrame, type ReportScope } from './report-query.ts';
import { finish, inSlices, type ReportSource } from './report-source.ts';
import { plansInForce } from './run-commission.ts';
import type { GoodsSoldQuestion } from './run-goods-sold.ts';
import type { ServingModel } from './serving-model.ts';

/** What the inventory is counted from. */
export interface StockSource {
  readonly stock: StockBook;
  readonly serving: Pick<ServingModel, 'model' | 'demand'>;
  readonly policy: ValuePolicy;
}

export interface InventorySource extends ReportSource, StockSource {
  readonly inventory: InventoryStore;
  readonly commissions: CommissionStore;
  /** @throws Problem (rejects) */
  readonly goodsSold: (question: GoodsSoldQuestion) => Promise<readonly GoodsSold[]>;
}

/** The stock of one store at this moment. */
export interface StoreInventory {
  readonly storeId: string;
  readonly sums: InventorySums;
  /** Epoch ms of the oldest and the newest statement on any product. */
  readonly oldestAsOfMs: number;
  readonly newestAsOfMs: number;
}

export interface StoredProduct extends WaitingStock {
  readonly storeId: string;
}

/** Stock as it is now, by store, with the products that wait longest; then its history by business day. */
export interface InventoryReport {
  readonly scope: ReportScope;
  readonly by: InventoryQuery['by'];
  /** `costCurrency`: of the model's costs, null where not stated. `currency`: the same, else that of the sales, or null. */
  readonly costCurrency: string | null;
  readonly currency: string | null;
  readonly policy: ValuePolicy;
  readonly nowMs: number;
  readonly stores: readonly StoreInventory[];
  readonly products: readonly StoredProduct[];
  readonly rows: readonly InventoryRow[];
  readonly total: InventoryRow;
  /** The same number of days before the first one. */
  readonly previous: InventoryRow & { readonly from: string; readonly to: string };
  /** Currencies of sales that are in no figure. */
  readonly otherCurrencies: readonly string[];
  /** Stored days of the report with another calendar than the one asked for. */
  readonly otherCalendarDays: number;
}

/** @throws Problem when the query is too large, and what `pause` rejects with */
export async function runInventoryReport(
  source: InventorySource,
  query: InventoryQuery,
): Promise<InventoryReport> {
  const { timeZone, dayEnds } = plansInForce(source).document;
  const frame = frameReport(
    { ...query, tz: query.tz ?? timeZone, dayEnds: query.dayEnds ?? dayEnds },
    source.nowMs,
  );
  const { stock, serving, nowMs, policy } = source;
  const currency = serving.model.currency ?? null;
  const longest = new LongestWaiting(query.limit);
  const storeIds = query.storeId === undefined ? stock.storeIds().sort() : [query.storeId];
  const stores: StoreInventory[] = [];
  for (const storeId of storeIds) {
    const counted = await countStore(source, storeId, (product) => longest.offer(product, storeId));
    if (counted.sums.products > 0) stores.push(counted);
  }
  const history = await readHistory(source, query, frame, currency);
  const { present, previous, otherCalendarDays } = history;
  const { from, to } = previousDays(frame);
  return {
    scope: frame.scope,
    by: query.by,
    policy,
    nowMs,
    costCurrency: currency,
    currency: present.salesCurrency,
    otherCurrencies: present.otherCurrencies,
    stores,
    products: longest.products(),
    ...(await finish(source, present.trend())),
    otherCalendarDays,
    previous: {
      from: textOfDay(from),
      to: textOfDay(to),
      ...previous.total(),
    },
  };
}

/** Adds up what a store has, and passes each product to `show`. */
export async function countStore(
  source: StockSource & Pick<ReportSource, 'pause' | 'nowMs'>,
  storeId: string,
  show: (product: WaitingStock) => void = () => {},
): Promise<StoreInventory> {
  const { stock: book, serving, policy, nowMs } = source;
  await source.pause();
  const { model } = serving;
  const tally = new InventoryTally(model.currency ?? null);
  let oldestAsOfMs = Number.POSITIVE_INFINITY;
  let newestAsOfMs = Number.NEGATIVE_INFINITY;
  const demand = serving.demand(storeId);
  await inSlices(source, waitingStock({ model, book, storeId, demand, policy, nowMs }), (product) => {
    tally.add(product);
    oldestAsOfMs = Math.min(oldestAsOfMs, product.asOfMs);
    newestAsOfMs = Math.max(newestAsOfMs, product.asOfMs);
    show(product);
  });
  return { storeId, sums: tally.sums(), oldestAsOfMs, newestAsOfMs };
}

async function readHistory(
  source: InventorySource,
  { by }: InventoryQuery,
  frame: ReportFrame,
  currency: string | null,
) {
  const { scope, selection } = frame;
  const { fromDay, toDay, storeId } = selection;
  const before = previousDays(frame);
  const historyOf = (days: { fromDay: number; toDay: number }) =>
    new InventoryHistory({
      by,
      currency,
      selection: { ...days, ...(storeId !== undefined && { storeId }) },
    });
  const present = historyOf({ fromDay, toDay });
  const previous = historyOf({ fromDay: before.from, toDay: before.to });
  let otherCalendarDays = 0;
  await inSlices(source, source.inventory.days(source.tenant, textOfDay(before.from), scope.to), (day) => {
    present.addDay(day);
    previous.addDay(day);
    if (storeId !== undefined && day.storeId !== storeId) return;
    const isOther = day.timeZone !== scope.timeZone || day.dayEnds !== scope.dayEnds;
    if (isOther && day.day >= scope.from) otherCalendarDays++;
  });
  const { timeZone, dayEnds } = scope;
  const part = { fromDay: before.from, toDay, ...(storeId !== undefined && { storeId }) };
  await inSlices(source, await source.goodsSold({ timeZone, dayEnds, ...part }), (goods) => {
    present.addSales(goods);
    previous.addSales(goods);
  });
  return { present, previous, otherCalendarDays };
}

function previousDays({ selection: { fromDay, toDay } }: ReportFrame): { from: number; to: number } {
  return { from: 2 * fromDay - toDay - 1, to: fromDay - 1 };
}

/** The products that wait longest, of all that are offered; without stock on hand nothing waits. */
class LongestWaiting {
  readonly #limit: number;
  #products: StoredProduct[] = [];
  /** The last one kept, once there are enough. */
  #last: StoredProduct | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(product: WaitingStock, storeId: string): void {
    if (!(product.onHand > 0) || (this.#last && product.daysOfSupply < this.#last.daysOfSupply)) return;
    this.#products.push({ ...product, storeId });
    if (this.#products.length < 2 * this.#limit + SORTED_AT_ONCE) return;
    this.#products = this.products();
    this.#last = this.#products.at(-1);
  }

  products(): StoredProduct[] {
    return this.#products.sort(byWaiting).slice(0, this.#limit);
  }
}

const SORTED_AT_ONCE = 1000;

/** Longest first, then by value on hand, highest first; unknown figures come last. */
function byWaiting(a: StoredProduct, b: StoredProduct): number {
  return (
    descending(a.daysOfSupply, b.daysOfSupply) ||
    descending(a.onHand * a.unitCost, b.onHand * b.unitCost) ||
    (`${a.storeId} ${a.productId}` < `${b.storeId} ${b.productId}` ? -1 : 1)
  );
}

function descending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a === b ? 0 : b - a;
}
