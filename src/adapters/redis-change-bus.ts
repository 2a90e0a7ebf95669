import { randomUUID } from 'node:crypto';
import type { BusFacts, SharedChange } from '../recommender/shared-change.ts';
import { BusOutbox } from './bus-outbox.ts';
import { BusRetelling } from './bus-retelling.ts';
import { type BusPosition, RedisBusReader } from './redis-bus-reader.ts';
import { RedisBusSender } from './redis-bus-sender.ts';
import { openRedisConnection, reconnect, withoutCommand } from './redis-connection.ts';

export interface RedisChangeBusOptions {
  /** `redis://`, `rediss://`, `redis+cluster://` or `redis+sentinel://`, see openRedisConnection. */
  readonly url: string;
  /** Where this machine was when it stopped hearing. */
  readonly from: BusPosition | undefined;
  /** Whether it may have stopped before all was told. */
  readonly mustTellAll: boolean;
  /**
   * Takes what others said, and the results of what was said here. When it resolves the changes are kept; when it rejects
   * they come again.
   */
  readonly hear: (changes: readonly SharedChange[]) => Promise<void>;
  /** All that this machine knows, for a Redis that has lost it; where it throws, it is asked again later. */
  readonly all: () => Iterable<SharedChange>;
  /** Each trouble with Redis or with `all`, unlimited in rate; must not throw. */
  readonly onTrouble: (error: Error) => void;
  /** Changes that wait at most. Default 100,000, about 50 MB. */
  readonly pendingMax?: number;
  /** Entries kept in the stream, about; each has 250 rows at most. Default 2,000. */
  readonly streamMax?: number;
  /** Milliseconds in which Redis has to answer. Default 2,000. */
  readonly deadlineMs?: number;
  /** Longest wait for an entry, ms. Default 1,000. */
  readonly blockMs?: number;
}

/**
 * Carries what machines tell each other over a Redis stream. `tell` neither waits nor throws: while Redis is away changes are kept, up to a
 * limit, and told afterwards; past the limit all that is known here is told again. It has two connections of its own, as one blocks in
 * Redis waiting for the next entry.
 */
export class RedisChangeBus {
  readonly #outbox: BusOutbox;
  readonly #sender: RedisBusSender;
  readonly #reader: RedisBusReader;
  readonly #clients;
  readonly #retelling: BusRetelling;
  readonly #watch: NodeJS.Timeout;
  /** Connections that were still shaking hands or closing at the last look. */
  #greeting = new Set<object>();
  #isClosed = false;

  constructor(options: RedisChangeBusOptions) {
    const { url, from, hear, onTrouble, deadlineMs = 2_000, blockMs = 1_000 } = options;
    const origin = randomUUID();
    const report = (error: Error) => !this.#isClosed && onTrouble(withoutCommand(error));
    const nowMs = () => performance.now();
    this.#clients = [openRedisConnection(url), openRedisConnection(url)] as const;
    const [toTell, toHear] = this.#clients;
    this.#outbox = new BusOutbox(options.pendingMax ?? 100_000);
    this.#retelling = new BusRetelling({
      outbox: this.#outbox,
      all: options.all,
      onAdded: () => this.#sender.wake(),
      onTrouble: report,
    });
    this.#sender = new RedisBusSender({
      client: toTell,
      outbox: this.#outbox,
      origin,
      deadlineMs,
      onTrouble: report,
      streamMax: options.streamMax ?? 2_000,
      noticeDropped: () => this.#outbox.takeMustTellAll() && this.#retelling.start(),
    });
    this.#reader = new RedisBusReader({
      client: toHear,
      origin,
      from,
      deadlineMs,
      blockMs,
      hear,
      nowMs,
      onTrouble: report,
      tellAll: () => this.#retelling.start(),
    });
    for (const client of this.#clients) client.on('error', report);
    toTell.on('ready', () => this.#sender.wake());
    if (options.mustTellAll) this.#retelling.start();
    this.#watch = setInterval(() => this.#endSilentGreetings(), deadlineMs).unref();
  }

  get facts(): BusFacts {
    const sinceMs = this.#outbox.sinceMs;
    const unsentMs = sinceMs === undefined ? 0 : performance.now() - sinceMs;
    return {
      isConnected:
        this.#clients.every(({ status }) => status === 'ready') && this.#sender.isWell && this.#reader.isWell,
      lagSeconds: Math.max(this.#reader.lagMs, unsentMs) / 1000,
      pending: this.#outbox.size,
      skipped: this.#reader.skipped,
      dropped: this.#outbox.dropped,
      resyncs: this.#reader.resyncs,
    };
  }

  /** How far this machine has heard, for the next start; undefined before the first answer. */
  get position(): BusPosition | undefined {
    return this.#reader.position;
  }

  /** Whether all that had to be told was told, also what has to be told again. */
  get isAllTold(): boolean {
    return this.#outbox.isAllTold && !this.#retelling.isUnderWay;
  }

  tell(change: SharedChange): void {
    if (this.#isClosed) return;
    this.#outbox.add(change, performance.now());
    this.#sender.wake();
  }

  /** Hears from now on. */
  start(): void {
    void this.#reader.run();
    this.#sender.wake();
  }

  /** Hears no more, and closes its connections when all is told or the time is up. */
  async close(patienceMs = 1_000): Promise<void> {
    this.#reader.close();
    const endsAt = performance.now() + patienceMs;
    while (this.facts.isConnected && this.#outbox.size > 0 && performance.now() < endsAt)
      await new Promise((resolve) => setTimeout(resolve, 5));
    this.#isClosed = true;
    this.#retelling.stop();
    clearInterval(this.#watch);
    this.#sender.close();
    for (const client of this.#clients) client.disconnect();
  }

  /** Reconnects where the peer takes the greeting and says nothing, or a closing connection does not end: both would stay so for ever. */
  #endSilentGreetings(): void {
    const greeting = this.#clients.filter(({ status }) => status === 'connect' || status === 'disconnecting');
    for (const client of greeting) if (this.#greeting.has(client)) reconnect(client);
    this.#greeting = new Set(greeting);
  }
}
