import { LRUCache } from 'lru-cache';

/** Most baskets whose version is remembered; the least recently asked about are forgotten first. */
const BASKETS_MAX = 50_000;
/** The previous version goes when none of its baskets has asked for SILENT_MS_MAX, and always KEPT_MS_MAX after the change. */
const SILENT_MS_MAX = 5 * 60_000;
const KEPT_MS_MAX = 30 * 60_000;

interface Generation<Version> {
  readonly version: Version;
  readonly number: number;
}

/**
 * The version in service, and for a while the one before it: a basket is answered to its end by the version that answered
 * it first. Never holds more than two; at a change the older of two goes, and its baskets are answered by the newest.
 * Baskets that began with another succession stay with it for a while.
 */
export class ModelSuccession<Version> {
  readonly #ticks: () => number;
  /** Basket → number of its generation: a number keeps no version alive. */
  readonly #began = new LRUCache<string, number>({ max: BASKETS_MAX });
  #current: Generation<Version>;
  #previous: (Generation<Version> & { readonly changedAt: number; askedAt: number }) | undefined;

  #inherited: { readonly from: ModelSuccession<Version>; readonly untilTicks: number } | undefined;

  /**
   * @param ticks monotonic clock, ms
   * @param from answers the baskets that have begun with it
   */
  constructor(first: Version, ticks: () => number, from?: ModelSuccession<Version>) {
    this.#ticks = ticks;
    this.#current = { version: first, number: 1 };
    if (from) this.#inherited = { from, untilTicks: ticks() + KEPT_MS_MAX };
  }

  get current(): Version {
    return this.#current.version;
  }

  /** The version that answers a basket; a basket without an id is asked about only once. */
  versionFor(basket: string | undefined): Version {
    if (basket === undefined) return this.current;
    const from = this.#inherited?.from;
    if (from?.hasBegun(basket)) return from.versionFor(basket);
    const began = this.#began.get(basket);
    const previous = this.#previous;
    if (previous && began === previous.number) {
      previous.askedAt = this.#ticks();
      return previous.version;
    }
    if (began !== this.#current.number) this.#began.set(basket, this.#current.number);
    return this.current;
  }

  hasBegun(basket: string): boolean {
    return this.#began.has(basket);
  }

  succeed(next: Version): void {
    const now = this.#ticks();
    this.#previous = { ...this.#current, changedAt: now, askedAt: now };
    this.#current = { version: next, number: this.#current.number + 1 };
  }

  /**
   * Drops the previous version when its baskets are over. Call now and then.
   *
   * @returns whether it is gone
   */
  letGo(): boolean {
    const now = this.#ticks();
    if (this.#inherited && now > this.#inherited.untilTicks) this.#inherited = undefined;
    const previous = this.#previous;
    if (previous && now - previous.askedAt <= SILENT_MS_MAX && now - previous.changedAt <= KEPT_MS_MAX)
      return false;
    this.#previous = undefined;
    return true;
  }
}
