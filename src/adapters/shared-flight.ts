import type { CacheAnswer } from '../recommender/result-cache.ts';

export interface FlightEvents {
  /** Makes the answer without the store; called at most once, and not after `land`. */
  readonly onGiveUp: () => CacheAnswer;
  /** A waiter's deadline came before the store's answer. */
  readonly onDeadline: () => void;
  /** The answer is there, or its failure. */
  readonly onLanded: () => void;
}

/** One question to the store, for which all who ask for the same key wait. Lands exactly once. */
export class SharedFlight {
  readonly answer: Promise<CacheAnswer>;
  readonly #events: FlightEvents;
  #resolve!: (answer: CacheAnswer) => void;
  #reject!: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #endsAtMs = Number.POSITIVE_INFINITY;
  #hasLanded = false;

  constructor(events: FlightEvents) {
    this.#events = events;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get hasLanded(): boolean {
    return this.#hasLanded;
  }

  /** Another waiter with its own patience in milliseconds; the nearest deadline counts for all. */
  waitAtMost(waitMs: number): void {
    if (this.#hasLanded) return;
    if (!(waitMs > 0)) {
      this.giveUp();
      return;
    }
    const endsAtMs = performance.now() + waitMs;
    if (endsAtMs >= this.#endsAtMs) return;
    this.#endsAtMs = endsAtMs;
    clearTimeout(this.#timer);
    // When this process was busy, the answer may lie unread in the socket: timers run before sockets, immediates after.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), waitMs);
  }

  /** Lands with what `makeAnswer` returns or throws. */
  land(makeAnswer: () => CacheAnswer): void {
    if (this.#hasLanded) return;
    this.#hasLanded = true;
    clearTimeout(this.#timer);
    this.#events.onLanded();
    try {
      this.#resolve(makeAnswer());
    } catch (error) {
      this.#reject(error);
    }
  }

  giveUp(): void {
    this.land(this.#events.onGiveUp);
  }

  #expire(): void {
    if (this.#hasLanded) return;
    this.giveUp();
    this.#events.onDeadline();
  }
}
