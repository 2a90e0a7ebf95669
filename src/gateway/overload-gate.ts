export interface OverloadGateParts {
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
  /** Calls back once the event loop has taken all that had arrived: setImmediate. */
  readonly afterTurn: (callback: () => void) => void;
}

/** How long one turn of the event loop takes on work: what comes later in the same turn has waited for all of it. */
const TURN_MS_MAX = 22;
/** A turn always takes on this much: if so few wait, a slow turn is the machine's doing, and refusing them helps nobody. */
const TURN_WORK_MIN = 32;
/** Long turns are tolerated for this long: a burst, a large stock update or a garbage collection is no overload. */
const PATIENCE_MS = 100;
/** After a refusal the gate counts as shedding for this long. */
const SHEDDING_MS = 1000;

/**
 * Decides which work to refuse while more arrives than can be done. All that waits for a single-threaded process waits in the turn of its
 * event loop. Work read at the end of a turn has waited at most as long as the turn has lasted, and what is not read in this turn waits for
 * the next. So, once turns have been too long for a while, each takes on work for TURN_MS_MAX and refuses the rest: an answer then waits
 * about two turns at most, whatever the load. After CoDel, which drops from a queue once its head has waited too long for a while (Nichols
 * and Jacobson, RFC 8289).
 */
export class OverloadGate {
  readonly #parts: OverloadGateParts;
  /** undefined while the loop has nothing to do. */
  #turnStartedAt: number | undefined;
  /** Admitted in this turn. */
  #admitted = 0;
  #lastShortAt = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: OverloadGateParts) {
    this.#parts = parts;
  }

  /** Whether to do work that is about to begin; otherwise refuse it at once, which has to be cheap. */
  admits(): boolean {
    const now = this.#parts.ticks();
    if (this.#turnStartedAt === undefined) {
      this.#turnStartedAt = now;
      this.#lastShortAt = now;
      this.#parts.afterTurn(this.#endTurn);
    }
    const isLate = now - this.#turnStartedAt > TURN_MS_MAX && now - this.#lastShortAt > PATIENCE_MS;
    if (isLate && this.#admitted >= TURN_WORK_MIN) {
      this.#refusedAt = now;
      return false;
    }
    this.#admitted++;
    return true;
  }

  /** Whether work was refused a moment ago. */
  get isShedding(): boolean {
    return this.#parts.ticks() - this.#refusedAt < SHEDDING_MS;
  }

  readonly #endTurn = (): void => {
    if (this.#admitted === 0) {
      this.#turnStartedAt = undefined;
      return;
    }
    const now = this.#parts.ticks();
    if (now - this.#turnStartedAt! <= TURN_MS_MAX) this.#lastShortAt = now;
    this.#turnStartedAt = now;
    this.#admitted = 0;
    this.#parts.afterTurn(this.#endTurn);
  };
}
