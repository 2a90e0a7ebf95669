import { setImmediate as nextTurn } from 'node:timers/promises';
import MiniSearch from 'minisearch';
import type { Product } from '../recommender/catalogue.ts';
import type { ProductSearch } from '../recommender/product-search.ts';

/** Longest text that is looked at: matching with typos takes memory that grows with the square of a word's length. */
const TEXT_LENGTH_MAX = 200;
/** Indexed at once: about a millisecond. */
const CHUNK_PRODUCTS = 100;

/**
 * An index over names and categories in memory, built at the first search. `popularity` breaks ties between equally
 * good matches, one figure per product.
 */
export function createProductSearch(products: readonly Product[], popularity: Float32Array): ProductSearch {
  let index: SearchIndex | undefined;
  return searchOver(popularity, () => {
    index ??= withProducts(emptyIndex(), products, 0);
    return index;
  });
}

/** The same, built now, a few products at a time so that this thread goes on with its other work. */
export async function prepareProductSearch(
  products: readonly Product[],
  popularity: Float32Array,
): Promise<ProductSearch> {
  const index = emptyIndex();
  for (let from = 0; from < products.length; from += CHUNK_PRODUCTS) {
    withProducts(index, products.slice(from, from + CHUNK_PRODUCTS), from);
    await nextTurn();
  }
  return searchOver(popularity, () => index);
}

function searchOver(popularity: Float32Array, open: () => SearchIndex): ProductSearch {
  return {
    find(text, limit, accepts) {
      const { codes, texts } = open();
      const exact = codes.get(normalised(text)) ?? [];
      const found = new Set(exact.filter(accepts));
      const matches = texts.search(text.slice(0, TEXT_LENGTH_MAX), {
        combineWith: 'AND',
        prefix: true,
        fuzzy: (term) => (term.length > 3 ? 1 : false),
        boost: { name: 2 },
        boostDocument: (item) => 1 + Math.sqrt(popularity[item as number]!),
        filter: ({ id }) => accepts(id),
      });
      for (const { id } of matches) {
        if (found.size >= limit) break;
        found.add(id);
      }
      return [...found].slice(0, limit);
    },
  };
}

interface Entry {
  readonly id: number;
  readonly name: string;
  readonly category: string;
  readonly code: string;
}

interface SearchIndex {
  readonly texts: MiniSearch<Entry>;
  /** Items by id and barcode. */
  readonly codes: Map<string, number[]>;
}

function emptyIndex(): SearchIndex {
  return { texts: new MiniSearch<Entry>({ fields: ['name', 'category', 'code'] }), codes: new Map() };
}

/** @param from item of the first product */
function withProducts(index: SearchIndex, products: readonly Product[], from: number): SearchIndex {
  const { texts, codes } = index;
  products.forEach((product, at) => {
    const { id: code, name, category } = product;
    texts.add({ id: from + at, name, category, code });
    for (const known of new Set([code, product.barcode ?? code].map(normalised))) {
      codes.set(known, [...(codes.get(known) ?? []), from + at]);
    }
  });
  return index;
}

function normalised(text: string): string {
  return text.trim().toLowerCase();
}
