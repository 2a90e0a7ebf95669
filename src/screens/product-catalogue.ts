import { isInCategory } from './category-chips.ts';
import { fetchProducts } from './gateway-api.ts';
import type { Product } from './live-protocol.ts';
import type { ProductCache } from './product-cache.ts';

const bestSellersMax = 48;
const resultsMax = 20;

export interface Found {
  readonly products: readonly Product[];
  /** True if the gateway did not answer, and these are products seen before. */
  readonly fromMemory: boolean;
}

/** The gateway's products, or those seen before if it does not answer. */
export class ProductCatalogue {
  readonly cache: ProductCache;
  #storeId: string | null = null;
  /** The latest answers with best sellers, by category: what is on the screen keeps its place if the gateway stops answering. */
  #shelves = new Map<string | null, readonly Product[]>();

  constructor(cache: ProductCache) {
    this.cache = cache;
  }

  useStore(storeId: string | null): void {
    this.#storeId = storeId;
    this.#shelves = new Map();
    this.cache.useStore(storeId);
  }

  async bestSellers(category: string | null, signal: AbortSignal): Promise<Found> {
    try {
      const asked = { storeId: this.#storeId, limit: bestSellersMax, category };
      const products = await fetchProducts(asked, signal);
      this.cache.remember(products);
      this.#shelves.set(category, products);
      return { products, fromMemory: false };
    } catch {
      signal.throwIfAborted();
      const shelf = this.#shelves.get(category);
      if (shelf) return { products: shelf, fromMemory: true };
      const isWanted = (product: Product) => category === null || isInCategory(product, category);
      return { products: this.cache.all.filter(isWanted).slice(0, bestSellersMax), fromMemory: true };
    }
  }

  async search(query: string, signal?: AbortSignal): Promise<Found> {
    try {
      const products = await fetchProducts({ q: query, storeId: this.#storeId, limit: resultsMax }, signal);
      this.cache.remember(products);
      return { products, fromMemory: false };
    } catch {
      signal?.throwIfAborted();
      return { products: this.cache.search(query, resultsMax), fromMemory: true };
    }
  }

  /**
   * The product with exactly this id or barcode. Its price may have changed since it was last seen, so the cache answers only while
   * there is no connection, or if the gateway does not answer.
   */
  async byCode(code: string, isConnected: boolean): Promise<Product | null> {
    const known = this.cache.byCode(code) ?? null;
    if (known && !isConnected) return known;
    const { products, fromMemory } = await this.search(code);
    if (fromMemory) return known;
    return products.find((product) => product.id === code || product.barcode === code) ?? null;
  }
}
