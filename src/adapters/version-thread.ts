import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Product } from '../recommender/catalogue.ts';
import type { Model } from '../recommender/model.ts';
import { modelClock } from '../recommender/model.ts';
import type { AbsoluteStockRow } from '../recommender/stock.ts';
import type { Workspace } from '../recommender/workspace.ts';
import { type LoadedVersion, recogniseCustomers } from './file-model-registry.ts';
import { customerFinder } from './model-files.ts';
import type { ModelManifest } from './model-manifest.ts';
import { ModelRejected } from './model-rejected.ts';
import type { Remembered, VersionOrder, VersionPart } from './version-worker.ts';

/** A version ready to be served, read and verified by a thread of its own. */
export interface ThreadedVersion {
  readonly model: Model;
  readonly manifest: ModelManifest;
  readonly workspace: Workspace;
  readonly openingStock: readonly AbsoluteStockRow[];
  readonly customers: LoadedVersion['customers'];
  readonly remembered: Remembered | Error | undefined;
}

/** Longest wait for the disk and the checks between two parts. */
const PART_MS_MAX = 60_000;

/**
 * Reads a version's folder while this thread goes on answering: files are read, verified and decoded in another one, the
 * arrays change threads without being copied, and rows arrive a few at a time.
 *
 * @throws ModelRejected, Error when a part takes longer than a minute
 */
export async function loadVersionInThread(order: VersionOrder): Promise<ThreadedVersion> {
  const worker = new Worker(new URL('./version-worker.js', import.meta.url), { workerData: order });
  // A gateway that stops does not wait for it.
  worker.unref();
  const products: Product[] = [];
  const itemOf = new Map<string, number>();
  const stock: AbsoluteStockRow[] = [];
  let head: Extract<VersionPart, { kind: 'model' }> | undefined;
  try {
    for (;;) {
      const part = await nextPart(worker);
      if (part.kind === 'model') head = part;
      if (part.kind === 'products') for (const row of part.rows) itemOf.set(row.id, products.push(row) - 1);
      if (part.kind === 'stock') stock.push(...part.rows);
      if (part.kind === 'rejected') throw new ModelRejected(part.reason);
      if (part.kind === 'end') break;
    }
  } finally {
    await worker.terminate();
  }
  const { model, manifest, workspace, remembered } = head!;
  const { customers, nameOf } = recogniseCustomers(order.folder, manifest);
  const customerOf = customerFinder(model.customerNames, nameOf);
  return {
    model: { ...model, products, itemOf, customerOf, hourOf: modelClock(model.timeZone) },
    customers,
    manifest,
    workspace,
    remembered,
    openingStock: stock,
  };
}

async function nextPart(worker: Worker): Promise<VersionPart> {
  const answer = once(worker, 'message', { signal: AbortSignal.timeout(PART_MS_MAX) });
  worker.postMessage('next');
  const [part] = await answer;
  return part as VersionPart;
}
