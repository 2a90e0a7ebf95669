import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SIGNALS } from '../../dist/recommender/signals.js';
import { createEasePool } from '../../dist/training/ease-pool.js';
import { readReceipts } from '../../dist/training/ingest/read-receipts.js';
import { pairedDifference, rankingMetrics } from '../../dist/training/metrics.js';
import { fitRanker } from '../../dist/training/ranker-fit.js';
import { collectSlices } from '../../dist/training/ranker-slices.js';
import { openTensorBackend } from '../../dist/training/tensor-backend.js';
import { RANKER_L2, ranksOf } from '../../dist/training/train-ranker.js';
import { describeMachine } from '../machine.mjs';
import { readResult, writeResult } from '../result-files.mjs';
import { DATA_SETS } from './data-sets.mjs';
import { signalsTable } from './signals-table.mjs';

const SEED = 1;
const without = (...names) => SIGNALS.filter((name) => !names.includes(name));
/** What is fitted in place of all signals. */
const SETS = {
  'without popularity': without('popularity'),
  'without ×n': SIGNALS.filter((name) => !name.endsWith('×n')),
  'without root and strongest': without('easeRoot', 'easeStrongest'),
  'without relative votes': without('neighboursRelative'),
  'without own': SIGNALS.filter((name) => !name.startsWith('own')),
  'complements alone': SIGNALS.filter((name) => name.startsWith('ease')),
  'neighbours alone': SIGNALS.filter((name) => name.startsWith('neighbours')),
};

const { values: flags } = parseArgs({
  options: { data: { type: 'string', default: new URL('../../../shared/data', import.meta.url).pathname } },
});
process.exitCode = await measureSignals();

async function measureSignals() {
  const tuned = readResult('quality')?.sets ?? [];
  const sets = DATA_SETS.filter(({ name, file }) => {
    return existsSync(join(flags.data, file)) && tuned.some((set) => set.name === name);
  });
  if (sets.length === 0) {
    console.error(
      `SKIPPED: wanted the data sets in ${flags.data}, and bench/results/quality.json for their parameters.`,
    );
    return 0;
  }
  const { tf } = await openTensorBackend();
  const rows = [];
  for (const set of sets) {
    console.error(`${set.title} …`);
    const { parameters } = tuned.find(({ name }) => name === set.name);
    rows.push({ title: set.title, ...(await measureSet(tf, await slicesOf(set, parameters))) });
  }
  const result = { ...describeMachine(), sets: rows };
  console.log(`${signalsTable(result)}\n\nwritten to ${writeResult('signals', result)}`);
  return 0;
}

/** Questions of three slices of time before the test period, as training makes them. */
async function slicesOf(set, { kernel, halfLife, ...learning }) {
  const at = set.options.indexOf('--columns');
  const columns =
    at < 0 ? undefined : Object.fromEntries(set.options[at + 1].split(',').map((pair) => pair.split('=')));
  const { receipts } = await readReceipts({
    paths: [join(flags.data, set.file)],
    ...(columns && { columns }),
    ...(set.options.includes('dmy') && { dateOrder: 'dmy' }),
  });
  const pool = createEasePool(2);
  const parameters = { ...learning, halfLife: halfLife === 'none' ? Number.POSITIVE_INFINITY : halfLife };
  const slices = await collectSlices({ receipts, seed: SEED, learning: parameters, kernel }, pool);
  await pool.close();
  return slices;
}

async function measureSet(tf, slices) {
  const newest = slices.at(-1);
  const ranks = async (signals) => {
    const fitted = await fitRanker(tf, slices.slice(0, -1), { signals, l2: RANKER_L2 });
    return ranksOf({ ...fitted, recall: Float64Array.of(1) }, newest);
  };
  const all = await ranks(SIGNALS);
  const changes = {};
  for (const [name, signals] of Object.entries(SETS)) {
    changes[name] = pairedDifference(await ranks(signals), all, newest.basket, SEED);
  }
  return { questions: newest.target.length, ndcg10: rankingMetrics(all).ndcg10, changes };
}
