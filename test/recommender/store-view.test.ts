import { describe, expect, it } from 'vitest';
import { viewStore } from '../../src/recommender/store-view.ts';
import { buildModel } from '../support/model-builder.ts';

const model = buildModel({
  products: [
    { id: 'bread', share: 0.5 },
    { id: 'jam', share: 0.2 },
    { id: 'tea', share: 0.2 },
    { id: 'gone', share: 0.4, active: false },
    { id: 'new' },
  ],
  knownCount: 4,
  stores: [
    { id: 's1', baskets: 300, sales: { bread: 30, tea: 240 } },
    { id: 's2', baskets: 0, sales: {} },
  ],
  probability: { popularityFloor: 0.1, sharpness: 2 },
});

describe('the view of a store', () => {
  it('of no store or one the model does not know sells every active product at the share of the chain', () => {
    for (const storeId of [undefined, 'elsewhere']) {
      const view = viewStore(model, { storeId, popularMax: 10 });
      expect(view.id).toBe('*');
      expect([...view.floor].map((value) => Number(value.toFixed(6)))).toEqual([0.05, 0.02, 0.02, 0, 0]);
      expect([...view.popular]).toEqual([0, 1, 2]);
      expect(view.massTotal).toBeCloseTo(0.05 ** 2 + 2 * 0.02 ** 2, 9);
    }
  });

  it('sells what its receipts hold, by its own counts mixed with a hundred baskets of the chain', () => {
    const view = viewStore(model, { storeId: 's1', popularMax: 10 });
    expect(view.floor[0]).toBeCloseTo((0.1 * (30 + 100 * 0.5)) / 400, 6);
    expect(view.floor[1]).toBe(0);
    expect(view.floor[2]).toBeCloseTo((0.1 * (240 + 100 * 0.2)) / 400, 6);
    expect([...view.popular]).toEqual([2, 0]);
  });

  it('sells what its stock holds as well, at the share of the chain shrunk by its own silence', () => {
    const view = viewStore(model, { storeId: 's1', isStocked: (id) => id === 'jam', popularMax: 10 });
    expect(view.floor[1]).toBeCloseTo((0.1 * 100 * 0.2) / 400, 6);
    expect([...view.popular]).toEqual([2, 0, 1]);
  });

  it('never sells an inactive product, stocked or not', () => {
    const view = viewStore(model, { storeId: 's1', isStocked: () => true, popularMax: 10 });
    expect(view.floor[3]).toBe(0);
  });

  it('of a store without sales holds its stock only', () => {
    expect(viewStore(model, { storeId: 's2', popularMax: 10 }).massTotal).toBe(0);
    const stocked = viewStore(model, { storeId: 's2', isStocked: (id) => id === 'tea', popularMax: 10 });
    expect([...stocked.popular]).toEqual([2]);
    expect(stocked.floor[2]).toBeCloseTo(0.02, 6);
  });

  it('keeps as many popular products as asked for, equal ones by item', () => {
    expect([...viewStore(model, { popularMax: 2 }).popular]).toEqual([0, 1]);
  });
});
