/** Marks which entries of scratch columns belong to the present request, so that nothing is cleared between requests. */
export interface Stamps {
  /** [n] generation that touched the entry last */
  readonly stamp: Int32Array;
  /** [n] the entries touched, of which the first `count` are valid */
  readonly touched: Int32Array;
  generation: number;
  count: number;
}

export function createStamps(entries: number): Stamps {
  return { stamp: new Int32Array(entries), touched: new Int32Array(entries), generation: 0, count: 0 };
}

/** Whether the present request has touched the entry. */
export function isStamped({ stamp, generation }: Stamps, entry: number): boolean {
  return stamp[entry] === generation;
}

/** Starts a request: everything touched earlier is void. Returns the stamp of what is touched from now on. */
export function nextStamp(stamps: Stamps): number {
  if (stamps.generation === 0x7fffffff) {
    stamps.stamp.fill(0);
    stamps.generation = 0;
  }
  stamps.count = 0;
  stamps.generation++;
  return stamps.generation;
}
