import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CrewLink } from './adapters/crew-link.ts';
import { type DataFolder, openDataFolder } from './adapters/lmdb-data-folder.ts';
import { MemoryResultCache } from './adapters/memory-result-cache.ts';
import { readPageFiles } from './adapters/page-files.ts';
import { RedisResultCache } from './adapters/redis-result-cache.ts';
import { type Config, ConfigError } from './config.ts';
import { DEFAULT_TENANT, isLoopbackHost } from './gateway/access.ts';
import { createApp } from './gateway/app.ts';
import type { Change } from './gateway/change.ts';
import type { GatewayApp } from './gateway/gateway-app.ts';
import type { GatewayParts } from './gateway/gateway-parts.ts';
import { createHttpServer } from './gateway/http-server.ts';
import { LIVE_CHANNEL_LIMITS, openLiveChannel } from './gateway/live-channel.ts';
import { OverloadGate } from './gateway/overload-gate.ts';
import type { Reporter } from './gateway/reporter.ts';
import type { Log } from './gateway/telemetry-port.ts';
import { PACKAGE_ROOT } from './package-facts.ts';
import type { Model } from './recommender/model.ts';
import type { ResultCache } from './recommender/result-cache.ts';
import type { StockRow } from './recommender/stock.ts';
import { assemble, CLOCKS } from './service/assemble.ts';
import { atMostEvery } from './service/at-most-every.ts';
import { recordInventory } from './service/inventory-recorder.ts';
import { type KeysState, keysState } from './service/keys-state.ts';
import { openChanges } from './service/open-changes.ts';
import { type OpenTenants, openTenants } from './service/open-tenants.ts';
import { statesOf } from './service/part-states.ts';
import { keepReportsReady } from './service/ready-reports.ts';
import { ReportThreads } from './service/report-threads.ts';
import { Retention } from './service/retention.ts';
import {
  CUSTOMERS_UNKNOWN,
  openRegistry,
  readServable,
  readServableBeside,
  valuePolicy,
} from './service/served-version.ts';
import { connectionsAllowed, openFilesMax, socketsAllowed } from './service/sockets-allowed.ts';
import { type HowToStop, stopService } from './service/stop-service.ts';
import { TenantModels } from './service/tenant-models.ts';
import { createWarmUp } from './service/warm-up.ts';
import { createLog } from './telemetry.ts';

/** A running gateway. */
export interface Service {
  readonly url: string;
  readonly modelVersion: string;
  readonly notice: string | undefined;
  /** As they were at the start. */
  readonly keys: KeysState;
  /** Looks at once which model is to serve, and tries again one that was refused. Never rejects. */
  followModel(): Promise<void>;
  /** Finishes open requests, closes sockets with a reason, writes what is pending, then ends. */
  stop(how?: HowToStop): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Config;
  /** A version's name or folder; the champion when absent. */
  readonly model?: string;
  /** Stock laid over the opening stock of the model. */
  readonly stock?: readonly StockRow[];
  /** The other processes on the same port and data folder; absent where this one is alone. */
  readonly crew?: CrewLink<Change>;
}

/** Time after which what another process has heard is on the disk. */
const HEARD_MS = 2_000;
/** Time a client has to send its headers, and its whole request. */
const HEADERS_MS_MAX = 10_000;
const REQUEST_MS_MAX = 30_000;
/** And in which it takes nothing of its answer. */
const UNREAD_MS_MAX = 30_000;
const SAY_TROUBLE_MS = 5_000;
/**
 * Connections that wait to be taken; the system may allow fewer (net.core.somaxconn). Beyond it the kernel drops what clients send, and
 * they repeat it after 200 ms, 400 ms, …: with Node's 511 a burst of tills that reconnect meets seconds of silence.
 */
const WAITING_CONNECTIONS_MAX = 4096;

/** Opens every part, wires them and listens. @throws when a model is refused, the data folder or the port is taken */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, model, crew } = options;
  // Before there is a connection: Node's report looks up the names of both ends of each.
  const openFiles = openFilesMax();
  const opened = await openParts(options);
  const { log, registry, version, folder, reporter, cache, shared, tenants } = opened;
  const { serving } = tenants.of(DEFAULT_TENANT);
  const overload = new OverloadGate({ ticks: CLOCKS.ticks, afterTurn: setImmediate });
  const inventory = recordInventory({ tenants, folder, policy: valuePolicy(config), log });
  const { candidatesDays, customersDays } = config;
  const retention = new Retention({ folder, candidatesDays, customersDays, nowMs: CLOCKS.nowMs, log });
  const learns = config.rememberMinutes > 0;
  const models = new TenantModels({
    ...{ registry, tenants, log, ticks: CLOCKS.ticks, serving: version, isFixed: model !== undefined },
    load: (path, tenant) =>
      readServableBeside({ folder: path, ...(learns && { ledger: { dataFolder: config.data, tenant } }) }),
    ...(learns && { rememberMs: config.rememberMinutes * 60_000 }),
    lastArrival: (tenant) => folder.events.lastArrival(tenant),
    warmUp: (next) => warmUp(next),
  });
  const partStates = () => statesOf({ cache, folder, tenants, overload, models, crew, bus: shared.bus() });
  let isStopping = false;
  let stopping: Promise<void> | undefined;
  const { advising, ...assembled } = assemble({
    ...{ config, folder, reporter, cache, tenants, crew, shared, log, partStates },
    models: (tenant) => models.keeperFor(tenant),
  });
  const parts: GatewayParts = {
    ...assembled,
    overload,
    // A process that is replaced is not asked whether it is ready: another answers in its place.
    isStopping: () => isStopping,
    pages: await readPageFiles(`${PACKAGE_ROOT}dist/screens`),
  };
  const warmUp = createWarmUp(parts, advising);
  const closeParts = async () => {
    models.stop();
    await Promise.all([reporter.close(), cache.close(), shared.close()]);
    await folder.close();
  };
  const server = await warmUp(serving)
    .then(() => models.start())
    .then(() => listen(createApp(parts), parts, config, openFiles))
    .catch(async (error) => {
      await closeParts();
      throw error;
    });
  const live = openLiveChannel(server, parts, {
    ...LIVE_CHANNEL_LIMITS,
    socketsMax: socketsHere(openFiles, log),
  });
  const stopChores = startChores({ inventory, retention, reporter, log });
  shared.start();
  const readAgain = crew && readOthersAgain(crew, tenants, log);
  const stopWork = async () => {
    models.stop();
    clearTimeout(readAgain);
    await stopChores();
  };
  return {
    url: urlOf(config.host, server.address() as AddressInfo),
    modelVersion: serving.model.version,
    notice: serving.model.notice,
    keys: keysState(folder.keys, Date.now()),
    followModel: () => models.followAgain(),
    stop: (how = 'stop') => {
      isStopping ||= how === 'stop';
      stopping ??= stopService({ server, live, memory: parts.memory, log, how, closeParts, stopWork });
      return stopping;
    },
  };
}

/** Starts what is done now and then besides answering. @returns a function that ends it, once nothing is under way */
function startChores(made: {
  readonly inventory: ReturnType<typeof recordInventory>;
  readonly retention: Retention;
  readonly reporter: Reporter;
  readonly log: Log;
}): () => Promise<void> {
  const { inventory, retention, reporter, log } = made;
  inventory.start();
  retention.start();
  const endReady = keepReportsReady({ reporter, nowMs: CLOCKS.nowMs, log });
  return async () => {
    endReady();
    await Promise.all([inventory.stop(), retention.stop()]);
  };
}

/** Live sockets this process takes; says so where the machine allows fewer than the gateway wants. */
function socketsHere(openFiles: number, log: Log): number {
  const wanted = LIVE_CHANNEL_LIMITS.socketsMax;
  const sockets = socketsAllowed(wanted, openFiles);
  if (sockets < wanted)
    log.warn(
      { sockets, openFiles },
      'fewer live sockets than wanted: the hard limit of open files is low (ulimit -Hn)',
    );
  return sockets;
}

/** What a gateway works with, read from disk. @throws ModelRejected, ConfigError */
async function openParts({ config, model, stock: stated = [], crew }: ServiceOptions) {
  const log = createLog(config.logLevel);
  const registry = openRegistry(config.models);
  const version = model ?? (await registry.champion());
  const first = await readServable(registry, version);
  if (first.customers === 'unknown') log.warn({ version }, CUSTOMERS_UNKNOWN);
  warnOfUnknownStores(config, first.loaded.model, log);
  const folder = openDataFolder(config.data, {
    events: { onTrouble: (err) => log.warn({ err }, 'the disk refuses decisions; they wait') },
  });
  await requireKeysFor(config.host, folder);
  await folder.erasures.finishAll();
  await folder.lapses.finishAll();
  const cache = openCache(config, log);
  const shared = openChanges({ config, crew, folder, registry, isModelFixed: model !== undefined, log });
  const { changes } = shared;
  const tenants = openTenants({ first, folder, stated, changes, ticks: CLOCKS.ticks });
  // Reads the stock of these tenants now, and not while the first of their tills waits.
  for (const { tenant } of folder.keys.list()) tenants.of(tenant);
  return { log, registry, version, folder, reporter: openReporter(config, log), cache, shared, tenants };
}

/** A slip in the id of a store would silently hold out another share. */
function warnOfUnknownStores({ holdoutShares }: Config, { stores }: Pick<Model, 'stores'>, log: Log): void {
  const known = new Set(stores.map(({ id }) => id));
  const unknown = Object.keys(holdoutShares?.stores ?? {}).filter((id) => !known.has(id));
  if (unknown.length > 0)
    log.warn({ stores: unknown }, 'BASKETLIFT_HOLDOUT_SHARES names stores that the model does not know');
}

function urlOf(host: string, { port }: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function openReporter({ data }: Config, log: Log): ReportThreads {
  const onRebuild = (reason: string) => log.warn({ reason }, 'what reports are made of is made anew');
  return new ReportThreads({ path: data, onRebuild });
}

/** Reads what other workers wrote: what they heard while this one started was on no disk then, and one that dies tells nothing more. */
function readOthersAgain(
  crew: Pick<CrewLink<Change>, 'onReadAgain'>,
  tenants: OpenTenants,
  log: Log,
): NodeJS.Timeout {
  const read = () =>
    void tenants
      .readAgain()
      .catch((error) => log.warn({ err: error }, 'what other workers wrote is not known here'));
  crew.onReadAgain(read);
  return setTimeout(read, HEARD_MS);
}

/** @throws Error when the address is taken */
async function listen(
  app: GatewayApp,
  parts: GatewayParts,
  { host, port }: Config,
  openFiles: number,
): Promise<Server> {
  const server = createHttpServer(app, parts, {
    ...{ hostname: host, headersTimeout: HEADERS_MS_MAX, requestTimeout: REQUEST_MS_MAX },
    ...{ unreadMsMax: UNREAD_MS_MAX, connectionsMax: connectionsAllowed(openFiles) },
  }).listen({ port, host, backlog: WAITING_CONNECTIONS_MAX });
  await once(server, 'listening').catch((cause) => {
    throw new Error(`Cannot listen on ${host}:${port}: ${cause.message}. Choose another --port.`, { cause });
  });
  return server;
}

/** Without keys whoever can connect may do everything. @throws ConfigError */
async function requireKeysFor(host: string, folder: DataFolder): Promise<void> {
  if (isLoopbackHost(host) || folder.keys.hasUnrevoked()) return;
  await folder.close();
  throw new ConfigError(
    `BASKETLIFT_HOST or --host: wanted a loopback address such as 127.0.0.1, because there are no keys, and without keys everybody who reaches the gateway could read margins and change stock; got '${host}'. Create a key first: basketlift keys create --scope admin`,
  );
}

function openCache(config: Config, log: Log): ResultCache {
  if (config.redisUrl === undefined) return new MemoryResultCache();
  return new RedisResultCache({
    url: config.redisUrl,
    onTrouble: atMostEvery(SAY_TROUBLE_MS, (err: Error) =>
      log.warn({ err }, 'redis is in trouble; answers go on from this process'),
    ),
  });
}
