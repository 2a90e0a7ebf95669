import { AnswerPace } from './answer-pace.ts';

/** Somebody who taps twice means the offer that was there, not the one that takes its place; `.offer` in the style sheet lasts longer. */
export const guardMs = 400;

/** Keeps each offer from being answered by a press that came as soon as it appeared. Offers that were there before take every answer. */
export class OfferGuard {
  #paces = new Map<string, AnswerPace>();

  /** @param productIds the offers that are on the screen now */
  show(productIds: readonly string[], nowMs: number): void {
    this.#paces = new Map(
      productIds.map((id) => [id, this.#paces.get(id) ?? new AnswerPace(guardMs, nowMs)]),
    );
  }

  /** Called for every press, with the time at which it was pressed. */
  isMeant(productId: string, pressedMs: number): boolean {
    return this.#paces.get(productId)?.isMeant(pressedMs) ?? false;
  }
}
