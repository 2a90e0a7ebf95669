import type { TextStore } from './event-queue.ts';

/** Decides which of several open pages has the register: the one that was opened last. */
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
      // localStorage is full, so it holds no basket that another page could sell again.
    }
  }

  get isOurs(): boolean {
    const holder = this.#store.getItem(this.#key);
    return holder === null || holder === this.#pageId;
  }
}
