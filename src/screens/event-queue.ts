import type { BasketEvent } from './live-protocol.ts';

/** The part of `localStorage` that the queue uses. */
export interface TextStore {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

const prefix = 'basketlift.event.';

/**
 * Events that the gateway has not stored yet, oldest first. Each event has its own entry in the store, so two open pages never
 * overwrite each other's events. When the queue is full, it drops the least valuable event (shown, then outcome, then the oldest sale).
 */
export class EventQueue {
  readonly #store: TextStore;
  readonly #eventsMax: number;
  readonly #events = new Map<string, BasketEvent>();
  #lost = 0;

  constructor(store: TextStore, eventsMax = 1000) {
    this.#store = store;
    this.#eventsMax = eventsMax;
    for (const event of readStored(store)) this.#events.set(event.id, event);
  }

  get size(): number {
    return this.#events.size;
  }

  /** Number of events dropped because the queue was full, since the page was opened. */
  get lost(): number {
    return this.#lost;
  }

  get pending(): BasketEvent[] {
    return [...this.#events.values()];
  }

  add(event: BasketEvent): void {
    while (this.#events.size >= this.#eventsMax) {
      this.settle(this.#leastValuable().id);
      this.#lost++;
    }
    this.#events.set(event.id, event);
    try {
      this.#store.setItem(prefix + event.id, JSON.stringify(event));
    } catch {
      // localStorage is full: the event stays in memory and is still sent while the page is open.
    }
  }

  settle(id: string): void {
    this.#events.delete(id);
    this.#store.removeItem(prefix + id);
  }

  #leastValuable(): BasketEvent {
    const events = this.pending;
    return (
      events.find((event) => event.type === 'shown') ??
      events.find((event) => event.type === 'outcome') ??
      events[0]!
    );
  }
}

function readStored(store: TextStore): BasketEvent[] {
  const events: BasketEvent[] = [];
  for (let i = 0; i < store.length; i++) {
    const key = store.key(i);
    if (!key?.startsWith(prefix)) continue;
    try {
      events.push(JSON.parse(store.getItem(key) ?? '') as BasketEvent);
    } catch {
      store.removeItem(key);
    }
  }
  return events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
