import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

const HOUR_MS = 3_600_000;
let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway({ requestsPerSecond: 1 });
});

afterEach(() => gateway.close());

const suggest = (headers = {}) =>
  gateway.post('/v1/suggestions', { basket: [{ productId: 'phone' }], storeId: 's1', limit: 3 }, headers);
const state = (onHand: number, atMs: number) => {
  const row = { storeId: 's1', productId: 'case', onHand, asOf: new Date(atMs).toISOString() };
  return gateway.post('/v1/stock', { rows: [row] });
};

test('a clock that is set back an hour changes no answer, and loses no decision, event or stock', async () => {
  const before = await suggest();
  await state(40, gateway.clock.nowMs);
  gateway.clock.nowMs -= HOUR_MS;
  const after = await suggest();
  expect(after.body.suggestions).toEqual(before.body.suggestions);
  for (const { body } of [before, after]) {
    await vi.waitFor(async () => {
      expect((await gateway.get(`/v1/decisions/${body.decisionId}`)).status).toBe(200);
    });
  }
  // Statements are ordered by their own time, and one of the hour before is old.
  expect((await state(7, gateway.clock.nowMs)).body).toMatchObject({ applied: 0, stale: 1 });
  const shown = { type: 'shown', id: 'e1', decisionId: after.body.decisionId, productId: 'case' };
  const at = new Date(gateway.clock.nowMs + HOUR_MS).toISOString();
  const stored = await gateway.post('/v1/events', { events: [{ ...shown, at }] });
  expect(stored.body.results).toEqual([{ id: 'e1', status: 'stored' }]);
});

test('a clock that is set back gives no key more requests, and lets no expired key in for longer', async () => {
  const key = await addKey(gateway.folder, 'terminal');
  const expiring = await addKey(gateway.folder, 'terminal', { expiresAtMs: gateway.clock.nowMs + HOUR_MS });
  expect((await suggest(expiring.headers)).status).toBe(200);
  expect((await suggest(key.headers)).status).toBe(200);
  expect((await suggest(key.headers)).status).toBe(200);
  gateway.clock.nowMs -= HOUR_MS;
  expect((await suggest(key.headers)).status).toBe(429);
  gateway.clock.nowMs += 2 * HOUR_MS;
  expect((await suggest(expiring.headers)).status).toBe(401);
});
