import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { type DataFolder, openDataFolder } from './adapters/lmdb-data-folder.ts';
import { MemoryResultCache } from './adapters/memory-result-cache.ts';
import { readPageFiles } from './adapters/page-files.ts';
import { openPseudonyms } from './adapters/pseudonym-key.ts';
import { RedisResultCache } from './adapters/redis-result-cache.ts';
import type { Config } from './config.ts';
import { EMBEDDED_ACCESS } from './gateway/access.ts';
import { type AdvisorParts, createAdvisor } from './gateway/advisor.ts';
import { createApp } from './gateway/app.ts';
import { createBasketMemory } from './gateway/basket-memory.ts';
import type { GatewayParts, PartState, RulesKeeper } from './gateway/gateway-parts.ts';
import { openLiveChannel } from './gateway/live-channel.ts';
import type { ServingModel } from './gateway/serving-model.ts';
import type { Log } from './gateway/telemetry-port.ts';
import type { WireRule } from './gateway/wire.ts';
import { CODE_VERSION, PACKAGE_ROOT } from './package-facts.ts';
import type { ResultCache } from './recommender/result-cache.ts';
import type { StockRow } from './recommender/stock.ts';
import { StockBook } from './recommender/stock-book.ts';
import { bindModel, loadVersion, openingStock, valuePolicy } from './served-version.ts';
import { createLog, createTelemetry } from './telemetry.ts';
import { warmUp } from './warm-up.ts';

/** The tenant of a gateway without keys. */
const { tenant: TENANT } = EMBEDDED_ACCESS;

/** A running gateway. */
export interface Service {
  readonly url: string;
  readonly modelVersion: string;
  readonly notice: string | undefined;
  /** Finishes open requests, closes sockets with a reason, writes what is pending, then ends. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Config;
  /** A version's name or folder; the champion when absent. */
  readonly model?: string;
  /** Stock laid over the opening stock of the model. */
  readonly stock?: readonly StockRow[];
}

/** Longest wait for open requests at a stop. */
const STOP_MS_MAX = 10_000;
/** Longest wait for the cache in one request. */
const CACHE_DEADLINE_MS = 20;
/** Time a client has to send its headers, and its whole request. */
const HEADERS_MS_MAX = 10_000;
const REQUEST_MS_MAX = 30_000;

/** Opens every part, wires them and listens. @throws when the model is refused, the data folder or the port is taken */
export async function startService({ config, model, stock: stated = [] }: ServiceOptions): Promise<Service> {
  const log = createLog(config.logLevel);
  const loaded = await loadVersion(config, model);
  const folder = openDataFolder(config.data);
  const cache = openCache(config, log);
  const stock = new StockBook();
  for (const rows of [openingStock(loaded), stated, folder.stock.loadAll(TENANT)])
    for (const row of rows) stock.apply(row);
  const rules = keepRules(folder);
  const serving = bindModel(loaded, stock, rules.current());
  const partStates = () => statesOf(cache, folder, stock);
  let isStopping = false;
  const { advising, ...assembled } = assemble({
    config,
    folder,
    cache,
    stock,
    rules,
    serving,
    log,
    partStates,
  });
  const parts: GatewayParts = {
    ...assembled,
    isStopping: () => isStopping,
    pages: await readPageFiles(`${PACKAGE_ROOT}dist/screens`),
  };
  await warmUp(parts, advising);
  const app = createApp(parts);
  const server = serve({
    fetch: app.fetch,
    hostname: config.host,
    port: config.port,
    serverOptions: { headersTimeout: HEADERS_MS_MAX, requestTimeout: REQUEST_MS_MAX },
  }) as import('node:http').Server;
  await once(server, 'listening').catch(async (cause) => {
    await Promise.all([cache.close(), folder.close()]);
    throw new Error(
      `Cannot listen on ${config.host}:${config.port}: ${cause.message}. Choose another --port.`,
      { cause },
    );
  });
  const live = openLiveChannel(server, parts);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    modelVersion: serving.model.version,
    notice: serving.model.notice,
    async stop() {
      if (isStopping) return;
      isStopping = true;
      live.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const deadline = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX);
      setTimeout(() => live.terminate(), 1000).unref();
      await closed;
      clearTimeout(deadline);
      await Promise.all([cache.close(), folder.close()]);
      log.flush();
    },
  };
}

function assemble(made: {
  config: Config;
  folder: DataFolder;
  cache: ResultCache;
  stock: StockBook;
  rules: RulesKeeper;
  serving: ServingModel;
  log: Log;
  partStates: () => PartState[];
}): Omit<GatewayParts, 'isStopping' | 'pages'> & { advising: AdvisorParts } {
  const { config, folder, cache, stock, rules, serving, log, partStates } = made;
  const telemetry = createTelemetry({
    ledger_pending: { help: 'Events and decisions not yet on disk', read: () => folder.events.pending() },
    stock_age_seconds: {
      help: 'Age of the newest stock statement',
      read: () => (Date.now() - stock.newestAsOfMs) / 1000,
    },
  });
  const memory = createBasketMemory();
  const clocks = { nowMs: () => Date.now(), ticks: () => performance.now() };
  const advising: AdvisorParts = {
    serving: () => serving,
    cache,
    stock,
    policy: valuePolicy(config),
    memory,
    record: (decision) => folder.events.record(decision),
    pseudonymise: openPseudonyms(config.data),
    telemetry,
    log,
    ...clocks,
    budgetMs: config.budgetMs,
    cacheDeadlineMs: CACHE_DEADLINE_MS,
  };
  return {
    advising,
    advisor: createAdvisor(advising),
    serving: () => serving,
    stock,
    keepStock: (rows) => {
      const refused = folder.stock.put(TENANT, rows);
      if (refused > 0) log.warn({ refused }, 'stock rows are not kept over a restart: the disk is behind');
    },
    events: folder.events,
    rules,
    memory,
    telemetry,
    log,
    partStates,
    ...clocks,
    codeVersion: CODE_VERSION,
  };
}

function openCache(config: Config, log: Log): ResultCache {
  if (config.redisUrl === undefined) return new MemoryResultCache();
  let saidAtMs = Number.NEGATIVE_INFINITY;
  return new RedisResultCache({
    url: config.redisUrl,
    onTrouble(error) {
      if (performance.now() - saidAtMs < 5000) return;
      saidAtMs = performance.now();
      log.warn({ err: error }, 'redis is in trouble; answers go on from this process');
    },
  });
}

function keepRules(folder: DataFolder): RulesKeeper {
  return {
    current() {
      const kept = folder.rules.current(TENANT);
      return { version: kept?.version ?? 0, rules: (kept?.rules ?? []) as WireRule[] };
    },
    async replace(rules, expectedVersion) {
      const result = await folder.rules.put(TENANT, rules, expectedVersion);
      return result.status === 'stored' ? result.version : undefined;
    },
  };
}

function statesOf(cache: ResultCache, folder: DataFolder, stock: StockBook): PartState[] {
  return [
    { name: 'cache', state: cache.state, isHealthy: cache.state === 'connected' },
    { name: 'ledger', state: `${folder.events.pending()} pending`, isHealthy: true },
    {
      name: 'stock',
      state: Number.isFinite(stock.newestAsOfMs)
        ? `as of ${new Date(stock.newestAsOfMs).toISOString()}`
        : 'none stated',
      isHealthy: true,
    },
  ];
}
