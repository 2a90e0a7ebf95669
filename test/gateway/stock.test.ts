import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MemoryResultCache } from '../../src/adapters/memory-result-cache.ts';
import { EventStoreUnavailable } from '../../src/ledger/event-store.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
});

afterEach(() => gateway.close());

async function state(...rows: unknown[]) {
  const { status, body } = await gateway.post('/v1/stock', { rows });
  expect(status).toBe(200);
  return body;
}

async function suggested(): Promise<string[]> {
  const request = { storeId: 's1', basket: [{ productId: 'phone' }], limit: 10 };
  const { body } = await gateway.post('/v1/suggestions', request);
  return body.suggestions.map(({ productId }: { productId: string }) => productId);
}

async function onHand(productId: string) {
  return (await gateway.get(`/v1/products/${productId}?storeId=s1`)).body.stock;
}

const at = (minutes: number) => new Date(Date.parse('2026-05-01T09:00:00Z') + minutes * 60_000).toISOString();
const cable = (facts: object, minutes = 0) => ({
  storeId: 's1',
  productId: 'cable',
  asOf: at(minutes),
  ...facts,
});

describe('stock', () => {
  test('that runs out is no longer suggested at once, although the candidates are cached', async () => {
    expect(await suggested()).toContain('cable');
    const answer = await state(cable({ onHand: 0 }));
    expect(answer).toEqual({
      applied: 1,
      stale: 0,
      repeated: 0,
      rejected: [],
      stockEpoch: expect.any(Number),
    });
    expect(await suggested()).not.toContain('cable');
    expect(gateway.telemetry.count('cache hit')).toBe(1);
    await state(cable({ onHand: 5 }, 1));
    expect(await suggested()).toContain('cable');
  });

  test('of many rows names those that are wrong by their places', async () => {
    const rows = Array.from({ length: 350 }, (_, i) => cable({ onHand: i % 100 === 99 ? 'none' : i }, i));
    const answer = await state(...rows);
    expect(answer).toMatchObject({ applied: 347, stale: 0 });
    expect(answer.rejected.map(({ row }: { row: number }) => row)).toEqual([99, 199, 299]);
  });

  test('that is all reserved, or at its protection level, is withheld', async () => {
    await state(cable({ onHand: 5, reserved: 5 }));
    expect(await suggested()).not.toContain('cable');
    await state(cable({ reserved: 0, onHand: 3, protectionLevel: 3 }, 1));
    expect(await suggested()).not.toContain('cable');
    await state(cable({ onHand: 4 }, 2));
    expect(await suggested()).toContain('cable');
  });

  test('of another store changes nothing here', async () => {
    await state({ ...cable({ onHand: 0 }), storeId: 's2' });
    expect(await suggested()).toContain('cable');
  });

  test('is the newest statement, in whatever order they come', async () => {
    expect(await state(cable({ onHand: 7 }, 5), cable({ onHand: 3 }, 1))).toMatchObject({
      applied: 1,
      stale: 1,
    });
    expect(await onHand('cable')).toEqual({ onHand: 7, asOf: at(5) });
    expect(gateway.telemetry.count('stock stale')).toBe(1);
  });

  test('changes by a delta on what was stated before', async () => {
    await state(cable({ onHand: 7 }), cable({ onHandDelta: -3 }, 1));
    expect(await onHand('cable')).toEqual({ onHand: 4, asOf: at(1) });
  });

  test('changes once by a delta with an id, even if it is repeated in another request', async () => {
    await state(cable({ onHand: 7 }));
    const sold = cable({ onHandDelta: -3, changeId: 'receipt-1' }, 1);
    expect(await state(sold)).toMatchObject({ applied: 1, repeated: 0 });
    expect(await state(cable({ onHandDelta: -1, changeId: 'receipt-2' }, 1), sold)).toMatchObject({
      applied: 1,
      stale: 0,
      repeated: 1,
      rejected: [],
    });
    expect(await onHand('cable')).toEqual({ onHand: 3, asOf: at(1) });
    expect(gateway.telemetry.count('stock repeated')).toBe(1);
  });

  test('with a change id but no change is rejected', async () => {
    const { rejected } = await state(cable({ onHand: 7, changeId: 'receipt-1' }));
    expect(rejected[0].reason).toContain('At changeId: wanted a changeId beside onHandDelta only');
  });

  test('that the disk does not take is refused as a whole and does not count', async () => {
    await state(cable({ onHand: 7 }));
    const full = new EventStoreUnavailable('store-full', 'no space left');
    vi.spyOn(gateway.folder.stock, 'state').mockRejectedValueOnce(full);
    const { status, headers } = await gateway.post('/v1/stock', { rows: [cable({ onHand: 0 }, 1)] });
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toMatch(/^\d+$/);
    expect(gateway.parts.tenant(TENANT).stock.row('s1', 'cable')).toMatchObject({ onHand: 7 });
  });

  test('is not made from a delta alone', async () => {
    const row = { storeId: 's1', productId: 'gum', onHandDelta: 1, asOf: at(0) };
    const { applied, rejected } = await state(row, cable({ onHand: 1 }));
    expect(applied).toBe(1);
    expect(rejected).toEqual([{ row: 0, reason: 'onHandDelta needs an onHand stated before it.' }]);
    expect(await onHand('gum')).toBeUndefined();
  });

  test('dated next year is refused, because it would override all that follows', async () => {
    const { rejected } = await state(cable({ onHand: 1, asOf: '2027-05-01T00:00:00Z' }));
    expect(rejected[0].reason).toContain('asOf');
    expect(await state(cable({ onHand: 0 }))).toMatchObject({ applied: 1 });
    expect(await suggested()).not.toContain('cable');
  });

  test('rows that cannot be read are rejected one by one with the place and the reason', async () => {
    const answer = await state(
      { storeId: 's1', productId: 'cable' },
      cable({ onHand: 1, onHandDelta: 1 }),
      'row',
      null,
      cable({ onHand: '7' }),
      { ...cable({}), productId: 'a\u0000b' },
      cable({ onHand: 6 }),
    );
    expect(answer.applied).toBe(1);
    expect(answer.rejected.map(({ row }: { row: number }) => row)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { reason } of answer.rejected) expect(reason).toMatch(/wanted .+; got /);
    expect(await onHand('cable')).toMatchObject({ onHand: 6 });
  });

  test('of products and stores that no model knows is kept for the model that will', async () => {
    await state({ storeId: 'new', productId: 'brand-new', onHand: 3, asOf: at(0) });
    expect(gateway.parts.tenant(TENANT).stock.row('new', 'brand-new')).toMatchObject({ onHand: 3 });
  });

  test('brings a product into the store that its receipts do not know', async () => {
    const request = { storeId: 's2', basket: [{ productId: 'phone' }], limit: 10 };
    expect((await gateway.post('/v1/suggestions', request)).body.suggestions).not.toContainEqual(
      expect.objectContaining({ productId: 'charger' }),
    );
    await state({ storeId: 's2', productId: 'charger', onHand: 9, asOf: at(0) });
    expect((await gateway.post('/v1/suggestions', request)).body.suggestions).toContainEqual(
      expect.objectContaining({ productId: 'charger' }),
    );
  });

  test('is on disk as absolute rows, for the next start', async () => {
    await state(cable({ onHand: 7 }), cable({ onHandDelta: -3 }, 1));
    expect([...gateway.folder.stock.loadAll(TENANT)]).toContainEqual(
      expect.objectContaining({ productId: 'cable', onHand: 4, demandPerDay: 2 }),
    );
  });

  test.each([
    ['no rows', {}],
    ['an empty list', { rows: [] }],
    ['10,001 rows', { rows: Array(10_001).fill(0) }],
    ['a list for the whole', []],
  ])('%s are a 400', async (_, body) => {
    expect((await gateway.post('/v1/stock', body)).status).toBe(400);
  });

  test('of 10,000 unknown stores and products is kept for only a hundred of them', async () => {
    const invented = (i: number) => ({ storeId: `s-${i}`, productId: `p-${i}`, onHand: 1, asOf: at(0) });
    const before = process.memoryUsage().arrayBuffers;
    const answer = await state(...Array.from({ length: 10_000 }, (_, i) => invented(i)));
    expect(answer).toMatchObject({ applied: 100, stale: 0 });
    expect(answer.rejected).toHaveLength(9_900);
    expect(answer.rejected[0].reason).toMatch(/storeId: wanted one that the model knows/);
    expect((process.memoryUsage().arrayBuffers - before) / 1024 ** 2).toBeLessThan(256);
    expect(await state(cable({ onHand: 0 }))).toMatchObject({ applied: 1 });
  });
});

test('two processes that share a cache share the candidates of equal assortments only', async () => {
  const cache = new MemoryResultCache();
  const stocked = async (productId: string) => {
    const other = openTestGateway({
      cache,
      stock: [{ storeId: 's2', productId, onHand: 9, asOfMs: Date.parse(at(0)) }],
    });
    const request = { storeId: 's2', basket: [{ productId: 'phone' }], limit: 10 };
    const { body } = await other.post('/v1/suggestions', request);
    await other.close();
    return body;
  };
  const suggestsCharger = (body: { suggestions: { productId: string }[] }) =>
    body.suggestions.some(({ productId }) => productId === 'charger');
  expect(suggestsCharger(await stocked('cable'))).toBe(false);
  const other = await stocked('charger');
  expect([other.cache, suggestsCharger(other)]).toEqual(['miss', true]);
  expect((await stocked('crisps')).cache).toBe('hit');
});
