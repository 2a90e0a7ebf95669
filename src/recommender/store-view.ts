import { chanceCarried, type SalesSpread, spreadOfSales } from './carried.ts';
import type { Model } from './model.ts';
import { sortBestFirst } from './top-k.ts';

/** What one store sells and how often: the part of a ranking that depends on the store. */
export interface StoreView {
  /** Names this assortment within the model; part of the result cache's key. */
  readonly id: string;
  /** [products] share of the store's baskets that hold the product, 0 for what the store does not sell */
  readonly share: Float64Array;
  /** [products] ln of the share, finite for 0 */
  readonly logShare: Float64Array;
  readonly shareTotal: number;
  /** Products of the assortment, most sold first. */
  readonly sold: Int32Array;
  /** [products] 1 for a product of the assortment: an eighth of the memory to look through that shares take */
  readonly isSold: Uint8Array;
  /** [products] 1 for a product of the assortment that has never been sold anywhere */
  readonly newProducts: Uint8Array;
}

/** Shares of baskets below this are not told from none. */
const SHARE_UNIT = 1e-5;
/** Baskets of the whole chain a store's own counts are mixed with: shrinks a small store towards the whole. */
const SHRINKAGE_BASKETS = 100;
/** A product that a store has not sold is of its assortment from this chance on that it carries it: one of every twentieth store is not. */
const CARRIED_MIN = 0.05;

export interface StoreViewOptions {
  readonly storeId?: string | undefined;
  /** Whether stock has been stated for a product of this store: it then belongs to the assortment. */
  readonly isStocked?: (productId: string) => boolean;
  /** `spreadOfSales` of the model, where several of its stores are viewed. */
  readonly spread?: SalesSpread;
}

/** What a model knows of what its stores sell. */
export type Assortments = Pick<Model, 'products' | 'knownCount' | 'basketShare' | 'stores' | 'storeSales'>;

/**
 * The view of one store. A store the model does not know, or none, sells every active product. A known store sells what its
 * receipts or its stock hold, and what it likely carries by what other stores sell.
 */
export function viewStore(model: Assortments, options: StoreViewOptions = {}): StoreView {
  const store = model.stores.findIndex((known) => known.id === options.storeId);
  const share = store < 0 ? Float64Array.from(model.basketShare) : storeShares(model, store, options);
  const newProducts = new Uint8Array(share.length);
  for (let item = 0; item < share.length; item++) {
    const { id, active } = model.products[item]!;
    if (!active) share[item] = 0;
    else if (item >= model.knownCount && (store < 0 || options.isStocked?.(id))) newProducts[item] = 1;
  }
  return viewShares(store < 0 ? '*' : model.stores[store]!.id, share, newProducts);
}

/** The view of an assortment given as shares of baskets, 0 for what is not sold; without new products unless given. */
export function viewShares(
  id: string,
  share: Float64Array,
  newProducts: Uint8Array = new Uint8Array(share.length),
): StoreView {
  const sold = mostSold(share);
  const isSold = new Uint8Array(share.length);
  for (const item of sold) isSold[item] = 1;
  return {
    id,
    share,
    logShare: share.map((value) => Math.log(value + SHARE_UNIT)),
    shareTotal: share.reduce((total, value) => total + value, 0),
    sold,
    isSold,
    newProducts,
  };
}

function storeShares(model: Assortments, store: number, options: StoreViewOptions): Float64Array {
  const { isStocked = () => false, spread = spreadOfSales(model) } = options;
  const counts = new Float64Array(model.products.length).fill(-1);
  const { start, target, weight } = model.storeSales;
  const own = target.subarray(start[store]!, start[store + 1]!);
  for (const [at, item] of own.entries()) counts[item] = weight[start[store]! + at]!;
  // Where stock lists all that was sold, what it does not list is not carried.
  const unstocked = own.reduce((sum, item) => sum + Number(!isStocked(model.products[item]!.id)), 0);
  const unstockedShare = own.length > 0 ? unstocked / own.length : 1;
  const baskets = model.stores[store]!.baskets + SHRINKAGE_BASKETS;
  for (let item = 0; item < counts.length; item++) {
    const isCarried =
      counts[item]! >= 0 ||
      isStocked(model.products[item]!.id) ||
      chanceCarried(spread, store, item, unstockedShare) >= CARRIED_MIN;
    const sold = Math.max(counts[item]!, 0) + SHRINKAGE_BASKETS * model.basketShare[item]!;
    counts[item] = isCarried ? sold / baskets : 0;
  }
  return counts;
}

function mostSold(share: Float64Array): Int32Array {
  const keys = new Float64Array(share.length);
  const items = new Int32Array(share.length);
  let count = 0;
  for (let item = 0; item < share.length; item++) {
    if (!(share[item]! > 0)) continue;
    keys[count] = share[item]!;
    items[count++] = item;
  }
  sortBestFirst(keys, items, count);
  return items.slice(0, count);
}
