import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareFoodmart } from '../../dist/training/demo/foodmart.js';
import { createEasePool } from '../../dist/training/ease-pool.js';
import { readCatalogue } from '../../dist/training/ingest/read-catalogue.js';
import { readReceipts } from '../../dist/training/ingest/read-receipts.js';
import { testQuestions } from '../../dist/training/learn-catalogue.js';
import { mergeProducts } from '../../dist/training/merge-products.js';
import { collectSlices } from '../../dist/training/ranker-slices.js';
import { openTensorBackend } from '../../dist/training/tensor-backend.js';
import { trainRanker } from '../../dist/training/train-ranker.js';
import { tryNewProducts } from '../../dist/training/try-new-products.js';
import { describeMachine } from '../machine.mjs';
import { readResult, writeResult } from '../result-files.mjs';
import { catalogueTable } from './catalogue-table.mjs';
import { DATA_SETS } from './data-sets.mjs';
import { measureGuard } from './guard.mjs';
import { labelSubstitutes } from './labelled-substitutes.mjs';

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
process.exitCode = await measureCatalogue();

async function measureCatalogue() {
  const tuned = readResult('quality')?.sets ?? [];
  const sets = DATA_SETS.filter(({ name, file }) => {
    const isAsked = flags.only === undefined || flags.only.split(',').includes(name);
    return (
      isAsked && READERS[name] && existsSync(join(flags.data, file)) && tuned.some((set) => set.name === name)
    );
  });
  if (sets.length === 0) {
    console.error(
      `SKIPPED: wanted the data sets in ${flags.data}, and bench/results/quality.json for their parameters.`,
    );
    return flags.only === undefined ? 0 : 2;
  }
  const measured = [];
  for (const set of sets) {
    console.error(`${set.title} …`);
    const { parameters } = tuned.find(({ name }) => name === set.name);
    const read = await READERS[set.name](join(flags.data, set.file));
    measured.push({ name: set.name, title: set.title, ...(await measureSet(read, parameters)) });
  }
  // A run on some of the sets keeps what the others gave before.
  const before = flags.only === undefined ? [] : (readResult('catalogue')?.sets ?? []);
  const all = DATA_SETS.flatMap(
    ({ name }) => [measured, before].flat().find((set) => set.name === name) ?? [],
  );
  const result = { ...describeMachine(), sets: all };
  console.log(`${catalogueTable(result)}\n\nwritten to ${writeResult('catalogue', result)}`);
  return 0;
}

async function measureSet({ receipts, catalogue = [], groupOf }, { kernel, halfLife, ...learning }) {
  const pool = createEasePool(1);
  const parameters = { ...learning, halfLife: halfLife === 'none' ? Number.POSITIVE_INFINITY : halfLife };
  let slice;
  const slices = await collectSlices(
    { receipts, seed: SEED, learning: parameters, kernel },
    pool,
    (_, newest) => {
      slice = newest;
    },
  );
  await pool.close();
  const backend = await openTensorBackend();
  const { ranker } = await trainRanker(backend, slices, SEED);
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
