import { z } from 'zod';
import { type CustomerHistory, findCustomer, NO_CUSTOMER } from '../recommender/customer-history.ts';
import { indexCatalogue, type Model } from '../recommender/model.ts';
import { indexPastBaskets, type PastBaskets } from '../recommender/past-baskets.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import { foldStock } from '../recommender/state-stock.ts';
import { type AbsoluteStockRow, isAbsolute, type StockRow } from '../recommender/stock.ts';
import { ACCEPTANCE_FILE, decodeAcceptance, encodeAcceptance } from './acceptance-file.ts';
import { CATALOGUE_FILES, decodeCatalogueParts, encodeCatalogueParts } from './catalogue-files.ts';
import { decodeHours, encodeHours, HOUR_FILE } from './hour-file.ts';
import { parseJson } from './json-files.ts';
import {
  areFinite,
  areShares,
  assertFits,
  bytesOf,
  checkRows,
  checkStarts,
  floats,
  integers,
  requireLength,
  wholeWords,
} from './number-files.ts';
import { encodeRanker, rankerSchema } from './ranker-file.ts';

/** Facts of a model that its manifest holds rather than its files. */
export type ModelHead = Pick<Model, 'version' | 'notice' | 'currency' | 'knownCount' | 'timeZone'>;

const productSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  category: z.string(),
  unitPrice: z.number().exactOptional(),
  unitCost: z.number().exactOptional(),
  shelfLifeDays: z.number().exactOptional(),
  minAge: z.number().exactOptional(),
  substituteGroup: z.string().exactOptional(),
  barcode: z.string().exactOptional(),
  active: z.boolean(),
});
const storeSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  baskets: z.number().int().nonnegative(),
});

/** Files that make up a model; all must be there. Numbers are little-endian, without header. */
export const MODEL_FILES = [
  'products.json',
  'stores.json',
  'complements.start.i32',
  'complements.target.i32',
  'complements.weight.f32',
  'together-share.f32',
  'basket-share.f32',
  'past-baskets.start.i32',
  'past-baskets.item.i32',
  'past-baskets.age.f32',
  'customers.name.f64',
  'customers.start.i32',
  'customers.basket.i32',
  'customers.item.i32',
  'customers.age.f32',
  'ranker.json',
  'store-sales.start.i32',
  'store-sales.target.i32',
  'store-sales.weight.f32',
  'store-demand.f32',
] as const;

/** Files of parts that not every version has learned. */
export const OPTIONAL_FILES = [...CATALOGUE_FILES, ACCEPTANCE_FILE, HOUR_FILE] as const;

export type ModelFile = (typeof MODEL_FILES)[number];

/** Files by name. */
export type ModelFiles = Record<ModelFile, Uint8Array> &
  Partial<Record<(typeof OPTIONAL_FILES)[number], Uint8Array>>;

export function encodeModel(model: Model): ModelFiles {
  return {
    'products.json': jsonLines(model.products),
    'stores.json': jsonLines(model.stores),
    'complements.start.i32': bytesOf(model.complements.start),
    'complements.target.i32': bytesOf(model.complements.target),
    'complements.weight.f32': bytesOf(model.complements.weight),
    'together-share.f32': bytesOf(model.togetherShare),
    'basket-share.f32': bytesOf(model.basketShare),
    'past-baskets.start.i32': bytesOf(model.past.start),
    'past-baskets.item.i32': bytesOf(model.past.items),
    'past-baskets.age.f32': bytesOf(model.past.age),
    'customers.name.f64': bytesOf(model.customerNames),
    'customers.start.i32': bytesOf(model.customers.start),
    'customers.basket.i32': bytesOf(model.customers.basketStart),
    'customers.item.i32': bytesOf(model.customers.items),
    'customers.age.f32': bytesOf(model.customers.age),
    'ranker.json': encodeRanker(model),
    'store-sales.start.i32': bytesOf(model.storeSales.start),
    'store-sales.target.i32': bytesOf(model.storeSales.target),
    'store-sales.weight.f32': bytesOf(model.storeSales.weight),
    'store-demand.f32': bytesOf(model.storeDemand),
    ...encodeCatalogueParts(model),
    ...encodeAcceptance(model.acceptance),
    ...encodeHours(model.hourLift),
  };
}

/**
 * A model from its files. Without `nameOf`, which names customers as training did, it knows none.
 *
 * @throws ModelRejected when the arrays do not fit each other: sizes, ranges, order, or values that are no numbers
 */
export function decodeModel(
  head: ModelHead,
  files: ModelFiles,
  nameOf?: (customerId: string) => number,
): Model {
  const products = parseJson('products.json', files, z.array(productSchema));
  const stores = parseJson('stores.json', files, z.array(storeSchema));
  const customerNames = new Float64Array(wholeWords('customers.name.f64', files, 8));
  const model: Model = {
    ...head,
    ...indexCatalogue(products),
    stores,
    complements: readRows('complements', files),
    togetherShare: floats('together-share.f32', files),
    basketShare: floats('basket-share.f32', files),
    past: readPastBaskets(files, products.length),
    customers: readCustomers(files, customerNames.length, products.length),
    customerNames,
    customerOf: customerFinder(customerNames, nameOf),
    ...parseJson('ranker.json', files, rankerSchema),
    ...decodeHours(head.timeZone, files, products.length),
    storeSales: readRows('store-sales', files),
    storeDemand: floats('store-demand.f32', files),
    ...decodeCatalogueParts(files, products.length),
    ...decodeAcceptance(files),
  };
  assertFits(model.itemOf.size === products.length, 'products.json names a product twice');
  assertFits(
    head.knownCount <= products.length,
    'the manifest states more known products than products.json contains',
  );
  checkRows('complements', model.complements, products.length, products.length);
  checkRows('store-sales', model.storeSales, stores.length, products.length);
  requireLength('together-share.f32', model.togetherShare, model.complements.target.length);
  requireLength('store-demand.f32', model.storeDemand, model.storeSales.target.length);
  requireLength('basket-share.f32', model.basketShare, products.length);
  checkNumbers(model);
  return model;
}

/** Finds customers by their ids; none without `nameOf`. */
export function customerFinder(
  customerNames: Float64Array,
  nameOf: ((customerId: string) => number) | undefined,
): Model['customerOf'] {
  return nameOf ? (id) => findCustomer(customerNames, nameOf(id)) : () => NO_CUSTOMER;
}

/** The stock given when a version was trained, as it then stood; most versions have none. */
export function openingStock(files: ReadonlyMap<string, Uint8Array>): AbsoluteStockRow[] {
  const bytes = files.get('opening-stock.json');
  const rows: StockRow[] = bytes ? JSON.parse(new TextDecoder().decode(bytes)) : [];
  const held = rows.every(isAbsolute) ? rows : foldStock(rows);
  // Revision 0: at equal times, whatever was stated later wins.
  for (const row of held) Object.assign(row, { revision: 0 });
  return held;
}

/** The rows are checked before they are indexed: the index trusts them. */
function readPastBaskets(files: Record<ModelFile, Uint8Array>, products: number): PastBaskets {
  const start = integers('past-baskets.start.i32', files);
  const items = integers('past-baskets.item.i32', files);
  const age = floats('past-baskets.age.f32', files);
  checkRows('past-baskets', { start, target: items, weight: items }, age.length, products);
  assertFits(areShares(age), 'past-baskets.age.f32 contains a value that is not an age');
  return indexPastBaskets({ start, items, age }, products);
}

function readCustomers(
  files: Record<ModelFile, Uint8Array>,
  customers: number,
  products: number,
): CustomerHistory {
  const start = integers('customers.start.i32', files);
  const basketStart = integers('customers.basket.i32', files);
  const items = integers('customers.item.i32', files);
  const age = floats('customers.age.f32', files);
  checkStarts('customers.start.i32', start, customers, age.length);
  checkRows('customers.basket', { start: basketStart, target: items, weight: items }, age.length, products);
  assertFits(areShares(age), 'customers.age.f32 contains a value that is not an age');
  return { start, basketStart, items, age };
}

function checkNumbers(model: Model): void {
  const { complements, togetherShare, basketShare, customerNames, storeSales, storeDemand } = model;
  const isAscending = customerNames.every((name, at) => at === 0 || name > customerNames[at - 1]!);
  assertFits(isAscending, 'customers.name.f64 is out of order');
  assertFits(areFinite(complements.weight), 'complements.weight.f32 contains a value that is not a number');
  assertFits(areShares(togetherShare), 'together-share.f32 contains a value that is not a share');
  assertFits(areShares(basketShare), 'basket-share.f32 contains a value that is not a share');
  assertFits(areFinite(storeSales.weight, 0), 'store-sales.weight.f32 contains a value that is not a count');
  const known = storeDemand.filter((demand) => !Number.isNaN(demand));
  assertFits(areFinite(known, 0), 'store-demand.f32 contains a value that is not a demand');
}

function readRows(name: 'complements' | 'store-sales', files: Record<ModelFile, Uint8Array>): SparseRows {
  return {
    start: integers(`${name}.start.i32`, files),
    target: integers(`${name}.target.i32`, files),
    weight: floats(`${name}.weight.f32`, files),
  };
}

/** One element a line, so that versions can be compared with line tools. */
function jsonLines(values: readonly unknown[]): Uint8Array {
  const lines = values.map((value) => JSON.stringify(value)).join(',\n');
  return new TextEncoder().encode(`[\n${lines}\n]\n`);
}
