import { parseArgs } from 'node:util';
import { SIGNALS } from '../../dist/recommender/signals.js';
import { createEasePool } from '../../dist/training/ease-pool.js';
import { pairedDifference, rankingMetrics } from '../../dist/training/metrics.js';
import { fitRanker } from '../../dist/training/ranker-fit.js';
import { collectSlices } from '../../dist/training/ranker-slices.js';
import { openTensorBackend } from '../../dist/training/tensor-backend.js';
import { RANKER_L2, ranksOf } from '../../dist/training/train-ranker.js';
import { measureSets } from './measure-sets.mjs';
import { signalsTable } from './signals-table.mjs';
import { tunedSets } from './tuned-receipts.mjs';

const SEED = 1;
const without = (...names) => SIGNALS.filter((name) => !names.includes(name));
/** What is fitted in place of all signals. */
const SETS = {
  'without popularity': without('popularity'),
  'without ×n': SIGNALS.filter((name) => !name.endsWith('×n')),
  'without root and strongest': without('easeRoot', 'easeStrongest'),
  'without relative votes': without('neighboursRelative'),
  'without hour': without('hour'),
  'without own': SIGNALS.filter((name) => !name.startsWith('own')),
  'complements alone': SIGNALS.filter((name) => name.startsWith('ease')),
  'neighbours alone': SIGNALS.filter((name) => name.startsWith('neighbours')),
};

const { values: flags } = parseArgs({
  options: { data: { type: 'string', default: new URL('../../../shared/data', import.meta.url).pathname } },
});
process.exitCode = await measureSets({
  name: 'signals',
  table: signalsTable,
  ...flags,
  sets: tunedSets(flags.data),
  measure: async (set) => measureSet((await openTensorBackend()).tf, await slicesOf(set)),
});

/** Questions of three slices of time before the test period, as training makes them. */
async function slicesOf({ read, learning, kernel }) {
  const pool = createEasePool(2);
  const slices = await collectSlices({ receipts: await read(), seed: SEED, learning, kernel }, pool);
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
