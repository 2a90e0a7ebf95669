import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { MemoryResultCache } from '../../src/adapters/memory-result-cache.ts';
import { createProductSearch } from '../../src/adapters/minisearch-product-search.ts';
import { openPseudonyms } from '../../src/adapters/pseudonym-key.ts';
import { type AdvisorParts, createAdvisor } from '../../src/gateway/advisor.ts';
import { createApp } from '../../src/gateway/app.ts';
import { createBasketMemory } from '../../src/gateway/basket-memory.ts';
import { NOBODY } from '../../src/gateway/change.ts';
import { Gatekeeper } from '../../src/gateway/gatekeeper.ts';
import type { GatewayApp } from '../../src/gateway/gateway-app.ts';
import type {
  CustomerErasures,
  GatewayParts,
  PartState,
  RulesKeeper,
  TenantParts,
} from '../../src/gateway/gateway-parts.ts';
import type { ModelKeeper } from '../../src/gateway/model-keeper.ts';
import { reportHere } from '../../src/gateway/reporter.ts';
import { serveModel } from '../../src/gateway/serving-model.ts';
import type { Assignment, HoldoutUnit } from '../../src/ledger/decision.ts';
import type { EventStore } from '../../src/ledger/event-store.ts';
import type { Model } from '../../src/recommender/model.ts';
import type { ResultCache } from '../../src/recommender/result-cache.ts';
import type { AbsoluteStockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import type { ValuePolicy } from '../../src/recommender/value.ts';
import { keepRules } from '../../src/service/open-tenants.ts';
import { takeStatements } from '../../src/service/take-statements.ts';
import { undocumented } from './documented.ts';
import { type LogLine, RecordingTelemetry, recordingLog } from './recording-telemetry.ts';
import { SMALL_STOCK, smallModel } from './small-model.ts';

export interface TestGatewayOptions {
  readonly model?: Model;
  readonly stock?: readonly AbsoluteStockRow[];
  readonly cache?: ResultCache;
  /** Which baskets are held out, at share 0.5; none when absent. */
  readonly isHeldOut?: (basketId: string, unit: HoldoutUnit) => boolean;
  /** Draws for exploration; none when absent. */
  readonly explore?: AdvisorParts['explore'];
  readonly policy?: Partial<ValuePolicy>;
  /** Lays something over the ledger, such as a disk that refuses. */
  readonly events?: (store: EventStore) => EventStore;
  readonly rules?: (keeper: RulesKeeper) => RulesKeeper;
  readonly erasures?: CustomerErasures;
  /** None where not given: it has no registry. */
  readonly models?: ModelKeeper;
  /** False: it could be reached from other machines. Default true. */
  readonly listensOnLoopback?: boolean;
  /** Whether there is too much to do for what arrives now; never when absent. */
  readonly isOverloaded?: () => boolean;
  /** What of a tenant's state is too old; nothing when absent. */
  readonly stale?: AdvisorParts['stale'];
  /** Of one key. Default 1,000. */
  readonly requestsPerSecond?: number;
}

/**
 * A gateway of real parts on a data folder of its own, with clocks in the test's hand. It does not listen. An answer that
 * /openapi.json does not describe fails the test.
 */
export interface TestGateway {
  readonly app: GatewayApp;
  readonly parts: GatewayParts;
  readonly folder: DataFolder;
  readonly telemetry: RecordingTelemetry;
  readonly lines: LogLine[];
  /** The wall clock, and what each reading of the monotonic clock adds to it, in ms. */
  readonly clock: { nowMs: number; ticks: number; tickMs: number };
  readonly state: { isStopping: boolean; parts: PartState[] };
  get(path: string, headers?: RequestHeaders): Promise<Answer>;
  post(path: string, body: unknown, headers?: RequestHeaders): Promise<Answer>;
  put(path: string, body: unknown, headers?: RequestHeaders): Promise<Answer>;
  send(path: string, init: RequestInit): Promise<Answer>;
  close(): Promise<void>;
}

type RequestHeaders = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route, which each test checks itself
  readonly body: any;
}

export const TENANT = 'default';

export function openTestGateway(options: TestGatewayOptions = {}): TestGateway {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-gateway-'));
  const folder = openDataFolder(path, { events: { decisionDelayMs: 1 } });
  const telemetry = new RecordingTelemetry();
  const { log, lines } = recordingLog();
  const clock = { nowMs: Date.parse('2026-05-01T10:00:00Z'), ticks: 0, tickMs: 0 };
  const state = { isStopping: false, parts: [] as PartState[] };
  const parts = wire(folder, telemetry, clock, options, {
    pseudonymise: openPseudonyms(path),
    log,
    partStates: () => state.parts,
    isStopping: () => state.isStopping,
  });
  const app = createApp(parts);
  const send = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await app.request(path, init);
    const isJson = response.headers.get('content-type')?.includes('json');
    const body = isJson ? await response.json() : await response.text();
    const contentType = response.headers.get('content-type');
    const wrong = undocumented(
      { method: init?.method ?? 'GET', path },
      { status: response.status, contentType, body },
    );
    if (wrong !== undefined) throw new Error(`not as /openapi.json describes it: ${wrong}`);
    return { status: response.status, headers: response.headers, body };
  };
  const withJson =
    (method: string) =>
    (path: string, body: unknown, headers: RequestHeaders = {}) =>
      send(path, { method, headers: { 'content-type': 'application/json', ...headers }, body: asText(body) });
  return {
    app,
    parts,
    folder,
    telemetry,
    lines,
    clock,
    state,
    get: (path, headers = {}) => send(path, { headers }),
    send,
    post: withJson('POST'),
    put: withJson('PUT'),
    async close() {
      await folder.close();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A text goes out as it is, so that it can be no JSON at all. */
function asText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function wire(
  folder: DataFolder,
  telemetry: RecordingTelemetry,
  clock: TestGateway['clock'],
  options: TestGatewayOptions,
  {
    pseudonymise,
    ...more
  }: Pick<GatewayParts, 'log' | 'partStates' | 'isStopping'> & Pick<AdvisorParts, 'pseudonymise'>,
): GatewayParts {
  const model = options.model ?? smallModel();
  const tenants = new Map<string, TenantParts>();
  const tenant = (name: string) => {
    const parts = tenants.get(name) ?? openTenant(name, model, folder, options);
    tenants.set(name, parts);
    return parts;
  };
  const events = options.events?.(folder.events) ?? folder.events;
  const memory = createBasketMemory(NOBODY);
  const clocks = { nowMs: () => clock.nowMs, ticks: () => (clock.ticks += clock.tickMs) };
  const advisor = createAdvisor({
    serving: (name) => tenant(name).serving,
    cache: options.cache ?? new MemoryResultCache(),
    stock: (name) => tenant(name).stock,
    policy: { ...POLICY, ...options.policy },
    memory,
    record: (decision) => events.record(decision),
    assign: (_, unit) => assignmentOf(options.isHeldOut, unit),
    explore: options.explore,
    pseudonymise,
    isErased: (tenant, customerId) => folder.erasures.isErased(tenant, customerId),
    telemetry,
    log: more.log,
    ...clocks,
    budgetMs: 50,
    cacheDeadlineMs: 20,
    stale: options.stale ?? (() => []),
  });
  return {
    advisor,
    tenant,
    events,
    reporter: reportHere(folder),
    erasures: options.erasures ?? folder.erasures,
    commissions: folder.commissions,
    contests: folder.contests,
    inventory: folder.inventory,
    policy: { ...POLICY, ...options.policy },
    memory,
    telemetry,
    changes: NOBODY,
    models: () => options.models ?? NO_REGISTRY,
    gatekeeper: new Gatekeeper({
      keys: folder.keys,
      listensOnLoopback: options.listensOnLoopback ?? true,
      requestsPerSecond: options.requestsPerSecond ?? 1000,
      ...clocks,
    }),
    ...clocks,
    ...more,
    pseudonymise,
    overload: { admits: () => options.isOverloaded?.() !== true },
    codeVersion: 'test',
    pages: new Map(),
  };
}

const NO_REGISTRY: ModelKeeper = {
  tenant: TENANT,
  rememberedBaskets: 0,
  list: async () => [],
  evaluation: async () => undefined,
  promote: async () => ({ status: 'unknown', reason: 'There is no registry.' }),
  rollback: async () => ({ status: 'refused', reason: 'There is no registry.' }),
};

/** Stock of the options for the default tenant only. */
function openTenant(
  name: string,
  model: Model,
  folder: DataFolder,
  options: TestGatewayOptions,
): TenantParts {
  const stock = new StockBook();
  if (name === TENANT) for (const row of options.stock ?? SMALL_STOCK) stock.apply(row);
  const search = createProductSearch(model.products, model.basketShare);
  const cacheName = `${name}|${model.version}`;
  const keeper = keepRules(folder, name, NOBODY);
  const serving = serveModel({ model, cacheName, search }, stock, { version: 0, rules: [] });
  return {
    stock,
    serving,
    replaceRules: (book) => serving.replaceRules(book),
    stateStock: takeStatements({
      tenant: name,
      book: stock,
      store: folder.stock,
      changes: NOBODY,
      toldStores: new Set(),
      ticks: () => 0,
    }),
    rules: options.rules?.(keeper) ?? keeper,
  };
}

function assignmentOf(isHeldOut: TestGatewayOptions['isHeldOut'], unit: HoldoutUnit): Assignment {
  if (!isHeldOut) return { arm: 'treatment', holdoutShare: 0 };
  return { arm: isHeldOut(unit.basketId, unit) ? 'holdout' : 'treatment', holdoutShare: 0.5 };
}

const POLICY: ValuePolicy = {
  valueWeight: 0.5,
  expectedValueMin: 0.001,
  holdingRatePerYear: 0.25,
  excessDaysMax: 365,
  targetCoverDays: 60,
  goodwill: 0,
  disposalCost: 0,
  salvageValue: 0,
};
