import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Product } from '../../src/recommender/catalogue.ts';
import { leastAge, productFigures, readUnit, unitFigures } from '../../src/recommender/product-figures.ts';

const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
const products = fc.array(
  fc.record(
    {
      id: fc.string(),
      name: fc.string(),
      category: fc.string(),
      active: fc.boolean(),
      unitPrice: amount,
      unitCost: amount,
      shelfLifeDays: amount,
      minAge: fc.integer({ min: 0, max: 21 }),
    },
    { requiredKeys: ['id', 'name', 'category', 'active'] },
  ),
) as fc.Arbitrary<Product[]>;

test('the row of a product says what the product says', () => {
  fc.assert(
    fc.property(products, (listed) => {
      const figures = productFigures(listed);
      for (const [item, product] of listed.entries()) {
        const unit = { cost: 1, margin: 1, shelfLifeDays: 1 };
        readUnit(figures, item, unit);
        expect(unit).toEqual(unitFigures(product));
        expect(leastAge(figures, item)).toBe(
          product.active ? (product.minAge ?? Number.NEGATIVE_INFINITY) : Number.NaN,
        );
      }
    }),
  );
});

test('what a product does not state is unknown, and what has no shelf life lasts for ever', () => {
  const bare: Product = { id: 'p', name: 'p', category: '', active: true, unitPrice: 5 };
  expect(unitFigures(bare)).toEqual({ cost: Number.NaN, margin: Number.NaN, shelfLifeDays: Infinity });
  expect(unitFigures({ ...bare, unitCost: 3, shelfLifeDays: 4 })).toEqual({
    cost: 3,
    margin: 2,
    shelfLifeDays: 4,
  });
});
