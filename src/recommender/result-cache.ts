/** Candidates of one basket in order of probability: expensive to compute, and stable until model or assortment changes. */
export interface RankedCandidates {
  /** [n] item indexes of the model, most probable first. */
  readonly items: Int32Array;
  /** [n] */
  readonly probability: Float32Array;
  /** [n] basket item that speaks most for the candidate, -1 none. */
  readonly reasonItem: Int32Array;
  /** [n] share of the baskets with `reasonItem` that hold the candidate, NaN unknown. */
  readonly reasonShare: Float32Array;
  /** [n] how many of the known customer's own baskets hold the candidate. A list with it is one customer's and never shared. */
  readonly ownBaskets?: Int32Array;
}

export interface CacheAnswer {
  /** Shared with every other caller of the key: MUST NOT be changed. */
  readonly value: RankedCandidates;
  readonly source: 'hit' | 'miss';
  /** False: the shared store is gone, slow or full; the answer came from this process alone. */
  readonly isStoreAvailable: boolean;
}

/** `connecting` only until the first connection or the first failure to get one. */
export type CacheState = 'connected' | 'connecting' | 'unavailable';

/**
 * Keeps ranked candidates under a key that names all they depend on (tenant, store, model version, rules version,
 * stock epoch, sorted basket), so that an entry is never wrong, only unneeded.
 */
export interface ResultCache {
  /** For health pages; a cache without a shared store is always `connected`. */
  readonly state: CacheState;

  /**
   * The value under `key`, or that of `compute`, which is then kept.
   *
   * MUST call `compute` at most once for concurrent calls of one key. MUST NOT fail because of the store. MUST answer
   * within `deadlineMs` plus the time of `compute`; of concurrent calls the nearest deadline counts for all. What
   * `compute` throws is thrown (answer at once) or rejects (answer later) to every waiter, and nothing is kept.
   */
  getOrCompute(
    key: string,
    compute: () => RankedCandidates,
    deadlineMs: number,
  ): CacheAnswer | Promise<CacheAnswer>;

  /** Answers whoever still waits, then closes the store. Never rejects; a closed cache goes on computing. */
  close(): Promise<void>;
}
