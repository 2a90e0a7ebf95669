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
});

describe('the view of a store', () => {
  it('of no store or one the model does not know sells every active product at the share of the chain', () => {
    for (const storeId of [undefined, 'elsewhere']) {
      const view = viewStore(model, storeId === undefined ? {} : { storeId });
      expect(view.id).toBe('*');
      expect([...view.share].map((value) => Number(value.toFixed(6)))).toEqual([0.5, 0.2, 0.2, 0, 0]);
      expect([...view.sold]).toEqual([0, 1, 2]);
      expect(view.shareTotal).toBeCloseTo(0.9, 6);
      expect(view.logShare[0]).toBeCloseTo(Math.log(0.5), 4);
      expect(view.logShare.every(Number.isFinite)).toBe(true);
    }
  });

  it('sells what its receipts hold, by its own counts mixed with a hundred baskets of the chain', () => {
    const view = viewStore(model, { storeId: 's1' });
    expect(view.share[0]).toBeCloseTo((30 + 100 * 0.5) / 400, 6);
    expect(view.share[1]).toBe(0);
    expect(view.share[2]).toBeCloseTo((240 + 100 * 0.2) / 400, 6);
    expect([...view.sold]).toEqual([2, 0]);
  });

  it('sells what its stock holds as well, at the share of the chain shrunk by its own silence', () => {
    const view = viewStore(model, { storeId: 's1', isStocked: (id) => id === 'jam' });
    expect(view.share[1]).toBeCloseTo((100 * 0.2) / 400, 6);
    expect([...view.sold]).toEqual([2, 0, 1]);
  });

  it('never sells an inactive product, stocked or not', () => {
    const view = viewStore(model, { storeId: 's1', isStocked: () => true });
    expect(view.share[3]).toBe(0);
  });

  it('of a store without sales holds its stock only', () => {
    expect(viewStore(model, { storeId: 's2' }).shareTotal).toBe(0);
    const stocked = viewStore(model, { storeId: 's2', isStocked: (id) => id === 'tea' });
    expect([...stocked.sold]).toEqual([2]);
    expect(stocked.share[2]).toBeCloseTo(0.2, 6);
  });

  it('lists what it sells by sales, equal ones by item', () => {
    expect([...viewStore(model).sold]).toEqual([0, 1, 2]);
  });
});
