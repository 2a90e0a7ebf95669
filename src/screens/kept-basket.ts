import type { TextStore } from './event-queue.ts';
import type { Channel, Language } from './live-protocol.ts';
import { emptyTill, type TillState } from './till-state.ts';

interface Kept {
  readonly state: TillState;
  readonly seq: number;
  readonly currency: string | null;
  readonly language: Language;
}

/** Keeps the open basket, and the state that belongs to it, for the page that is opened next. */
export class KeptBasket {
  readonly #store: TextStore;
  readonly #key: string;

  constructor(store: TextStore, channel: Channel) {
    this.#store = store;
    this.#key = `basketlift.${channel}.basket`;
  }

  write(kept: Kept): void {
    try {
      this.#store.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // localStorage is full: the basket is kept in memory only.
    }
  }

  read(): Kept | null {
    try {
      const kept = JSON.parse(this.#store.getItem(this.#key) ?? 'null') as Kept | null;
      if (!kept || !Array.isArray(kept.state.lines)) return null;
      // The old page's suggestions are not on this page's screen: a new answer will come.
      const fresh = emptyTill(kept.state.basketId);
      return { ...kept, state: { ...fresh, ...kept.state, answer: null, slots: fresh.slots } };
    } catch {
      return null;
    }
  }
}
