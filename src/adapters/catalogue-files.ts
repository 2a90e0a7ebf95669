import { z } from 'zod';
import type { Model } from '../recommender/model.ts';
import type { NewProducts } from '../recommender/new-products.ts';
import type { Substitutes } from '../recommender/substitutes.ts';
import { parseJson } from './json-files.ts';
import { areShares, assertFits, bytesOf, checkRows, floats, integers } from './number-files.ts';
import { calibrationSchema } from './ranker-file.ts';

/** What a model learns about its products from the catalogue; older versions lack it. */
export type CatalogueParts = Pick<Model, 'substitutes' | 'newProducts'>;

/** The files of each part: a version lists all of them or none. */
const SUBSTITUTE_FILES = ['substitutes.start.i32', 'substitutes.target.i32'] as const;
const NEW_PRODUCT_FILES = [
  'new-products.start.i32',
  'new-products.target.i32',
  'new-products.weight.f32',
  'new-products.json',
] as const;
export const CATALOGUE_FILES = [...SUBSTITUTE_FILES, ...NEW_PRODUCT_FILES] as const;

const newProductsSchema = z.object({ calibration: calibrationSchema });

export type CatalogueFile = (typeof CATALOGUE_FILES)[number];
type Files<Name extends string> = Record<Name, Uint8Array>;

export function encodeCatalogueParts({
  substitutes,
  newProducts,
}: CatalogueParts): Partial<Files<CatalogueFile>> {
  return {
    ...(substitutes && {
      'substitutes.start.i32': bytesOf(substitutes.start),
      'substitutes.target.i32': bytesOf(substitutes.target),
    }),
    ...(newProducts && {
      'new-products.start.i32': bytesOf(newProducts.rows.start),
      'new-products.target.i32': bytesOf(newProducts.rows.target),
      'new-products.weight.f32': bytesOf(newProducts.rows.weight),
      'new-products.json': new TextEncoder().encode(
        `${JSON.stringify({ calibration: newProducts.calibration }, null, 1)}\n`,
      ),
    }),
  };
}

/** @throws ModelRejected when a part is incomplete, or its arrays do not fit the model's products */
export function decodeCatalogueParts(files: Partial<Files<CatalogueFile>>, products: number): CatalogueParts {
  const parts: { substitutes?: Substitutes; newProducts?: NewProducts } = {};
  if (isListed(files, SUBSTITUTE_FILES)) parts.substitutes = readSubstitutes(files, products);
  if (isListed(files, NEW_PRODUCT_FILES)) parts.newProducts = readNewProducts(files, products);
  return parts;
}

function isListed<Name extends CatalogueFile>(
  files: Partial<Files<CatalogueFile>>,
  names: readonly Name[],
): files is Files<Name> {
  const listed = names.filter((name) => files[name] !== undefined);
  const missing = names.filter((name) => files[name] === undefined);
  assertFits(
    listed.length === 0 || missing.length === 0,
    `${listed.join(', ')} without ${missing.join(', ')}`,
  );
  return listed.length > 0;
}

function readSubstitutes(files: Files<(typeof SUBSTITUTE_FILES)[number]>, products: number): Substitutes {
  const start = integers('substitutes.start.i32', files);
  const target = integers('substitutes.target.i32', files);
  checkRows('substitutes', { start, target, weight: target }, products, products);
  return { start, target };
}

function readNewProducts(files: Files<(typeof NEW_PRODUCT_FILES)[number]>, products: number): NewProducts {
  const rows = {
    start: integers('new-products.start.i32', files),
    target: integers('new-products.target.i32', files),
    weight: floats('new-products.weight.f32', files),
  };
  checkRows('new-products', rows, products, products);
  assertFits(areShares(rows.weight), 'new-products.weight.f32 contains a value that is not a probability');
  return { rows, ...parseJson('new-products.json', files, newProductsSchema) };
}
