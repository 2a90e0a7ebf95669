import { encodeModel } from '../adapters/model-files.ts';
import type { ModelManifest } from '../adapters/model-manifest.ts';
import type { Product } from '../recommender/catalogue.ts';
import {
  indexProducts,
  type Model,
  numberSubstituteGroups,
  type ProbabilityParameters,
} from '../recommender/model.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import type { StockRow } from '../recommender/stock.ts';
import { type BasketMatrix, basketMatrix, type KnownItems, selectKnownItems } from './basket-matrix.ts';
import { countStoreSales } from './demand.ts';
import { createEasePool, type EasePool } from './ease-pool.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { basketShares, learnComplements, plainCounts, togetherShares } from './learn.ts';
import { mergeProducts } from './merge-products.ts';
import { renderModelCard } from './model-card.ts';
import { encodeOpeningStock } from './opening-stock.ts';
import { askQuestions, type Questions } from './questions.ts';
import type { IngestReport, Receipts } from './receipts.ts';
import { type Tuned, tune } from './tune.ts';

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
  /** Learn the published arrays from the first 90 % only, exactly those the evaluation measured. */
  readonly keepTestOut?: boolean;
  readonly onProgress?: (stage: TrainingStage, done: number, total: number) => void;
}

export type TrainingStage = 'tuning' | 'evaluating' | 'learning';

/** A version ready to be published: its manifest without checksums, and its files. */
export interface TrainedVersion {
  readonly manifest: Omit<ModelManifest, 'files'>;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly evaluation: Evaluation;
}

/** Receipts that nothing can be learned from. */
export class TrainingImpossible extends Error {
  override readonly name = 'TrainingImpossible';
}

/** Shares of the baskets in time order: learn, choose parameters, test. */
const VALIDATION_FROM = 0.8;
const TEST_FROM = 0.9;
/** Validation baskets the parameters are chosen on at most. */
const VALIDATION_BASKETS_MAX = 2500;

/**
 * Tunes on the ninth tenth of the baskets, evaluates once on the last tenth a model refitted on the first nine, then
 * learns the arrays to publish from all baskets with the same parameters.
 *
 * @throws TrainingImpossible when the receipts hold no basket of two products that are bought often enough
 */
export async function train(input: TrainingInput): Promise<TrainedVersion> {
  const pool = createEasePool(input.threads);
  try {
    const tuned = await chooseParameters(input, pool);
    input.onProgress?.('evaluating', 0, 1);
    const evaluation = await measure(input, tuned, pool);
    input.onProgress?.('learning', 0, 1);
    const model = await learnModel(input, tuned, pool);
    input.onProgress?.('learning', 1, 1);
    return describe(input, tuned, evaluation, model);
  } finally {
    await pool.close();
  }
}

function periods(receipts: Receipts): { validationFrom: number; testFrom: number; end: number } {
  const end = receipts.soldAtMs.length;
  return { validationFrom: Math.floor(end * VALIDATION_FROM), testFrom: Math.floor(end * TEST_FROM), end };
}

interface Period {
  readonly known: KnownItems;
  readonly train: BasketMatrix;
  readonly asked: Questions;
}

/** Baskets [0, from) to learn from and questions on [from, to). */
function period(input: TrainingInput, from: number, to: number, basketsMax?: number): Period {
  const known = selectKnownItems(input.receipts, 0, from);
  return {
    known,
    train: basketMatrix(input.receipts, known, 0, from),
    asked: askQuestions(basketMatrix(input.receipts, known, from, to), input.seed, basketsMax),
  };
}

async function chooseParameters(input: TrainingInput, pool: EasePool): Promise<Tuned> {
  const { validationFrom, testFrom, end } = periods(input.receipts);
  const hasPairs = input.receipts.basketStart.some(
    (start, basket) => start - (input.receipts.basketStart[basket - 1] ?? 0) > 1,
  );
  if (!hasPairs || selectKnownItems(input.receipts, 0, end).productOf.length < 2) {
    throw new TrainingImpossible(
      `Nothing can be learned from these ${end} baskets: wanted baskets that hold at least two products, each seen in five baskets (in one where there are fewer than 200 products).`,
    );
  }
  const { train, asked } = period(input, validationFrom, testFrom, VALIDATION_BASKETS_MAX);
  return tune(train, asked, pool, (done, total) => input.onProgress?.('tuning', done, total));
}

async function measure(input: TrainingInput, tuned: Tuned, pool: EasePool): Promise<Evaluation> {
  const { testFrom, end } = periods(input.receipts);
  const { known, train, asked } = period(input, testFrom, end);
  const { basketStart, customer } = input.receipts;
  const lines = basketStart[end]! - basketStart[testFrom]!;
  const hasCustomers = customer.some((index) => index >= 0);
  return evaluate({
    complements: await learnComplements(train, tuned.learning, pool),
    probability: tuned.probability,
    train,
    test: asked,
    coldShare: lines > 0 ? 1 - asked.matrix.items.length / lines : 0,
    seed: input.seed,
    ...(hasCustomers && { hadBought: purchaseHistory(input.receipts, known, testFrom) }),
  });
}

/** Whether the customer of test basket `b` had bought an item before the basket. */
function purchaseHistory(
  { basketStart, items, customer }: Receipts,
  known: KnownItems,
  testFrom: number,
): (basket: number, item: number) => boolean {
  const first = new Map<string, number>();
  for (let basket = 0; basket < customer.length; basket++) {
    if (customer[basket]! < 0) continue;
    for (let line = basketStart[basket]!; line < basketStart[basket + 1]!; line++) {
      const key = `${customer[basket]} ${known.itemOf[items[line]!]}`;
      if (!first.has(key)) first.set(key, basket);
    }
  }
  return (basket, item) =>
    (first.get(`${customer[testFrom + basket]} ${item}`) ?? basket + testFrom) < basket + testFrom;
}

async function learnModel(input: TrainingInput, tuned: Tuned, pool: EasePool): Promise<Model> {
  const { receipts } = input;
  const { testFrom, end } = periods(receipts);
  const to = input.keepTestOut ? testFrom : end;
  const known = selectKnownItems(receipts, 0, to);
  const matrix = basketMatrix(receipts, known, 0, to);
  const complements = await learnComplements(matrix, tuned.learning, pool);
  return assemble(input, known, matrix, complements, tuned.probability);
}

function assemble(
  input: TrainingInput,
  known: KnownItems,
  matrix: BasketMatrix,
  complements: SparseRows,
  probability: ProbabilityParameters,
): Model {
  const { receipts } = input;
  const products = mergeProducts(receipts, known, input.catalogue);
  const stores = countStoreSales(receipts, known);
  const share = new Float32Array(products.length);
  share.set(basketShares(matrix));
  const start = new Int32Array(products.length + 1).fill(complements.target.length);
  start.set(complements.start);
  return {
    version: input.version,
    notice: input.notice,
    currency: input.currency,
    products,
    itemOf: indexProducts(products),
    knownCount: known.productOf.length,
    substituteGroup: numberSubstituteGroups(products),
    complements: { ...complements, start },
    togetherShare: togetherShares(complements, plainCounts(matrix)),
    basketShare: share,
    stores: receipts.storeIds.map((id, store) => ({
      id,
      name: input.storeNames?.get(id) ?? id,
      baskets: stores.baskets[store]!,
    })),
    storeSales: stores.sales,
    storeDemand: stores.demand,
    probability,
  };
}

function describe(input: TrainingInput, tuned: Tuned, evaluation: Evaluation, model: Model): TrainedVersion {
  const { receipts, report } = input;
  const at = (basket: number) =>
    receipts.hasTime ? new Date(receipts.soldAtMs.at(basket)!).toISOString() : null;
  const manifest: TrainedVersion['manifest'] = {
    format: 1,
    version: input.version,
    createdAt: new Date(input.nowMs).toISOString(),
    codeVersion: input.codeVersion,
    seed: input.seed,
    ...(input.notice !== undefined && { notice: input.notice }),
    ...(input.currency !== undefined && { currency: input.currency }),
    knownProducts: model.knownCount,
    probability: model.probability,
    parameters: {
      ...finite(tuned.learning),
      learnedFrom: input.keepTestOut ? 'first 90 % of the baskets' : 'all baskets',
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
    text.encode(`${JSON.stringify({ ...evaluation, trials: tuned.trials.map(finite) }, null, 1)}\n`),
  );
  files.set('model-card.md', text.encode(renderModelCard(manifest, report, evaluation)));
  if (input.stock.length > 0) files.set('opening-stock.json', encodeOpeningStock(input.stock));
  return { manifest, files, evaluation };
}

/** Numbers JSON cannot hold, by name. */
function finite(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value === Number.POSITIVE_INFINITY ? 'none' : value,
    ]),
  );
}
