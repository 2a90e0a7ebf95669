import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryResultCache } from '../../src/adapters/memory-result-cache.ts';
import { buildModel } from '../support/model-builder.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

/** What the young store has sold beside bread: so much that its stock may be taken for a list. */
const OWN = Array.from({ length: 24 }, (_, at) => `own${at}`);

const STORES = Array.from({ length: 9 }, (_, at) => ({
  id: `s${at}`,
  baskets: 9000,
  sales: { bread: 5000, jam: 100, ...(at === 0 && { local: 100 }) },
}));

let gateway: TestGateway;

beforeEach(() => {
  const model = buildModel({
    products: ['bread', 'jam', 'local', ...OWN].map((id) => ({
      id,
      share: id === 'bread' ? 0.5 : 0.1,
      unitPrice: 4,
      unitCost: 2,
      category: id.startsWith('own') ? 'own' : 'food',
    })),
    edges: [
      ['bread', 'jam', 0.4, 0.3],
      ['bread', 'local', 0.4, 0.3],
    ],
    stores: [
      ...STORES,
      { id: 'young', baskets: 8, sales: { bread: 4, ...Object.fromEntries(OWN.map((id) => [id, 1])) } },
    ],
  });
  gateway = openTestGateway({ model, cache: new MemoryResultCache() });
});

afterEach(() => gateway.close());

async function offered(storeId: string): Promise<string[]> {
  const request = { storeId, basket: [{ productId: 'bread' }], limit: 50, objective: 'probability' };
  const { body } = await gateway.post('/v1/suggestions', request);
  return body.suggestions.map(({ productId }: { productId: string }) => productId);
}

const listed = async () =>
  (await gateway.get('/v1/products?storeId=young&category=food&q=')).body.products.map(
    ({ id }: { id: string }) => id,
  );

const state = (productIds: readonly string[]) =>
  gateway.post('/v1/stock', {
    rows: productIds.map((productId) => ({
      storeId: 'young',
      productId,
      onHand: 9,
      asOf: '2026-05-01T09:00:00Z',
    })),
  });

describe('a store of few receipts', () => {
  test('offers what it probably carries judging by other stores, but not what only one of them sells', async () => {
    expect(await offered('young')).toContain('jam');
    expect(await offered('young')).not.toContain('local');
    expect(await offered('s0')).toContain('local');
    expect(await listed()).toEqual(['bread', 'jam']);
  });

  test('offers only what its stock lists once that list covers what it carries', async () => {
    expect(await offered('young')).toContain('jam');
    await state(OWN.slice(0, 19));
    expect(await offered('young')).toContain('jam');
    await state(OWN.slice(19));
    expect(await offered('young')).not.toContain('jam');
    expect(await listed()).toEqual(['bread']);
    await state(['jam']);
    expect(await offered('young')).toContain('jam');
  });
});
