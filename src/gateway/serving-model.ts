import { createHash } from 'node:crypto';
import { CANDIDATES_MAX } from '../recommender/candidates.ts';
import { createDecisionScratch, type DecisionScratch } from '../recommender/decision-scratch.ts';
import type { Model } from '../recommender/model.ts';
import type { ProductSearch } from '../recommender/product-search.ts';
import { type BoundRule, bindRules, type RuleBook } from '../recommender/rules.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import { type StoreView, viewStore } from '../recommender/store-view.ts';
import { referenceValue, unitValueMax } from '../recommender/value.ts';
import { createWorkspace, type Workspace } from '../recommender/workspace.ts';
import { DEFAULT_TENANT } from './access.ts';

/** A model in service with all that is derived from it once. */
export interface ServingModel {
  readonly model: Model;
  /** Names the model's content for caches: two versions of one name never share entries. */
  readonly cacheName: string;
  /** The tenant from whose receipts it was learned: it knows no other tenant's customers. */
  readonly owner: string;
  readonly search: ProductSearch;
  readonly referenceValue: number;
  /** No unit of any product is worth more than this, in money. */
  readonly unitValueMax: number;
  readonly workspace: Workspace;
  readonly scratch: DecisionScratch;
  rules(): { readonly version: number; readonly bound: readonly BoundRule[] };
  replaceRules(book: RuleBook): void;
  /** The assortment of a store as its stock stands now. */
  view(storeId: string | undefined): StoreView;
  /** [products] units a day by the receipts of the store, NaN unknown. */
  demand(storeId: string | undefined): Float32Array;
}

/** What a model is served from. A given workspace may be shared with others of the same model in this thread. */
export interface LoadedModel {
  readonly model: Model;
  readonly cacheName: string;
  readonly search: ProductSearch;
  /** The default tenant when absent. */
  readonly owner?: string;
  readonly workspace?: Workspace;
}

export function serveModel(loaded: LoadedModel, stock: StockBook, book: RuleBook): ServingModel {
  const { model } = loaded;
  const views = new Map<string, { listed: number; view: StoreView }>();
  const demands = new Map<string, Float32Array>();
  const storeNumbers = new Map(model.stores.map(({ id }, store) => [id, store]));
  const everywhere = viewStore(model);
  const typical = referenceValue(model.products, model.basketShare);
  const nowhere = new Float32Array(model.products.length).fill(Number.NaN);
  let rules = { version: book.version, bound: bindRules(book, model) };
  return {
    ...loaded,
    owner: loaded.owner ?? DEFAULT_TENANT,
    referenceValue: typical,
    unitValueMax: unitValueMax(model.products, typical),
    workspace: loaded.workspace ?? createWorkspace(model),
    scratch: createDecisionScratch(CANDIDATES_MAX, model.products.length),
    rules: () => rules,
    replaceRules(next) {
      rules = { version: next.version, bound: bindRules(next, model) };
    },
    view(storeId) {
      if (storeId === undefined || !storeNumbers.has(storeId)) return everywhere;
      const listed = stock.listed(storeId);
      const known = views.get(storeId);
      if (known?.listed === listed) return known.view;
      const isStocked = (productId: string) => !Number.isNaN(stock.asOfMs(storeId, productId));
      const bare = viewStore(model, { storeId, isStocked });
      // Named by its content: processes that share a cache may have got the store's stock in different order.
      const content = createHash('sha256').update(bare.share);
      if (model.newProducts) content.update(bare.newProducts);
      const view = { ...bare, id: content.digest('base64url') };
      views.set(storeId, { listed, view });
      return view;
    },
    demand(storeId) {
      const store = storeNumbers.get(storeId ?? '');
      if (storeId === undefined || store === undefined) return nowhere;
      const known = demands.get(storeId) ?? demandOf(model, store);
      demands.set(storeId, known);
      return known;
    },
  };
}

function demandOf(model: Model, store: number): Float32Array {
  const demand = new Float32Array(model.products.length).fill(Number.NaN);
  const { start, target } = model.storeSales;
  for (let at = start[store]!; at < start[store + 1]!; at++) demand[target[at]!] = model.storeDemand[at]!;
  return demand;
}
