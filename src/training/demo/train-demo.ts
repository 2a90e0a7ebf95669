import { cp, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModelRegistry } from '../../adapters/file-model-registry.ts';
import { CODE_VERSION, PACKAGE_ROOT } from '../../package-facts.ts';
import { readCatalogue } from '../ingest/read-catalogue.ts';
import { readReceipts } from '../ingest/read-receipts.ts';
import { readStock } from '../ingest/read-stock.ts';
import { train } from '../train.ts';
import { prepareFoodmart } from './foodmart.ts';

const NOTICE = 'Synthetic data: the FoodMart demonstration set, not a real shop.';
const SEED = 1997;

/** Makes models/demo from a FoodMart folder; see prepareFoodmart for where to get one. */
async function trainDemo(source: string): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'basketlift-demo-'));
  try {
    const files = await prepareFoodmart(source, scratch);
    const { receipts, report } = await readReceipts({ paths: [files.receipts] });
    const { products } = await readCatalogue([files.catalogue]);
    const { rows } = await readStock([files.stock]);
    const trained = await train({
      receipts,
      report,
      catalogue: products,
      stock: rows,
      storeNames: new Map(files.stores.map(({ id, name }) => [id, name])),
      version: 'demo',
      seed: SEED,
      threads: availableParallelism(),
      codeVersion: CODE_VERSION,
      nowMs: Date.now(),
      currency: 'USD',
      notice: NOTICE,
    });
    const staged = openModelRegistry(join(scratch, 'models'));
    const folder = await staged.publish(trained.manifest, trained.files);
    await staged.load('demo');
    const shipped = join(PACKAGE_ROOT, 'models', 'demo');
    await rm(shipped, { recursive: true, force: true });
    await cp(folder, shipped, { recursive: true });
    return shipped;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const folder = await trainDemo(process.argv[2] ?? join(PACKAGE_ROOT, '..', 'shared', 'data', 'foodmart'));
process.stdout.write(`The demo model is in ${folder}.\n`);
