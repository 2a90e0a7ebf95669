import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sealText } from '../../src/ledger/pay-statement.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
  gateway.clock.nowMs = Date.parse('2026-07-15T10:00:00Z');
});

afterEach(() => gateway.close());

const MAY = '2026-05-10T10:00:00+02:00';
const HALF = { id: 'half', from: '2026-01', currency: 'EUR', rates: [{ of: 'revenue', percent: 50 }] };
const lines = [{ productId: 'C', quantity: 1, unitPrice: 8.01, unitCost: 5 }];

const tell = async (...events: object[]) => {
  const { body } = await gateway.post('/v1/events', { events });
  expect(body.results.map(({ status }: { status: string }) => status)).not.toContain('rejected');
};
/** A basket with a paid up-sell of 8.01. */
async function upsold(name: string, agentId: string, sold: object = {}, tenant = TENANT): Promise<void> {
  const basketId = `b-${name}`;
  gateway.parts.events.record(
    decisionRecord(`d-${name}`, { tenant, atMs: Date.parse(MAY), basketId, suggestions: ['C'] }),
  );
  await tell(
    outcomeEvent(`o-${name}`, { decisionId: `d-${name}`, productId: 'C', basketId, at: MAY }),
    saleEvent(`s-${name}`, { basketId, agentId, at: MAY, lines, ...sold }),
  );
}
const plan = async (...plans: object[]) => {
  const { status, body } = await gateway.put('/v1/plans', { timeZone: 'Europe/Amsterdam', plans });
  expect(status).toBe(200);
  return body.version;
};
const pay = async (period: string, headers = {}) =>
  (await gateway.get(`/v1/commissions?period=${period}`, headers)).body;
const close = (period: string) => gateway.post(`/v1/commissions/${period}/close`, {});
const brief = ({ statements }: { statements: { agentId: string; pay: number }[] }) =>
  statements.map(({ agentId, pay: amount }) => [agentId, amount]);

describe('plans', () => {
  test('are none at first, then versioned, and come back as they were put', async () => {
    expect((await gateway.get('/v1/plans')).body).toEqual({
      version: 0,
      timeZone: 'UTC',
      dayEnds: 4,
      plans: [],
    });
    expect(await plan(HALF)).toBe(1);
    expect(await plan()).toBe(2);
    const change = { version: 1, plans: [HALF], timeZone: 'Europe/Amsterdam' };
    const { status, body } = await gateway.put('/v1/plans', change);
    expect([status, body.detail]).toEqual([409, expect.stringContaining('Wanted a change of version 2')]);
    expect((await gateway.put('/v1/plans', { ...change, version: 2 })).body).toEqual({ version: 3 });
    expect((await gateway.get('/v1/plans')).body).toEqual({ ...change, version: 3, dayEnds: 4 });
  });

  test.each<[string, object, RegExp]>([
    ['a percentage of three decimals', { rates: [{ of: 'revenue', percent: 1.005 }] }, /two decimals/],
    ['a percentage above 100', { rates: [{ of: 'revenue', percent: 101 }] }, /to 100/],
    [
      'a rate of something else',
      { rates: [{ of: 'profit', percent: 1 }] },
      /'margin' or 'incrementalMargin'/,
    ],
    [
      'a rate of incremental margin and no word on how much of it is',
      { rates: [{ of: 'incrementalMargin', percent: 1 }] },
      /incrementalPercent.*just where/,
    ],
    [
      'tiers of incremental margin and no word on how much of it is',
      { tiers: { of: 'incrementalMargin', on: 'all', steps: [{ above: 2, percent: 1 }] } },
      /incrementalPercent.*just where/,
    ],
    ['an incremental percentage that nothing is of', { incrementalPercent: 40 }, /just where/],
    ['base pay of nobody', { basePay: 1 }, /agents who get the basePay/],
    ['a team of nobody', { teamPercent: 10 }, /agents, at least two, who share the teamPercent/],
    ['an agent named twice', { agentIds: ['a1', 'a2', 'a1'] }, /each agent once/],
    ['a team of one', { teamPercent: 10, agentIds: ['a1'] }, /at least two, who share/],
    ['a team that shares more than all', { teamPercent: 101, agentIds: ['a1', 'a2'] }, /teamPercent/],
    ['an amount finer than its currency', { cap: 1.005 }, /At cap of plan 'half'.*decimals/],
    [
      'steps that do not rise',
      {
        tiers: {
          of: 'margin',
          on: 'all',
          steps: [
            { above: 2, percent: 1 },
            { above: 2, percent: 2 },
          ],
        },
      },
      /rising/,
    ],
    ['an end before its beginning', { until: '2025-12' }, /not before from/],
    ['a field with a slip in its name', { capp: 1 }, /plan/],
  ])('with %s are refused with what was wanted', async (_, changes, detail) => {
    const { status, body } = await gateway.put('/v1/plans', { plans: [{ ...HALF, ...changes }] });
    expect([status, body.detail]).toEqual([400, expect.stringMatching(detail)]);
    expect((await gateway.get('/v1/plans')).body.version).toBe(0);
  });

  test('with the same start for the same agent are refused', async () => {
    const rival = { ...HALF, id: 'rival' };
    const { status, body } = await gateway.put('/v1/plans', { plans: [HALF, rival] });
    expect([status, body.detail]).toEqual([400, expect.stringContaining("'half' and 'rival'")]);
    await plan(HALF, { ...rival, agentIds: ['a1'] });
  });
});

describe('GET /v1/commissions', () => {
  test('states the pay of every agent with the events behind each entry', async () => {
    await plan(HALF);
    await upsold('1', 'a1');
    await upsold('2', 'a2', {
      split: [
        { agentId: 'a1', percent: 25 },
        { agentId: 'a3', percent: 75 },
      ],
    });
    const body = await pay('2026-05');
    expect(body).toMatchObject({
      period: '2026-05',
      timeZone: 'Europe/Amsterdam',
      dayEnds: 4,
      plansVersion: 1,
      state: 'open',
      unpaid: { noAgent: 0, noPlan: 0, otherCurrency: 0, noRate: 0, costUnknown: 0 },
    });
    expect(brief(body)).toEqual([
      ['a1', 5],
      ['a3', 3],
    ]);
    expect(body.statements[0]).toMatchObject({
      storeId: 's1',
      currency: 'EUR',
      entries: [
        {
          kind: 'up-sell',
          amount: 4,
          about: '2026-05',
          planId: 'half',
          events: ['o-1', 's-1'],
          upsell: {
            basketId: 'b-1',
            decisionId: 'd-1',
            of: 'revenue',
            percent: 50,
            base: 8.01,
            splitPercent: 100,
          },
        },
        { amount: 1, upsell: { base: 2, splitPercent: 25 } },
      ],
    });
  });

  test('comes without entries where they are not wanted: their sums by kind, and how many there are', async () => {
    await plan({ ...HALF, agentIds: ['a1'], basePay: 1000.5 });
    await upsold('1', 'a1');
    await upsold('2', 'a1');
    const { statements, ...rest } = await pay('2026-05');
    const { body } = await gateway.get('/v1/commissions?period=2026-05&entries=0');
    const [{ entries, ...statement }] = statements;
    expect(body).toEqual({ ...rest, statements: [statement] });
    expect(entries).toHaveLength(3);
    expect(statement).toMatchObject({ pay: 1008.5, sums: { base: 1000.5, 'up-sell': 8 }, entryCount: 3 });
  });

  test('comes as CSV whose amounts add up to the pay', async () => {
    await plan({ ...HALF, agentIds: ['a1'], basePay: 1000.5 });
    await upsold('1', 'a1');
    const response = await gateway.app.request('/v1/commissions?period=2026-05', {
      headers: { accept: 'text/csv' },
    });
    const [header, ...rows] = (await response.text()).trimEnd().split('\r\n');
    const amount = header!.split(',').indexOf('amount');
    expect(rows.map((row) => row.split(',')[amount])).toEqual(['1000.5', '4']);
    expect(rows[1]).toBe(
      '2026-05,a1,s1,EUR,up-sell,4,2026-05,half,b-1,C,s1,revenue,50,8.01,100,d-1,o-1 s-1,,',
    );
  });

  test.each([
    ['', 'period', 'a month such as 2026-05'],
    ['period=2026-13', 'period', 'a month such as 2026-05'],
    ['period=2026-05&agent=a1', '', 'only period, agentId, entries'],
    ['period=2026-05&entries=no', 'entries', "'0' or '1'"],
  ])('refuses ?%s with what was wanted', async (query, path, wanted) => {
    const { status, body } = await gateway.get(`/v1/commissions?${query}`);
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ path, wanted })]]);
  });

  test('pays by the category of the catalogue', async () => {
    const { body } = await gateway.get('/v1/products/case');
    await plan({ ...HALF, rates: [{ of: 'revenue', percent: 10, category: body.category }] });
    const sold = { lines: [{ productId: 'case', quantity: 1, unitPrice: 20 }] };
    gateway.parts.events.record(
      decisionRecord('d-1', {
        tenant: TENANT,
        atMs: Date.parse(MAY),
        basketId: 'b-1',
        suggestions: ['case'],
      }),
    );
    await tell(
      outcomeEvent('o-1', { decisionId: 'd-1', productId: 'case', basketId: 'b-1', at: MAY }),
      saleEvent('s-1', { basketId: 'b-1', agentId: 'a1', at: MAY, ...sold }),
    );
    expect(brief(await pay('2026-05'))).toEqual([['a1', 2]]);
  });
});

describe('closing a period', () => {
  beforeEach(async () => {
    await plan(HALF);
    await upsold('1', 'a1');
  });

  test('freezes it under a hash that anybody can recompute, and closing twice changes nothing', async () => {
    const { status, body } = await close('2026-05');
    expect([status, body.state, brief(body)]).toEqual([200, 'closed', [['a1', 4]]]);
    const [kept] = [...gateway.folder.commissions.closings(TENANT)];
    expect(body.hash).toBe(createHash('sha256').update(sealText(kept!)).digest('hex'));
    expect((await close('2026-05')).body).toEqual(body);
    expect(await pay('2026-05')).toEqual(body);
    const { body: june } = await close('2026-06');
    expect(june.previousHash).toBe(body.hash);
  });

  test('keeps later plans and late events out of it: they count in the next open period', async () => {
    const { body: closed } = await close('2026-05');
    await plan({ ...HALF, rates: [{ of: 'revenue', percent: 10 }] });
    await upsold('2', 'a1');
    expect(await pay('2026-05')).toEqual(closed);
    const next = await pay('2026-06');
    expect(next.statements).toMatchObject([
      { agentId: 'a1', pay: 4, entries: [{ kind: 'correction', about: '2026-05', events: ['o-2', 's-2'] }] },
    ]);
  });

  test('gives each agent the same pay alone as among all agents, corrections and splits included', async () => {
    await upsold('2', 'a2', {
      split: [
        { agentId: 'a2', percent: 60 },
        { agentId: 'a3', percent: 40 },
      ],
    });
    await close('2026-05');
    await upsold('3', 'a2');
    await tell({
      type: 'refund',
      id: 'r-1',
      basketId: 'b-1',
      at: '2026-06-02T10:00:00+02:00',
      currency: 'EUR',
      lines: [{ productId: 'C', quantity: 1, unitPrice: 8.01 }],
    });
    // Taken back: it was paid, and is not known any more.
    const declined = { decisionId: 'd-2', productId: 'C', basketId: 'b-2', result: 'declined' } as const;
    await tell(outcomeEvent('o-9', { ...declined, at: MAY }));
    const all = await pay('2026-06');
    expect(brief(all)).toEqual([
      ['a1', -4],
      ['a2', 1.6],
      ['a3', -1.6],
    ]);
    const kinds = all.statements.flatMap(({ entries }: { entries: { kind: string; events: string[] }[] }) =>
      entries.map(({ kind, events }) => [kind, events.at(-1)]),
    );
    expect(kinds.sort()).toEqual([
      ['claw-back', 'r-1'],
      ['correction', 's-2'],
      ['correction', 's-2'],
      ['correction', 's-3'],
    ]);
    for (const agentId of ['a1', 'a2', 'a3']) {
      const { body } = await gateway.get(`/v1/commissions?period=2026-06&agentId=${agentId}`);
      const own = all.statements.filter((statement: { agentId: string }) => statement.agentId === agentId);
      expect(body.statements).toEqual(own);
    }
  });

  test.each([
    ['2026-07', 'Wanted a period that is over; got 2026-07, but the current period is 2026-07.'],
    ['2026-04', 'Wanted 2026-06, because 2026-05 was the last period closed; got 2026-04.'],
  ])('is refused for %s', async (period, detail) => {
    await close('2026-05');
    const { status, body } = await close(period);
    expect([status, body.detail]).toEqual([409, detail]);
  });

  test('is refused for a first month that is not the first with something to pay: months close in order', async () => {
    const { status, body } = await close('2025-05');
    expect([status, body.type]).toEqual([409, 'https://basketlift.dev/problems/wrong-state']);
    expect(body.detail).toBe(
      'Wanted a month in which there is something to pay, because no period has been closed yet; got 2025-05.',
    );
    expect([...gateway.folder.commissions.closings(TENANT)]).toEqual([]);
    expect((await close('2026-06')).body.detail).toBe(
      'Wanted 2026-05, because no period has been closed yet; got 2026-06.',
    );
    expect((await close('2026-05')).status).toBe(200);
  });

  test('begins with base pay as well, from the month on from which it is paid', async () => {
    await plan({ ...HALF, from: '2026-02', basePay: 100, agentIds: ['a1'] });
    expect((await close('2026-01')).status).toBe(409);
    expect((await close('2026-02')).body).toMatchObject({ state: 'closed', statements: [{ pay: 100 }] });
  });

  test('keeps the calendar', async () => {
    await close('2026-05');
    const { status, body } = await gateway.put('/v1/plans', { timeZone: 'UTC', plans: [HALF] });
    expect([status, body.detail]).toEqual([409, expect.stringContaining('Europe/Amsterdam')]);
  });

  test('succeeds once when it is requested twice at once', async () => {
    const answers = await Promise.all([close('2026-05'), close('2026-05')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect([...gateway.folder.commissions.closings(TENANT)]).toHaveLength(1);
  });
});

test('a what-if under the plans in force changes nothing, even for a closed month with corrections', async () => {
  await upsold('1', 'a1');
  await plan(HALF);
  await close('2026-05');
  await upsold('2', 'a1');
  const { body } = await gateway.post('/v1/commissions/what-if', {
    from: '2026-05',
    to: '2026-06',
    plans: [HALF],
  });
  expect(body.rows).toMatchObject([{ agentId: 'a1', pay: 8, whatIf: 8, difference: 0 }]);
});

test('a what-if states the pay under other plans and under those in force, and changes nothing', async () => {
  await plan(HALF);
  await upsold('1', 'a1');
  await close('2026-05');
  const before = await pay('2026-05');
  const other = { ...HALF, rates: [{ of: 'margin', percent: 100 }] };
  const { status, body } = await gateway.post('/v1/commissions/what-if', {
    from: '2026-04',
    to: '2026-06',
    plans: [other],
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    from: '2026-04',
    to: '2026-06',
    rows: [{ agentId: 'a1', currency: 'EUR', pay: 4, whatIf: 3.01, difference: -0.99 }],
  });
  expect(await pay('2026-05')).toEqual(before);
  expect((await gateway.get('/v1/plans')).body.version).toBe(1);
  const tooLong = { from: '2024-01', to: '2026-06', plans: [] };
  expect((await gateway.post('/v1/commissions/what-if', tooLong)).status).toBe(400);
});

describe('who sees what', () => {
  beforeEach(async () => {
    await plan(HALF);
    await upsold('1', 'a1');
    await upsold('2', 'a2', { storeId: 's2' });
    await upsold('3', 'a3', { storeId: 's2' });
  });

  test.each<[string, string, object, string[] | 403]>([
    ['an agent sees own pay', 'agent', { agentId: 'a1' }, ['a1']],
    ['an analyst sees own pay', 'analyst', { agentId: 'a2' }, ['a2']],
    ['an agent without sales sees nobody’s', 'agent', { agentId: 'a9' }, []],
    ['a key of scope agent that is nobody’s', 'agent', {}, 403],
    ['a key of scope analyst that is nobody’s', 'analyst', {}, 403],
    ['a terminal', 'terminal', { agentId: 'a1' }, 403],
    ['a manager of all stores', 'manager', {}, ['a1', 'a2', 'a3']],
    ['a manager of one store', 'manager', { stores: ['s2'] }, ['a2', 'a3']],
    ['a manager of no store with sales', 'manager', { stores: ['s9'] }, []],
    ['an agent with a list of stores sees own pay', 'agent', { agentId: 'a1', stores: ['s2'] }, ['a1']],
    ['a manager of another tenant', 'manager', { tenant: 'other' }, []],
    ['an agent of another tenant with the same name', 'agent', { tenant: 'other', agentId: 'a1' }, []],
  ])('%s', async (_, scope, more, wanted) => {
    const { headers } = await addKey(gateway.folder, scope, more);
    const { status, body } = await gateway.get('/v1/commissions?period=2026-05', headers);
    if (wanted === 403) expect(status).toBe(403);
    else expect(body.statements.map(({ agentId }: { agentId: string }) => agentId)).toEqual(wanted);
    const isWhole = scope === 'manager' && !('stores' in more);
    expect('unpaid' in body).toBe(isWhole);
  });

  test('an agent is refused the pay of another by name', async () => {
    const { headers } = await addKey(gateway.folder, 'agent', { agentId: 'a1' });
    const { status, body } = await gateway.get('/v1/commissions?period=2026-05&agentId=a2', headers);
    expect([status, body.detail]).toEqual([403, expect.stringContaining("agent 'a1'")]);
  });

  test('a manager of some stores changes no plans and closes no period', async () => {
    const { headers } = await addKey(gateway.folder, 'manager', { stores: ['s1'] });
    const asked = await Promise.all([
      gateway.put('/v1/plans', { plans: [] }, headers),
      gateway.post('/v1/commissions/2026-05/close', {}, headers),
      gateway.post('/v1/commissions/what-if', { from: '2026-05', to: '2026-05', plans: [] }, headers),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});

test.each<[string, object[]]>([
  [
    '99.99 percent in all',
    [
      { agentId: 'a1', percent: 49.99 },
      { agentId: 'a2', percent: 50 },
    ],
  ],
  [
    'one agent twice',
    [
      { agentId: 'a1', percent: 50 },
      { agentId: 'a1', percent: 50 },
    ],
  ],
  ['nobody', []],
])('a sale split among %s is rejected with its reason', async (_, split) => {
  const { body } = await gateway.post('/v1/events', { events: [{ ...saleEvent('s1', { at: MAY }), split }] });
  expect(body.results).toMatchObject([{ status: 'rejected', reason: expect.stringContaining('At split') }]);
});
