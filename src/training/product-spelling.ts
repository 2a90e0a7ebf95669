import type { Product } from '../recommender/catalogue.ts';
import type { StockRow } from '../recommender/stock.ts';
import type { Receipts } from './receipts.ts';

/** One spelling for texts that differ in blanks only. */
export function tidyText(text: string): string {
  return text.replace(/[\s\u00a0\u0085]+/g, ' ').trim();
}

/** An id without needless blanks and without the ".0" that data frames append to whole numbers. */
export function tidyId(text: string): string {
  return tidyText(text).replace(/^(\d+)\.0$/, '$1');
}

/** Equal for ids of one product: blanks, case and the composition of accents do not tell products apart. */
export function productKey(id: string): string {
  return tidyId(id).normalize('NFC').toUpperCase();
}

/** The spelling that an id has among `ids`, of several the first; the id itself where it is not among them. */
export function spellingOf(ids: readonly string[]): (id: string) => string {
  const known = new Set(ids);
  const byKey = new Map(ids.toReversed().map((id) => [productKey(id), id]));
  return (id) => (known.has(id) ? id : (byKey.get(productKey(id)) ?? id));
}

/** Catalogue and stock with the products that the receipts sell under the ids they have there. */
export function spelledAsSold<
  T extends {
    readonly receipts: Receipts;
    readonly catalogue: readonly Product[];
    readonly stock: readonly StockRow[];
  },
>(input: T): T {
  const { productIds } = input.receipts;
  const asSold = spellingOf(productIds);
  const catalogue = input.catalogue.map((product) => ({ ...product, id: asSold(product.id) }));
  const asKnown = spellingOf([...productIds, ...catalogue.map(({ id }) => id)]);
  const stock = input.stock.map((row) => ({ ...row, productId: asKnown(row.productId) }));
  return { ...input, catalogue, stock };
}

/** How many products of a catalogue the receipts sell. */
export function countSold(catalogue: readonly Product[], { productIds }: Receipts): number {
  const sold = new Set(productIds.map(productKey));
  return catalogue.filter(({ id }) => sold.has(productKey(id))).length;
}
