import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
/** Keys of two tenants, each able to do everything. */
let ours: Readonly<Record<string, string>>;
let theirs: Readonly<Record<string, string>>;

beforeEach(async () => {
  gateway = openTestGateway({ stock: [] });
  ours = (await addKey(gateway.folder, 'admin', { tenant: 'ours' })).headers;
  theirs = (await addKey(gateway.folder, 'admin', { tenant: 'theirs' })).headers;
});

afterEach(() => gateway.close());

const question = { basket: [{ productId: 'phone' }], storeId: 's1', basketId: 'b1', limit: 10 };
const at = '2026-05-01T09:00:00Z';

async function suggestedTo(headers: Readonly<Record<string, string>>) {
  const { body } = await gateway.post('/v1/suggestions', question, headers);
  return {
    decisionId: body.decisionId as string,
    cache: body.cache as string,
    products: body.suggestions.map(({ productId }: { productId: string }) => productId) as string[],
  };
}

describe('a tenant neither learns nor changes anything of another tenant', () => {
  test('by stock', async () => {
    const row = { storeId: 's1', productId: 'cable', onHand: 0, asOf: at };
    expect((await gateway.post('/v1/stock', { rows: [row] }, ours)).body).toMatchObject({
      applied: 1,
      stockEpoch: 1,
    });
    expect((await gateway.get('/v1/products/cable?storeId=s1', ours)).body.stock).toMatchObject({
      onHand: 0,
    });
    expect((await gateway.get('/v1/products/cable?storeId=s1', theirs)).body.stock).toBeUndefined();
    expect((await suggestedTo(ours)).products).not.toContain('cable');
    expect((await suggestedTo(theirs)).products).toContain('cable');
    const older = { ...row, onHand: 9, asOf: '2026-05-01T08:00:00Z' };
    expect((await gateway.post('/v1/stock', { rows: [older] }, theirs)).body).toMatchObject({
      applied: 1,
      stale: 0,
      stockEpoch: 1,
    });
  });

  test('by stock kept over a restart', async () => {
    const row = { storeId: 's1', productId: 'cable', onHand: 5, asOf: at };
    await gateway.post('/v1/stock', { rows: [row] }, ours);
    expect([...gateway.folder.stock.loadAll('ours')]).toHaveLength(1);
    expect([...gateway.folder.stock.loadAll('theirs')]).toEqual([]);
    expect([...gateway.folder.stock.loadAll('default')]).toEqual([]);
  });

  test('by rules', async () => {
    const rules = [{ id: 'no cables', action: 'exclude', productIds: ['cable'] }];
    expect((await gateway.put('/v1/rules', { version: 0, rules }, ours)).body).toEqual({ version: 1 });
    expect((await gateway.get('/v1/rules', theirs)).body).toEqual({ version: 0, rules: [] });
    expect((await suggestedTo(ours)).products).not.toContain('cable');
    expect((await suggestedTo(theirs)).products).toContain('cable');
    expect((await gateway.put('/v1/rules', { version: 0, rules: [] }, theirs)).body).toEqual({ version: 1 });
    expect((await suggestedTo(ours)).products).not.toContain('cable');
  });

  test('by decisions', async () => {
    const { decisionId } = await suggestedTo(ours);
    await new Promise(setImmediate);
    expect((await gateway.get(`/v1/decisions/${decisionId}`, ours)).status).toBe(200);
    expect((await gateway.get(`/v1/decisions/${decisionId}`, theirs)).status).toBe(404);
  });

  test('by events: each stores the same id, and a refusal counts in its own basket only', async () => {
    const { decisionId, products } = await suggestedTo(ours);
    const [productId] = products;
    const event = {
      id: 'e1',
      type: 'outcome',
      at,
      decisionId,
      basketId: 'b1',
      productId,
      result: 'declined',
    };
    for (const headers of [ours, theirs]) {
      const before = await suggestedTo(headers);
      expect(before.products).toContain(productId);
      expect((await gateway.post('/v1/events', { events: [event] }, headers)).body.results).toEqual([
        { id: 'e1', status: 'stored' },
      ]);
      expect((await suggestedTo(headers)).products).not.toContain(productId);
    }
    expect([...gateway.folder.events.events('ours')]).toHaveLength(1);
  });

  test('by the cache: the question of one is not a hit for another', async () => {
    expect((await suggestedTo(ours)).cache).toBe('miss');
    expect((await suggestedTo(ours)).cache).toBe('hit');
    expect((await suggestedTo(theirs)).cache).toBe('miss');
  });

  test('by names in its stock that are not in the model', async () => {
    const rows = Array.from({ length: 150 }, (_, i) => ({
      storeId: `store ${i}`,
      productId: 'cable',
      onHand: 1,
      asOf: at,
    }));
    const full = await gateway.post('/v1/stock', { rows }, ours);
    expect(full.body.rejected).toHaveLength(50);
    expect((await gateway.post('/v1/stock', { rows: rows.slice(100) }, theirs)).body.applied).toBe(50);
  });
});
