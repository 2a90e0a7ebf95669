import type { Product } from './live-protocol.ts';

export interface CategoryChip {
  readonly path: string;
  readonly label: string;
}

const chipsMin = 4;
const chipsMax = 12;
const huesCount = 8;

/** The categories at the shallowest level of the paths that distinguishes the products, most frequent first. */
export function categoryChips(products: readonly Product[]): readonly CategoryChip[] {
  const paths = products.flatMap((product) => (product.category ? [product.category.split('/')] : []));
  const depthMax = Math.max(0, ...paths.map((path) => path.length));
  let chips: CategoryChip[] = [];
  for (let depth = 1; depth <= depthMax && chips.length < chipsMin; depth++) chips = chipsAt(paths, depth);
  return chips.slice(0, chipsMax);
}

function chipsAt(paths: readonly string[][], depth: number): CategoryChip[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const prefix = path.slice(0, depth).join('/');
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  return byCount.map(([path]) => ({ path, label: path.slice(path.lastIndexOf('/') + 1).trim() }));
}

export function isInCategory(product: Product, path: string): boolean {
  return product.category === path || Boolean(product.category?.startsWith(`${path}/`));
}

/** The deepest level of the category path, as a short subtitle. */
export function shortCategory(product: Product): string {
  return product.category?.split('/').at(-1)?.trim() ?? '';
}

/** The colour band of a category's products: a number from 0 to 7 that is always the same for the category. */
export function hueOf(chipPath: string): number {
  let hash = 0;
  for (const letter of chipPath) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return hash % huesCount;
}
