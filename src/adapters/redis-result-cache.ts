import type { LRUCache } from 'lru-cache';
import type { CacheAnswer, CacheState, RankedCandidates, ResultCache } from '../recommender/result-cache.ts';
import { createCandidatesLru, type MemoryCacheLimits } from './memory-result-cache.ts';
import { decodeRankedCandidates, encodeRankedCandidates } from './ranked-candidates-codec.ts';
import { RedisCircuit } from './redis-circuit.ts';
import {
  hasPeer,
  openRedisConnection,
  type RedisConnection,
  reconnect,
  withoutCommand,
} from './redis-connection.ts';
import { SharedFlight } from './shared-flight.ts';

export interface RedisResultCacheOptions {
  /** `redis://`, `rediss://`, `redis+cluster://` or `redis+sentinel://`, see openRedisConnection. */
  readonly url: string;
  /** Milliseconds an entry lives in Redis. Default 600,000 (10 minutes); entries never go stale, it only bounds memory. */
  readonly ttlMs?: number;
  /** Milliseconds any one request waits for Redis at most, however generous its deadline. Default 20. */
  readonly commandTimeoutMs?: number;
  /** Milliseconds between two probes while Redis is not trusted. Default 250. */
  readonly probeIntervalMs?: number;
  /** Reads under way at most; further requests compute without asking. Default 256. */
  readonly readsMax?: number;
  /** Writes under way at most, and their bytes; further values stay in this process. Defaults 256 and 4 MiB. */
  readonly writesMax?: number;
  readonly writeBytesMax?: number;
  /** Bounds of the memory in front of Redis. */
  readonly near?: MemoryCacheLimits;
  /** Each trouble with Redis, unlimited in rate; must not throw. */
  readonly onTrouble?: (error: Error) => void;
}

/** Part of every key: another layout of values gets other keys, so that two releases can share one Redis. */
export const KEY_PREFIX = 'basketlift:1:';

/**
 * Ranked candidates shared by many processes through Redis, with memory in front. Redis is asked only while it answers:
 * a dead, hung or slow one costs a few requests their deadline, then nothing until it proves well again. A Redis that
 * refuses writes (full, read-only) is still read; until it takes a write again, answers say the store is not available.
 */
export class RedisResultCache implements ResultCache {
  readonly #client: RedisConnection;
  readonly #circuit: RedisCircuit;
  readonly #near: LRUCache<string, RankedCandidates>;
  readonly #flights = new Map<string, SharedFlight>();
  readonly #limits: { ttlMs: number; timeoutMs: number; reads: number; writes: number; writeBytes: number };
  readonly #writeRetryMs: number;
  readonly #onTrouble: (error: Error) => void;
  #reads = 0;
  #writes = 0;
  #writeBytes = 0;
  #refusesWritesUntilMs = 0;
  #isRefusingWrites = false;
  #isEverSettled = false;
  #isClosed = false;
  #troubledKey = `${KEY_PREFIX}probe`;

  constructor(options: RedisResultCacheOptions) {
    const { commandTimeoutMs = 20, probeIntervalMs = 250 } = options;
    this.#limits = {
      ttlMs: options.ttlMs ?? 600_000,
      timeoutMs: commandTimeoutMs,
      reads: options.readsMax ?? 256,
      writes: options.writesMax ?? 256,
      writeBytes: options.writeBytesMax ?? 4 * 1024 * 1024,
    };
    this.#writeRetryMs = probeIntervalMs;
    this.#onTrouble = options.onTrouble ?? (() => {});
    this.#near = createCandidatesLru(options.near ?? {});
    this.#client = openRedisConnection(options.url);
    this.#circuit = new RedisCircuit(
      {
        isReady: () => this.#client.status === 'ready',
        hasPeer: () => hasPeer(this.#client),
        // The key that had trouble, so that in a cluster the same node is probed.
        probe: () => this.#client.getBuffer(this.#troubledKey),
        reconnect: () => reconnect(this.#client),
        onOpen: () => {
          for (const flight of this.#flights.values()) flight.giveUp();
        },
      },
      { probeIntervalMs, probeTimeoutMs: commandTimeoutMs },
    );
    this.#followConnection();
  }

  get state(): CacheState {
    if (this.#isReadable()) return this.#isRefusingWrites ? 'unavailable' : 'connected';
    return this.#isEverSettled ? 'unavailable' : 'connecting';
  }

  getOrCompute(
    key: string,
    compute: () => RankedCandidates,
    deadlineMs: number,
  ): CacheAnswer | Promise<CacheAnswer> {
    const kept = this.#near.get(key);
    if (kept !== undefined) return { value: kept, source: 'hit', isStoreAvailable: this.#isStoreAvailable() };
    const waitMs = Math.min(deadlineMs, this.#limits.timeoutMs);
    const underWay = this.#flights.get(key);
    if (underWay !== undefined) {
      underWay.waitAtMost(waitMs);
      return underWay.answer;
    }
    // Written so that a deadline of NaN counts as passed.
    const mayWait = waitMs > 0;
    if (!mayWait || !this.#isReadable() || this.#reads >= this.#limits.reads) {
      return this.#computeAlone(key, compute);
    }
    return this.#ask(key, compute, waitMs);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isEverSettled = true;
    this.#circuit.stop();
    this.#client.disconnect();
  }

  #ask(key: string, compute: () => RankedCandidates, waitMs: number): Promise<CacheAnswer> {
    const flight = new SharedFlight({
      onGiveUp: () => this.#computeAlone(key, compute),
      onDeadline: () => this.#failed(key, new Error(`Redis did not answer within ${waitMs} ms`)),
      onLanded: () => this.#flights.delete(key),
    });
    this.#flights.set(key, flight);
    flight.waitAtMost(waitMs);
    this.#reads++;
    this.#client.getBuffer(KEY_PREFIX + key).then(
      (bytes) => {
        this.#reads--;
        if (flight.hasLanded) return;
        this.#circuit.answered();
        flight.land(() => this.#readAnswer(key, bytes, compute));
      },
      (error: Error) => {
        this.#reads--;
        if (flight.hasLanded) return;
        this.#failed(key, error);
        flight.giveUp();
      },
    );
    return flight.answer;
  }

  #readAnswer(key: string, bytes: Buffer | null, compute: () => RankedCandidates): CacheAnswer {
    const stored = bytes === null ? undefined : decodeRankedCandidates(bytes);
    if (stored !== undefined) {
      this.#near.set(key, stored);
      return { value: stored, source: 'hit', isStoreAvailable: true };
    }
    const value = compute();
    this.#near.set(key, value);
    this.#write(key, value);
    return { value, source: 'miss', isStoreAvailable: this.#isStoreAvailable() };
  }

  #computeAlone(key: string, compute: () => RankedCandidates): CacheAnswer {
    const value = compute();
    this.#near.set(key, value);
    return { value, source: 'miss', isStoreAvailable: false };
  }

  /** Nobody waits for it: a value that is not written is computed again by whoever needs it. */
  #write(key: string, value: RankedCandidates): void {
    if (this.#isRefusingWrites && performance.now() < this.#refusesWritesUntilMs) return;
    const bytes = encodeRankedCandidates(value);
    if (this.#writes >= this.#limits.writes) return;
    if (this.#writeBytes + bytes.byteLength > this.#limits.writeBytes) return;
    this.#writes++;
    this.#writeBytes += bytes.byteLength;
    const written = () => {
      this.#writes--;
      this.#writeBytes -= bytes.byteLength;
    };
    this.#client.set(KEY_PREFIX + key, bytes, 'PX', this.#limits.ttlMs).then(
      () => {
        written();
        this.#isRefusingWrites = false;
      },
      (error: Error) => {
        written();
        this.#writeFailed(key, error);
      },
    );
  }

  /** Only a write can tell whether the Redis that is there now accepts writes. */
  #probeWrites(): void {
    this.#client.set(`${KEY_PREFIX}write`, '', 'PX', this.#limits.ttlMs).then(
      () => {
        this.#isRefusingWrites = false;
      },
      (error: Error) => this.#writeFailed('write', error),
    );
  }

  #writeFailed(key: string, error: Error): void {
    // A reply that begins with a code in capitals is Redis itself refusing; it goes on answering reads.
    if (!/^[A-Z]{2,} /.test(error.message)) {
      this.#failed(key, error);
      return;
    }
    this.#isRefusingWrites = true;
    this.#refusesWritesUntilMs = performance.now() + this.#writeRetryMs;
    this.#report(error);
  }

  #failed(key: string, error: Error): void {
    this.#troubledKey = KEY_PREFIX + key;
    this.#report(error);
    this.#circuit.failed();
  }

  /** True even while Redis refuses writes: what it holds is still good. */
  #isReadable(): boolean {
    return this.#client.status === 'ready' && this.#circuit.isClosed;
  }

  #isStoreAvailable(): boolean {
    return this.state === 'connected';
  }

  #followConnection(): void {
    this.#client.on('ready', () => {
      this.#isEverSettled = true;
      this.#circuit.connected();
      if (this.#isRefusingWrites) this.#probeWrites();
    });
    this.#client.on('close', () => {
      this.#isEverSettled = true;
      this.#circuit.open();
    });
    this.#client.on('error', (error: Error) => this.#report(error));
  }

  #report(error: Error): void {
    if (!this.#isClosed) this.#onTrouble(withoutCommand(error));
  }
}
