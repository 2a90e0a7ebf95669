/** Nobody can have read the next prompt within this time. */
export const readingMs = 600;

/** Lets one answer through at a time: an answer that follows immediately was not meant for the prompt that has just appeared. */
export class AnswerPace {
  readonly #waitMs: number;
  #lastMs: number;

  /** @param startMs from when the first answer has to wait; it has not to when absent */
  constructor(waitMs = readingMs, startMs = Number.NEGATIVE_INFINITY) {
    this.#waitMs = waitMs;
    this.#lastMs = startMs;
  }

  /** Called for every answer. An answer that comes too early also restarts the wait for the next one, so a typed word answers only once. */
  isMeant(nowMs: number): boolean {
    const isMeant = nowMs - this.#lastMs >= this.#waitMs;
    this.#lastMs = nowMs;
    return isMeant;
  }
}
