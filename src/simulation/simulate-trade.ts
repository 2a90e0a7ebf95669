import type { LedgerEvent } from '../ledger/events.ts';
import { getOrMake } from '../ledger/get-or-make.ts';
import { DAY_MS, HOUR_MS, textOfDay } from '../ledger/instant.ts';
import type { SimulatedCatalogue } from './read-catalogue.ts';
import { inParallel, type StockStatement, type TradingGateway } from './selling-gateway.ts';
import { returnDays, type ServedVisit, serveVisit } from './serve-visit.ts';
import { ShopperTruth } from './shopper-truth.ts';
import { Shoppers, type Visit } from './shoppers.ts';
import { type StockFigures, StockRoom } from './stock-room.ts';
import { addSums, noSums, receiptLine, sumsOf, type TradeTruth } from './trade-truth.ts';

export interface TradeOptions {
  readonly catalogue: SimulatedCatalogue;
  readonly seed: number;
  /** Days since 1970-01-01. */
  readonly firstDay: number;
  readonly days: number;
  /** In all stores together; the mean over a week. */
  readonly basketsPerDay: number;
  /** Store ids, at least one. */
  readonly stores: readonly string[];
  readonly agents: number;
  /** Exponent of the relative price by which more expensive offers are accepted less often: at 1, twice the price halves the chance. */
  readonly priceResistance?: number;
  /** Called at the end of each day. */
  readonly onDay?: (done: number) => void;
}

export interface Trade {
  readonly truth: TradeTruth;
  /** For all stores together. */
  readonly stock: StockFigures;
}

/** Mean number of pieces in a basket, which the buyers plan with. */
const PIECES_PER_BASKET = 5.5;
/** Maximum number of events in one request. */
const EVENTS_AT_ONCE = 500;
const STOCK_ROWS_AT_ONCE = 2000;
/** Hour at which stock is counted and reported to the gateway, before the first customer arrives. */
const STOCK_HOUR = 6;

/**
 * Simulates some days of trade with a gateway. Stock is reported each morning, suggestions are requested for every basket before the
 * customer adds the rest, and events are sent in the evening. The same seed asks, sells and returns the same as long as the gateway
 * answers the same.
 *
 * @throws Error if the gateway refuses a request, is unreachable for too long, or rejects an event
 */
export async function simulateTrade(gateway: TradingGateway, options: TradeOptions): Promise<Trade> {
  const shop = openShop(options);
  for (let done = 0; done < options.days; done++) {
    const day = options.firstDay + done;
    await tellStock(gateway, shop, day);
    const visits = shop.shoppers.visits(day);
    const answers = await inParallel(visits, gateway.parallel, (visit) =>
      gateway.ask(questionOf(shop, visit)),
    );
    const events: LedgerEvent[] = [...(shop.refundsDue.get(day) ?? [])];
    for (const [at, visit] of visits.entries()) {
      const { decisionId, arm, suggestions } = answers[at]!;
      const offered = suggestions.map(({ productId }) => productId);
      const served = serve(shop, visit, offered);
      keep(shop, visit, served, arm, day);
      events.push(...eventsOf(shop, visit, served, decisionId));
    }
    for (const room of shop.rooms) room.closeDay();
    await tellEvents(gateway, events, (day + 1) * DAY_MS - 1);
    options.onDay?.(done + 1);
  }
  return { truth: { ...shop.truth, customersLost: shop.shoppers.customersLost }, stock: stockOf(shop.rooms) };
}

interface Shop {
  readonly options: TradeOptions;
  readonly shopperTruth: ShopperTruth;
  readonly shoppers: Shoppers;
  readonly rooms: readonly StockRoom[];
  /** Refunds by the day on which they are made. */
  readonly refundsDue: Map<number, LedgerEvent[]>;
  readonly truth: {
    readonly baskets: { treatment: number; holdout: number };
    transactions: number;
    readonly sold: ReturnType<typeof noSums>;
    readonly effect: ReturnType<typeof noSums>;
    readonly offers: { accepted: number; declined: number; notOffered: number };
  };
}

function openShop(options: TradeOptions): Shop {
  const { seed, catalogue, stores, agents, basketsPerDay, firstDay, priceResistance } = options;
  const shopperTruth = new ShopperTruth(seed, catalogue, priceResistance);
  const piecesPerDay = (basketsPerDay * PIECES_PER_BASKET) / stores.length;
  return {
    options,
    shopperTruth,
    refundsDue: new Map(),
    shoppers: new Shoppers({ truth: shopperTruth, stores: stores.length, agents, basketsPerDay }),
    rooms: stores.map((_, store) => new StockRoom({ truth: shopperTruth, store, piecesPerDay, firstDay })),
    truth: {
      baskets: { treatment: 0, holdout: 0 },
      transactions: 0,
      sold: noSums(),
      effect: noSums(),
      offers: { accepted: 0, declined: 0, notOffered: 0 },
    },
  };
}

async function tellStock(gateway: TradingGateway, shop: Shop, day: number): Promise<void> {
  const asOf = new Date(day * DAY_MS + STOCK_HOUR * HOUR_MS).toISOString();
  const rows: StockStatement[] = [];
  for (const [store, room] of shop.rooms.entries()) {
    for (const { place, expiresDay, ...figures } of room.openDay(day)) {
      rows.push({
        storeId: shop.options.stores[store]!,
        productId: shop.shopperTruth.ids[place]!,
        asOf,
        ...figures,
        ...(expiresDay !== undefined && { expiresAt: new Date(expiresDay * DAY_MS).toISOString() }),
      });
    }
  }
  for (let at = 0; at < rows.length; at += STOCK_ROWS_AT_ONCE)
    await gateway.stateStock(rows.slice(at, at + STOCK_ROWS_AT_ONCE));
}

function questionOf({ options, shopperTruth }: Shop, visit: Visit) {
  const { basketId, agent, channel, customerId, basket, store, atMs } = visit;
  return {
    basketId,
    channel,
    storeId: options.stores[store]!,
    agentId: agent.id,
    basket: basket.map((line) => {
      const { productId, quantity, unitPrice } = receiptLine(shopperTruth, line);
      return { productId, quantity, unitPrice };
    }),
    ...(customerId !== undefined && { customerId, consent: { personalise: true } }),
    at: new Date(atMs).toISOString(),
  };
}

function serve(
  { shopperTruth, shoppers, rooms }: Shop,
  visit: Visit,
  offered: readonly string[],
): ServedVisit {
  const room = rooms[visit.store]!;
  const mood = shoppers.mood(visit.customer);
  const served = serveVisit(shopperTruth, visit, offered, (place) => room.available(place), mood);
  for (const { place, quantity } of served.bought ?? []) room.take(place, quantity);
  room.miss(served.missing);
  if (served.isAnnoyed) shoppers.annoy(visit.customer, served.leavesForGood);
  if (served.isPleased) shoppers.please(visit.customer);
  return served;
}

function keep(
  shop: Shop,
  visit: Visit,
  served: ServedVisit,
  arm: 'treatment' | 'holdout',
  day: number,
): void {
  const { truth, shopperTruth, options, rooms } = shop;
  const { basketId, store } = visit;
  const daysLeft = options.firstDay + options.days - 1 - day;
  const excessDays = (place: number, pieces: number) => rooms[store]!.excessDays(place, pieces, day);
  const sums = (lines: ServedVisit['bought']) => sumsOf(shopperTruth, basketId, lines, daysLeft, excessDays);
  const sold = sums(served.bought);
  addSums(truth.sold, sold, 1);
  truth.baskets[arm]++;
  if (served.bought) truth.transactions++;
  if (arm === 'treatment') {
    addSums(truth.effect, sold, 1);
    addSums(truth.effect, sums(served.otherwise), -1);
  }
  for (const { result } of served.outcomes) {
    if (result === 'not-offered') truth.offers.notOffered++;
    else truth.offers[result]++;
  }
}

/** The events that the till sends for a visit. Refunds that fall on later days are put aside for those days. */
function eventsOf(shop: Shop, visit: Visit, served: ServedVisit, decisionId: string): LedgerEvent[] {
  const { options, shopperTruth, refundsDue } = shop;
  const { basketId, agent, channel, atMs } = visit;
  const place = { basketId, storeId: options.stores[visit.store]!, agentId: agent.id, channel };
  const after = (ms: number) => new Date(atMs + ms).toISOString();
  const events: LedgerEvent[] = served.outcomes.map(({ productId, result }) => ({
    type: 'outcome',
    id: `${basketId}-said-${productId}`,
    at: after(30_000),
    ...place,
    decisionId,
    productId,
    result,
  }));
  if (!served.bought) return events;
  const { currency } = shopperTruth;
  const lines = served.bought.map((line) => receiptLine(shopperTruth, line));
  events.push({ ...place, type: 'sale', id: `${basketId}-paid`, at: after(60_000), currency, lines });
  for (const [at, line] of served.bought.entries()) {
    const days = returnDays(shopperTruth, basketId, line.place);
    if (days === undefined) continue;
    const day = Math.floor(atMs / DAY_MS) + days;
    const { productId } = lines[at]!;
    getOrMake(refundsDue, day, (): LedgerEvent[] => []).push({
      ...place,
      type: 'refund',
      id: `${basketId}-back-${productId}`,
      currency,
      lines: [lines[at]!],
      at: new Date(day * DAY_MS + DAY_MS / 2).toISOString(),
    });
  }
  return events;
}

async function tellEvents(gateway: TradingGateway, events: readonly LedgerEvent[], atMs: number) {
  for (let at = 0; at < events.length; at += EVENTS_AT_ONCE) {
    const part = events.slice(at, at + EVENTS_AT_ONCE);
    for (const { id, status, reason } of await gateway.tell(part, atMs)) {
      if (status !== 'rejected') continue;
      throw new Error(
        `The gateway rejected event ${id}: ${reason}. If the same seed has traded before, use another one.`,
      );
    }
  }
}

function stockOf(rooms: readonly StockRoom[]): StockFigures {
  const sums = {
    costDaysMinor: 0,
    soldCostMinor: 0,
    writtenOffMinor: 0,
    emptyDays: 0,
    productDays: 0,
    missing: 0,
  };
  for (const room of rooms) {
    const figures = room.figures();
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += figures[name];
  }
  return sums;
}

/** First and last day of the trade, in the format that reports use. */
export function daysOf({ firstDay, days }: Pick<TradeOptions, 'firstDay' | 'days'>) {
  return { from: textOfDay(firstDay), to: textOfDay(firstDay + days - 1) };
}
