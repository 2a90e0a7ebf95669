import { carriedChances } from './carried.ts';
import type { Model } from './model.ts';
import { sortBestFirst } from './top-k.ts';

/** What one store sells and how often: the part of a ranking that depends on the store. */
export interface StoreView {
  /** Names this assortment within the model; part of the result cache's key. */
  readonly id: string;
  /** [products] share of the store's baskets that hold the product, 0 for what the store does not sell */
  readonly share: Float32Array;
  readonly shareTotal: number;
  /** Products of the assortment, most sold first. */
  readonly sold: Int32Array;
  /** [products] 1 for a product of the assortment; takes a quarter of the memory of `share` */
  readonly isSold: Uint8Array;
  /** [products] 1 for a product of the assortment that has never been sold anywhere */
  readonly newProducts: Uint8Array;
}

/** Baskets of the whole chain that are mixed with a store's own counts: shrinks a small store towards the whole. */
const SHRINKAGE_BASKETS = 100;
/** A product that a store has not sold belongs to its assortment if the store carries it with at least this chance. */
const CARRIED_MIN = 0.1;
/** A store's stock is taken to list all that it carries once it covers this share of what the store has sold, and this many products. */
const STOCKED_SHARE = 0.5;
const STOCKED_MIN = 20;

export interface StoreViewOptions {
  readonly storeId?: string | undefined;
  /** Whether stock has been stated for a product of this store: it then belongs to the assortment. */
  readonly isStocked?: (productId: string) => boolean;
}

/** What a model knows about what its stores sell. */
export type Assortments = Pick<Model, 'products' | 'knownCount' | 'basketShare' | 'stores' | 'storeSales'>;

/**
 * The view of one store. A store the model does not know, or none, sells every active product. A known store sells what its receipts or its
 * stock hold and, unless its stock lists all that it carries, what it likely carries judging by other stores.
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

function storeShares(
  model: Assortments,
  store: number,
  { isStocked = () => false }: StoreViewOptions,
): Float32Array {
  const shares = new Float32Array(model.products.length).fill(-1);
  const { start, target, weight } = model.storeSales;
  for (let at = start[store]!; at < start[store + 1]!; at++) shares[target[at]!] = weight[at]!;
  const isListed = listsAssortment(model, store, isStocked);
  const chanceOf = carriedChances(model, store);
  const baskets = model.stores[store]!.baskets + SHRINKAGE_BASKETS;
  for (let item = 0; item < shares.length; item++) {
    const isCarried =
      shares[item]! >= 0 ||
      isStocked(model.products[item]!.id) ||
      (!isListed && chanceOf(item) >= CARRIED_MIN);
    const sold = Math.max(shares[item]!, 0) + SHRINKAGE_BASKETS * model.basketShare[item]!;
    shares[item] = isCarried ? sold / baskets : 0;
  }
  return shares;
}

/** Whether stock lists enough of what the store has sold, and may go on selling, to be taken for all that the store carries. */
function listsAssortment(
  { products, storeSales: { start, target } }: Assortments,
  store: number,
  isStocked: (productId: string) => boolean,
): boolean {
  const own = Array.from(target.subarray(start[store]!, start[store + 1]!), (item) => products[item]!);
  const active = own.filter((product) => product.active);
  const stocked = active.filter(({ id }) => isStocked(id));
  return stocked.length >= Math.max(STOCKED_MIN, STOCKED_SHARE * active.length);
}

function mostSold(share: Float32Array): Int32Array {
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
