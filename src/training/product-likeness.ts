import type { Product } from '../recommender/catalogue.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import { nameTokens } from './product-features.ts';

/** Products less alike than this are not of one kind. */
export const LIKENESS_MIN = 0.5;
/** A token that more products of a category share finds no pairs, though it counts for those that are found. */
const SHARED_MAX = 500;
/** Alike products kept of each, the most alike. */
const ALIKE_MAX = 30;

/**
 * Products of one kind: row = product, targets = products of the same category path with a like name, weight = cosine of the names' tokens,
 * LIKENESS_MIN and more. A token counts ln(1 + n / its products) times how much it belongs to single categories, Σ share²: brands are found
 * in many, kinds in one. Symmetric except for the limit of ALIKE_MAX.
 */
export function findAlike(products: readonly Product[]): SparseRows {
  const names = tokeniseNames(products);
  const holders = holdersByCategory(products, names);
  const start = new Int32Array(products.length + 1);
  const target: number[] = [];
  const weight: number[] = [];
  const seenBy = new Int32Array(products.length).fill(-1);
  for (const [item, { category }] of products.entries()) {
    const alike: { other: number; likeness: number }[] = [];
    for (const token of names.tokens[item]!) {
      const others = holders.get(`${category}/${token}`)!;
      if (others.length > SHARED_MAX) continue;
      for (const other of others) {
        if (other === item || seenBy[other] === item) continue;
        seenBy[other] = item;
        const likeness = cosine(names, item, other);
        if (likeness >= LIKENESS_MIN) alike.push({ other, likeness });
      }
    }
    alike.sort((a, b) => b.likeness - a.likeness || a.other - b.other).splice(ALIKE_MAX);
    for (const { other, likeness } of alike.sort((a, b) => a.other - b.other)) {
      target.push(other);
      weight.push(likeness);
    }
    start[item + 1] = target.length;
  }
  return { start, target: Int32Array.from(target), weight: Float32Array.from(weight) };
}

interface Names {
  /** [products] numbers of the name's tokens */
  readonly tokens: readonly (readonly number[])[];
  /** [tokens] */
  readonly weight: Float64Array;
  /** [products] */
  readonly norm: Float64Array;
}

function tokeniseNames(products: readonly Product[]): Names {
  const numbers = new Map<string, number>();
  const categories: Map<string, number>[] = [];
  const tokens = products.map(({ name, category }) =>
    nameTokens(name).map((token) => {
      const number = numbers.get(token) ?? numbers.size;
      numbers.set(token, number);
      const uses = categories[number] ?? new Map<string, number>();
      categories[number] = uses.set(category, (uses.get(category) ?? 0) + 1);
      return number;
    }),
  );
  const weight = Float64Array.from(categories, (uses) => {
    const counts = [...uses.values()];
    const total = counts.reduce((sum, count) => sum + count, 0);
    const belonging = counts.reduce((sum, count) => sum + (count / total) ** 2, 0);
    return Math.log1p(products.length / total) * belonging;
  });
  const norm = Float64Array.from(tokens, (own) => Math.hypot(...own.map((token) => weight[token]!)));
  return { tokens, weight, norm };
}

/** Products by category and token of their name. */
function holdersByCategory(products: readonly Product[], { tokens }: Names): Map<string, number[]> {
  const holders = new Map<string, number[]>();
  for (const [item, { category }] of products.entries()) {
    for (const token of tokens[item]!) {
      const key = `${category}/${token}`;
      const items = holders.get(key);
      if (items) items.push(item);
      else holders.set(key, [item]);
    }
  }
  return holders;
}

function cosine({ tokens, weight, norm }: Names, a: number, b: number): number {
  let product = 0;
  for (const token of tokens[a]!) if (tokens[b]!.includes(token)) product += weight[token]! ** 2;
  return product / (norm[a]! * norm[b]!);
}
