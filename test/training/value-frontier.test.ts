import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Product } from '../../src/recommender/catalogue.ts';
import type { Questions } from '../../src/training/questions.ts';
import { tallyFrontier } from '../../src/training/value-frontier.ts';

const product = (id: number, prices: Partial<Product>): Product => ({
  id: `p${id}`,
  name: `p${id}`,
  category: '',
  active: true,
  ...prices,
});

interface Asked {
  readonly probabilities: readonly number[];
  readonly target: number;
}

/** The frontier of questions that are each a basket of their own; everything sells equally well. */
function frontierOf(products: readonly Product[], asked: readonly Asked[]) {
  const questions = {
    basket: Int32Array.from(asked.keys()),
    target: Int32Array.from(asked, ({ target }) => target),
  } as Questions;
  const tally = tallyFrontier(products, new Float64Array(products.length).fill(0.1), questions);
  for (const [at, { probabilities }] of asked.entries())
    tally?.onScored(Float64Array.from(probabilities), at);
  return tally?.frontier(1);
}

describe('the value frontier', () => {
  it('is what one sees when three expensive products are offered in place of three likely ones', () => {
    const products = [1, 1, 1, 9, 9, 9].map((margin, id) =>
      product(id, { unitPrice: margin + 1, unitCost: 1 }),
    );
    const { value, steps } = frontierOf(products, [
      { probabilities: [0.3, 0.2, 0.15, 0.1, 0.05, 0.04], target: 0 },
    ])!;
    expect(value).toBe('margin');
    expect(steps.map(({ valueWeight }) => valueWeight)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(steps[0]).toEqual({
      valueWeight: 0,
      hitRate3: 1,
      taken: 1,
      offered: expect.closeTo(0.65, 9),
    });
    expect(steps[4]).toEqual({
      valueWeight: 1,
      hitRate3: 0,
      taken: 0,
      hitRate3Difference: { estimate: -1, low: -1, high: -1 },
      offered: expect.closeTo(9 * 0.19, 9),
    });
  });

  it('counts prices where no product states a cost, and is none without prices', () => {
    const asked = [{ probabilities: [0.3, 0.2], target: 1 }];
    const priced = [product(0, { unitPrice: 2 }), product(1, { unitPrice: 5 })];
    expect(frontierOf(priced, asked)).toMatchObject({
      value: 'price',
      steps: [{ taken: 5 }, {}, {}, {}, {}],
    });
    expect(frontierOf([product(0, {}), product(1, {})], asked)).toBeUndefined();
  });

  it('offers nothing that is sold at a loss, and counts an unknown margin as the typical one', () => {
    const products = [
      product(0, { unitPrice: 1, unitCost: 2 }),
      product(1, { unitPrice: 4, unitCost: 1 }),
      product(2, { unitPrice: 8 }),
    ];
    const { steps } = frontierOf(products, [
      { probabilities: [0.9, 0.05, 0.04], target: 0 },
      { probabilities: [0.9, 0.05, 0.04], target: 2 },
    ])!;
    for (const { offered, taken } of steps) {
      expect(offered).toBeCloseTo(3 * 0.05 + 3 * 0.04, 9);
      expect(taken).toBeCloseTo(3 / 2, 9);
    }
  });

  it('offers most at β = 1, finds most often what it would find by probability alone at β = 0', () => {
    // In thousandths: those that differ by less than a rounding are equal once they are multiplied by a value.
    const probability = fc.integer({ min: 1, max: 1000 }).map((thousandths) => thousandths / 1000);
    const asked = fc.record({
      probabilities: fc.array(probability, { minLength: 8, maxLength: 8 }),
      target: fc.integer({ min: 0, max: 7 }),
    });
    const margins = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(margins, fc.array(asked, { minLength: 1, maxLength: 12 }), (margin, questions) => {
        const products = margin.map((each, id) => product(id, { unitPrice: each + 5, unitCost: 5 }));
        const { steps } = frontierOf(products, questions)!;
        for (const { offered } of steps) expect(offered).toBeLessThanOrEqual(steps[4]!.offered + 1e-9);
        const byProbability = questions.filter(
          ({ probabilities, target }) =>
            probabilities.filter((other) => other > probabilities[target]!).length +
              probabilities.filter((other) => other === probabilities[target]!).length / 2 <
            3,
        );
        expect(steps[0]!.hitRate3).toBeCloseTo(byProbability.length / questions.length, 9);
      }),
    );
  });
});
