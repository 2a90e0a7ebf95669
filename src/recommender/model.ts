import type { Acceptance } from './acceptance.ts';
import type { Product } from './catalogue.ts';
import type { CustomerHistory } from './customer-history.ts';
import type { HourLift } from './hour-lift.ts';
import type { Kernel } from './neighbours.ts';
import type { NewProducts } from './new-products.ts';
import type { PastBaskets } from './past-baskets.ts';
import { type ProductFigures, productFigures } from './product-figures.ts';
import type { Ranker } from './ranker.ts';
import type { SparseRows } from './sparse-rows.ts';
import type { Substitutes } from './substitutes.ts';
import { hourClock, NO_HOUR } from './time-of-day.ts';

/** What candidates are ranked by: all that is learned from baskets of the whole chain. */
export interface RankingModel {
  /** Complement weights: row = product in the basket, target = product to offer. Directed. */
  readonly complements: SparseRows;
  /** [edges of complements] share of the row product's baskets that also hold the target */
  readonly togetherShare: Float32Array;
  /** [products] share of all baskets that hold the product */
  readonly basketShare: Float32Array;
  /** Absent where the time of day is not used. */
  readonly hourLift?: HourLift;
  readonly past: PastBaskets;
  /** Histories of customers by number, see Model.customerOf. */
  readonly customers: CustomerHistory;
  readonly kernel: Kernel;
  readonly ranker: Ranker;
  /** Absent where every product has been sold, or nothing describes those that have not. */
  readonly newProducts?: NewProducts;
}

/**
 * A trained model in memory: immutable, shared by all requests. An item is an index into `products`; the first
 * `knownCount` of them have been learned from receipts, the rest are known by the catalogue only.
 */
export interface Model extends RankingModel {
  readonly version: string;
  /** One line every screen shows, such as that the data is synthetic. */
  readonly notice: string | undefined;
  /** ISO 4217 code of the prices; undefined when the receipts do not say. */
  readonly currency: string | undefined;
  readonly products: readonly Product[];
  readonly itemOf: ReadonlyMap<string, number>;
  readonly knownCount: number;
  /** [customers] names under which the model keeps customers, ascending; whole numbers. */
  readonly customerNames: Float64Array;
  /** Number of a customer with a history, NO_CUSTOMER for any other. */
  readonly customerOf: (customerId: string) => number;
  /** IANA zone of the stores' clocks; undefined where the time of day is not used. */
  readonly timeZone: string | undefined;
  /** Hour of the day in the stores, by epoch milliseconds; NO_HOUR where it is not used: then answers are the same at any time. */
  readonly hourOf: (atMs: number) => number;
  readonly figures: ProductFigures;
  /** [products] number of the product's substitute group, -1 for none */
  readonly substituteGroup: Int32Array;
  /** Absent where none were learned. */
  readonly substitutes?: Substitutes;
  /** Absent where the model has not learned how offers are answered. */
  readonly acceptance?: Acceptance;
  readonly stores: readonly StoreFacts[];
  /** Row = store, target = product sold there, weight = the store's baskets that hold it. */
  readonly storeSales: SparseRows;
  /** [edges of storeSales] units sold a day, smoothed */
  readonly storeDemand: Float32Array;
}

export interface StoreFacts {
  readonly id: string;
  readonly name: string;
  /** Baskets of the store in the training data. */
  readonly baskets: number;
}

/** What a model derives from its products alone. */
export function indexCatalogue(
  products: readonly Product[],
): Pick<Model, 'products' | 'itemOf' | 'figures' | 'substituteGroup'> {
  return {
    products,
    itemOf: indexProducts(products),
    figures: productFigures(products),
    substituteGroup: numberSubstituteGroups(products),
  };
}

/** The clock by which a model tells the hour. @throws RangeError when there is no such zone */
export function modelClock(timeZone: string | undefined): Model['hourOf'] {
  return timeZone === undefined ? () => NO_HOUR : hourClock(timeZone);
}

/** Numbers the substitute groups the products name. */
function numberSubstituteGroups(products: readonly Product[]): Int32Array {
  const groups = new Map<string, number>();
  return Int32Array.from(products, ({ substituteGroup }) => {
    if (substituteGroup === undefined) return -1;
    const group = groups.get(substituteGroup) ?? groups.size;
    groups.set(substituteGroup, group);
    return group;
  });
}

const categories = new WeakMap<Model, ReadonlyMap<string, string>>();

/** Product → category, for the products that have one; made once for each model. */
export function categoriesOf(model: Model): ReadonlyMap<string, string> {
  const made = categories.get(model);
  if (made) return made;
  const all = new Map(
    model.products.flatMap(({ id, category }) => (category ? [[id, category] as const] : [])),
  );
  categories.set(model, all);
  return all;
}

/** Item of each id. */
function indexProducts(products: readonly Product[]): Map<string, number> {
  return new Map(products.map((product, item) => [product.id, item]));
}
