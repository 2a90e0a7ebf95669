/** Nobody can have read the next prompt within this time. */
export const readingMs = 600;

/** Lets one answer through at a time: an answer that follows immediately was not meant for the prompt that has just appeared. */
export class AnswerPace {
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Called for every answer. An answer that comes too early also restarts the wait for the next one, so a typed word answers only once. */
  isMeant(nowMs: number): boolean {
    const isMeant = nowMs - this.#lastMs >= readingMs;
    this.#lastMs = nowMs;
    return isMeant;
  }
}
