import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { Product } from '../recommender/catalogue.ts';
import type { Model } from '../recommender/model.ts';
import { rememberSales, type SoldBaskets } from '../recommender/remember-sales.ts';
import type { AbsoluteStockRow } from '../recommender/stock.ts';
import { createWorkspace, type Workspace } from '../recommender/workspace.ts';
import { readVersion } from './file-model-registry.ts';
import { openDataFolder } from './lmdb-data-folder.ts';
import { openingStock } from './model-files.ts';
import type { ModelManifest } from './model-manifest.ts';
import { ModelRejected } from './model-rejected.ts';
import { learnedTime, newerSales } from './newer-sales.ts';

/** What to read: the folder of a version, and the ledger whose newer sales it is to remember, if any. */
export interface VersionOrder {
  readonly folder: string;
  readonly ledger?: { readonly dataFolder: string; readonly tenant: string };
}

/** Baskets that were paid after those a version was learned from: how many, and a digest of which. */
export interface Remembered {
  readonly baskets: number;
  readonly digest: string;
}

/** What the thread hands over, one part for each message to it: the model first, then its rows, then the end. */
export type VersionPart =
  | {
      readonly kind: 'model';
      readonly model: Omit<Model, 'products' | 'itemOf' | 'customerOf' | 'hourOf'>;
      readonly manifest: ModelManifest;
      readonly workspace: Workspace;
      /** An error is why the ledger could not be read: the version is then as it was learned. */
      readonly remembered: Remembered | Error | undefined;
    }
  | { readonly kind: 'products'; readonly rows: readonly Product[] }
  | { readonly kind: 'stock'; readonly rows: readonly AbsoluteStockRow[] }
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

/** Without times on the learned receipts nothing tells which sales are newer. */
async function withNewerSales(
  model: Model,
  manifest: ModelManifest,
  ledger: VersionOrder['ledger'],
): Promise<{ model: Model; remembered: Remembered | Error | undefined }> {
  const learned = learnedTime(manifest);
  if (!ledger || !learned) return { model, remembered: undefined };
  try {
    const sold = await readNewerSales(ledger, model, learned.toMs);
    const baskets = sold.atMs.length;
    if (baskets === 0) return { model, remembered: undefined };
    const past = rememberSales(model.past, learned, sold, model.products.length);
    const digest = createHash('sha256').update(JSON.stringify(sold)).digest('base64url').slice(0, 12);
    return { model: { ...model, past }, remembered: { baskets, digest } };
  } catch (error) {
    return { model, remembered: error as Error };
  }
}

async function readNewerSales(
  { dataFolder, tenant }: NonNullable<VersionOrder['ledger']>,
  model: Model,
  afterMs: number,
): Promise<SoldBaskets> {
  const folder = openDataFolder(dataFolder);
  try {
    return newerSales(folder.events.newestEvents(tenant), model, afterMs);
  } finally {
    await folder.close();
  }
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
