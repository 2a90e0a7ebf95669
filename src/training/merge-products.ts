import type { Product } from '../recommender/catalogue.ts';
import type { KnownItems } from './basket-matrix.ts';
import type { Receipts } from './receipts.ts';

/**
 * All products a model carries: those it has learned, in the order of their items, then the rest of the catalogue by id. What the catalogue
 * states takes precedence over what the receipts show; a product without a catalogue entry is active.
 */
export function mergeProducts(
  receipts: Receipts,
  known: KnownItems,
  catalogue: readonly Product[],
): Product[] {
  const stated = new Map(catalogue.map((product) => [product.id, product]));
  const learned = Array.from(known.productOf, (index): Product => {
    const seen = receipts.products[index]!;
    const facts = {
      id: seen.id,
      name: seen.name ?? seen.id,
      category: '',
      active: true,
      ...(seen.unitPrice !== undefined && { unitPrice: seen.unitPrice }),
      ...(seen.unitCost !== undefined && { unitCost: seen.unitCost }),
    };
    return { ...facts, ...stated.get(seen.id) };
  });
  const learnedIds = new Set(learned.map(({ id }) => id));
  const rest = [...stated.values()].filter(({ id }) => !learnedIds.has(id));
  return [...learned, ...rest.sort((a, b) => (a.id < b.id ? -1 : 1))];
}
