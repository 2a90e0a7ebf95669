import { LRUCache } from 'lru-cache';
import { type BucketLimits, TokenBucket } from './token-bucket.ts';

/** Most buckets kept; the least recently used is forgotten, and would soon be full again anyway. */
const BUCKETS_MAX = 10_000;

/** One bucket of tokens per name, in memory. */
export class TokenBuckets {
  readonly #limits: BucketLimits;
  readonly #ticks: () => number;
  readonly #buckets: LRUCache<string, TokenBucket>;

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
    const known = this.#buckets.get(name);
    if (known !== undefined) return known.take();
    const bucket = new TokenBucket(this.#limits, this.#ticks);
    this.#buckets.set(name, bucket);
    return bucket.take();
  }
}
