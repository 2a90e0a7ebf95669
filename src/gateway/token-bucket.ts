export interface BucketLimits {
  /** Tokens that come back each second, and those in a full bucket. */
  readonly perSecond: number;
  readonly burst: number;
}

/** Tokens that are taken one by one and come back with time; full at first. */
export class TokenBucket {
  readonly #limits: BucketLimits;
  readonly #ticks: () => number;
  #tokens: number;
  #countedAtMs: number;

  /** @param ticks monotonic clock, ms */
  constructor(limits: BucketLimits, ticks: () => number) {
    this.#limits = limits;
    this.#ticks = ticks;
    this.#tokens = limits.burst;
    this.#countedAtMs = ticks();
  }

  /** Takes a token and returns 0; if there is none, returns the milliseconds until there is. */
  take(): number {
    const { perSecond, burst } = this.#limits;
    const now = this.#ticks();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#countedAtMs) / 1000) * perSecond);
    this.#countedAtMs = now;
    if (this.#tokens < 1) return ((1 - this.#tokens) / perSecond) * 1000;
    this.#tokens--;
    return 0;
  }
}
