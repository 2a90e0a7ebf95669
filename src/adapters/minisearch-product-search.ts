import MiniSearch from 'minisearch';
import type { Product } from '../recommender/catalogue.ts';
import type { ProductSearch } from '../recommender/product-search.ts';

/** Longest text that is looked at: matching with typos takes memory in the square of a word's length. */
const TEXT_LENGTH_MAX = 200;

/**
 * An index over names and categories in memory, built at the first search. `popularity` breaks ties between equally
 * good matches, one figure per product.
 */
export function createProductSearch(products: readonly Product[], popularity: Float32Array): ProductSearch {
  const codes = indexCodes(products);
  let index: MiniSearch | undefined;
  return {
    find(text, limit, accepts) {
      index ??= buildIndex(products);
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

function buildIndex(products: readonly Product[]): MiniSearch {
  const index = new MiniSearch<{ id: number; name: string; category: string; code: string }>({
    fields: ['name', 'category', 'code'],
  });
  index.addAll(products.map(({ id: code, name, category }, id) => ({ id, name, category, code })));
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
