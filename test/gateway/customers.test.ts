import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventStoreUnavailable } from '../../src/ledger/event-store.ts';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
});

afterEach(() => gateway.close());

const erase = (id: string, headers: Record<string, string> = {}) =>
  gateway.send(`/v1/customers/${id}`, { method: 'DELETE', headers });

async function visit(customerId: string): Promise<string | undefined> {
  const basket = [{ productId: 'phone' }];
  const { body } = await gateway.post('/v1/suggestions', {
    basket,
    customerId,
    consent: { personalise: true },
  });
  await new Promise(setImmediate);
  await gateway.parts.events.flush();
  return (await gateway.get(`/v1/decisions/${body.decisionId}`)).body.customer;
}

test('DELETE /v1/customers/ID needs no body and states how many decisions changed: none the second time', async () => {
  await visit('c9');
  await visit('c9');
  const { status, body } = await erase('c9');
  expect({ status, body }).toEqual({ status: 200, body: { decisionsChanged: 2 } });
  expect(await erase('c9')).toMatchObject({ status: 200, body: { decisionsChanged: 0 } });
  expect(await erase('nobody')).toMatchObject({ status: 200, body: { decisionsChanged: 0 } });
});

test('from then on a basket that names the customer is answered and recorded as anonymous', async () => {
  expect(await visit('c9')).toBeDefined();
  await erase('c9');
  expect(await visit('c9')).toBeUndefined();
  expect(await visit('c8')).toBeDefined();
  expect(gateway.folder.erasures.isErased(TENANT, 'c9')).toBe(true);
});

test('an id with any character is one customer, and reaches no log', async () => {
  await visit('jan@example.org/ü');
  const { body } = await erase(encodeURIComponent('jan@example.org/ü'));
  expect(body).toEqual({ decisionsChanged: 1 });
  await erase('x'.repeat(129));
  await gateway.send('/v1/customers/jan@example.org/orders', { method: 'DELETE' });
  const log = JSON.stringify(gateway.lines);
  expect(log).toContain('/v1/customers/:id');
  expect(log).not.toMatch(/jan|xxx/);
});

test.each([
  ['longer than 128 characters', 'x'.repeat(129)],
  ['with a control character', '%00'],
])('an id %s is a 400', async (_, id) => {
  expect((await erase(id)).status).toBe(400);
});

test('a key erases customers of its own tenant, and none when it is for some stores only', async () => {
  await visit('c9');
  const other = await addKey(gateway.folder, 'manager', { tenant: 'north' });
  expect((await erase('c9', other.headers)).body).toEqual({ decisionsChanged: 0 });
  const ofStore = await addKey(gateway.folder, 'admin', { stores: ['s1'] });
  expect((await erase('c9', ofStore.headers)).status).toBe(403);
  expect(gateway.folder.erasures.isErased(TENANT, 'c9')).toBe(false);
});

test('a disk that cannot take it is a 503 that says when to ask again', async () => {
  const refused = new EventStoreUnavailable('unavailable', 'the disk refused');
  vi.spyOn(gateway.folder.erasures, 'erase').mockRejectedValueOnce(refused);
  const { status, headers } = await erase('c9');
  expect([status, headers.get('retry-after')]).toEqual([503, '5']);
});
