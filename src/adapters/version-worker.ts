import { parentPort, workerData } from 'node:worker_threads';
import type { Product } from '../recommender/catalogue.ts';
import type { Model } from '../recommender/model.ts';
import { rememberSales } from '../recommender/remember-sales.ts';
import type { StockRow } from '../recommender/stock.ts';
import { createWorkspace, type Workspace } from '../recommender/workspace.ts';
import { readVersion } from './file-model-registry.ts';
import { openDataFolder } from './lmdb-data-folder.ts';
import { openingStock } from './model-files.ts';
import type { ModelManifest } from './model-manifest.ts';
import { ModelRejected } from './model-rejected.ts';
import { newerSales } from './newer-sales.ts';

/** What to read: the folder of a version, and the ledger whose newer sales it is to remember, if any. */
export interface VersionOrder {
  readonly folder: string;
  readonly ledger?: { readonly dataFolder: string; readonly tenant: string };
}

/** Baskets that were paid after those a version was learned from, and the time of the newest, epoch ms. */
export interface Remembered {
  readonly baskets: number;
  readonly newestMs: number;
}

/** What the thread hands over, one part for each message to it: the model first, then its rows, then the end. */
export type VersionPart =
  | {
      readonly kind: 'model';
      readonly model: Omit<Model, 'products' | 'itemOf' | 'customerOf' | 'hourOf'>;
      readonly manifest: ModelManifest;
      readonly workspace: Workspace;
      readonly remembered: Remembered | undefined;
    }
  | { readonly kind: 'products'; readonly rows: readonly Product[] }
  | { readonly kind: 'stock'; readonly rows: readonly StockRow[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'rejected'; readonly reason: string };

/** Rows are copied into the other thread, which answers customers: about a millisecond of it. */
const ROWS_PER_PART = 500;

async function* partsOf({ folder, ledger }: VersionOrder): AsyncGenerator<VersionPart, VersionPart> {
  try {
    const { model: learned, manifest, files } = await readVersion(folder);
    const { model, remembered } = await withNewerSales(learned, manifest, ledger);
    const { products, itemOf: _, customerOf: __, hourOf: ___, ...rest } = model;
    yield { kind: 'model', model: rest, manifest, workspace: createWorkspace(model), remembered };
    for (const rows of slices(products)) yield { kind: 'products', rows };
    for (const rows of slices(openingStock(files))) yield { kind: 'stock', rows };
    return { kind: 'end' };
  } catch (error) {
    if (error instanceof ModelRejected) return { kind: 'rejected', reason: error.message };
    throw error;
  }
}

/** Receipts without a time do not say what is newer. */
async function withNewerSales(
  model: Model,
  { data: { from, to } }: ModelManifest,
  ledger: VersionOrder['ledger'],
): Promise<{ model: Model; remembered: Remembered | undefined }> {
  if (!ledger || from === null || to === null) return { model, remembered: undefined };
  const learned = { fromMs: Date.parse(from), toMs: Date.parse(to) };
  const folder = openDataFolder(ledger.dataFolder);
  const sold = newerSales(folder.events.newestEvents(ledger.tenant), model, learned.toMs);
  await folder.close();
  const newestMs = sold.atMs.at(-1);
  if (newestMs === undefined) return { model, remembered: undefined };
  const past = rememberSales(model.past, learned, sold, model.products.length);
  return { model: { ...model, past }, remembered: { baskets: sold.atMs.length, newestMs } };
}

function* slices<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += ROWS_PER_PART) yield rows.slice(from, from + ROWS_PER_PART);
}

/** Buffers of the arrays anywhere in a value, which change threads without being copied. */
function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) buffersOf(inner, found);
  return found;
}

const parts = partsOf(workerData as VersionOrder);
parentPort!.on('message', async () => {
  const { value } = await parts.next();
  parentPort!.postMessage(value, value.kind === 'model' ? [...buffersOf(value)] : []);
});
