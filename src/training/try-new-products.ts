import type { Product } from '../recommender/catalogue.ts';
import { findNewProducts } from '../recommender/new-products.ts';
import { type Calibration, calibrated, type Ranker, UNCALIBRATED } from '../recommender/ranker.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import { createStamps, nextStamp } from '../recommender/stamps.ts';
import { type StoreView, viewShares } from '../recommender/store-view.ts';
import { createNewCandidates } from '../recommender/workspace.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import { learnNewRows } from './learn-new-products.ts';
import { measureNewProducts, type NewProductsReport } from './measure-new-products.ts';
import type { Interval } from './metrics.ts';
import { contextOf, longestBasket, type Questions } from './questions.ts';
import { seededRandom } from './random.ts';
import type { Slice } from './ranker-slices.ts';
import type { TensorBackend } from './tensor-backend.ts';

/** What is known of new products before any is sold: learned from products whose sales were hidden. */
export interface NewProductsTrial {
  readonly calibration: Calibration;
  readonly report: NewProductsReport;
  /** HR@10 of all questions of the slice with new products among the candidates minus that without. */
  readonly gain: Interval;
}

export interface TrialInput {
  /** The newest slice before the test period: its baskets learn, its questions calibrate. */
  readonly slice: Slice;
  readonly ranker: Ranker;
  /** Products of the slice, by its numbers. */
  readonly products: readonly Product[];
  /** Questions of the test period, by the slice's numbers. */
  readonly test: Questions;
  readonly seed: number;
}

/** Share of the products whose sales are hidden altogether. */
const HIDDEN_SHARE = 0.1;
/** Purchases of hidden products below which nothing can be said of new ones. */
const BOUGHT_MIN = 50;
/** Log odds are moved by no more than this. */
const OFFSET_MAX = 20;
const HALVINGS = 40;
/** How many of the best new products of each question calibrate: those that come among the first of an answer. */
const CALIBRATED = 3;

/**
 * Hides all sales of a tenth of the products, learns from the rest, calibrates on the slice's questions and measures on those
 * of the test period. Undefined where nothing describes products or too few hidden ones are bought.
 */
export async function tryNewProducts(
  backend: TensorBackend,
  { slice, ranker, products, test, seed }: TrialInput,
): Promise<NewProductsTrial | undefined> {
  const random = seededRandom(seed);
  const hidden = Uint8Array.from(products, () => (random() < HIDDEN_SHARE ? 1 : 0));
  const matrix = withoutItems(slice.train, hidden);
  const rows = await learnNewRows(backend, matrix, products, (item) => hidden[item] === 0, seed);
  if (!rows) return undefined;
  const share = slice.sources.basketShare.map((value, item) => (hidden[item] ? 0 : value));
  const view = viewShares('*', share, hidden);
  const calibration = calibrate(rows, view, slice.asked);
  if (!calibration) return undefined;
  const model = { ...slice.sources, ranker, newProducts: { rows, calibration } };
  const gain = measureNewProducts(model, view, products, slice.asked, seed).overall;
  return { calibration, gain, report: measureNewProducts(model, view, products, test, seed) };
}

function withoutItems(matrix: BasketMatrix, hidden: Uint8Array): BasketMatrix {
  const start = new Int32Array(matrix.start.length);
  const items = matrix.items.filter((item) => !hidden[item]);
  for (let basket = 0; basket + 1 < start.length; basket++) {
    const row = matrix.items.subarray(matrix.start[basket]!, matrix.start[basket + 1]!);
    start[basket + 1] = start[basket]! + row.reduce((kept, item) => kept + (hidden[item] ? 0 : 1), 0);
  }
  return { ...matrix, start, items };
}

/** Calibrates what was stated for the best new products of each question by what was bought. */
function calibrate(rows: SparseRows, view: StoreView, asked: Questions): Calibration | undefined {
  const stated: number[] = [];
  let bought = 0;
  const candidates = createNewCandidates(view.share.length);
  const inBasket = createStamps(view.share.length);
  const context = new Int32Array(longestBasket(asked.matrix));
  for (let question = 0; question < asked.basket.length; question++) {
    const basket = soldOf(context.subarray(0, contextOf(asked, question, context)), view);
    if (basket.length === 0) continue;
    nextStamp(inBasket);
    const size = findNewProducts(rows, view, basket, inBasket, candidates);
    for (let place = 0; place < Math.min(size, CALIBRATED); place++) {
      stated.push(candidates.key[place]!);
      if (candidates.item[place] === asked.target[question]) bought++;
    }
  }
  return bought < BOUGHT_MIN ? undefined : shiftedTo(stated, bought);
}

/** Moves all log odds by one offset so that as many purchases are stated as there were: one number, which few purchases are enough to fit. */
function shiftedTo(stated: readonly number[], bought: number): Calibration {
  let low = -OFFSET_MAX;
  let high = OFFSET_MAX;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const calibration = { ...UNCALIBRATED, offset: (low + high) / 2 };
    const expected = stated.reduce((sum, probability) => sum + calibrated(calibration, probability), 0);
    if (expected < bought) low = calibration.offset;
    else high = calibration.offset;
  }
  return { ...UNCALIBRATED, offset: (low + high) / 2 };
}

/** The products of a basket that are not new. */
function soldOf(basket: Int32Array, { newProducts }: StoreView): Int32Array {
  return basket.filter((item) => newProducts[item] === 0);
}
