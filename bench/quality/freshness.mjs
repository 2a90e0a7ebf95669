import { parseArgs } from 'node:util';
import { NEWER_SALES_MAX } from '../../dist/adapters/newer-sales.js';
import { rememberSales } from '../../dist/recommender/remember-sales.js';
import { basketMatrix } from '../../dist/training/basket-matrix.js';
import { createEasePool } from '../../dist/training/ease-pool.js';
import { learnSources } from '../../dist/training/learn.js';
import { hitAt, pairedDifference } from '../../dist/training/metrics.js';
import { basketAt, cutPeriod, TEST_FROM } from '../../dist/training/period.js';
import { EVALUATED_BASKETS_MAX } from '../../dist/training/questions.js';
import { rankTargets } from '../../dist/training/rank-questions.js';
import { SLICES_FROM } from '../../dist/training/ranker-slices.js';
import { servedScorer } from '../../dist/training/scorers.js';
import { pickQuestions } from './asked-otherwise.mjs';
import { freshnessTable } from './freshness-table.mjs';
import { fitTuned, measureSets, shortMetrics } from './measure-sets.mjs';
import { tunedSets } from './tuned-receipts.mjs';

const SEED = 1;
const DAY_MS = 86_400_000;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../../shared/data', import.meta.url).pathname },
    only: { type: 'string' },
    refreshes: { type: 'string', default: '20' },
  },
});
process.exitCode = await measureSets({
  name: 'freshness',
  table: freshnessTable,
  ...flags,
  sets: tunedSets(flags.data, flags.only),
  measure: async (set) => {
    const receipts = await set.read();
    return receipts.hasTime ? measureSet(receipts, set) : undefined;
  },
});

/**
 * The same questions and ranker with sources of four ages: of a tenth before the test period, up to it, the same with the sales of the period
 * remembered, and learned anew within it.
 */
async function measureSet(receipts, set) {
  const { kernel, learning } = set;
  const pool = createEasePool(2);
  const { ranker } = await fitTuned(receipts, set, SEED, pool);
  const [from, to] = [basketAt(receipts, TEST_FROM), receipts.soldAtMs.length];
  const { known, asked } = cutPeriod(receipts, SEED, from, to, EVALUATED_BASKETS_MAX);
  const sourcesOf = (until) => learnSources(basketMatrix(receipts, known, 0, until), learning, kernel, pool);
  const rank = (sources, questions) => rankTargets(servedScorer({ ...sources, ranker }), questions);
  const older = rank(await sourcesOf(basketAt(receipts, SLICES_FROM.at(-1))), asked);
  const learned = await sourcesOf(from);
  const usual = rank(learned, asked);
  const remembered = await ranksAnew(receipts, from, asked, (until, questions) =>
    rank({ ...learned, past: rememberUntil(learned.past, receipts, known, from, until) }, questions),
  );
  const fresh = await ranksAnew(receipts, from, asked, async (until, questions) =>
    rank(await sourcesOf(until), questions),
  );
  await pool.close();
  const difference = (ours, theirs) => pairedDifference(ours, theirs, asked.basket, SEED, hitAt);
  const days = (first, last) => (receipts.soldAtMs[last - 1] - receipts.soldAtMs[first]) / DAY_MS;
  return {
    questions: asked.basket.length,
    learnedDays: days(0, from),
    testDays: days(from, to),
    refreshes: Number(flags.refreshes),
    older: shortMetrics(older),
    usual: shortMetrics(usual),
    remembered: shortMetrics(remembered),
    fresh: shortMetrics(fresh),
    lost: difference(older, usual),
    kept: difference(remembered, usual),
    gained: difference(fresh, usual),
  };
}

/** The past with the receipts from one basket up to another, as a gateway remembers what it was sent. */
function rememberUntil(past, { soldAtMs, basketStart, items }, known, from, until) {
  const sold = { atMs: [], items: [] };
  for (let basket = Math.max(from, until - NEWER_SALES_MAX); basket < until; basket++) {
    const lines = items.subarray(basketStart[basket], basketStart[basket + 1]);
    const own = [...lines].map((product) => known.itemOf[product]).filter((item) => item >= 0);
    if (own.length < 2) continue;
    sold.atMs.push(soldAtMs[basket]);
    sold.items.push(own.sort((a, b) => a - b));
  }
  const time = { fromMs: soldAtMs[0], toMs: soldAtMs[from - 1] };
  return rememberSales(past, time, sold, known.productOf.length);
}

/** Ranks of all questions, those of each part of the period asked of sources learned from all that was sold before that part. */
async function ranksAnew({ soldAtMs }, from, asked, ranksBy) {
  const ranks = new Float64Array(asked.basket.length);
  const [first, last] = [soldAtMs[from], soldAtMs.at(-1)];
  const parts = Number(flags.refreshes);
  const partOf = (basket) =>
    Math.min(parts - 1, Math.floor(((soldAtMs[from + basket] - first) / Math.max(1, last - first)) * parts));
  for (let part = 0; part < parts; part++) {
    const own = pickQuestions(asked, (question) => partOf(asked.basket[question]) === part);
    if (own.basket.length === 0) continue;
    const start = soldAtMs.findIndex((_, basket) => basket >= from && partOf(basket - from) >= part);
    for (const [at, rank] of (await ranksBy(start, own)).entries()) ranks[own.places[at]] = rank;
  }
  return ranks;
}
