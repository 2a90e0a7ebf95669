import { randomUUID } from 'node:crypto';
import type { BusFacts, SharedChange } from '../recommender/shared-change.ts';
import { BusOutbox } from './bus-outbox.ts';
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
  /** All that this machine knows, for a Redis that has lost it. */
  readonly all: () => Iterable<SharedChange>;
  /** Each trouble with Redis, unlimited in rate; must not throw. */
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

/** When everything is told again: the outbox is filled up to this many changes. */
const TOLD_AT_ONCE = 1_000;
/** Changes read at once for that, and read ones that wait to be told at most. */
const READ_AT_ONCE = 10;
const READ_MAX = 200;
/**
 * How long what was read from the disk waits. It already holds changes that are still on their way here from the process that took them;
 * those are told first, so that Redis does not add them a second time.
 */
const TELL_MS = 1_000;
const READ_EVERY_MS = 50;

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
  readonly #all: () => Iterable<SharedChange>;
  #telling: Iterator<SharedChange> | undefined;
  readonly #read: { readonly change: SharedChange; readonly readAtMs: number }[] = [];
  readonly #watch: NodeJS.Timeout;
  /** Connections that were still shaking hands or closing at the last look. */
  #greeting = new Set<object>();
  #reading: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RedisChangeBusOptions) {
    const { url, from, hear, onTrouble, deadlineMs = 2_000, blockMs = 1_000 } = options;
    const origin = randomUUID();
    const report = (error: Error) => !this.#isClosed && onTrouble(withoutCommand(error));
    const nowMs = () => performance.now();
    this.#clients = [openRedisConnection(url), openRedisConnection(url)] as const;
    const [toTell, toHear] = this.#clients;
    this.#all = options.all;
    this.#outbox = new BusOutbox(options.pendingMax ?? 100_000);
    this.#sender = new RedisBusSender({
      client: toTell,
      outbox: this.#outbox,
      origin,
      deadlineMs,
      onTrouble: report,
      streamMax: options.streamMax ?? 2_000,
      noticeDropped: () => this.#outbox.takeMustTellAll() && this.#tellAll(),
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
      tellAll: () => this.#tellAll(),
    });
    for (const client of this.#clients) client.on('error', report);
    toTell.on('ready', () => this.#sender.wake());
    if (options.mustTellAll) this.#tellAll();
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
    clearInterval(this.#reading);
    clearInterval(this.#watch);
    this.#sender.close();
    for (const client of this.#clients) client.disconnect();
  }

  #tellAll(): void {
    // The reader may still be at work when the bus is closed, and the disk that `all` reads may be closed too.
    if (this.#isClosed) return;
    this.#telling = this.#all()[Symbol.iterator]();
    this.#read.length = 0;
    this.#reading ??= setInterval(() => this.#readOn(), READ_EVERY_MS).unref();
  }

  /** Reads on, and puts what was read long enough ago into the outbox. */
  #readOn(): void {
    const nowMs = performance.now();
    for (let at = 0; this.#telling && at < READ_AT_ONCE && this.#read.length < READ_MAX; at++) {
      const { done, value } = this.#telling.next();
      if (done) this.#telling = undefined;
      else this.#read.push({ change: value, readAtMs: nowMs });
    }
    while (
      this.#read.length > 0 &&
      this.#read[0]!.readAtMs + TELL_MS <= nowMs &&
      this.#outbox.size < TOLD_AT_ONCE
    )
      this.#outbox.add(this.#read.shift()!.change, nowMs);
    if (!this.#telling && this.#read.length === 0) {
      clearInterval(this.#reading);
      this.#reading = undefined;
    }
    this.#sender.wake();
  }

  /** Reconnects where the peer takes the greeting and says nothing, or a closing connection does not end: both would stay so for ever. */
  #endSilentGreetings(): void {
    const greeting = this.#clients.filter(({ status }) => status === 'connect' || status === 'disconnecting');
    for (const client of greeting) if (this.#greeting.has(client)) reconnect(client);
    this.#greeting = new Set(greeting);
  }
}
