/** Somebody who taps twice means the offer that was there, not the one that takes its place; `.offer` in the style sheet lasts longer. */
export const guardMs = 400;
/** Presses that follow one another faster are one movement of the hand, as in a triple tap. */
export const repeatMs = 300;

interface ShownOffer {
  readonly sinceMs: number;
  /** When it was pressed last. */
  pressedMs: number;
}

/**
 * Keeps each offer from being answered by a press that came as soon as it appeared, and by those that follow such a press at once. Offers
 * that were there before take every answer.
 */
export class OfferGuard {
  #shown = new Map<string, ShownOffer>();

  /** @param productIds the offers that are on the screen now */
  show(productIds: readonly string[], nowMs: number): void {
    const appeared = () => ({ sinceMs: nowMs, pressedMs: Number.NEGATIVE_INFINITY });
    this.#shown = new Map(productIds.map((id) => [id, this.#shown.get(id) ?? appeared()]));
  }

  /** Called for every press, with the time at which it was pressed. */
  isMeant(productId: string, pressedMs: number): boolean {
    const offer = this.#shown.get(productId);
    if (!offer) return false;
    const isEarly = pressedMs - offer.sinceMs < guardMs;
    const isRepeated = pressedMs - offer.pressedMs < repeatMs;
    offer.pressedMs = pressedMs;
    return !isEarly && !isRepeated;
  }
}
