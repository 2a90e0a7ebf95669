import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareFoodmart } from '../../dist/training/demo/foodmart.js';
import { createEasePool } from '../../dist/training/ease-pool.js';
import { readCatalogue } from '../../dist/training/ingest/read-catalogue.js';
import { readReceipts } from '../../dist/training/ingest/read-receipts.js';
import { testQuestions } from '../../dist/training/learn-catalogue.js';
import { mergeProducts } from '../../dist/training/merge-products.js';
import { tryNewProducts } from '../../dist/training/try-new-products.js';
import { catalogueTable } from './catalogue-table.mjs';
import { measureGuard } from './guard.mjs';
import { labelSubstitutes } from './labelled-substitutes.mjs';
import { fitTuned, measureSets } from './measure-sets.mjs';
import { tunedSets } from './tuned-receipts.mjs';

const SEED = 1;
const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../../shared/data', import.meta.url).pathname },
    only: { type: 'string' },
  },
});

/** Sets whose products are described by more than an id, and how their receipts and catalogue are read. */
const READERS = {
  'online-retail': (path) => readPlain(path),
  takeaway: (path) => readPlain(path, { dateOrder: 'dmy' }),
  groceries: async (path) => ({ ...(await readPlain(path)), catalogue: await groceryCatalogue(path) }),
  foodmart: readFoodmart,
};
process.exitCode = await measureSets({
  name: 'catalogue',
  table: catalogueTable,
  ...flags,
  sets: tunedSets(flags.data, flags.only).filter(({ name }) => READERS[name]),
  measure: async (set) => measureSet(await READERS[set.name](set.path), set),
});

async function measureSet({ receipts, catalogue = [], groupOf }, set) {
  const pool = createEasePool(1);
  const { ranker, slice, backend } = await fitTuned(receipts, set, SEED, pool);
  await pool.close();
  const products = mergeProducts(receipts, slice.known, catalogue).slice(0, slice.known.productOf.length);
  const test = testQuestions(receipts, slice, SEED);
  const started = process.cpuUsage();
  const trial = await tryNewProducts(backend, { slice, ranker, products, test, seed: SEED });
  const used = process.cpuUsage(started);
  return {
    products: products.length,
    backend: backend.name,
    newProducts: trial && {
      ...trial.report,
      gain: trial.gain,
      calibrator: trial.calibration,
      cpuSeconds: (used.user + used.system) / 1e6,
    },
    guard: measureGuard({
      slice,
      ranker,
      products,
      test,
      seed: SEED,
      label: labelSubstitutes(products, groupOf),
    }),
  };
}

async function readPlain(path, options = {}) {
  const { receipts } = await readReceipts({ paths: [path], ...options });
  return { receipts };
}

/** Categories of the Groceries set, broadest first; its names are its ids. */
async function groceryCatalogue(path) {
  const text = readFileSync(join(path, '..', 'groceries_items.csv'), 'utf8').trim();
  const rows = text
    .split('\n')
    .slice(1)
    .map((line) => line.match(/(?<=")[^"]*(?="(?:,|$))/g));
  return rows.map(([name, level2, level1]) => ({
    id: name,
    name,
    category: [level1, level2].map((part) => part.replaceAll('/', ' ')).join('/'),
    active: true,
  }));
}

/** FoodMart with its catalogue; the stated groups are kept from the method and are the labels. */
async function readFoodmart(path) {
  const folder = mkdtempSync(join(tmpdir(), 'basketlift-foodmart-'));
  try {
    const files = await prepareFoodmart(join(path, '..'), folder);
    const { receipts } = await readReceipts({ paths: [files.receipts] });
    const { products } = await readCatalogue([files.catalogue]);
    const groupOf = new Map(products.map(({ id, substituteGroup }) => [id, substituteGroup]));
    return { receipts, groupOf, catalogue: products.map(({ substituteGroup: _, ...product }) => product) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
