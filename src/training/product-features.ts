import type { Product } from '../recommender/catalogue.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';

/** What catalogue and receipts say about each product besides its sales. */
export interface ProductFeatures {
  readonly count: number;
  /** Row = product, target = feature; the weights of a row are equal and their squares sum to 1. */
  readonly rows: SparseRows;
}

/** Most features kept: a feature that more products share says more, so the rarest are left out. */
const FEATURES_MAX = 4000;
/** A feature of one product alone tells nothing about another. */
const PRODUCTS_MIN = 2;
const PRICE_BANDS = 10;

/**
 * Category path (every level), tokens of the name and price band (tenths of the catalogue) of each product, as far as
 * they are known and shared by two products at least.
 */
export function describeProducts(products: readonly Product[]): ProductFeatures {
  const bands = priceBands(products);
  const named = products.map((product) => featuresOf(product, bands));
  const uses = new Map<string, number>();
  for (const names of named) for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1);
  const kept = [...uses]
    .filter(([, count]) => count >= PRODUCTS_MIN)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, FEATURES_MAX);
  const numberOf = new Map(kept.map(([name], number) => [name, number]));
  const start = new Int32Array(products.length + 1);
  const target: number[] = [];
  const weight: number[] = [];
  for (const [row, names] of named.entries()) {
    const numbers = names.map((name) => numberOf.get(name)).filter((number) => number !== undefined);
    for (const number of numbers.sort((a, b) => a - b)) {
      target.push(number);
      weight.push(1 / Math.sqrt(numbers.length));
    }
    start[row + 1] = target.length;
  }
  return {
    count: kept.length,
    rows: { start, target: Int32Array.from(target), weight: Float32Array.from(weight) },
  };
}

/** Words and numbers of a name, in lower case and once each. */
export function nameTokens(name: string): string[] {
  return [...new Set(name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].filter((token) => token.length > 1);
}

/** Every level of a category path: `a/b` is in `a` and in `a/b`. */
export function categoryLevels(category: string): string[] {
  if (category === '') return [];
  const parts = category.split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function featuresOf(product: Product, bands: readonly number[]): string[] {
  const { name, category, unitPrice } = product;
  const band = unitPrice === undefined ? [] : [`p ${bands.filter((from) => unitPrice >= from).length}`];
  return [
    ...categoryLevels(category).map((level) => `c ${level}`),
    ...nameTokens(name).map((token) => `n ${token}`),
    ...band,
  ];
}

/** Prices at which the bands begin, except for the first. */
function priceBands(products: readonly Product[]): number[] {
  const prices = products.flatMap(({ unitPrice }) => unitPrice ?? []).sort((a, b) => a - b);
  const bands = Array.from({ length: PRICE_BANDS - 1 }, (_, at) => {
    return prices[Math.floor(((at + 1) * prices.length) / PRICE_BANDS)];
  });
  return [...new Set(bands)].filter((price) => price !== undefined);
}
