import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** A connection that queues no commands: while Redis is away each command fails at once, and it reconnects by itself. */
export type RedisConnection = Redis | Cluster;

const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_DELAY_MAX_MS = 2_000;

const COMMON = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  // Zero rejects what is in flight as soon as a connection closes; otherwise such commands would never settle.
  maxRetriesPerRequest: 0,
  connectTimeout: CONNECT_TIMEOUT_MS,
  // A hung peer never answers the FIN: after this the socket is destroyed.
  disconnectTimeout: 100,
  connectionName: 'basketlift',
} satisfies RedisOptions;

/** After a fail-over the old master answers READONLY until we connect to the new one; where there is none it stays so. */
const READONLY_RECONNECT_MS = 5_000;

function atReadonly(): (error: Error) => boolean {
  let reconnectedAt = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    const now = performance.now();
    if (!message.startsWith('READONLY') || now - reconnectedAt < READONLY_RECONNECT_MS) return false;
    reconnectedAt = now;
    return true;
  };
}

/**
 * Opens `redis://`, `rediss://` (TLS), `redis+cluster://HOST:PORT,HOST:PORT` or
 * `redis+sentinel://HOST:PORT,HOST:PORT/MASTER[/DB]`, each with optional `USER:PASSWORD@`. Returns before it is
 * connected. The caller MUST listen to `error` and closes it with `disconnect()`.
 *
 * @throws RangeError when the address is none of these; its text never holds the password
 */
export function openRedisConnection(url: string): RedisConnection {
  const address = parseRedisUrl(url);
  const login = { username: address.username, password: address.password };
  const common = { ...COMMON, reconnectOnError: atReadonly() };
  if (address.kind === 'cluster') {
    return new Cluster([...address.nodes], {
      enableOfflineQueue: false,
      clusterRetryStrategy: reconnectDelayMs,
      slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
      // One hop to the new owner of a slot; more is slower than computing.
      maxRedirections: 2,
      redisOptions: { ...common, ...login },
    });
  }
  if (address.kind === 'sentinel') {
    return new Redis({
      ...common,
      ...login,
      retryStrategy: reconnectDelayMs,
      sentinels: [...address.nodes],
      name: address.master,
      db: address.db,
      sentinelRetryStrategy: reconnectDelayMs,
      failoverDetector: true,
    });
  }
  return new Redis(url, { ...common, retryStrategy: reconnectDelayMs });
}

const HELD = new Set(['connect', 'ready', 'disconnecting']);

/** Whether the connection has a peer, or has not let go of one. */
export function hasPeer(connection: RedisConnection): boolean {
  return HELD.has(connection.status);
}

/**
 * Drops a silent connection and makes it anew; leaves one that waits for its next attempt. Also drops one that is already closing: a
 * cluster redirected (MOVED) while it closes its nodes takes up the new node, and never ends unless told again.
 */
export function reconnect(connection: RedisConnection): void {
  if (hasPeer(connection)) connection.disconnect(true);
}

/**
 * The error without the command that ioredis attaches: its arguments may hold the password or what was to be stored, and errors are logged
 * with all their fields.
 */
export function withoutCommand(error: Error): Error {
  delete (error as { command?: unknown }).command;
  return error;
}

interface HostPort {
  readonly host: string;
  readonly port: number;
}

type RedisAddress = { readonly username: string; readonly password: string } & (
  | { readonly kind: 'single' }
  | { readonly kind: 'cluster'; readonly nodes: readonly HostPort[] }
  | {
      readonly kind: 'sentinel';
      readonly nodes: readonly HostPort[];
      readonly master: string;
      readonly db: number;
    }
);

// Several hosts with ports are no WHATWG URL, hence the pattern.
const MANY_HOSTS =
  /^redis\+(cluster|sentinel):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^@/]+)(?:\/([^/]*))?(?:\/(\d+))?\/?$/;

function parseRedisUrl(url: string): RedisAddress {
  if (/^rediss?:\/\/./.test(url) && URL.canParse(url)) return { kind: 'single', username: '', password: '' };
  const parts = MANY_HOSTS.exec(url);
  if (parts === null) throw wrongAddress(url);
  const nodes = parts[4]!.split(',').map((text) => parseHostPort(text, url));
  const login = {
    username: decodeURIComponent(parts[2] ?? ''),
    password: decodeURIComponent(parts[3] ?? ''),
  };
  if (parts[1] === 'cluster') return { kind: 'cluster', nodes, ...login };
  if (!parts[5]) throw wrongAddress(url);
  const master = decodeURIComponent(parts[5]);
  return { kind: 'sentinel', nodes, master, db: Number(parts[6] ?? 0), ...login };
}

function parseHostPort(text: string, url: string): HostPort {
  const parts = /^(\[[0-9a-fA-F:]+\]|[^:[\]\s]+):(\d{1,5})$/.exec(text);
  if (parts === null || Number(parts[2]) > 65_535) throw wrongAddress(url);
  return { host: parts[1]!.replace(/[[\]]/g, ''), port: Number(parts[2]) };
}

function wrongAddress(url: string): RangeError {
  const came = url.replace(/\/\/.*@/, '//…@');
  return new RangeError(
    'Redis address: wanted redis://HOST:PORT, rediss://HOST:PORT, redis+cluster://HOST:PORT,… or ' +
      `redis+sentinel://HOST:PORT,…/MASTER, got "${came}"`,
  );
}

function reconnectDelayMs(attempts: number): number {
  const delayMs = Math.min(50 * 2 ** Math.min(attempts - 1, 10), RECONNECT_DELAY_MAX_MS);
  return delayMs * (0.75 + Math.random() / 2);
}
