import type { Product } from './catalogue.ts';

/** What a unit of a product is worth by itself. Money for one unit, NaN unknown; Infinity days for what does not expire. */
export interface UnitFigures {
  cost: number;
  margin: number;
  shelfLifeDays: number;
}

/**
 * [products × COLUMNS] the figures that candidates are judged by, one row per product. A row takes one fetch from memory, where an object
 * takes several, one after the other.
 */
export type ProductFigures = Float64Array;

const COLUMNS = 4;
const COST = 0;
const MARGIN = 1;
const SHELF_LIFE = 2;
const LEAST_AGE = 3;

export function productFigures(products: readonly Product[]): ProductFigures {
  const figures = new Float64Array(products.length * COLUMNS);
  for (const [item, product] of products.entries()) {
    const { cost, margin, shelfLifeDays } = unitFigures(product);
    const row = item * COLUMNS;
    figures[row + COST] = cost;
    figures[row + MARGIN] = margin;
    figures[row + SHELF_LIFE] = shelfLifeDays;
    figures[row + LEAST_AGE] = leastAgeOf(product);
  }
  return figures;
}

export function unitFigures(product: Product): UnitFigures {
  const { unitPrice = Number.NaN, unitCost = Number.NaN, shelfLifeDays = Number.POSITIVE_INFINITY } = product;
  return { cost: unitCost, margin: unitPrice - unitCost, shelfLifeDays };
}

/** Writes the figures of one product into `unit`. */
export function readUnit(figures: ProductFigures, item: number, unit: UnitFigures): void {
  const row = item * COLUMNS;
  unit.cost = figures[row + COST]!;
  unit.margin = figures[row + MARGIN]!;
  unit.shelfLifeDays = figures[row + SHELF_LIFE]!;
}

/** Youngest age a customer may have to buy it: −Infinity where none is stated, NaN for what is no longer sold. */
export function leastAge(figures: ProductFigures, item: number): number {
  return figures[item * COLUMNS + LEAST_AGE]!;
}

function leastAgeOf({ active, minAge = Number.NEGATIVE_INFINITY }: Product): number {
  return active ? minAge : Number.NaN;
}
