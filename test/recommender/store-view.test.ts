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

  it('holds what other stores sell as long as it has sold too little for that to tell', () => {
    const shop = (id: string, lines: number, sales: Record<string, number>) => ({
      ...{ id, baskets: lines },
      sales: { bread: lines, ...sales },
    });
    const chain = (lines: number) =>
      buildModel({
        products: [
          { id: 'bread', share: 1 },
          { id: 'jam', share: 0.1 },
          { id: 'local', share: 0.01 },
        ],
        stores: [
          ...Array.from({ length: 29 }, (_, at) =>
            shop(`s${at}`, 1000, { jam: 100, ...(at === 0 && { local: 100 }) }),
          ),
          shop('own', lines, {}),
        ],
      });
    const soldIn = (lines: number, isStocked?: (id: string) => boolean) => {
      const { sold } = viewStore(chain(lines), { storeId: 'own', ...(isStocked && { isStocked }) });
      return [...sold].sort();
    };
    expect(soldIn(10)).toEqual([0, 1]);
    expect(soldIn(50)).toEqual([0, 1]);
    // One of eleven lines elsewhere is jam.
    expect(soldIn(1000)).toEqual([0]);
    // What stock lists is carried, and where it lists all that was sold, nothing else is.
    expect(soldIn(10, (id) => id === 'bread')).toEqual([0]);
    expect(soldIn(1000, (id) => id === 'local')).toEqual([0, 2]);
  });

  it('lists what it sells by sales, equal ones by item, and of a large assortment the thousand most sold', () => {
    expect([...viewStore(model).sold]).toEqual([0, 1, 2]);
    const products = Array.from({ length: 1500 }, (_, item) => ({
      id: `p${item}`,
      share: (item % 1250) / 1250,
    }));
    const { sold, isSold } = viewStore(buildModel({ products }));
    expect(isSold.reduce((count, one) => count + one, 0)).toBe(1498);
    expect([...sold]).toEqual(Array.from({ length: 1000 }, (_, at) => 1249 - at));
  });
});
