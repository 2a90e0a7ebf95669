import { LRUCache } from 'lru-cache';
import type { CacheAnswer, RankedCandidates, ResultCache } from '../recommender/result-cache.ts';
import { encodedBytes } from './ranked-candidates-codec.ts';

/** Bounds of what one process keeps; the least recently used goes first. */
export interface MemoryCacheLimits {
  /** Entries kept at most, at least 1. Default 8,000. */
  readonly entriesMax?: number;
  /** Bytes kept at most, keys and arrays together; a value larger than this is answered but not kept. Default 64 MiB. */
  readonly bytesMax?: number;
}

/** Map node, four array headers and the entry itself: about what V8 spends besides the numbers. */
const ENTRY_OVERHEAD_BYTES = 600;

/** Ranked candidates of this process alone. Answers synchronously; ignores the deadline, having nothing to wait for. */
export class MemoryResultCache implements ResultCache {
  readonly state = 'connected';
  readonly #kept: LRUCache<string, RankedCandidates>;

  constructor(limits: MemoryCacheLimits = {}) {
    this.#kept = createCandidatesLru(limits);
  }

  getOrCompute(key: string, compute: () => RankedCandidates): CacheAnswer {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return { value: kept, source: 'hit', isStoreAvailable: true };
    const value = compute();
    this.#kept.set(key, value);
    return { value, source: 'miss', isStoreAvailable: true };
  }

  async close(): Promise<void> {
    this.#kept.clear();
  }
}

/** The bounded map itself, which a cache with a shared store keeps in front of it. */
export function createCandidatesLru({
  entriesMax = 8_000,
  bytesMax = 64 * 1024 * 1024,
}: MemoryCacheLimits): LRUCache<string, RankedCandidates> {
  return new LRUCache({
    max: entriesMax,
    maxSize: bytesMax,
    sizeCalculation: (value, key) => encodedBytes(value.items.length) + 2 * key.length + ENTRY_OVERHEAD_BYTES,
  });
}
