import { createProductSearch } from '../../src/adapters/minisearch-product-search.ts';
import { InProcessClient } from '../../src/commands/in-process-client.ts';
import { readConfig } from '../../src/config.ts';
import type { LedgerEvent } from '../../src/ledger/events.ts';
import { dayOfText } from '../../src/ledger/instant.ts';
import type { Model } from '../../src/recommender/model.ts';
import { openInProcessGateway } from '../../src/service/in-process-gateway.ts';
import { readCatalogue } from '../../src/simulation/read-catalogue.ts';
import { drawUniform } from '../../src/simulation/seeded-draw.ts';
import type {
  SimulatedAnswer,
  SimulatedQuestion,
  TradingGateway,
} from '../../src/simulation/selling-gateway.ts';
import { daysOf, simulateTrade, type TradeOptions } from '../../src/simulation/simulate-trade.ts';
import { buildModel } from './model-builder.ts';

const PRODUCTS = 40;

/** A shop of forty products, each with three that are often bought with it: what is offered is often taken. */
export function simulatedShop(): Model {
  const products = Array.from({ length: PRODUCTS }, (_, at) => {
    const unitPrice = Math.round(100 + 900 * drawUniform(0, `price ${at}`)) / 100;
    return {
      id: `p${at}`,
      category: `aisle ${at % 5}/shelf ${at % 10}`,
      unitPrice,
      share: 0.2 / (1 + at),
      unitCost: Math.round(unitPrice * 55) / 100,
    };
  });
  const edges = products.flatMap(({ id }, at) =>
    [1, 7, 13].map((step) => [id, `p${(at + step) % PRODUCTS}`, 0.3, 0.12] as const),
  );
  return { ...buildModel({ products, edges }), version: 'simulated-shop' };
}

/** What holding stock costs a year there, as a share of its cost. */
export const HOLDING_RATE = 0.4;

/** A gateway in this process that serves it, with half of the baskets held out. */
export function openSimulatedShop(seed: number, settings: Readonly<Record<string, string>> = {}) {
  const model = simulatedShop();
  const config = readConfig(
    {
      BASKETLIFT_MIN_VALUE: '0',
      BASKETLIFT_HOLDOUT_SHARE: '0.5',
      BASKETLIFT_LOG_LEVEL: 'silent',
      BASKETLIFT_HOLDING_RATE: String(HOLDING_RATE),
    },
    settings,
  );
  const search = createProductSearch(model.products, model.basketShare);
  const version = {
    loaded: { model, cacheName: model.version, search },
    openingStock: [],
    customers: 'none' as const,
  };
  const gateway = openInProcessGateway(config, version, seed);
  return { client: new InProcessClient(gateway), close: () => gateway.close() };
}

export const PLAN = {
  firstDay: dayOfText('2026-01-05'),
  days: 7,
  basketsPerDay: 40,
  agents: 4,
  stores: ['s1', 's2'],
};

/** What went over the wire of one simulation. */
export interface Exchange {
  readonly questions: SimulatedQuestion[];
  readonly answers: SimulatedAnswer[];
  readonly events: LedgerEvent[];
}

/** Trades on a fresh gateway; `silent`: nothing is offered to anybody. */
export async function tradeOnce(
  seed: number,
  plan: Partial<TradeOptions> = {},
  { silent = false, settings = {} }: { silent?: boolean; settings?: Readonly<Record<string, string>> } = {},
) {
  const { client, close } = openSimulatedShop(seed, settings);
  try {
    const catalogue = await readCatalogue(client);
    const options: TradeOptions = { ...PLAN, catalogue, seed, ...plan };
    const exchange: Exchange = { questions: [], answers: [], events: [] };
    const trade = await simulateTrade(recorded(client, exchange, silent), options);
    const days = daysOf(options);
    const [sales, uplift] = [await client.salesReport(days), await client.upliftReport(days, undefined)];
    return { options, trade, exchange, sales, uplift };
  } finally {
    await close();
  }
}

function recorded(client: InProcessClient, exchange: Exchange, silent: boolean): TradingGateway {
  return {
    parallel: 1,
    async ask(question) {
      const answered = await client.ask(question);
      const answer = silent ? { ...answered, suggestions: [] } : answered;
      exchange.questions.push(question);
      exchange.answers.push(answer);
      return answer;
    },
    stateStock: (rows) => client.stateStock(rows),
    tell(events, atMs) {
      exchange.events.push(...events);
      return client.tell(events, atMs);
    },
  };
}
