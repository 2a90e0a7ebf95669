import type { TextStore } from './event-queue.ts';

/** Which of several open pages has the register: the one that was opened last. */
export class PageHold {
  readonly #store: TextStore;
  readonly #key: string;
  readonly #pageId: string;

  constructor(store: TextStore, key: string, pageId: string) {
    this.#store = store;
    this.#key = key;
    this.#pageId = pageId;
    store.removeItem(key);
    try {
      store.setItem(key, pageId);
    } catch {
      // A full localStorage: nothing is kept there for another page to sell again.
    }
  }

  get isOurs(): boolean {
    const holder = this.#store.getItem(this.#key);
    return holder === null || holder === this.#pageId;
  }
}
