import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNKNOWN_ASKER } from '../../src/recommender/asker.ts';
import { rankCandidates } from '../../src/recommender/candidates.ts';
import type { Model } from '../../src/recommender/model.ts';
import { NEW_PROBABILITY_MAX, NEW_PRODUCTS_MAX } from '../../src/recommender/new-products.ts';
import { type StoreViewOptions, viewStore } from '../../src/recommender/store-view.ts';
import { createWorkspace } from '../../src/recommender/workspace.ts';
import { buildModel, type ModelSpec } from '../support/model-builder.ts';

const KNOWN = 6;

/** A shop of six products with sales, and as many new ones as there are rows for; `gone` is new and no longer sold. */
function shop(newProducts: ModelSpec['newProducts'] = [], fresh = ['latte', 'mocha']): Model {
  return buildModel({
    products: [
      ...['coffee', 'cake', 'tea', 'jam', 'bread', 'milk'].map((id, at) => ({ id, share: 0.5 / (at + 1) })),
      ...fresh.map((id) => ({ id })),
      { id: 'gone', active: false },
    ],
    edges: [['coffee', 'cake', 0.4, 0.5]],
    knownCount: KNOWN,
    stores: [{ id: 's1', baskets: 100, sales: { coffee: 50, cake: 30, tea: 20 } }],
    newProducts,
  });
}

function rank(model: Model, basket: readonly string[], store: StoreViewOptions = {}, limit = 120) {
  const items = Int32Array.from(basket, (id) => model.itemOf.get(id)!).sort();
  const view = viewStore(model, store);
  const ranked = rankCandidates(model, view, items, UNKNOWN_ASKER, createWorkspace(model), limit);
  const ids = Array.from(ranked.items, (item) => model.products[item]!.id);
  return { ...ranked, ids, of: (id: string) => ranked.probability[ids.indexOf(id)] };
}

describe('a product without sales', () => {
  const model = shop([
    ['coffee', 'latte', 0.06],
    ['coffee', 'gone', 0.5],
    ['tea', 'latte', 0.02],
    ['tea', 'mocha', 0.04],
  ]);

  it('is a candidate beside what its rows speak for, with their mean over the basket as its probability', () => {
    expect(rank(model, ['coffee']).of('latte')).toBeCloseTo(0.06, 6);
    const both = rank(model, ['coffee', 'tea']);
    expect(both.of('latte')).toBeCloseTo(0.04, 6);
    expect(both.of('mocha')).toBeCloseTo(0.02, 6);
    expect(rank(model, ['jam']).ids).not.toContain('latte');
  });

  it('names the product of the basket that speaks for it, without a share of baskets', () => {
    const ranked = rank(model, ['coffee']);
    const at = ranked.ids.indexOf('latte');
    expect(model.products[ranked.reasonItem[at]!]!.id).toBe('coffee');
    expect(ranked.reasonShare[at]).toBeNaN();
  });

  it('is no candidate if it is no longer sold, is in the basket, or is unknown to the store', () => {
    expect(rank(model, ['coffee']).ids).not.toContain('gone');
    expect(rank(model, ['coffee', 'latte']).ids).not.toContain('latte');
    expect(rank(model, ['coffee'], { storeId: 's1' }).ids).not.toContain('latte');
    const stocked = { storeId: 's1', isStocked: (id: string) => id === 'latte' };
    expect(rank(model, ['coffee'], stocked).ids).toContain('latte');
  });

  it('empty baskets, and those with only unknown or only new products, get the best sellers as before', () => {
    const { newProducts: _, ...before } = model;
    for (const basket of [[], ['mocha']])
      expect(rank(model, basket).ids).toEqual(rank({ ...before }, basket).ids);
  });

  it('in a store the model does not know is ranked as in no store', () => {
    expect(rank(model, ['coffee'], { storeId: 'opened-today' }).ids).toEqual(rank(model, ['coffee']).ids);
  });
});

const rows = fc.uniqueArray(
  fc.tuple(fc.nat(KNOWN - 1), fc.nat(29), fc.double({ min: 0, max: 1, noNaN: true })),
  { maxLength: 80, selector: ([from, to]) => `${from} ${to}` },
);

describe('new products among known ones', () => {
  it('take a tenth of the probability at most, are ten at most, and leave the known ones their order', () => {
    fc.assert(
      fc.property(
        rows,
        fc.subarray(['coffee', 'cake', 'tea']),
        fc.integer({ min: 1, max: 40 }),
        (cells, basket, limit) => {
          const names = ['coffee', 'cake', 'tea', 'jam', 'bread', 'milk'];
          const fresh = Array.from({ length: 30 }, (_, at) => `new${at}`);
          const model = shop(
            cells.map(([from, to, weight]) => [names[from]!, fresh[to]!, weight]),
            fresh,
          );
          const { newProducts: _, ...before } = model;
          const ranked = rank(model, basket, {}, limit);
          const isNew = (id: string) => id.startsWith('new');
          const added = ranked.ids.filter(isNew);
          const mass = ranked.ids.reduce((sum, id, at) => sum + (isNew(id) ? ranked.probability[at]! : 0), 0);
          expect(added.length).toBeLessThanOrEqual(NEW_PRODUCTS_MAX);
          expect(mass).toBeLessThanOrEqual(NEW_PROBABILITY_MAX + 1e-6);
          expect(ranked.probability.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(1 + 1e-5);
          expect([...ranked.probability]).toEqual([...ranked.probability].sort((a, b) => b - a));
          expect(new Set(ranked.ids).size).toBe(ranked.ids.length);
          expect(ranked.ids.length).toBeLessThanOrEqual(limit);
          const known = ranked.ids.filter((id) => !isNew(id));
          expect(known).toEqual(rank({ ...before }, basket, {}, limit).ids.slice(0, known.length));
        },
      ),
    );
  });
});
