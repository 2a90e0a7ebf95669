import { describe, expect, it } from 'vitest';
import { carriedChances } from '../../src/recommender/carried.ts';
import { drawPoisson, drawUniform } from '../../src/simulation/seeded-draw.ts';
import { buildModel } from '../support/model-builder.ts';

const STORES = 40;
const PRODUCTS = 60;
/** Every other product is carried by two stores in five. */
const CARRIED_SHARE = 0.4;
const LINES_A_PRODUCT = 3;

/** Stores of which each carries some products and sells every one of them three times on average. */
function drawChain(seed: number) {
  const ids = Array.from({ length: PRODUCTS }, (_, item) => `p${item}`);
  const isCarried = Array.from({ length: STORES }, (_, store) =>
    ids.map((id, item) => item % 2 === 0 || drawUniform(seed, `${store} carries ${id}`) < CARRIED_SHARE),
  );
  const stores = isCarried.map((carried, store) => {
    const sales = ids.flatMap((id, item) =>
      carried[item] ? [[id, drawPoisson(seed, `${store} sells ${id}`, LINES_A_PRODUCT)] as const] : [],
    );
    return {
      id: `s${store}`,
      baskets: 100,
      sales: Object.fromEntries(sales.filter(([, count]) => count > 0)),
    };
  });
  return {
    isCarried,
    model: buildModel({ products: ids.map((id) => ({ id, share: 0.1 })), stores }),
    stores,
  };
}

const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

describe('the chance that a store carries what it has not sold', () => {
  it('is by Bayes what other stores sell against what this one would have sold by now', () => {
    const model = buildModel({
      products: [{ id: 'bread' }, { id: 'jam' }, { id: 'tea' }],
      stores: [
        { id: 'large', baskets: 90, sales: { bread: 60, jam: 30 } },
        { id: 'small', baskets: 10, sales: { bread: 10 } },
      ],
    });
    // Beside the two there might be half a store more.
    const share = 90 / 125;
    const unseen = share * Math.exp(-10 * (30 / 90));
    const chanceOf = carriedChances(model, 1);
    expect(chanceOf(1)).toBeCloseTo(unseen / (unseen + 1 - share), 12);
    expect(chanceOf(2)).toBe(0);
  });

  it('distinguishes what a store carries from what it does not, and does not overstate it', () => {
    const chances: Record<'carried' | 'absent', number[]> = { carried: [], absent: [] };
    for (let seed = 1; seed <= 40; seed++) {
      const { isCarried, model, stores } = drawChain(seed);
      for (const [store, { sales }] of stores.entries()) {
        const chanceOf = carriedChances(model, store);
        for (const [item, { id }] of model.products.entries())
          if (!(id in sales)) chances[isCarried[store]![item] ? 'carried' : 'absent'].push(chanceOf(item));
      }
    }
    const { carried, absent } = chances;
    expect(Math.min(carried.length, absent.length)).toBeGreaterThan(2000);
    expect(mean(carried)).toBeGreaterThan(5 * mean(absent));
    expect(sum(carried) + sum(absent)).toBeLessThan(carried.length);
  });
});
