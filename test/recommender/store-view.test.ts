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

  it('of a store without sales holds its stock and what the others sell, at the share of the chain', () => {
    const bare = viewStore(model, { storeId: 's2' });
    expect([...bare.sold]).toEqual([0, 2]);
    expect(bare.share[0]).toBeCloseTo(0.5, 6);
    const stocked = viewStore(model, { storeId: 's2', isStocked: (id) => id === 'jam' });
    expect([...stocked.sold]).toEqual([0, 1, 2]);
  });

  describe('of a chain', () => {
    const OWN = Array.from({ length: 40 }, (_, at) => `own${at}`);
    const products = ['bread', 'jam', 'local', ...OWN].map((id) => ({ id, share: 0.1 }));
    /** Of `lines` lines of bread, where all others sell a jam with each ten of them, and the first one something local. */
    const soldIn = (lines: number, stocked: readonly string[] = [], own: readonly string[] = []) => {
      const others = Array.from({ length: 29 }, (_, at) => ({
        id: `s${at}`,
        baskets: 1000,
        sales: { bread: 1000, jam: 100, ...(at === 0 && { local: 100 }) },
      }));
      const sales = { bread: lines, ...Object.fromEntries(own.map((id) => [id, 1])) };
      const model = buildModel({ products, stores: [...others, { id: 'own', baskets: lines, sales }] });
      const isStocked = (id: string) => stocked.includes(id);
      const { sold } = viewStore(model, { storeId: 'own', isStocked });
      return Array.from(sold, (item) => products[item]!.id).filter((id) => !OWN.includes(id));
    };

    it('holds what other stores sell as long as it has sold too little for that to tell', () => {
      expect(soldIn(10)).toEqual(['bread', 'jam']);
      expect(soldIn(50)).toEqual(['bread', 'jam']);
      expect(soldIn(1000)).toEqual(['bread']);
    });

    it('holds what its stock lists, and nothing else where that is half of what it has sold', () => {
      expect(soldIn(1000, ['local'])).toEqual(['bread', 'local']);
      const half = OWN.slice(0, 20);
      expect(soldIn(10, half, OWN.slice(0, 39))).toEqual(['bread']);
      expect(soldIn(10, half, OWN)).toEqual(['bread', 'jam']);
      // Of few products half is no list.
      expect(soldIn(10, OWN.slice(0, 19), OWN.slice(0, 19))).toEqual(['bread', 'jam']);
    });
  });

  it('lists what it sells by sales, equal ones by item', () => {
    expect([...viewStore(model).sold]).toEqual([0, 1, 2]);
  });
});
