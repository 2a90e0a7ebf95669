import { POOL_MAX } from '../recommender/candidate-pool.ts';
import { addNewProducts, rankCandidates } from '../recommender/candidates.ts';
import type { Product } from '../recommender/catalogue.ts';
import { NO_CUSTOMER } from '../recommender/customer-history.ts';
import type { RankingModel } from '../recommender/model.ts';
import type { RankedCandidates } from '../recommender/result-cache.ts';
import type { StoreView } from '../recommender/store-view.ts';
import { createWorkspace } from '../recommender/workspace.ts';
import { hitAt, type Interval, pairedDifference } from './metrics.ts';
import { categoryLevels } from './product-features.ts';
import { askerOf, contextOf, longestBasket, type Questions } from './questions.ts';
import { TOP } from './rank-questions.ts';

/** What new products are worth, measured on products whose sales were hidden from training altogether. */
export interface NewProductsReport {
  /** Products hidden. */
  readonly products: number;
  /** Questions whose answer is one of them. */
  readonly questions: number;
  /** HR@10 over the whole catalogue; without embeddings a product without sales is no candidate. */
  readonly hitRate10: { readonly embeddings: number; readonly categoryPopularity: number };
  /** HR@10 of embeddings minus that of popularity in the category, paired bootstrap by basket. */
  readonly difference: Interval;
  /** HR@10 among the new products alone. */
  readonly amongNew: { readonly embeddings: number; readonly categoryPopularity: number };
  /** Of the new products among the first ten of an answer: mean probability, and how often one was what was bought. */
  readonly calibration: {
    readonly offers: number;
    readonly stated: number;
    readonly observed: number;
  };
  /** The other questions: what new products among the candidates cost the known ones. */
  readonly known: { readonly questions: number; readonly hitRate10: number; readonly difference: Interval };
  /** All questions: HR@10 with new products among the candidates minus that without. */
  readonly overall: Interval;
}

/** Ranks of the hidden products in two ways, question by question. */
interface Ranks {
  readonly basket: number[];
  readonly ours: number[];
  readonly theirs: number[];
}

/** Asks for new and for known products; baskets keep their known products only. */
export function measureNewProducts(
  model: RankingModel,
  view: StoreView,
  products: readonly Product[],
  asked: Questions,
  seed: number,
): NewProductsReport {
  const workspace = createWorkspace(model);
  const { newProducts: _, ...withoutNew } = model;
  const rival = categoryPopularity(products, view);
  const whole: Ranks = { basket: [], ours: [], theirs: [] };
  const among: Ranks = { basket: [], ours: [], theirs: [] };
  const known: Ranks = { basket: [], ours: [], theirs: [] };
  const overall: Ranks = { basket: [], ours: [], theirs: [] };
  const offers = { offers: 0, stated: 0, observed: 0 };
  const context = new Int32Array(longestBasket(asked.matrix));
  for (let question = 0; question < asked.basket.length; question++) {
    const target = asked.target[question]!;
    const all = context.slice(0, contextOf(asked, question, context));
    const basket = all.filter((item) => view.newProducts[item] === 0);
    if (basket.length === 0) continue;
    const asker = { ...askerOf(asked, question), customer: NO_CUSTOMER };
    const plain = rankCandidates(withoutNew, view, basket, asker, workspace, POOL_MAX);
    const ours = addNewProducts(model, view, basket, workspace, plain, POOL_MAX);
    countOffers(ours, view, target, offers);
    addRanks(overall, asked.basket[question]!, placeOf(ours, target), placeOf(plain, target));
    if (view.newProducts[target] === 0) {
      addRanks(known, asked.basket[question]!, placeOf(ours, target), placeOf(plain, target));
      continue;
    }
    const isOther = (item: number) => view.newProducts[item] === 1 && !all.includes(item);
    const fresh = Int32Array.from(rival.keys()).filter(isOther);
    const ahead = plain.probability.filter((probability) => probability > rival[target]!).length;
    const second = midPlace(rival, fresh, target);
    addRanks(whole, asked.basket[question]!, placeOf(ours, target), ahead + second);
    const listed = ours.items.filter((item) => view.newProducts[item] === 1);
    const place = listed.indexOf(target);
    addRanks(among, asked.basket[question]!, place < 0 ? Number.POSITIVE_INFINITY : place + 1, second);
  }
  return {
    products: view.newProducts.reduce((sum, isNew) => sum + isNew, 0),
    questions: whole.ours.length,
    hitRate10: hitRates(whole),
    difference: difference(whole, seed),
    amongNew: hitRates(among),
    calibration: {
      offers: offers.offers,
      stated: offers.stated / Math.max(1, offers.offers),
      observed: offers.observed / Math.max(1, offers.offers),
    },
    known: {
      questions: known.ours.length,
      hitRate10: hitRates(known).embeddings,
      difference: difference(known, seed),
    },
    overall: difference(overall, seed),
  };
}

function addRanks({ basket, ours, theirs }: Ranks, row: number, our: number, their: number): void {
  basket.push(row);
  ours.push(our);
  theirs.push(their);
}

function hitRates({ ours, theirs }: Ranks) {
  const rate = (ranks: readonly number[]) =>
    ranks.reduce((hits, place) => hits + hitAt(place), 0) / Math.max(1, ranks.length);
  return { embeddings: rate(ours), categoryPopularity: rate(theirs) };
}

function difference({ basket, ours, theirs }: Ranks, seed: number): Interval {
  return pairedDifference(
    Float64Array.from(ours),
    Float64Array.from(theirs),
    Int32Array.from(basket),
    seed,
    hitAt,
  );
}

function placeOf({ items }: RankedCandidates, target: number): number {
  const place = items.indexOf(target);
  return place < 0 ? Number.POSITIVE_INFINITY : place + 1;
}

function midPlace(scores: Float64Array, among: Int32Array, target: number): number {
  let better = 0;
  let equal = 0;
  for (const item of among) {
    if (scores[item]! > scores[target]!) better++;
    else if (scores[item] === scores[target]) equal++;
  }
  return better + (equal + 1) / 2;
}

function countOffers(
  { items, probability }: RankedCandidates,
  { newProducts }: StoreView,
  target: number,
  offers: { offers: number; stated: number; observed: number },
): void {
  for (let place = 0; place < Math.min(TOP, items.length); place++) {
    if (newProducts[items[place]!] === 0) continue;
    offers.offers++;
    offers.stated += probability[place]!;
    if (items[place] === target) offers.observed++;
  }
}

/** [products] the mean probability of the known products in the nearest category that has some. */
function categoryPopularity(
  products: readonly Product[],
  { share, shareTotal, newProducts }: StoreView,
): Float64Array {
  const sums = new Map<string, { share: number; products: number }>();
  for (const [item, { category }] of products.entries()) {
    if (newProducts[item]) continue;
    for (const level of ['', ...categoryLevels(category)]) {
      const sum = sums.get(level) ?? { share: 0, products: 0 };
      sums.set(level, { share: sum.share + share[item]!, products: sum.products + 1 });
    }
  }
  return Float64Array.from(products, ({ category }) => {
    const level = ['', ...categoryLevels(category)].findLast((name) => sums.has(name))!;
    const { share: total, products: count } = sums.get(level)!;
    return total / count / shareTotal;
  });
}
