import type { CustomerNames } from '../adapters/customer-names.ts';
import { customerFinder, encodeModel } from '../adapters/model-files.ts';
import { type ManifestFacts, MODEL_FORMAT } from '../adapters/model-manifest.ts';
import type { Product } from '../recommender/catalogue.ts';
import {
  indexProducts,
  type Model,
  numberSubstituteGroups,
  type RankingModel,
} from '../recommender/model.ts';
import type { Kernel } from '../recommender/neighbours.ts';
import { indexPastBaskets } from '../recommender/past-baskets.ts';
import type { Ranker } from '../recommender/ranker.ts';
import type { StockRow } from '../recommender/stock.ts';
import { basketMatrix, type KnownItems, selectKnownItems } from './basket-matrix.ts';
import { countStoreSales } from './demand.ts';
import { createEasePool, type EasePool } from './ease-pool.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { finiteValues } from './finite-values.ts';
import { basketShares, type LearningParameters, learnSources } from './learn.ts';
import {
  type CatalogueChoice,
  catalogueReport,
  chooseFromCatalogue,
  learnFromCatalogue,
} from './learn-catalogue.ts';
import { assertLearnable } from './learnable.ts';
import { LEARNED_FROM } from './learned-from.ts';
import { mergeProducts } from './merge-products.ts';
import { renderModelCard } from './model-card.ts';
import { nameCustomers, withoutCustomers } from './named-customers.ts';
import { encodeOpeningStock } from './opening-stock.ts';
import { basketAt, cutPeriod, TEST_FROM } from './period.ts';
import { purchaseHistory } from './purchase-history.ts';
import { EVALUATED_BASKETS_MAX } from './questions.ts';
import { collectSlices, SLICES_FROM, type Slice } from './ranker-slices.ts';
import type { IngestReport, Receipts } from './receipts.ts';
import { keepRecentBaskets } from './recent-baskets.ts';
import { openTensorBackend } from './tensor-backend.ts';
import { type RankerChoice, trainRanker } from './train-ranker.ts';
import { type ComplementTrial, tuneComplements } from './tune-complements.ts';
import { type KernelTrial, tuneKernel } from './tune-kernel.ts';

export interface TrainingInput {
  readonly receipts: Receipts;
  readonly report: IngestReport;
  readonly catalogue: readonly Product[];
  readonly stock: readonly StockRow[];
  readonly storeNames?: ReadonlyMap<string, string>;
  readonly version: string;
  readonly seed: number;
  readonly threads: number;
  readonly codeVersion: string;
  readonly nowMs: number;
  readonly currency?: string;
  readonly notice?: string;
  /** Absent: nothing is learned of customers. */
  readonly customers?: CustomerNames;
  /** Learn the published arrays from the first 90 % only, exactly those the evaluation measured. */
  readonly keepTestOut?: boolean;
  readonly onProgress?: (stage: TrainingStage, done: number, total: number) => void;
}

export type TrainingStage = 'tuning' | 'fitting' | 'evaluating' | 'learning';

/** What is needed to choose and measure, without publishing. */
export type TestingInput = Pick<TrainingInput, 'receipts' | 'seed' | 'threads' | 'onProgress'>;

/** A version ready to be published: its manifest without checksums, and its files. */
export interface TrainedVersion {
  readonly manifest: ManifestFacts;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly evaluation: Evaluation;
}

/** Lines of the baskets that the search for parameters asks about: long baskets cost more and tell more. */
const TUNING_LINES_MAX = 12_000;

/** All that is chosen on receipts before the test period. */
interface Chosen {
  readonly learning: LearningParameters;
  readonly kernel: Kernel;
  readonly ranker: Ranker;
  /** The newest slice before the test period. */
  readonly slice: Slice;
  readonly record: {
    readonly complements: readonly ComplementTrial[];
    readonly kernel: readonly KernelTrial[];
    readonly ranker: RankerChoice;
  };
}

/**
 * Chooses parameters on the ninth tenth of the baskets and fits the ranker on slices up to it, evaluates once on the last
 * tenth what the first nine teach, then learns the arrays to publish from all baskets in the same way.
 *
 * @throws TrainingImpossible when the receipts hold no basket of two products that are bought often enough
 */
export async function train(asked: TrainingInput): Promise<TrainedVersion> {
  assertLearnable(asked.receipts);
  const input = asked.customers ? asked : { ...asked, receipts: withoutCustomers(asked.receipts) };
  const pool = createEasePool(input.threads);
  try {
    const chosen = await choose(input, pool);
    input.onProgress?.('evaluating', 0, 1);
    const catalogue = await chooseFromCatalogue({ ...input, ...chosen });
    const evaluation = {
      ...(await measure(input, chosen, pool, input.catalogue)),
      ...catalogueReport(catalogue),
    };
    input.onProgress?.('learning', 0, 1);
    const model = await learnModel(input, chosen, catalogue, pool);
    input.onProgress?.('learning', 1, 1);
    return describe(input, chosen, evaluation, model);
  } finally {
    await pool.close();
  }
}

/** Chooses and evaluates as `train` does, but for what a catalogue is needed for, and publishes nothing. @throws TrainingImpossible */
export async function trainAndTest(input: TestingInput): Promise<Evaluation> {
  assertLearnable(input.receipts);
  const pool = createEasePool(input.threads);
  try {
    const chosen = await choose(input, pool);
    input.onProgress?.('evaluating', 0, 1);
    return await measure(input, chosen, pool);
  } finally {
    await pool.close();
  }
}

async function choose(input: TestingInput, pool: EasePool): Promise<Chosen> {
  const { receipts, seed } = input;
  const newest = basketAt(receipts, SLICES_FROM[2]);
  const linesPerBasket = receipts.items.length / receipts.soldAtMs.length;
  const tuningBaskets = Math.ceil(TUNING_LINES_MAX / linesPerBasket);
  const { train, asked } = cutPeriod(receipts, seed, newest, basketAt(receipts, TEST_FROM), tuningBaskets);
  const { learning, trials } = await tuneComplements(train, asked, pool, (share) => {
    input.onProgress?.('tuning', share / 2, 1);
  });
  const tuned = await tuneKernel(keepRecentBaskets(train), basketShares(train), asked, (share) => {
    input.onProgress?.('tuning', (1 + share) / 2, 1);
  });
  input.onProgress?.('fitting', 0, 1);
  const { kernel } = tuned;
  let slice: Slice | undefined;
  const slices = await collectSlices({ receipts, seed, learning, kernel }, pool, (collected, newest) => {
    slice = newest;
    input.onProgress?.('fitting', collected / (SLICES_FROM.length + 1), 1);
  });
  const { ranker, choice } = await trainRanker(await openTensorBackend(), slices, seed);
  const record = { complements: trials, kernel: tuned.trials, ranker: choice };
  return { learning, kernel, ranker, slice: slice!, record };
}

async function measure(
  input: TestingInput,
  chosen: Chosen,
  pool: EasePool,
  catalogue?: readonly Product[],
): Promise<Evaluation> {
  const end = input.receipts.soldAtMs.length;
  const testFrom = basketAt(input.receipts, TEST_FROM);
  const { known, train, asked } = cutPeriod(input.receipts, input.seed, testFrom, end, EVALUATED_BASKETS_MAX);
  const { basketStart, store, storeIds } = input.receipts;
  const lines = basketStart[end]! - basketStart[testFrom]!;
  const sources = await learnSources(train, chosen.learning, chosen.kernel, pool);
  return evaluate({
    model: { ...sources, ranker: chosen.ranker },
    train,
    test: asked,
    coldShare: lines > 0 ? 1 - asked.matrix.items.length / lines : 0,
    seed: input.seed,
    hadBought: purchaseHistory(input.receipts, known, testFrom),
    storeOf: (basket) => storeIds[store[testFrom + basket]!],
    products: catalogue ? mergeProducts(input.receipts, known, catalogue) : [],
  });
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
  const sources = await learnSources(matrix, chosen.learning, chosen.kernel, pool);
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
    currency: input.currency,
    products,
    itemOf: indexProducts(products),
    knownCount: known.productOf.length,
    substituteGroup: numberSubstituteGroups(products),
    stores: receipts.storeIds.map((id, store) => ({
      id,
      name: input.storeNames?.get(id) ?? id,
      baskets: stores.baskets[store]!,
    })),
    storeSales: stores.sales,
    storeDemand: stores.demand,
  };
}

/** The model over all products: those that the catalogue alone knows have been sold never and beside nothing. */
function widened(ranking: RankingModel, products: number): RankingModel {
  const basketShare = new Float32Array(products);
  basketShare.set(ranking.basketShare);
  const start = new Int32Array(products + 1).fill(ranking.complements.target.length);
  start.set(ranking.complements.start);
  return {
    ...ranking,
    complements: { ...ranking.complements, start },
    basketShare,
    past: indexPastBaskets(ranking.past, products),
  };
}

function describe(
  input: TrainingInput,
  chosen: Chosen,
  evaluation: Evaluation,
  model: Model,
): TrainedVersion {
  const { receipts, report } = input;
  const at = (basket: number) =>
    receipts.hasTime ? new Date(receipts.soldAtMs.at(basket)!).toISOString() : null;
  const known = model.customerNames.length;
  const manifest: TrainedVersion['manifest'] = {
    format: MODEL_FORMAT,
    version: input.version,
    createdAt: new Date(input.nowMs).toISOString(),
    codeVersion: input.codeVersion,
    seed: input.seed,
    ...(input.notice !== undefined && { notice: input.notice }),
    ...(input.currency !== undefined && { currency: input.currency }),
    knownProducts: model.knownCount,
    ...(input.customers && known > 0 && { customers: { known, keyId: input.customers.keyId } }),
    parameters: {
      ...finiteValues(chosen.learning),
      kernel: chosen.kernel,
      ranker: chosen.record.ranker,
      learnedFrom: input.keepTestOut ? LEARNED_FROM.withoutTest : LEARNED_FROM.all,
    },
    data: {
      fingerprint: report.fingerprint,
      baskets: receipts.soldAtMs.length,
      lines: receipts.items.length,
      products: receipts.productIds.length,
      from: at(0),
      to: at(-1),
    },
  };
  const files = new Map<string, Uint8Array>(Object.entries(encodeModel(model)));
  const text = new TextEncoder();
  files.set(
    'evaluation.json',
    text.encode(`${JSON.stringify({ ...evaluation, trials: trialsOf(chosen) }, null, 1)}\n`),
  );
  files.set('model-card.md', text.encode(renderModelCard(manifest, report, evaluation)));
  if (input.stock.length > 0) files.set('opening-stock.json', encodeOpeningStock(input.stock));
  return { manifest, files, evaluation };
}

function trialsOf({ record }: Chosen): Record<string, unknown> {
  return { complements: record.complements.map(finiteValues), kernel: record.kernel };
}
