import type { BasketMemory } from '../gateway/basket-memory.ts';
import type { HttpServer } from '../gateway/http-server.ts';
import type { LiveChannel } from '../gateway/live-channel.ts';

/** `replaced`: another process has taken its place, and nobody should notice. */
export type HowToStop = 'stop' | 'replaced';

/** Longest wait for open requests. */
const STOP_MS_MAX = 10_000;
/** How long nothing has been under way on a connection that is closed; where another process goes on, as long as it would be kept anyway. */
const IDLE_MS = { stop: 1_000, replaced: 5_000 };
/** Longest wait for sockets to close by themselves. */
const SOCKETS_MS_MAX = 1_000;

/** Finishes open requests, closes sockets with a reason, then closes the parts. */
export async function stopService(service: {
  readonly http: HttpServer;
  readonly live: LiveChannel;
  readonly memory: Pick<BasketMemory, 'handOver'>;
  readonly log: { flush(): void };
  readonly how: HowToStop;
  /** Work besides the requests; resolves when what is under way is done. */
  readonly stopWork: () => Promise<void>;
  readonly closeParts: () => Promise<void>;
}): Promise<void> {
  const { http, live, memory, log, how } = service;
  const workDone = service.stopWork();
  if (how === 'replaced') memory.handOver();
  live.close(how);
  const closed = http.leave(IDLE_MS[how]);
  const deadline = setTimeout(() => http.server.closeAllConnections(), STOP_MS_MAX);
  setTimeout(() => live.terminate(), SOCKETS_MS_MAX).unref();
  await closed;
  clearTimeout(deadline);
  await workDone;
  await service.closeParts();
  log.flush();
}
