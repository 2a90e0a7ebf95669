import MiniSearch from 'minisearch';
import type { Product } from '../recommender/catalogue.ts';
import type { ProductSearch } from '../recommender/product-search.ts';

/** Longest text that is looked at: matching with typos takes memory in the square of a word's length. */
const TEXT_LENGTH_MAX = 200;
/** Indexed at once: about a millisecond. */
const CHUNK_PRODUCTS = 100;

/**
 * An index over names and categories in memory, built at the first search. `popularity` breaks ties between equally
 * good matches, one figure per product.
 */
export function createProductSearch(products: readonly Product[], popularity: Float32Array): ProductSearch {
  return searchOver(products, popularity, createIndex);
}

/** The same, built now, a few products at a time so that this thread goes on with its other work. */
export async function prepareProductSearch(
  products: readonly Product[],
  popularity: Float32Array,
): Promise<ProductSearch> {
  const index = new MiniSearch<Entry>(FIELDS);
  await index.addAllAsync(products.map(entryOf), { chunkSize: CHUNK_PRODUCTS });
  return searchOver(products, popularity, () => index);
}

function searchOver(
  products: readonly Product[],
  popularity: Float32Array,
  open: (products: readonly Product[]) => MiniSearch<Entry>,
): ProductSearch {
  const codes = indexCodes(products);
  let index: MiniSearch<Entry> | undefined;
  return {
    find(text, limit, accepts) {
      index ??= open(products);
      const exact = codes.get(normalised(text)) ?? [];
      const found = new Set(exact.filter(accepts));
      const matches = index.search(text.slice(0, TEXT_LENGTH_MAX), {
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

const FIELDS = { fields: ['name', 'category', 'code'] };

function entryOf({ id: code, name, category }: Product, id: number): Entry {
  return { id, name, category, code };
}

function createIndex(products: readonly Product[]): MiniSearch<Entry> {
  const index = new MiniSearch<Entry>(FIELDS);
  index.addAll(products.map(entryOf));
  return index;
}

function indexCodes(products: readonly Product[]): Map<string, number[]> {
  const codes = new Map<string, number[]>();
  products.forEach((product, item) => {
    for (const code of new Set([product.id, product.barcode ?? product.id].map(normalised))) {
      codes.set(code, [...(codes.get(code) ?? []), item]);
    }
  });
  return codes;
}

function normalised(text: string): string {
  return text.trim().toLowerCase();
}
