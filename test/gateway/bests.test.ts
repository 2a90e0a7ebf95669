import { afterEach, beforeEach, expect, test } from 'vitest';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
  gateway.clock.nowMs = Date.parse('2026-05-11T10:00:00Z');
});

afterEach(() => gateway.close());

const sell = async (name: string, agentId: string, day: string, storeId = 's1', customerId?: string) => {
  const [basketId, at] = [`b-${name}`, `${day}T12:00:00Z`];
  gateway.parts.events.record(
    decisionRecord(`d-${name}`, {
      tenant: TENANT,
      atMs: Date.parse(at),
      basketId,
      suggestions: ['C'],
      ...(customerId !== undefined && { customer: gateway.parts.pseudonymise(TENANT, customerId) }),
    }),
  );
  const { body } = await gateway.post('/v1/events', {
    events: [
      outcomeEvent(`o-${name}`, { decisionId: `d-${name}`, productId: 'C', basketId, at }),
      saleEvent(`s-${name}`, {
        basketId,
        agentId,
        storeId,
        at,
        lines: [{ productId: 'C', quantity: 1, unitPrice: 8 }],
      }),
    ],
  });
  expect(body.results.map(({ status }: { status: string }) => status)).toEqual(['stored', 'stored']);
};
const bests = (agentId: string, headers = {}, query = '') =>
  gateway.get(`/v1/agents/${agentId}/bests${query}`, headers);

test('GET /v1/agents/ID/bests has the records, the figures of today, the rules, and their time', async () => {
  for (const name of ['1', '2']) await sell(name, 'a1', '2026-05-04');
  await sell('3', 'a1', '2026-05-11');
  const { status, body } = await bests('a1');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    agentId: 'a1',
    timeZone: 'UTC',
    dayEnds: 0,
    asOf: '2026-05-11T10:00:00.000Z',
    rules: expect.arrayContaining([expect.stringContaining('a contest of this agent')]),
    day: {
      now: { period: '2026-05-11', transactions: 1, upsell: [{ currency: 'EUR', revenue: 8 }] },
      best: {
        transactions: { period: '2026-05-04', value: 2 },
        upsell: [{ currency: 'EUR', period: '2026-05-04', revenue: 16 }],
      },
    },
    week: { now: { period: '2026-W20' }, best: { transactions: { period: '2026-W19', value: 2 } } },
  });
  const csv = await gateway.app.request('/v1/agents/a1/bests', { headers: { accept: 'text/csv' } });
  const [header, first] = (await csv.text()).split('\r\n');
  expect(header).toBe('length,figure,currency,best,bestPeriod,now,nowPeriod');
  expect(first).toBe('day,transactions,,2,2026-05-04,1,2026-05-11');
});

test('an agent sees only the own records, a manager those of agents in the own stores', async () => {
  await sell('1', 'a1', '2026-05-04');
  await sell('2', 'a2', '2026-05-04', 's2');
  const key = async (scope: 'agent' | 'analyst' | 'manager', more: object) =>
    (await addKey(gateway.folder, scope, more)).headers;
  const seen = async (headers: Record<string, string>) => [
    (await bests('a1', headers)).status,
    (await bests('a2', headers)).status,
    (await bests('a9', headers)).status,
  ];
  expect(await seen(await key('agent', { agentId: 'a1' }))).toEqual([200, 403, 403]);
  expect(await seen(await key('agent', {}))).toEqual([403, 403, 403]);
  expect(await seen(await key('analyst', { agentId: 'a2' }))).toEqual([403, 200, 403]);
  expect(await seen(await key('manager', { stores: ['s1'] }))).toEqual([200, 403, 403]);
  expect(await seen(await key('manager', {}))).toEqual([200, 200, 200]);
  const other = await key('manager', { tenant: 'north' });
  expect((await bests('a1', other)).body.day.best.transactions).toBeNull();
});

test('baskets of the agent as a customer, as contests name them, are left out', async () => {
  await sell('1', 'a1', '2026-05-04', 's1', 'me');
  const rules = {
    metric: 'attachRate',
    currency: 'EUR',
    from: '2026-06-01',
    to: '2026-06-30',
    agentIds: ['a1'],
    ownCustomers: [{ agentId: 'a1', customerId: 'me' }],
  };
  expect((await gateway.post('/v1/contests', { name: 'June', budget: 1, rules })).status).toBe(201);
  expect((await bests('a1')).body.day.best.transactions).toBeNull();
});

test.each(['?tz=Mars', '?dayEnds=24', '?from=2026-05-01'])('refuses %s', async (query) => {
  expect((await bests('a1', {}, query)).status).toBe(400);
});
