import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { BasketMemory } from '../gateway/basket-memory.ts';
import type { LiveChannel } from '../gateway/live-channel.ts';

/** `replaced`: another process has taken its place, and nobody should notice. */
export type HowToStop = 'stop' | 'replaced';

/** Longest wait for open requests. */
const STOP_MS_MAX = 10_000;
/** Longest wait for sockets to close by themselves. */
const SOCKETS_MS_MAX = 1_000;

/** Finishes open requests, closes sockets with a reason, then closes the parts. */
export async function stopService(service: {
  readonly server: Server;
  readonly live: LiveChannel;
  readonly memory: Pick<BasketMemory, 'handOver'>;
  readonly log: { flush(): void };
  readonly how: HowToStop;
  /** Work besides the requests; resolves when what is under way is done. */
  readonly stopWork: () => Promise<void>;
  readonly closeParts: () => Promise<void>;
}): Promise<void> {
  const { server, live, memory, log, how } = service;
  const workDone = service.stopWork();
  if (how === 'replaced') memory.handOver();
  live.close(how);
  const closed = how === 'replaced' ? leave(server) : close(server);
  const deadline = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX);
  setTimeout(() => live.terminate(), SOCKETS_MS_MAX).unref();
  await closed;
  clearTimeout(deadline);
  await workDone;
  await service.closeParts();
  log.flush();
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

/**
 * Takes no more connections. Each open one ends with the answer to its next request, or after the usual idle time: closing it now could cut
 * off a request on its way.
 */
function leave(server: Server): Promise<void> {
  server.prependListener('request', (_, response) => {
    response.shouldKeepAlive = false;
  });
  // The HTTP server's own `close` would close idle connections.
  return new Promise((resolve) => void NetServer.prototype.close.call(server, () => resolve()));
}
