import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { CrewLink } from './adapters/crew-link.ts';
import { readPageFiles } from './adapters/page-files.ts';
import type { Config } from './config.ts';
import { DEFAULT_TENANT } from './gateway/access.ts';
import { createApp } from './gateway/app.ts';
import type { Change } from './gateway/change.ts';
import type { GatewayApp } from './gateway/gateway-app.ts';
import type { GatewayParts } from './gateway/gateway-parts.ts';
import { createHttpServer, type HttpServer } from './gateway/http-server.ts';
import { LIVE_CHANNEL_LIMITS, openLiveChannel } from './gateway/live-channel.ts';
import { OverloadGate } from './gateway/overload-gate.ts';
import type { ServingModel } from './gateway/serving-model.ts';
import type { Log } from './gateway/telemetry-port.ts';
import { PACKAGE_ROOT } from './package-facts.ts';
import { assemble, CLOCKS } from './service/assemble.ts';
import { recordInventory } from './service/inventory-recorder.ts';
import { type KeysState, keysState } from './service/keys-state.ts';
import { type OpenedParts, openParts, type PartsOptions } from './service/open-parts.ts';
import type { OpenTenants } from './service/open-tenants.ts';
import { statesOf } from './service/part-states.ts';
import { keepReportsReady } from './service/ready-reports.ts';
import { Retention } from './service/retention.ts';
import { readServableBeside, valuePolicy } from './service/served-version.ts';
import { connectionsAllowed, openFilesMax, socketsAllowed } from './service/sockets-allowed.ts';
import { type HowToStop, stopService } from './service/stop-service.ts';
import { TenantModels } from './service/tenant-models.ts';
import { createWarmUp } from './service/warm-up.ts';

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

/** Time after which what another process has heard is on the disk. */
const HEARD_MS = 2_000;
/** Time a client has to send its headers, and its whole request. */
const HEADERS_MS_MAX = 10_000;
const REQUEST_MS_MAX = 30_000;
/** And in which it takes nothing of its answer. */
const UNREAD_MS_MAX = 30_000;
/**
 * Connections that wait to be taken; the system may allow fewer (net.core.somaxconn). Beyond it the kernel drops what clients send, and
 * they repeat it after 200 ms, 400 ms, …: with Node's 511 a burst of tills that reconnect meets seconds of silence.
 */
const WAITING_CONNECTIONS_MAX = 4096;

/** Opens every part, wires them and listens. @throws when a model is refused, the data folder or the port is taken */
export async function startService(options: PartsOptions): Promise<Service> {
  const { config, crew } = options;
  // Before there is a connection: Node's report looks up the names of both ends of each.
  const openFiles = openFilesMax();
  const opened = await openParts(options);
  const { log, folder, reporter, cache, shared, tenants } = opened;
  const { serving } = tenants.of(DEFAULT_TENANT);
  const overload = new OverloadGate({ ticks: CLOCKS.ticks, afterTurn: setImmediate });
  const models = openModels(options, opened, (next) => warmUp(next));
  const partStates = () => statesOf({ cache, folder, tenants, overload, models, crew, bus: shared.bus() });
  let isStopping = false;
  let stopping: Promise<void> | undefined;
  const { advising, ...assembled } = assemble({
    config,
    folder,
    reporter,
    cache,
    tenants,
    crew,
    shared,
    log,
    partStates,
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
  const http = await warmUp(serving)
    .then(() => models.start())
    .then(() => listen(createApp(parts), parts, config, openFiles))
    .catch(async (error) => {
      await closeParts();
      throw error;
    });
  const live = openLiveChannel(http.server, parts, {
    ...LIVE_CHANNEL_LIMITS,
    socketsMax: socketsHere(openFiles, log),
  });
  const stopChores = startChores(config, opened);
  shared.start();
  const readAgain = crew && readOthersAgain(crew, tenants, log);
  const stopWork = async () => {
    models.stop();
    clearTimeout(readAgain);
    await stopChores();
  };
  return {
    url: urlOf(config.host, http.server.address() as AddressInfo),
    modelVersion: serving.model.version,
    notice: serving.model.notice,
    keys: keysState(folder.keys, Date.now()),
    followModel: () => models.followAgain(),
    stop: (how = 'stop') => {
      isStopping ||= how === 'stop';
      stopping ??= stopService({ http, live, memory: parts.memory, log, how, closeParts, stopWork });
      return stopping;
    },
  };
}

/** What keeps the model of each tenant up to date. */
function openModels(
  { config, model }: PartsOptions,
  { registry, tenants, folder, version, log }: OpenedParts,
  warmUp: (next: ServingModel) => Promise<void>,
): TenantModels {
  const learns = config.rememberMinutes > 0;
  return new TenantModels({
    registry,
    tenants,
    log,
    ticks: CLOCKS.ticks,
    serving: version,
    isFixed: model !== undefined,
    load: (path, tenant) =>
      readServableBeside({ folder: path, ...(learns && { ledger: { dataFolder: config.data, tenant } }) }),
    ...(learns && { rememberMs: config.rememberMinutes * 60_000 }),
    lastArrival: (tenant) => folder.events.lastArrival(tenant),
    warmUp,
  });
}

/** Starts what is done now and then besides answering. @returns a function that ends it, once nothing is under way */
function startChores(config: Config, { tenants, folder, reporter, log }: OpenedParts): () => Promise<void> {
  const { candidatesDays, customersDays } = config;
  const inventory = recordInventory({ tenants, folder, policy: valuePolicy(config), log });
  const retention = new Retention({ folder, candidatesDays, customersDays, nowMs: CLOCKS.nowMs, log });
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
      'fewer live sockets than intended: the hard limit on open files is low (ulimit -Hn)',
    );
  return sockets;
}

function urlOf(host: string, { port }: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
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
      .catch((error) => log.warn({ err: error }, 'could not read what other workers wrote'));
  crew.onReadAgain(read);
  return setTimeout(read, HEARD_MS);
}

/** @throws Error when the address is taken */
async function listen(
  app: GatewayApp,
  parts: GatewayParts,
  { host, port }: Config,
  openFiles: number,
): Promise<HttpServer> {
  const http = createHttpServer(app, parts, {
    hostname: host,
    headersTimeout: HEADERS_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    unreadMsMax: UNREAD_MS_MAX,
    connectionsMax: connectionsAllowed(openFiles),
  });
  http.server.listen({ port, host, backlog: WAITING_CONNECTIONS_MAX });
  await once(http.server, 'listening').catch((cause) => {
    throw new Error(`Cannot listen on ${host}:${port}: ${cause.message}. Choose another --port.`, { cause });
  });
  return http;
}
