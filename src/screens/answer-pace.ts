/** Nobody has read the next prompt so soon. */
export const readingMs = 600;

/** Lets one answer through at a time: what follows at once was not meant for the prompt that has just come. */
export class AnswerPace {
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Asked at every answer: an answer that is too early puts the next one off too, as the letters of a word do. */
  isMeant(nowMs: number): boolean {
    const isMeant = nowMs - this.#lastMs >= readingMs;
    this.#lastMs = nowMs;
    return isMeant;
  }
}
