import { parseArgs } from 'node:util';
import { createEasePool } from '../../dist/training/ease-pool.js';
import { learnSources } from '../../dist/training/learn.js';
import { hitAt, pairedDifference } from '../../dist/training/metrics.js';
import { basketAt, cutPeriod, TEST_FROM } from '../../dist/training/period.js';
import { EVALUATED_BASKETS_MAX } from '../../dist/training/questions.js';
import { rankTargets } from '../../dist/training/rank-questions.js';
import { popularityScorer, servedScorer } from '../../dist/training/scorers.js';
import { storeViews } from '../../dist/training/store-views.js';
import { anonymous, opening, pickQuestions, withoutBaskets } from './asked-otherwise.mjs';
import { coldStartTable } from './cold-start-table.mjs';
import { fitTuned, measureSets, shortMetrics } from './measure-sets.mjs';
import { tunedSets } from './tuned-receipts.mjs';

const SEED = 1;
/** One store in so many is new. */
const NEW_STORES = 3;
/** Baskets that are learned from of a store that has just opened. */
const YOUNG_BASKETS = 30;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../../shared/data', import.meta.url).pathname },
    only: { type: 'string' },
  },
});
process.exitCode = await measureSets({
  name: 'cold-start',
  table: coldStartTable,
  ...flags,
  sets: tunedSets(flags.data, flags.only),
  measure: async (set) => ({ cases: await measureSet(await set.read(), set) }),
});

async function measureSet(receipts, set) {
  const { kernel, learning } = set;
  const pool = createEasePool(1);
  const { ranker } = await fitTuned(receipts, set, SEED, pool);
  const from = basketAt(receipts, TEST_FROM);
  const period = cutPeriod(receipts, SEED, from, receipts.soldAtMs.length, EVALUATED_BASKETS_MAX);
  const learn = async (matrix) => ({ ...(await learnSources(matrix, learning, kernel, pool)), ranker });
  const world = { receipts, from, period, learn, model: await learn(period.train) };
  const cases = [newCustomer(world), emptyBasket(world), noStore(world), ...(await newStores(world))];
  await pool.close();
  return cases.filter((one) => one !== undefined);
}

/** Customers with a history, answered as if they had none: they are new, or have not agreed to be recognised. */
function newCustomer({ model, period }) {
  const asked = ofKnownCustomers(period.asked, period.train);
  if (asked.basket.length === 0) return undefined;
  const served = servedScorer(model);
  return compared('new customer', asked.basket, {
    popularity: rankTargets(popularityOf(model), asked),
    cold: rankTargets(served, anonymous(asked)),
    known: rankTargets(served, asked),
  });
}

/** The first product of a basket: nothing is known but the store and, where there is one, the customer. */
function emptyBasket(world) {
  const { model, period } = world;
  const first = opening(period.asked);
  const storeOf = storesOf(world, first.basketBefore);
  const asked = ofKnownCustomers(first, period.train).basket.length > 0 ? first : undefined;
  return compared('empty basket', first.basketBefore, {
    popularity: rankTargets(popularityOf(model), first),
    cold: ranksInStores(world, anonymous(first), storeOf),
    ...(asked && { known: ranksInStores(world, asked, storeOf) }),
  });
}

/** Questions that do not say of which store they are: answered by the chain's assortment and sales. */
function noStore(world) {
  const { receipts, model, period } = world;
  if (receipts.storeIds.length < 2) return undefined;
  const storeOf = storesOf(world, period.asked.basket);
  const asked = pickQuestions(period.asked, (question) => storeOf(question) >= 0);
  return compared('no store', asked.basket, {
    popularity: rankTargets(popularityOf(model), asked),
    cold: rankTargets(servedScorer(model), asked),
    known: ranksInStores(world, asked),
  });
}

/** Stores of which nothing was learned, and the same ones when little was. */
async function newStores(world) {
  const { receipts, from, period } = world;
  if (receipts.storeIds.length < NEW_STORES) return [];
  const isNew = (store) => store >= 0 && store % NEW_STORES === 0;
  const storeOf = storesOf(world, period.asked.basket);
  const asked = pickQuestions(period.asked, (question) => isNew(storeOf(question)));
  const known = ranksInStores(world, asked);
  const unlearned = async (isHidden) => {
    const model = await world.learn(withoutBaskets(period.train, isHidden));
    const store = receipts.store.map((one, basket) => (basket < from && isHidden(basket) ? -1 : one));
    return { ...world, model, receipts: { ...receipts, store } };
  };
  const without = await unlearned((basket) => isNew(receipts.store[basket]));
  const isKept = newestOfEach(receipts.store.subarray(0, from), YOUNG_BASKETS);
  const young = await unlearned((basket) => isNew(receipts.store[basket]) && !isKept[basket]);
  return [
    compared('new store', asked.basket, {
      popularity: rankTargets(popularityOf(without.model), asked),
      cold: rankTargets(servedScorer(without.model), asked),
      known,
    }),
    compared(`store of ${YOUNG_BASKETS} baskets`, asked.basket, {
      popularity: rankTargets(popularityOf(young.model), asked),
      cold: ranksInStores(young, asked),
      known,
    }),
  ];
}

/** [baskets] 1 for the newest baskets of each store. */
function newestOfEach(store, count) {
  const isKept = new Uint8Array(store.length);
  const kept = new Map();
  for (let basket = store.length - 1; basket >= 0; basket--) {
    const before = kept.get(store[basket]) ?? 0;
    if (before < count) isKept[basket] = 1;
    kept.set(store[basket], before + 1);
  }
  return isKept;
}

/** The store of a question, by the basket that each is about. */
function storesOf({ receipts, from }, basket) {
  return (question) => receipts.store[from + basket[question]];
}

/** [questions] ranks within what each question's store sells by its receipts before the test period. */
function ranksInStores(world, asked, storeOf = storesOf(world, asked.basket)) {
  const { receipts, from, model, period } = world;
  const viewOf = storeViews(receipts, period.known, from, model.basketShare);
  const ranks = new Float64Array(asked.basket.length);
  for (const store of new Set(Array.from(asked.basket.keys(), storeOf))) {
    const own = pickQuestions(asked, (question) => storeOf(question) === store);
    const scorer = servedScorer(model, viewOf(receipts.storeIds[store]));
    for (const [at, rank] of rankTargets(scorer, own).entries()) ranks[own.places[at]] = rank;
  }
  return ranks;
}

function ofKnownCustomers(asked, { customer }) {
  const known = new Set(customer);
  known.delete(-1);
  return pickQuestions(asked, (question) => known.has(asked.matrix.customer[asked.basket[question]]));
}

function popularityOf({ basketShare }) {
  return popularityScorer(Float64Array.from(basketShare));
}

function compared(name, basket, { popularity, cold, known }) {
  const difference = (ours, theirs) => pairedDifference(ours, theirs, basket, SEED, hitAt);
  return {
    name,
    questions: basket.length,
    popularity: shortMetrics(popularity),
    cold: shortMetrics(cold),
    gain: difference(cold, popularity),
    ...(known && { known: shortMetrics(known), lost: difference(cold, known) }),
  };
}
