import { customerFinder } from '../adapters/model-files.ts';
import type { Product } from '../recommender/catalogue.ts';
import type { HourLift } from '../recommender/hour-lift.ts';
import { indexCatalogue, type Model, modelClock, type RankingModel } from '../recommender/model.ts';
import { indexPastBaskets } from '../recommender/past-baskets.ts';
import type { Ranker } from '../recommender/ranker.ts';
import { DAY_MS, HOURS, hourClock } from '../recommender/time-of-day.ts';
import { basketMatrix, type KnownItems, selectKnownItems } from './basket-matrix.ts';
import { collectCrossedQuestions } from './crossed-questions.ts';
import { countStoreSales } from './demand.ts';
import { describeVersion, type Learned } from './describe-version.ts';
import { createEasePool, type EasePool } from './ease-pool.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { KeptChoices } from './kept-choices.ts';
import { basketShares, learnSources } from './learn.ts';
import { type Era, learnAcceptance } from './learn-acceptance.ts';
import {
  type CatalogueChoice,
  catalogueReport,
  chooseFromCatalogue,
  learnFromCatalogue,
} from './learn-catalogue.ts';
import { withoutIdleHours } from './learn-hours.ts';
import { assertDated, assertLearnable } from './learnable.ts';
import { mergeProducts } from './merge-products.ts';
import { nameCustomers, withoutCustomers } from './named-customers.ts';
import { basketAt, cutPeriod, TEST_FROM } from './period.ts';
import { spelledAsSold } from './product-spelling.ts';
import { purchaseHistory } from './purchase-history.ts';
import { EVALUATED_BASKETS_MAX } from './questions.ts';
import { collectSlices, learnSlice, SLICES_FROM, type Slice } from './ranker-slices.ts';
import type { Receipts } from './receipts.ts';
import { keepRecentBaskets } from './recent-baskets.ts';
import { storeViews } from './store-views.ts';
import { openTensorBackend } from './tensor-backend.ts';
import { trainRanker } from './train-ranker.ts';
import type { Effort, TestingInput, TrainedVersion, TrainingInput } from './training-input.ts';
import { tuneComplements } from './tune-complements.ts';
import { tuneKernel } from './tune-kernel.ts';

/** Lines of the baskets that the search for parameters asks about: long baskets cost more and tell more. */
const TUNING_LINES_MAX = 12_000;
/** Share of those baskets that is asked about. */
const TUNING_SHARE = { quick: 0.25, full: 1 } as const satisfies Record<Effort, number>;

/** All that is chosen on receipts before the test period. */
interface Chosen extends Learned {
  readonly ranker: Ranker;
  /** The newest slice before the test period. */
  readonly slice: Slice;
}

/**
 * Chooses parameters on the ninth tenth of the baskets and fits the ranker on slices up to it, or keeps those of another version;
 * evaluates once on the last tenth what the first nine teach, then learns the arrays to publish from all baskets in the same way.
 *
 * @throws TrainingImpossible when the receipts hold no basket of two products that are bought often enough
 */
export async function train(asked: TrainingInput): Promise<TrainedVersion> {
  assertLearnable(asked.receipts);
  if (asked.outcomes) assertDated(asked.receipts);
  const spelled = spelledAsSold(asked);
  const input = asked.customers ? spelled : { ...spelled, receipts: withoutCustomers(asked.receipts) };
  const pool = createEasePool(input.threads);
  try {
    const chosen = await choose(input, pool);
    input.onProgress?.('evaluating', 0, 1);
    const catalogue = await chooseFromCatalogue({ ...input, ...chosen });
    const { evaluation: measured, tested } = await measure(input, chosen, pool, input.catalogue);
    const answers = await answersOf(input, chosen, tested, pool);
    const evaluation = {
      ...measured,
      ...catalogueReport(catalogue),
      ...(answers && { acceptance: answers.report }),
    };
    input.onProgress?.('learning', 0, 1);
    const learned = await learnModel(input, chosen, catalogue, pool);
    // Too few answers teach nothing: what was known before stays.
    const acceptance = answers?.report.overall ? answers.acceptance : input.kept?.acceptance;
    const model = { ...learned, ...(acceptance && { acceptance }) };
    input.onProgress?.('learning', 1, 1);
    return describeVersion(input, chosen, evaluation, model);
  } finally {
    await pool.close();
  }
}

/** Chooses and evaluates as `train` does, except for what needs a catalogue, and publishes nothing. @throws TrainingImpossible */
export async function trainAndTest(input: TestingInput): Promise<Evaluation> {
  assertLearnable(input.receipts);
  const pool = createEasePool(input.threads);
  try {
    const chosen = await choose(input, pool);
    input.onProgress?.('evaluating', 0, 1);
    return (await measure(input, chosen, pool)).evaluation;
  } finally {
    await pool.close();
  }
}

/** What is kept from another version, with the newest slice learned by it. */
async function keep(input: TestingInput, kept: KeptChoices, pool: EasePool): Promise<Chosen> {
  input.onProgress?.('fitting', 0, 1);
  const { learning, kernel, ranker, rankerChoice } = kept;
  const slice = await learnSlice({ ...input, learning, kernel }, pool);
  return { learning, kernel, ranker, slice, record: { complements: [], kernel: [], ranker: rankerChoice } };
}

async function choose(input: TestingInput, pool: EasePool): Promise<Chosen> {
  if (input.kept) return keep(input, input.kept, pool);
  const { receipts, seed, effort = 'full', journal } = input;
  const newest = basketAt(receipts, SLICES_FROM[2]);
  const linesPerBasket = receipts.items.length / receipts.soldAtMs.length;
  const end = basketAt(receipts, TEST_FROM);
  const full = Math.min(end - newest, Math.ceil(TUNING_LINES_MAX / linesPerBasket));
  const { train, asked } = cutPeriod(receipts, seed, newest, end, Math.ceil(full * TUNING_SHARE[effort]));
  const { learning, trials } = await tuneComplements(train, asked, pool, {
    journal,
    onProgress: (share) => input.onProgress?.('tuning complements', share, 1),
  });
  const tuned = await tuneKernel(keepRecentBaskets(train), basketShares(train), asked, {
    journal,
    onProgress: (share) => input.onProgress?.('tuning neighbours', share, 1),
  });
  input.onProgress?.('fitting', 0, 1);
  const { kernel } = tuned;
  let slice: Slice | undefined;
  const sliced = { receipts, seed, learning, kernel };
  const slices = await collectSlices(sliced, pool, (collected, newest) => {
    slice = newest;
    input.onProgress?.('fitting', collected / (SLICES_FROM.length + 1), 1);
  });
  const { ranker, choice } = await trainRanker(await openTensorBackend(), slices, seed, () =>
    collectCrossedQuestions(sliced, pool),
  );
  const record = { complements: trials, kernel: tuned.trials, ranker: choice };
  return { learning, kernel, ranker, slice: slice!, record };
}

async function measure(
  input: TestingInput,
  chosen: Chosen,
  pool: EasePool,
  catalogue?: readonly Product[],
): Promise<{ evaluation: Evaluation; tested: LearnedBefore }> {
  const end = input.receipts.soldAtMs.length;
  const testFrom = basketAt(input.receipts, TEST_FROM);
  const { known, train, asked } = cutPeriod(input.receipts, input.seed, testFrom, end, EVALUATED_BASKETS_MAX);
  const { basketStart, store, storeIds } = input.receipts;
  const lines = basketStart[end]! - basketStart[testFrom]!;
  const sources = await learnSources(train, chosen.learning, chosen.kernel, pool);
  const evaluation = evaluate({
    model: { ...sources, ranker: chosen.ranker },
    train,
    test: asked,
    coldShare: lines > 0 ? 1 - asked.matrix.items.length / lines : 0,
    seed: input.seed,
    onRanked: (share) => input.onProgress?.('evaluating', share, 1),
    hadBought: purchaseHistory(input.receipts, known, testFrom),
    storeOf: (basket) => storeIds[store[testFrom + basket]!],
    products: catalogue ? mergeProducts(input.receipts, known, catalogue) : [],
  });
  return { evaluation, tested: { known, sources } };
}

/** What was learned from the baskets before a given one. */
type LearnedBefore = Pick<Slice, 'known' | 'sources'>;

/** How offers were answered, as far as they were made since the first slice. */
async function answersOf(
  { outcomes, receipts, customers, keepTestOut = false, seed }: TrainingInput,
  chosen: Chosen,
  tested: LearnedBefore,
  pool: EasePool,
): Promise<ReturnType<typeof learnAcceptance> | undefined> {
  if (!outcomes) return undefined;
  const before = (share: number, learned: LearnedBefore) =>
    eraBefore(receipts, basketAt(receipts, share), learned);
  const eras = [before(SLICES_FROM[2], chosen.slice), before(TEST_FROM, tested)];
  for (let at = SLICES_FROM.length - 2; at >= 0; at--) {
    if (outcomes.offers.every(({ madeAtMs }) => madeAtMs >= eras[0]!.fromMs)) break;
    eras.unshift(before(SLICES_FROM[at]!, await learnSlice({ ...chosen, receipts, seed }, pool, at)));
  }
  return learnAcceptance({
    outcomes,
    productIds: receipts.productIds,
    ranker: chosen.ranker,
    eras,
    hourOf: hourClock(receipts.timeZone),
    knowsCustomers: customers !== undefined,
    holdNewestOut: keepTestOut,
    seed,
  });
}

/** What the baskets [0, to) taught. Offers are asked of it from a day after the last of them on: receipts may be dated by the day. */
function eraBefore(receipts: Receipts, to: number, { known, sources }: LearnedBefore): Era {
  const lastMs = receipts.soldAtMs[to - 1] ?? Number.POSITIVE_INFINITY;
  const viewOf = storeViews(receipts, known, to, sources.basketShare);
  return { fromMs: lastMs + DAY_MS, known, sources, viewOf };
}

async function learnModel(
  input: TrainingInput,
  chosen: Chosen,
  catalogue: CatalogueChoice,
  pool: EasePool,
): Promise<Model> {
  const { receipts } = input;
  const to = input.keepTestOut ? basketAt(receipts, TEST_FROM) : receipts.soldAtMs.length;
  const known = selectKnownItems(receipts, 0, to);
  const nameOf = input.customers?.nameOf ?? (() => Number.NaN);
  const { matrix, customerNames } = nameCustomers(receipts, basketMatrix(receipts, known, 0, to), { nameOf });
  const sources = withoutIdleHours(
    await learnSources(matrix, chosen.learning, chosen.kernel, pool),
    chosen.ranker,
  );
  const model = assemble(input, known, { ...sources, ranker: chosen.ranker });
  return {
    ...model,
    ...(await learnFromCatalogue(catalogue, matrix, model.products, input.seed)),
    customerNames,
    customerOf: customerFinder(customerNames, input.customers?.nameOf),
  };
}

function assemble(
  input: TrainingInput,
  known: KnownItems,
  ranking: RankingModel,
): Omit<Model, 'customerNames' | 'customerOf'> {
  const { receipts } = input;
  const products = mergeProducts(receipts, known, input.catalogue);
  const stores = countStoreSales(receipts, known);
  return {
    ...widened(ranking, products.length),
    version: input.version,
    notice: input.notice,
    ...clockOf(receipts, ranking),
    currency: input.currency,
    ...indexCatalogue(products),
    knownCount: known.productOf.length,
    stores: receipts.storeIds.map((id, store) => ({
      id,
      name: input.storeNames?.get(id) ?? id,
      baskets: stores.baskets[store]!,
    })),
    storeSales: stores.sales,
    storeDemand: stores.demand,
  };
}

/** The stores' clock, where the time of day counts. */
function clockOf(
  { timeZone }: Receipts,
  { hourLift }: Pick<RankingModel, 'hourLift'>,
): Pick<Model, 'timeZone' | 'hourOf'> {
  const counted = hourLift ? timeZone : undefined;
  return { timeZone: counted, hourOf: modelClock(counted) };
}

/** The model widened to all products: those known from the catalogue alone have no sales and no complements. */
function widened(ranking: RankingModel, products: number): RankingModel {
  const basketShare = new Float32Array(products);
  basketShare.set(ranking.basketShare);
  const start = new Int32Array(products + 1).fill(ranking.complements.target.length);
  start.set(ranking.complements.start);
  return {
    ...ranking,
    complements: { ...ranking.complements, start },
    basketShare,
    ...(ranking.hourLift && { hourLift: widenedLift(ranking.hourLift, products) }),
    past: indexPastBaskets(ranking.past, products),
  };
}

function widenedLift(lift: HourLift, products: number): HourLift {
  const widened = new Float32Array(products * HOURS);
  widened.set(lift);
  return widened;
}
