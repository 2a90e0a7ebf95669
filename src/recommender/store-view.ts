import { chanceCarried, type SalesSpread, spreadOfSales } from './carried.ts';
import type { Model } from './model.ts';
import { keepBest, sortBestFirst } from './top-k.ts';

/** What one store sells and how often: the part of a ranking that depends on the store. */
export interface StoreView {
  /** Names this assortment within the model; part of the result cache's key. */
  readonly id: string;
  /** [products] share of the store's baskets that hold the product, 0 for what the store does not sell */
  readonly share: Float32Array;
  readonly shareTotal: number;
  /** Products of the assortment, most sold first; of a large one the SOLD_MAX most sold. */
  readonly sold: Int32Array;
  /** [products] 1 for a product of the assortment: a quarter of the memory to look through that shares take */
  readonly isSold: Uint8Array;
  /** [products] 1 for a product of the assortment that has never been sold anywhere */
  readonly newProducts: Uint8Array;
}

/** Best sellers that are listed: more than a pool takes of them beside the longest basket. */
const SOLD_MAX = 1000;
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
  const share = store < 0 ? model.basketShare.slice() : storeShares(model, store, options);
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
  share: Float32Array,
  newProducts: Uint8Array = new Uint8Array(share.length),
): StoreView {
  const isSold = new Uint8Array(share.length);
  let shareTotal = 0;
  for (let item = 0; item < share.length; item++) {
    isSold[item] = Number(share[item]! > 0);
    shareTotal += share[item]!;
  }
  return { id, share, shareTotal, sold: mostSold(share), isSold, newProducts };
}

function storeShares(model: Assortments, store: number, options: StoreViewOptions): Float32Array {
  const { isStocked = () => false, spread = spreadOfSales(model) } = options;
  const counts = new Float32Array(model.products.length).fill(-1);
  const { start, target, weight } = model.storeSales;
  const [from, end] = [start[store]!, start[store + 1]!];
  let unstocked = 0;
  for (let at = from; at < end; at++) {
    counts[target[at]!] = weight[at]!;
    unstocked += Number(!isStocked(model.products[target[at]!]!.id));
  }
  // Where stock lists all that was sold, what it does not list is not carried.
  const unstockedShare = end > from ? unstocked / (end - from) : 1;
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

function mostSold(share: Float32Array): Int32Array {
  const keys = new Float64Array(share.length);
  const items = new Int32Array(share.length);
  let count = 0;
  for (let item = 0; item < share.length; item++) {
    keys[count] = share[item]!;
    items[count] = item;
    count += Number(share[item]! > 0);
  }
  const listed = keepBest(keys, items, count, SOLD_MAX);
  sortBestFirst(keys, items, listed);
  return items.slice(0, listed);
}
