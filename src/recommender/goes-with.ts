import type { Model } from './model.ts';
import { isSubstituteOf } from './substitute-of.ts';

/**
 * Products to mention beside one, strongest complement first: only those that are sold, have no age limit and do not replace it.
 *
 * @returns items, at most `count`; none for a product that the model does not know
 */
export function goesWith(model: Model, productId: string, count: number): number[] {
  const { complements, products, itemOf } = model;
  const item = itemOf.get(productId);
  if (item === undefined || item >= model.knownCount) return [];
  const edges: { target: number; weight: number }[] = [];
  for (let edge = complements.start[item]!; edge < complements.start[item + 1]!; edge++) {
    const target = complements.target[edge]!;
    const weight = complements.weight[edge]!;
    const product = products[target]!;
    const isFree = product.active && product.minAge === undefined;
    if (weight > 0 && isFree && !isSubstituteOf(model, item, target)) edges.push({ target, weight });
  }
  edges.sort((a, b) => b.weight - a.weight || a.target - b.target);
  return edges.slice(0, count).map(({ target }) => target);
}
