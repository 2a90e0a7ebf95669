import { LRUCache } from 'lru-cache';

export interface BucketLimits {
  /** Tokens that come back each second, and those in a full bucket. */
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  countedAtMs: number;
}

/** Most buckets kept; the least recently used is forgotten, and would soon be full again anyway. */
const BUCKETS_MAX = 10_000;

/** One bucket of tokens per name, in memory. */
export class TokenBuckets {
  readonly #limits: BucketLimits;
  readonly #ticks: () => number;
  readonly #buckets: LRUCache<string, Bucket>;

  /** @param ticks monotonic clock, ms */
  constructor(limits: BucketLimits, ticks: () => number, bucketsMax = BUCKETS_MAX) {
    this.#limits = limits;
    this.#ticks = ticks;
    this.#buckets = new LRUCache({ max: bucketsMax });
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token and returns 0; if there is none, returns the milliseconds until there is. */
  take(name: string): number {
    const { perSecond, burst } = this.#limits;
    const now = this.#ticks();
    const known = this.#buckets.get(name);
    const bucket = known ?? { tokens: burst, countedAtMs: now };
    if (known === undefined) this.#buckets.set(name, bucket);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.countedAtMs) / 1000) * perSecond);
    bucket.countedAtMs = now;
    if (bucket.tokens < 1) return ((1 - bucket.tokens) / perSecond) * 1000;
    bucket.tokens--;
    return 0;
  }
}
