import { parentPort, workerData } from 'node:worker_threads';
import type { Product } from '../recommender/catalogue.ts';
import type { Model } from '../recommender/model.ts';
import type { StockRow } from '../recommender/stock.ts';
import { createWorkspace, type Workspace } from '../recommender/workspace.ts';
import { readVersion } from './file-model-registry.ts';
import { openingStock } from './model-files.ts';
import type { ModelManifest } from './model-manifest.ts';
import { ModelRejected } from './model-rejected.ts';

/** What the thread hands over, one part for each message to it: the model first, then its rows, then the end. */
export type VersionPart =
  | {
      readonly kind: 'model';
      readonly model: Omit<Model, 'products' | 'itemOf' | 'customerOf' | 'hourOf'>;
      readonly manifest: ModelManifest;
      readonly workspace: Workspace;
    }
  | { readonly kind: 'products'; readonly rows: readonly Product[] }
  | { readonly kind: 'stock'; readonly rows: readonly StockRow[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'rejected'; readonly reason: string };

/** Rows are copied into the other thread, which answers customers: about a millisecond of it. */
const ROWS_PER_PART = 500;

async function* partsOf(folder: string): AsyncGenerator<VersionPart, VersionPart> {
  try {
    const { model, manifest, files } = await readVersion(folder);
    const { products, itemOf: _, customerOf: __, hourOf: ___, ...rest } = model;
    yield { kind: 'model', model: rest, manifest, workspace: createWorkspace(model) };
    for (const rows of slices(products)) yield { kind: 'products', rows };
    for (const rows of slices(openingStock(files))) yield { kind: 'stock', rows };
    return { kind: 'end' };
  } catch (error) {
    if (error instanceof ModelRejected) return { kind: 'rejected', reason: error.message };
    throw error;
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

const parts = partsOf(workerData as string);
parentPort!.on('message', async () => {
  const { value } = await parts.next();
  parentPort!.postMessage(value, value.kind === 'model' ? [...buffersOf(value)] : []);
});
