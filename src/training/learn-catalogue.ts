import type { CatalogueParts } from '../adapters/catalogue-files.ts';
import type { Product } from '../recommender/catalogue.ts';
import type { Ranker } from '../recommender/ranker.ts';
import { type BasketMatrix, basketMatrix, selectKnownItems } from './basket-matrix.ts';
import type { Evaluation } from './evaluate.ts';
import { plainCounts } from './learn.ts';
import { learnNewProducts } from './learn-new-products.ts';
import {
  chooseLikeness,
  type SubstituteChoice,
  substitutePairs,
  substitutesFrom,
} from './learn-substitutes.ts';
import { mergeProducts } from './merge-products.ts';
import { basketAt, TEST_FROM } from './period.ts';
import { findAlike } from './product-likeness.ts';
import { askQuestions, EVALUATED_BASKETS_MAX } from './questions.ts';
import type { Slice } from './ranker-slices.ts';
import type { Receipts } from './receipts.ts';
import { openTensorBackend } from './tensor-backend.ts';
import { type NewProductsTrial, tryNewProducts } from './try-new-products.ts';

/** What names, categories and prices are good for, chosen and measured before the arrays to publish are learned. */
export interface CatalogueChoice {
  /** Absent where no products are alike, or the guard costs too much. */
  readonly substitutes?: SubstituteChoice;
  /** Absent where the catalogue has no product without sales, or nothing can be said of one. */
  readonly newProducts?: NewProductsTrial;
}

export interface CatalogueInput {
  readonly receipts: Receipts;
  readonly catalogue: readonly Product[];
  readonly slice: Slice;
  readonly ranker: Ranker;
  readonly seed: number;
}

/** The likeness of substitutes is chosen on the slice; new products are calibrated on it and measured on the test period. */
export async function chooseFromCatalogue(input: CatalogueInput): Promise<CatalogueChoice> {
  const { receipts, catalogue, slice, ranker, seed } = input;
  const { known, train, asked, sources } = slice;
  const products = mergeProducts(receipts, known, catalogue).slice(0, known.productOf.length);
  const pairs = substitutePairs(findAlike(products), plainCounts(train), train.start.length - 1);
  const substitutes = chooseLikeness({ ...sources, ranker }, asked, pairs, seed);
  const newProducts = hasUnsold(receipts, catalogue)
    ? await tryNewProducts(await openTensorBackend(), {
        slice,
        ranker,
        products,
        seed,
        test: testQuestions(receipts, slice, seed),
      })
    : undefined;
  return { ...(substitutes && { substitutes }), ...(newProducts && { newProducts }) };
}

/** What an evaluation states about it. */
export function catalogueReport({
  substitutes,
  newProducts,
}: CatalogueChoice): Pick<Evaluation, 'substitutes' | 'newProducts'> {
  return {
    ...(substitutes && { substitutes }),
    ...(newProducts && { newProducts: { ...newProducts.report, isServed: isServed(newProducts) } }),
  };
}

/** The parts to publish, over all products of the model, of which the first `matrix.itemCount` have been sold. */
export async function learnFromCatalogue(
  { substitutes, newProducts }: CatalogueChoice,
  matrix: BasketMatrix,
  products: readonly Product[],
  seed: number,
): Promise<CatalogueParts> {
  const pairs = () => substitutePairs(findAlike(products), plainCounts(matrix), matrix.start.length - 1);
  const learned =
    newProducts &&
    isServed(newProducts) &&
    (await learnNewProducts(await openTensorBackend(), matrix, products, newProducts.calibration, seed));
  return {
    ...(substitutes && { substitutes: substitutesFrom(pairs(), substitutes.likeness) }),
    ...(learned && { newProducts: learned }),
  };
}

/** Where new products take more places from known ones than they earn, they are better left out. */
function isServed({ gain }: NewProductsTrial): boolean {
  return gain.estimate >= 0;
}

function hasUnsold(receipts: Receipts, catalogue: readonly Product[]): boolean {
  const { productOf } = selectKnownItems(receipts, 0, receipts.soldAtMs.length);
  const sold = new Set(Array.from(productOf, (product) => receipts.productIds[product]!));
  return catalogue.some(({ id }) => !sold.has(id));
}

/** The questions of the test period, by the slice's numbers. */
export function testQuestions(receipts: Receipts, { known }: Slice, seed: number) {
  const matrix = basketMatrix(receipts, known, basketAt(receipts, TEST_FROM), receipts.soldAtMs.length);
  return askQuestions(matrix, seed, EVALUATED_BASKETS_MAX);
}
