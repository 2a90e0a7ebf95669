import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
  gateway.clock.nowMs = Date.parse('2026-04-20T10:00:00Z');
});

afterEach(() => gateway.close());

const RULES = {
  metric: 'upsellRevenue',
  currency: 'EUR',
  from: '2026-05-01',
  to: '2026-05-31',
  agentIds: ['a1', 'a2'],
  minimumBaskets: 1,
};
const NEW = { name: 'May', budget: 100, rules: RULES };
const OVER = '2026-06-15T10:00:00Z';

const hold = async (changes: object = {}) => {
  const { status, body } = await gateway.post('/v1/contests', { ...NEW, ...changes });
  expect([status, body.detail]).toEqual([201, undefined]);
  return body.id as string;
};
const patch = (id: string, body: object, headers = {}) =>
  gateway.send(`/v1/contests/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const standings = async (id: string) => (await gateway.get(`/v1/contests/${id}/standings?evidence=1`)).body;
const settle = (id: string) => gateway.post(`/v1/contests/${id}/settle`, {});
const sell = async (name: string, agentId: string, changes: object = {}, customerId?: string) => {
  const at = '2026-05-10T10:00:00Z';
  const basketId = `b-${name}`;
  gateway.clock.nowMs = Math.max(gateway.clock.nowMs, Date.parse(at));
  const customer = customerId && gateway.parts.pseudonymise(TENANT, customerId);
  gateway.parts.events.record(
    decisionRecord(`d-${name}`, {
      ...{ tenant: TENANT, atMs: Date.parse(at), basketId, suggestions: ['C'] },
      ...(customer && { customer }),
    }),
  );
  const { body } = await gateway.post('/v1/events', {
    events: [
      outcomeEvent(`o-${name}`, { decisionId: `d-${name}`, productId: 'C', basketId, at }),
      saleEvent(`s-${name}`, {
        basketId,
        agentId,
        at,
        lines: [{ productId: 'C', quantity: 1, unitPrice: 8 }],
        ...changes,
      }),
    ],
  });
  expect(body.results.map(({ status }: { status: string }) => status)).toEqual(['stored', 'stored']);
};

test('a contest is created, has standings, chooses its reward and is settled with its evidence', async () => {
  const id = await hold();
  for (const [agentId, text, cost] of [
    ['a1', 'Dinner', 80],
    ['a2', 'Cinema', 40],
  ]) {
    expect((await gateway.post(`/v1/contests/${id}/wishes`, { agentId, text, cost })).status).toBe(200);
  }
  const { wishes } = (await gateway.get('/v1/contests')).body.contests[0];
  const ranking = wishes.map((wish: { id: string }) => wish.id);
  for (const agentId of ['a1', 'a2']) {
    expect((await gateway.put(`/v1/contests/${id}/ballot`, { agentId, ranking })).body.wishes).toHaveLength(
      2,
    );
  }
  await sell('1', 'a1');
  await sell('2', 'a1');
  await sell('3', 'a2');
  const live = await standings(id);
  expect(live).toMatchObject({
    contestId: id,
    name: 'May',
    metric: 'upsellRevenue',
    currency: 'EUR',
    state: 'open',
    standings: [
      { teamId: 'a1', rank: 1, score: 16, transactions: 2 },
      { teamId: 'a2', rank: 2, score: 8 },
    ],
    leftOut: { ownBaskets: 0, returned: 0, merged: 0 },
    reward: { winners: ['a1'], wish: { text: 'Dinner', cost: 80 }, ballots: 2 },
    evidence: [{ agentId: 'a1', basketIds: ['b-1'], saleIds: ['s-1'], upsell: 8 }, {}, {}],
  });
  expect(live.rules).toContainEqual(expect.stringContaining('accepted and not paid'));
  gateway.clock.nowMs = Date.parse(OVER);
  const refund = {
    id: 'r-1',
    type: 'refund',
    at: '2026-06-02T10:00:00Z',
    basketId: 'b-1',
    currency: 'EUR',
  };
  const back = { ...refund, lines: [{ productId: 'C', quantity: 1, unitPrice: 8 }] };
  await gateway.post('/v1/events', { events: [back] });
  const { status, body: settled } = await settle(id);
  expect([status, settled.state]).toEqual([200, 'settled']);
  expect(settled.standings).toMatchObject([
    { rank: 1, score: 8 },
    { rank: 1, score: 8 },
  ]);
  expect(settled.leftOut.returned).toBe(1);
  expect(settled.reward).toMatchObject({ winners: ['a1', 'a2'], wish: { text: 'Cinema' } });
  const kept = gateway.folder.contests.result(TENANT, id)!;
  expect(settled.hash).toBe(createHash('sha256').update(kept).digest('hex'));
  await sell('4', 'a2');
  expect(await standings(id)).toEqual(settled);
  expect((await settle(id)).body).toEqual(settled);
});

test('what comes back after the days of returns counts until the contest is settled, as the rules say', async () => {
  const id = await hold();
  await sell('1', 'a1');
  await sell('2', 'a2');
  gateway.clock.nowMs = Date.parse('2026-07-10T10:00:00Z');
  const back = { id: 'r-1', type: 'refund', at: '2026-07-09T10:00:00Z', basketId: 'b-1', currency: 'EUR' };
  const lines = [{ productId: 'C', quantity: 1, unitPrice: 8 }];
  await gateway.post('/v1/events', { events: [{ ...back, lines }] });
  const { body } = await settle(id);
  expect(body).toMatchObject({ reward: { winners: ['a2'] }, leftOut: { returned: 1 } });
  expect(body.rules).toContainEqual(
    expect.stringMatching(/can be settled when 14 days have passed .* later than those days too/),
  );
});

describe('the rules', () => {
  test.each<[string, object, RegExp]>([
    ['a metric of clicks', { metric: 'clicks' }, /'attachRate'/],
    ['an end before its beginning', { to: '2026-04-01' }, /not before from/],
    ['nobody who takes part', { agentIds: undefined }, /agentIds or teams/],
    ['agents and teams', { teams: [{ id: 't', agentIds: ['a9'] }] }, /agentIds or teams/],
    ['an agent twice', { agentIds: ['a1', 'a1'] }, /each agent once/],
    ['a handicap on a rate', { metric: 'attachRate', handicap: 'store-traffic' }, /'none' for a rate/],
    ['a field with a slip in its name', { minimumBasket: 3 }, /an object with metric/],
  ])('with %s are refused with what was wanted', async (_, changes, detail) => {
    const { status, body } = await gateway.post('/v1/contests', { ...NEW, rules: { ...RULES, ...changes } });
    expect([status, body.detail]).toEqual([400, expect.stringMatching(detail)]);
  });

  test('can be changed until the first day by whoever knows the latest version, and then are fixed', async () => {
    const id = await hold();
    const { body } = await patch(id, { version: 1, name: 'Spring', rules: { ...RULES, minimumBaskets: 5 } });
    expect(body).toMatchObject({ version: 2, name: 'Spring', rules: { minimumBaskets: 5 } });
    const behind = await patch(id, { version: 1, name: 'Late' });
    expect([behind.status, behind.body.type]).toEqual([409, 'https://basketlift.dev/problems/conflict']);
    expect(behind.body.detail).toBe(
      'Wanted a change of version 2; got one of version 1. Read the contest again.',
    );
    gateway.clock.nowMs = Date.parse('2026-05-01T04:00:00Z');
    const late = await patch(id, { version: 2, rules: RULES });
    expect([late.status, late.body.detail]).toEqual([
      409,
      expect.stringContaining('rules unchanged, because the contest began on 2026-05-01'),
    ]);
    expect(late.body.type).toBe('https://basketlift.dev/problems/wrong-state');
    expect((await patch(id, { version: 2, budget: 200 })).body.budget).toBe(200);
  });

  test('settle nothing before sales can no longer be returned', async () => {
    const id = await hold();
    gateway.clock.nowMs = Date.parse('2026-06-15T03:59:59Z');
    const { status, body } = await settle(id);
    expect([status, body.detail]).toEqual([409, expect.stringContaining('after 2026-06-14')]);
    gateway.clock.nowMs = Date.parse('2026-06-15T04:00:00Z');
    expect((await settle(id)).status).toBe(200);
  });

  test('name no customer: an agent’s own customer id becomes a pseudonym', async () => {
    const id = await hold({ rules: { ...RULES, ownCustomers: [{ agentId: 'a1', customerId: 'anna' }] } });
    const { body } = await gateway.get('/v1/contests');
    expect(JSON.stringify(body)).not.toContain('anna');
    expect(JSON.stringify(gateway.folder.contests.contest(TENANT, id))).not.toContain('"anna"');
    expect(body.contests[0].rules.ownCustomers).toBe(1);
  });

  test('know an agent as a customer until that customer is erased, and what is settled for ever', async () => {
    const rules = { ...RULES, ownCustomers: [{ agentId: 'a1', customerId: 'anna' }] };
    const [settled, open] = [await hold({ rules }), await hold({ rules })];
    await sell('1', 'a1', {}, 'anna');
    await sell('2', 'a2');
    const leftOut = { ownBaskets: 1, returned: 0, merged: 0 };
    expect(await standings(open)).toMatchObject({ leftOut });
    gateway.clock.nowMs = Date.parse(OVER);
    await settle(settled);
    expect((await gateway.send('/v1/customers/anna', { method: 'DELETE' })).status).toBe(200);
    expect(await standings(open)).toMatchObject({ leftOut: { ...leftOut, ownBaskets: 0 } });
    expect(await standings(settled)).toMatchObject({ leftOut });
  });
});

describe('wishes and ballots', () => {
  test.each<[string, object, RegExp]>([
    ['dearer than the budget', { agentId: 'a1', text: 'Car', cost: 101 }, /budget covers/],
    ['of somebody who takes no part', { agentId: 'a9', text: 'Car', cost: 1 }, /takes part/],
  ])('a wish %s is refused', async (_, wish, detail) => {
    const id = await hold();
    const { status, body } = await gateway.post(`/v1/contests/${id}/wishes`, wish);
    expect([status, body.detail]).toEqual([409, expect.stringMatching(detail)]);
  });

  test('a ballot names wishes of the contest, each once, and replaces the last one', async () => {
    const id = await hold();
    const { body } = await gateway.post(`/v1/contests/${id}/wishes`, {
      agentId: 'a1',
      text: 'Cake',
      cost: 1,
    });
    const wishId = body.wishes[0].id;
    const vote = (ranking: string[]) => gateway.put(`/v1/contests/${id}/ballot`, { agentId: 'a1', ranking });
    expect((await vote(['none'])).body.detail).toContain("got 'none'");
    expect((await vote([wishId, wishId])).body.detail).toContain('each wish only once');
    expect((await vote([wishId])).body.ballots).toBe(1);
    expect((await vote([])).body.ballots).toBe(1);
  });

  test('the budget is not cut below what was wished for', async () => {
    const id = await hold();
    await gateway.post(`/v1/contests/${id}/wishes`, { agentId: 'a1', text: 'Cake', cost: 90 });
    const { status, body } = await patch(id, { version: 2, budget: 50 });
    expect([status, body.detail]).toEqual([409, expect.stringContaining('still covers the wishes')]);
  });
});

describe('permissions', () => {
  test('a manager of some stores neither wishes nor votes in the name of agents of others', async () => {
    const id = await hold();
    const { headers } = await addKey(gateway.folder, 'manager', { stores: ['s1'] });
    const ballot = { agentId: 'a1', ranking: [] };
    expect((await gateway.put(`/v1/contests/${id}/ballot`, ballot, headers)).status).toBe(403);
    const wish = { agentId: 'a1', text: 'Cake', cost: 1 };
    expect((await gateway.post(`/v1/contests/${id}/wishes`, wish, headers)).status).toBe(403);
    const everywhere = (await addKey(gateway.folder, 'manager')).headers;
    expect((await gateway.put(`/v1/contests/${id}/ballot`, ballot, everywhere)).status).toBe(200);
  });

  test('an agent sees contests, wishes and votes for itself alone, and nobody else’s ballot', async () => {
    const id = await hold();
    const { headers } = await addKey(gateway.folder, 'agent', { agentId: 'a1' });
    const other = await addKey(gateway.folder, 'agent', { agentId: 'a2' });
    const mine = await gateway.post(`/v1/contests/${id}/wishes`, { text: 'Cake', cost: 5 }, headers);
    expect(mine.body.wishes).toMatchObject([{ agentId: 'a1', text: 'Cake' }]);
    const ranking = [mine.body.wishes[0].id];
    expect((await gateway.put(`/v1/contests/${id}/ballot`, { ranking }, headers)).body.ownBallot).toEqual(
      ranking,
    );
    const asAnother = { agentId: 'a2', text: 'Pie', cost: 5 };
    expect((await gateway.post(`/v1/contests/${id}/wishes`, asAnother, headers)).status).toBe(403);
    expect((await gateway.get('/v1/contests', other.headers)).body.contests).toMatchObject([
      { ownBallot: null },
    ]);
    expect((await gateway.get(`/v1/contests/${id}/standings`, headers)).body.standings).toHaveLength(2);
  });

  test.each<[string, object, boolean]>([
    ['of all stores', {}, true],
    ['of one of its stores', { stores: ['s1'] }, true],
    ['of another store', { stores: ['s3'] }, false],
    ['of another tenant', { tenant: 'other' }, false],
  ])('a manager %s sees the contest of stores s1 and s2 or not', async (_, key, isSeen) => {
    const id = await hold({ rules: { ...RULES, storeIds: ['s1', 's2'] } });
    const { headers } = await addKey(gateway.folder, 'manager', key);
    expect((await gateway.get('/v1/contests', headers)).body.contests).toHaveLength(isSeen ? 1 : 0);
    expect((await gateway.get(`/v1/contests/${id}/standings`, headers)).status).toBe(isSeen ? 200 : 404);
    const maySettle = isSeen && !('stores' in key);
    const { status } = await gateway.post(`/v1/contests/${id}/settle`, {}, headers);
    expect(status).toBe(maySettle ? 409 : isSeen ? 403 : 404);
  });

  test('a manager of some stores holds contests of those only', async () => {
    const { headers } = await addKey(gateway.folder, 'manager', { stores: ['s1'] });
    const status = async (storeIds: string[] | undefined) =>
      (
        await gateway.post(
          '/v1/contests',
          { ...NEW, rules: { ...RULES, ...(storeIds && { storeIds }) } },
          headers,
        )
      ).status;
    expect([await status(['s1']), await status(['s1', 's2']), await status(undefined)]).toEqual([
      201, 403, 403,
    ]);
  });
});
