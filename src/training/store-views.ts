import { type StoreView, viewStore } from '../recommender/store-view.ts';
import type { KnownItems } from './basket-matrix.ts';
import { countStoreSales } from './demand.ts';
import type { Receipts } from './receipts.ts';

/** Views of the stores by what they sold in the baskets [0, to), as a gateway would have them without stock. */
export function storeViews(
  receipts: Receipts,
  known: KnownItems,
  to: number,
  basketShare: Float32Array,
): (storeId: string | undefined) => StoreView {
  const { sales, baskets } = countStoreSales(receipts, known, to);
  const products = Array.from(known.productOf, (product) => {
    return { ...receipts.products[product]!, name: '', category: '', active: true };
  });
  const stores = receipts.storeIds.map((id, store) => ({ id, name: id, baskets: baskets[store]! }));
  const assortments = { products, knownCount: products.length, basketShare, stores, storeSales: sales };
  const views = new Map<string | undefined, StoreView>();
  return (storeId) => {
    const view = views.get(storeId) ?? viewStore(assortments, { storeId });
    views.set(storeId, view);
    return view;
  };
}
