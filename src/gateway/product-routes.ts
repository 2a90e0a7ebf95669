import type { StockBook } from '../recommender/stock-book.ts';
import { type Access, maySeeMoney, requireStore } from './access.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { Problem } from './problem.ts';
import { readQuery } from './read-query.ts';
import type { ServingModel } from './serving-model.ts';
import { productQuerySchema, storeQuerySchema } from './wire.ts';

export function addProductRoutes(app: GatewayApp, { tenant }: GatewayParts): void {
  app.get('/v1/products', (context) => {
    const query = readQuery(context, productQuerySchema);
    const access = context.get('access');
    requireStore(access, query.storeId);
    const { serving, stock } = tenant(access.tenant);
    const items = findItems(serving, query);
    return context.json({
      products: items.map((item) => productBody(serving, stock, item, query.storeId, access)),
    });
  });

  app.get('/v1/products/:id', (context) => {
    const id = context.req.param('id');
    const { storeId } = readQuery(context, storeQuerySchema);
    const access = context.get('access');
    requireStore(access, storeId);
    const { serving, stock } = tenant(access.tenant);
    const item = serving.model.itemOf.get(id);
    if (item === undefined) throw new Problem('not-found', `There is no product '${id.slice(0, 128)}'.`);
    return context.json(productBody(serving, stock, item, storeId, access));
  });

  app.get('/v1/stores', (context) => {
    const access = context.get('access');
    const { model } = tenant(access.tenant).serving;
    const own = model.stores.filter(({ id }) => access.stores?.has(id) ?? true);
    // The busiest first: what a new terminal should start with.
    const stores = own.toSorted((a, b) => b.baskets - a.baskets);
    return context.json({ stores: stores.map(({ id, name }) => ({ id, name })) });
  });
}

/** Matches of a search, or the store's best sellers when nothing is asked for. */
function findItems(
  { model, search, view }: ServingModel,
  query: { q: string; limit: number; storeId?: string; category?: string },
): number[] {
  const { share, sold } = view(query.storeId);
  const inside = query.category === undefined ? undefined : `${query.category}/`;
  const accepts = (item: number) => {
    const product = model.products[item]!;
    const isSold = product.active && (share[item]! > 0 || item >= model.knownCount);
    return isSold && (inside === undefined || `${product.category}/`.startsWith(inside));
  };
  if (query.q.trim() !== '') return search.find(query.q, query.limit, accepts);
  const found: number[] = [];
  for (let at = 0; at < sold.length && found.length < query.limit; at++) {
    if (accepts(sold[at]!)) found.push(sold[at]!);
  }
  // What the catalogue lists and nobody has bought yet comes last.
  for (let item = model.knownCount; item < model.products.length && found.length < query.limit; item++) {
    if (inside !== undefined && share[item] === 0 && accepts(item)) found.push(item);
  }
  return found;
}

function productBody(
  { model }: ServingModel,
  stock: StockBook,
  item: number,
  storeId: string | undefined,
  access: Access,
) {
  const { id, name, category, unitPrice, barcode, minAge } = model.products[item]!;
  const row = storeId !== undefined && maySeeMoney(access) ? stock.row(storeId, id) : undefined;
  return {
    id,
    name,
    category,
    ...(unitPrice !== undefined && { unitPrice }),
    ...(barcode !== undefined && { barcode }),
    ...(minAge !== undefined && { minAge }),
    ...(row && { stock: { onHand: row.onHand ?? null, asOf: new Date(row.asOfMs).toISOString() } }),
  };
}
