import type { Product } from '../recommender/catalogue.ts';
import type { NewProducts } from '../recommender/new-products.ts';
import type { Calibration } from '../recommender/ranker.ts';
import type { SparseRows } from '../recommender/sparse-rows.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import { countCoPurchases, weighBaskets } from './co-purchases.ts';
import { learnEmbeddings } from './embeddings.ts';
import { newProductRows } from './new-product-rows.ts';
import { describeProducts, type ProductFeatures } from './product-features.ts';
import type { TensorBackend } from './tensor-backend.ts';

/** A basket of L products counts each of its pairs L^-1.3: long ones say little about what belongs together. */
const LENGTH_EXPONENT = 1.3;

/** The new products: those without sales that something describes. */
export function describedWithoutSales(features: ProductFeatures, isSold: (product: number) => boolean) {
  const { start } = features.rows;
  const products = Int32Array.from(Array(start.length - 1).keys());
  return products.filter((product) => !isSold(product) && start[product + 1]! > start[product]!);
}

/** Learns rows of the products without sales from the baskets of those with sales; undefined where nothing describes any. */
export async function learnNewRows(
  backend: TensorBackend,
  matrix: BasketMatrix,
  products: readonly Product[],
  isSold: (product: number) => boolean,
  seed: number,
): Promise<SparseRows | undefined> {
  const features = describeProducts(products);
  const fresh = describedWithoutSales(features, isSold);
  if (fresh.length === 0) return undefined;
  const weights = weighBaskets(matrix, {
    halfLife: Number.POSITIVE_INFINITY,
    lengthExponent: LENGTH_EXPONENT,
  });
  const counts = countCoPurchases(matrix, weights);
  const embeddings = await learnEmbeddings(backend, counts, features, { seed });
  return newProductRows(backend, embeddings, isSold, fresh);
}

/** The new products of a model over `products`, of which the first `matrix.itemCount` have been sold. */
export async function learnNewProducts(
  backend: TensorBackend,
  matrix: BasketMatrix,
  products: readonly Product[],
  calibration: Calibration,
  seed: number,
): Promise<NewProducts | undefined> {
  const rows = await learnNewRows(backend, matrix, products, (item) => item < matrix.itemCount, seed);
  return rows && { rows, calibration };
}
