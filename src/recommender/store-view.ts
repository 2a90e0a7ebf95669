import type { Model, ProbabilityParameters } from './model.ts';

/** What one store sells and how often: the part of a ranking that depends on the store. */
export interface StoreView {
  /** Names this assortment within the model; part of the result cache's key. */
  readonly id: string;
  /** [products] popularityFloor · share of the store's baskets, 0 for what the store does not sell */
  readonly floor: Float64Array;
  /** [products] floor ^ sharpness: the unnormalised probability of a product the basket says nothing about */
  readonly mass: Float64Array;
  readonly massTotal: number;
  /** Products of the assortment, most popular first, as many as can be candidates. */
  readonly popular: Int32Array;
}

/** Baskets of the whole chain a store's own counts are mixed with: shrinks a small store towards the whole. */
const SHRINKAGE_BASKETS = 100;

export interface StoreViewOptions {
  readonly storeId?: string | undefined;
  /** Whether stock has been stated for a product of this store: it then belongs to the assortment. */
  readonly isStocked?: (productId: string) => boolean;
  readonly popularMax: number;
  readonly id?: string;
}

/**
 * The view of one store. A store the model does not know, or none, sells every active product. A known store sells
 * what its receipts or its stock hold.
 */
export function viewStore(model: Model, options: StoreViewOptions): StoreView {
  const store = model.stores.findIndex((known) => known.id === options.storeId);
  const share = store < 0 ? Float64Array.from(model.basketShare) : storeShares(model, store, options);
  const offered = share.map((value, item) => (model.products[item]!.active ? value : 0));
  const id = options.id ?? (store < 0 ? '*' : model.stores[store]!.id);
  return viewShares(id, offered, model.probability, options.popularMax);
}

/** The view of an assortment given as shares of baskets, 0 for what is not sold. */
export function viewShares(
  id: string,
  share: Float64Array,
  { popularityFloor, sharpness }: ProbabilityParameters,
  popularMax: number,
): StoreView {
  const floor = share.map((value) => popularityFloor * value);
  const mass = floor.map((value) => value ** sharpness);
  return {
    id,
    floor,
    mass,
    massTotal: mass.reduce((total, value) => total + value, 0),
    popular: mostPopular(floor, popularMax),
  };
}

function storeShares(model: Model, store: number, options: StoreViewOptions): Float64Array {
  const counts = new Float64Array(model.products.length).fill(-1);
  const { start, target, weight } = model.storeSales;
  for (let at = start[store]!; at < start[store + 1]!; at++) counts[target[at]!] = weight[at]!;
  const baskets = model.stores[store]!.baskets + SHRINKAGE_BASKETS;
  return counts.map((count, item) => {
    if (count < 0 && !options.isStocked?.(model.products[item]!.id)) return 0;
    return (Math.max(count, 0) + SHRINKAGE_BASKETS * model.basketShare[item]!) / baskets;
  });
}

function mostPopular(floor: Float64Array, limit: number): Int32Array {
  const order = Array.from(floor.keys()).filter((item) => floor[item]! > 0);
  order.sort((a, b) => floor[b]! - floor[a]! || a - b);
  return Int32Array.from(order.slice(0, limit));
}
