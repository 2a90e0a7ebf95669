import type { TextStore } from './event-queue.ts';
import type { Product } from './live-protocol.ts';

const storageKey = 'basketlift.products';

/** The products that this register has seen in its store, so that it can sell while the gateway is unreachable. */
export class ProductCache {
  readonly #store: TextStore;
  readonly #productsMax: number;
  #storeId: string | null = null;
  #products = new Map<string, Product>();

  constructor(store: TextStore, productsMax = 2000) {
    this.#store = store;
    this.#productsMax = productsMax;
  }

  /** Prices belong to a store: switching to another one loads what was kept for it. */
  useStore(storeId: string | null): void {
    this.#storeId = storeId;
    this.#products = new Map();
    try {
      const kept = JSON.parse(this.#store.getItem(storageKey) ?? 'null') as {
        storeId: string | null;
        products: Product[];
      } | null;
      if (kept?.storeId === storeId) this.#products = new Map(kept.products.map((p) => [p.id, p]));
    } catch {
      this.#store.removeItem(storageKey);
    }
  }

  remember(products: readonly Product[]): void {
    for (const product of products) {
      this.#products.delete(product.id);
      this.#products.set(product.id, product);
    }
    for (const id of this.#products.keys()) {
      if (this.#products.size <= this.#productsMax) break;
      this.#products.delete(id);
    }
    try {
      const kept = { storeId: this.#storeId, products: [...this.#products.values()] };
      this.#store.setItem(storageKey, JSON.stringify(kept));
    } catch {
      // localStorage is full: the cache stays in memory.
    }
  }

  get(id: string): Product | undefined {
    return this.#products.get(id);
  }

  get all(): Product[] {
    return [...this.#products.values()];
  }

  byCode(code: string): Product | undefined {
    return this.get(code) ?? this.all.find((product) => product.barcode === code);
  }

  /** Finds products of which every word of the query begins a word of the name, or the whole query begins the id. */
  search(query: string, limit: number): Product[] {
    const words = wordsOf(query);
    if (words.length === 0) return [];
    const matches = this.all.filter((product) => {
      const named = wordsOf(product.name);
      return (
        product.id.startsWith(query.trim()) ||
        words.every((word) => named.some((part) => part.startsWith(word)))
      );
    });
    return matches.slice(0, limit);
  }
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
