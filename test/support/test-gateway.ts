import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { MemoryResultCache } from '../../src/adapters/memory-result-cache.ts';
import { createProductSearch } from '../../src/adapters/minisearch-product-search.ts';
import { readConfig } from '../../src/config.ts';
import type { AdvisorParts } from '../../src/gateway/advisor.ts';
import { createApp } from '../../src/gateway/app.ts';
import type { GatewayApp } from '../../src/gateway/gateway-app.ts';
import type { GatewayParts, PartState } from '../../src/gateway/gateway-parts.ts';
import type { ModelKeeper } from '../../src/gateway/model-keeper.ts';
import { reportHere } from '../../src/gateway/reporter.ts';
import type { Assignment, HoldoutUnit } from '../../src/ledger/decision.ts';
import type { Model } from '../../src/recommender/model.ts';
import type { ResultCache } from '../../src/recommender/result-cache.ts';
import type { AbsoluteStockRow } from '../../src/recommender/stock.ts';
import type { ValuePolicy } from '../../src/recommender/value.ts';
import { assemble } from '../../src/service/assemble.ts';
import { ALONE } from '../../src/service/open-changes.ts';
import { openTenants, type ServableVersion } from '../../src/service/open-tenants.ts';
import { valuePolicy } from '../../src/service/served-version.ts';
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
 * A gateway put together as the program's own, on a data folder of its own, with clocks in the test's hand. It does not listen. An answer
 * that /openapi.json does not describe fails the test.
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
  const parts = wire(path, folder, options, { telemetry, log, clock, state });
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

interface Wires {
  readonly telemetry: RecordingTelemetry;
  readonly log: AdvisorParts['log'];
  readonly clock: TestGateway['clock'];
  readonly state: TestGateway['state'];
}

function wire(
  path: string,
  folder: DataFolder,
  options: TestGatewayOptions,
  { telemetry, log, clock, state }: Wires,
): GatewayParts {
  const config = readConfig({
    BASKETLIFT_DATA: path,
    BASKETLIFT_HOST: (options.listensOnLoopback ?? true) ? '127.0.0.1' : '0.0.0.0',
    BASKETLIFT_RATE_LIMIT: String(options.requestsPerSecond ?? 1000),
    BASKETLIFT_MIN_VALUE: '0.001',
  });
  const instead: Partial<AdvisorParts> = {
    nowMs: () => clock.nowMs,
    ticks: () => (clock.ticks += clock.tickMs),
    telemetry,
    policy: { ...valuePolicy(config), ...options.policy },
    assign: (_, unit) => assignmentOf(options.isHeldOut, unit),
    ...(options.explore && { explore: options.explore }),
    ...(options.stale && { stale: options.stale }),
  };
  const first = versionOf(options);
  const { advising: _, ...parts } = assemble(
    {
      config,
      folder,
      reporter: reportHere(folder),
      cache: options.cache ?? new MemoryResultCache(),
      tenants: openTenants({ first, folder, stated: [], changes: ALONE.changes, ticks: () => 0 }),
      models: () => options.models ?? NO_REGISTRY,
      crew: undefined,
      shared: ALONE,
      log,
      partStates: () => state.parts,
    },
    instead,
  );
  return {
    ...parts,
    isStopping: () => state.isStopping,
    overload: { admits: () => options.isOverloaded?.() !== true },
    codeVersion: 'test',
    pages: new Map(),
  };
}

/** The options' model, whose opening stock is the default tenant's. */
function versionOf({ model = smallModel(), stock = SMALL_STOCK }: TestGatewayOptions): ServableVersion {
  const search = createProductSearch(model.products, model.basketShare);
  return {
    loaded: { model, cacheName: model.version, search },
    openingStock: stock,
    customers: 'none',
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

function assignmentOf(isHeldOut: TestGatewayOptions['isHeldOut'], unit: HoldoutUnit): Assignment {
  if (!isHeldOut) return { arm: 'treatment', holdoutShare: 0 };
  return { arm: isHeldOut(unit.basketId, unit) ? 'holdout' : 'treatment', holdoutShare: 0.5 };
}
