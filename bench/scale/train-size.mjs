import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCustomerNames } from '../../dist/adapters/customer-names.js';
import { openModelRegistry } from '../../dist/adapters/file-model-registry.js';
import { train } from '../../dist/training/train.js';
import { cpuSeconds, peakBytes } from '../process-usage.mjs';
import { syntheticReceipts } from './synthetic-receipts.mjs';

/* Trains on synthetic receipts of one size, publishes the version and prints what it took as a line of JSON. */
const { values: flags } = parseArgs({
  options: {
    baskets: { type: 'string' },
    products: { type: 'string' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const [baskets, products, seed] = [flags.baskets, flags.products, flags.seed].map(Number);
const receipts = syntheticReceipts({ baskets, products, seed });
const lines = receipts.items.length;
const generatedBytes = peakBytes(process.pid);
const generatedCpu = cpuSeconds(process.pid);
const startedAt = performance.now();
const stages = [];
let stage = '';
const trained = await train({
  receipts,
  report: { files: [], rowsRead: lines, rowsKept: lines, dropped: {}, fingerprint: 'synthetic' },
  catalogue: [],
  stock: [],
  version: `${baskets}-${products}`,
  seed,
  threads: availableParallelism(),
  codeVersion: 'bench',
  nowMs: Date.now(),
  currency: 'EUR',
  customers: openCustomerNames(flags.out),
  onProgress(name) {
    if (name === stage) return;
    stage = name;
    stages.push({ name, fromS: (performance.now() - startedAt) / 1000 });
  },
});
const seconds = (performance.now() - startedAt) / 1000;
const folder = await openModelRegistry(flags.out).publish(trained.manifest, trained.files);
const result = {
  baskets,
  products,
  lines,
  knownProducts: trained.manifest.knownProducts,
  seconds,
  cpuSeconds: cpuSeconds(process.pid) - generatedCpu,
  peakBytes: peakBytes(process.pid),
  generatedBytes,
  modelBytes: [...trained.files.keys()].reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
  ndcg10: trained.evaluation.ours.ndcg10,
  popularityNdcg10: trained.evaluation.baselines.find(({ name }) => name === 'popularity').ndcg10,
  stages,
  folder,
};
console.log(JSON.stringify(result));
