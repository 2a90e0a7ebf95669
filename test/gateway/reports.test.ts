import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
});

afterEach(() => gateway.close());

const AT = '2026-05-01T10:00:00+02:00';
const DAY = 'from=2026-05-01&to=2026-05-01';
const decide = (id: string, changes: Partial<DecisionRecord> = {}) =>
  gateway.parts.events.record(
    decisionRecord(id, { tenant: TENANT, atMs: Date.parse(AT), suggestions: ['C'], ...changes }),
  );
const tell = async (...events: object[]) => {
  const { body } = await gateway.post('/v1/events', { events });
  expect(body.results.map(({ status }: { status: string }) => status)).not.toContain('rejected');
};
const csv = (path: string) => gateway.app.request(path, { headers: { accept: 'text/csv' } });
const lines = [{ productId: 'C', quantity: 1, unitPrice: 8, unitCost: 5 }];

describe('GET /v1/reports/sales', () => {
  test('includes a decision the moment it is made, and every stored event', async () => {
    decide('d1');
    await tell(outcomeEvent('o1', { productId: 'C', at: AT }), saleEvent('s1', { lines, at: AT }));
    const { status, body } = await gateway.get(`/v1/reports/sales?${DAY}&tz=Europe/Amsterdam`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: '2026-05-01',
      to: '2026-05-01',
      timeZone: 'Europe/Amsterdam',
      dayEnds: 0,
      by: 'day',
      rows: [{ period: '2026-05-01', baskets: 1, transactions: 1, attachRate: 1, acceptance: 1 }],
      total: { money: [{ currency: 'EUR', revenue: 8, margin: 3, upsellRevenue: 8, upsellMargin: 3 }] },
      unmatched: { suggestionEvents: 0, refunds: 0, receipts: 0 },
    });
  });

  test('covers the last 28 days up to today when no day is named', async () => {
    const { body } = await gateway.get('/v1/reports/sales?tz=Pacific/Kiritimati');
    expect(body).toMatchObject({ from: '2026-04-05', to: '2026-05-02', rows: [] });
  });

  test('keeps tenants apart', async () => {
    decide('d1', { tenant: 'other' });
    const { body } = await gateway.get(`/v1/reports/sales?${DAY}`);
    expect(body.total.baskets).toBe(0);
  });

  test('comes as CSV with one line a period and part, safe to open in a spreadsheet', async () => {
    await tell(
      saleEvent('s1', { lines, at: AT, agentId: '=HYPERLINK("x")' }),
      saleEvent('s2', { lines, at: AT, basketId: 'b2', agentId: 'a,b', currency: 'USD' }),
    );
    const response = await csv(`/v1/reports/sales?${DAY}&split=agent&by=month`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [header, ...rows] = (await response.text()).trimEnd().split('\r\n');
    expect(header).toMatch(/^period,agent,baskets,.*,currency,revenue,/);
    expect(rows).toEqual([
      expect.stringMatching(/^2026-05,"'=HYPERLINK\(""x""\)",1,.*,EUR,8,0,8,3,1,0,$/),
      expect.stringMatching(/^2026-05,"a,b",1,.*,USD,8,/),
    ]);
  });

  test('refuses a query with unknown parameters, or with one that is stated twice, by name', async () => {
    const wanted = 'only from, to, storeId, agentId, channel, tz, dayEnds, by, split';
    const unknown = await gateway.get('/v1/reports/sales?store=s1&week=3');
    expect(unknown.body.detail).toBe(`At the query: wanted ${wanted}; got "store", "week".`);
    const twice = await gateway.get('/v1/reports/sales?storeId=s1&storeId=s2');
    expect(twice).toMatchObject({
      status: 400,
      body: { detail: 'At storeId: wanted one value; got 2.', errors: [{ path: 'storeId', got: '2' }] },
    });
  });

  test.each([
    ['from=yesterday', 'from', 'a day such as 2026-05-01'],
    ['from=2026-02-30', 'from', 'a day such as 2026-05-01'],
    ['to=1899-12-31', 'to', 'a day from 1900-01-01 on'],
    ['by=year', 'by', "'day', 'week', 'month' or 'quarter'"],
    ['tz=Mars/Olympus', 'tz', 'a time zone such as Europe/Amsterdam'],
    ['dayEnds=24', 'dayEnds', 'an hour to 23'],
    ['store=s1', '', 'only from, to, storeId, agentId, channel, tz, dayEnds, by, split'],
  ])('refuses %s with what was wanted', async (query, path, wanted) => {
    const { status, body } = await gateway.get(`/v1/reports/sales?${query}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([expect.objectContaining({ path, wanted })]);
  });

  test('begins no earlier than the first possible day', async () => {
    const { body } = await gateway.get('/v1/reports/sales?to=1900-01-02');
    expect(body).toMatchObject({ from: '1900-01-01', to: '1900-01-02' });
  });

  test.each(['from=2026-05-02&to=2026-05-01', 'from=2020-01-01&to=2026-05-01'])(
    'refuses the range %s',
    async (query) => {
      const { status, body } = await gateway.get(`/v1/reports/sales?${query}`);
      expect({ status, detail: body.detail }).toEqual({
        status: 400,
        detail: expect.stringMatching(/^Wanted/),
      });
    },
  );
});

test('a key with a list of stores reports on one of them, and on no other', async () => {
  const { headers } = await addKey(gateway.folder, 'manager', { stores: ['s1'] });
  const status = async (path: string) => (await gateway.get(path, headers)).status;
  for (const report of ['/v1/reports/sales', '/v1/reports/uplift']) {
    expect(await status(`${report}?storeId=s1`)).toBe(200);
    expect(await status(`${report}?storeId=s2`)).toBe(403);
    expect(await status(report)).toBe(403);
  }
});

test("an agent's key reports on that agent, and on no other", async () => {
  await tell(
    saleEvent('s1', { lines, at: AT, agentId: 'a1' }),
    saleEvent('s2', { lines, at: AT, basketId: 'b2', agentId: 'a2', storeId: 's2' }),
  );
  const ask = async (more: object, query: string) => {
    const { headers } = await addKey(gateway.folder, 'agent', more);
    const { status, body } = await gateway.get(`/v1/reports/sales?${DAY}${query}`, headers);
    return status === 200 ? [body.agentId, body.total.transactions] : status;
  };
  expect(await ask({ agentId: 'a1' }, '')).toEqual(['a1', 1]);
  expect(await ask({ agentId: 'a1' }, '&agentId=a1&storeId=s2')).toEqual(['a1', 0]);
  expect(await ask({ agentId: 'a1' }, '&agentId=a2')).toBe(403);
  expect(await ask({ agentId: 'a1', stores: ['s1'] }, '')).toEqual(['a1', 1]);
  expect(await ask({ agentId: 'a1', stores: ['s1'] }, '&storeId=s2')).toBe(403);
  expect(await ask({}, '')).toBe(403);
});

describe('GET /v1/reports/uplift', () => {
  beforeEach(async () => {
    const sales = Array.from({ length: 600 }, (_, i) => {
      const arm = i % 3 === 0 ? 'holdout' : 'treatment';
      decide(`d${i}`, { basketId: `b${i}`, arm, holdoutShare: 1 / 3 });
      const quantity = 1 + (Math.floor(i / 3) % 4) + (arm === 'treatment' ? 1 : 0);
      return saleEvent(`s${i}`, { basketId: `b${i}`, at: AT, lines: [{ ...lines[0]!, quantity }] });
    });
    await tell(...sales);
  });

  test('states what 100 baskets bring more, in money of the store, with both intervals', async () => {
    const { status, body } = await gateway.get(`/v1/reports/uplift?${DAY}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: '2026-05-01',
      baskets: { treatment: 400, holdout: 200 },
      currency: 'EUR',
      trusted: true,
      notes: [],
      method: expect.stringContaining('zero when it was never paid'),
    });
    expect(body.sampleRatio).toEqual({ ok: true, p: expect.closeTo(1, 6) });
    for (const [metric, wanted] of [
      ['revenuePer100Baskets', 800],
      ['marginPer100Baskets', 300],
      ['itemsPer100Baskets', 100],
    ] as const) {
      const { estimate, low, high } = body.incremental[metric];
      expect(estimate).toBeCloseTo(wanted, 6);
      expect(low).toBeLessThan(wanted);
      expect(high).toBeGreaterThan(wanted);
      expect(body.anytime[metric].low).toBeLessThan(low);
      expect(body.anytime[metric].high).toBeGreaterThan(high);
    }
  });

  test('comes as CSV with one line a metric and interval', async () => {
    const response = await csv(`/v1/reports/uplift?${DAY}`);
    const [header, first, ...more] = (await response.text()).trimEnd().split('\r\n');
    expect(header).toBe(
      'metric,interval,estimate,low,high,currency,treatmentBaskets,holdoutBaskets,sampleRatioP,balanceP,trusted,treatmentCustomers,holdoutCustomers',
    );
    expect(first).toMatch(/^marginPer100Baskets,95 %,300\.?\d*,[\d.]+,[\d.]+,EUR,400,200,[\d.]+,1,true,,$/);
    expect(more).toHaveLength(9);
  });

  test('states customers with all their visits where sides are drawn for them, in CSV too', async () => {
    const day = '2026-04-20';
    const sales = Array.from({ length: 900 }, (_, i) => {
      const [arm, at] = [i % 3 === 0 ? 'holdout' : 'treatment', `${day}T10:00:00+02:00`] as const;
      const draw = { arm, holdoutShare: 1 / 3, isDrawnForCustomer: true, customer: `c${i % 450}` } as const;
      decide(`f${i}`, { basketId: `f${i}`, atMs: Date.parse(at), ...draw });
      const quantity = arm === 'treatment' ? 3 : 1;
      return saleEvent(`f${i}`, { basketId: `f${i}`, at, lines: [{ ...lines[0]!, quantity }] });
    });
    await tell(...sales);
    const query = `from=${day}&to=${day}&tz=UTC`;
    const { body } = await gateway.get(`/v1/reports/uplift?${query}`);
    expect(body.customers.customers).toEqual({ treatment: 300, holdout: 150 });
    expect(body.customers.incremental).toMatchObject({
      basketsPer100Customers: { estimate: expect.closeTo(0, 6) },
      itemsPer100Customers: { estimate: expect.closeTo(400, 6) },
      holdingSavedPer100Customers: null,
    });
    const rows = (await (await csv(`/v1/reports/uplift?${query}`)).text()).trimEnd().split('\r\n');
    expect(rows.slice(-5).map((row) => row.split(',', 1)[0])).toEqual([
      'basketsPer100Customers',
      'marginPer100Customers',
      'revenuePer100Customers',
      'itemsPer100Customers',
      'holdingSavedPer100Customers',
    ]);
    expect(rows.at(-4)).toMatch(
      /^marginPer100Customers,95 %,[\d.]+,[\d.]+,[\d.]+,EUR,600,300,1,1,true,300,150$/,
    );
    const { parts } = (await gateway.get(`/v1/reports/uplift?${query}&split=category`)).body;
    expect(parts[0]).not.toHaveProperty('customers');
  });

  test('states each part by itself, and calls none different that is not', async () => {
    await tell(
      ...Array.from({ length: 600 }, (_, i) => {
        const arm = i % 3 === 0 ? 'holdout' : 'treatment';
        decide(`e${i}`, { basketId: `c${i}`, arm, holdoutShare: 1 / 3, storeId: 's2' });
        const quantity = 1 + (Math.floor(i / 3) % 4);
        return saleEvent(`t${i}`, {
          basketId: `c${i}`,
          at: AT,
          storeId: 's2',
          lines: [{ ...lines[0]!, quantity }],
        });
      }),
    );
    const { body } = await gateway.get(`/v1/reports/uplift?${DAY}&split=store`);
    expect(body).toMatchObject({ split: 'store', baskets: { treatment: 800, holdout: 400 } });
    const [first, second] = body.parts;
    expect(first).toMatchObject({ part: 's1', baskets: { treatment: 400, holdout: 200 } });
    expect(first.incremental.marginPer100Baskets.estimate).toBeCloseTo(300, 6);
    expect(first.q).toBeLessThan(1e-6);
    expect(first.anytimeQ).toBeGreaterThan(first.q);
    expect(second).toMatchObject({ part: 's2', q: expect.closeTo(1, 6), anytimeQ: 1 });
    const { parts: _, split: __, ...whole } = body;
    expect((await gateway.get(`/v1/reports/uplift?${DAY}`)).body).toEqual(whole);
    const alone = (await gateway.get(`/v1/reports/uplift?${DAY}&storeId=s1`)).body;
    for (const kind of ['incremental', 'anytime'])
      for (const metric of ['marginPer100Baskets', 'revenuePer100Baskets', 'itemsPer100Baskets'])
        for (const bound of ['estimate', 'low', 'high'])
          expect(first[kind][metric][bound]).toBeCloseTo(alone[kind][metric][bound], 6);
    const rows = (await (await csv(`/v1/reports/uplift?${DAY}&split=store`)).text()).trimEnd().split('\r\n');
    expect(rows[0]).toBe(
      'store,metric,interval,estimate,low,high,currency,treatmentBaskets,holdoutBaskets,sampleRatioP,balanceP,trusted,treatmentCustomers,holdoutCustomers,q',
    );
    expect(rows).toHaveLength(1 + 2 * 10);
    expect(rows[1]).toMatch(
      /^s1,marginPer100Baskets,95 %,300\.?\d*,[\d.]+,[\d.]+,EUR,400,200,[\d.]+,1,true,,,[\d.e-]+$/,
    );
  });

  test('states each category of the catalogue by itself, from the receipts', async () => {
    const { body } = await gateway.get(`/v1/reports/uplift?${DAY}&split=category`);
    const { parts, split, ...whole } = body;
    expect(split).toBe('category');
    expect((await gateway.get(`/v1/reports/uplift?${DAY}`)).body).toEqual(whole);
    expect(parts).toHaveLength(1);
    expect(parts[0]).toMatchObject({ baskets: whole.baskets, incremental: whole.incremental });
  });

  test('waits for its turn behind two others, and is refused with Retry-After when twenty already wait', async () => {
    const asked = Array.from({ length: 23 }, () => gateway.get(`/v1/reports/sales?${DAY}`));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual([...Array(22).fill(200), 503]);
    const refused = answers.at(-1)!;
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.body.type).toBe('https://basketlift.dev/problems/busy');
    expect((await gateway.get(`/v1/reports/sales?${DAY}`)).status).toBe(200);
  });

  test.each([
    ['uplift', 61_000, 'longer than 60 s'],
    ['inventory', 31_000, 'longer than 30 s'],
  ])('%s ends when it takes too long, and says what to do', async (report, tickMs, detail) => {
    gateway.clock.tickMs = tickMs;
    const { status, body } = await gateway.get(`/v1/reports/${report}?${DAY}`);
    expect([status, body.detail]).toEqual([422, expect.stringContaining(detail)]);
    expect(body.detail).toContain('basketlift report');
  });

  test('ends once nobody waits for it any more', async () => {
    const gone = new AbortController();
    const asked = gateway.app.request(`/v1/reports/uplift?${DAY}`, { signal: gone.signal });
    gone.abort();
    expect((await asked).status).toBe(400);
  });
});

describe('GET /v1/reports/unmatched', () => {
  const stray = outcomeEvent('o1', { decisionId: 'd1', productId: 'C', at: AT, agentId: 'a1' });
  const back = { ...saleEvent('r1', { lines, at: AT }), type: 'refund' };

  test('lists what counts nowhere with the reason, until it counts', async () => {
    await tell(stray, back);
    const { body } = await gateway.get('/v1/reports/unmatched');
    expect(body).toEqual({
      counts: { suggestionEvents: 1, refunds: 1, receipts: 0 },
      events: [
        expect.objectContaining({
          id: 'r1',
          type: 'refund',
          reason: 'no-sale',
          basketId: 'b1',
          storeId: 's1',
        }),
        {
          ...{ id: 'o1', type: 'outcome', at: AT, receivedAt: expect.any(String), reason: 'no-decision' },
          detail: 'No offer with this decisionId is in the ledger. The event counts once one comes.',
          ...{ decisionId: 'd1', productIds: ['C'], products: 1, basketId: 'b1', agentId: 'a1' },
        },
      ],
    });
    decide('d1');
    await tell(saleEvent('s1', { lines, at: '2026-05-01T10:01:00+02:00' }));
    const { body: later } = await gateway.get('/v1/reports/unmatched');
    expect(later).toEqual({ counts: { suggestionEvents: 0, refunds: 0, receipts: 0 }, events: [] });
  });

  test('goes on where a page ended, as JSON and CSV', async () => {
    await tell(stray, back);
    const { body: first } = await gateway.get('/v1/reports/unmatched?limit=1');
    expect(first).toMatchObject({ events: [{ id: 'r1' }], next: expect.any(Number) });
    const path = `/v1/reports/unmatched?limit=1&before=${first.next}`;
    const { body: last } = await gateway.get(path);
    expect(last).toMatchObject({ events: [{ id: 'o1' }] });
    expect(last.next).toBeUndefined();
    const [header, row] = (await (await csv(path)).text()).split('\r\n');
    expect(header).toBe('receivedAt,at,type,id,reason,basketId,decisionId,storeId,agentId,productIds');
    expect(row).toContain(',outcome,o1,no-decision,b1,d1,,a1,C');
  });

  test.each(['limit=0', 'limit=1001', 'limit=x', 'before=-1', 'before=', 'store=s1'])(
    'refuses %s',
    async (query) => {
      expect((await gateway.get(`/v1/reports/unmatched?${query}`)).status).toBe(400);
    },
  );

  test('is of all stores, so a key of some of them is refused', async () => {
    const { headers } = await addKey(gateway.folder, 'manager', { stores: ['s1'] });
    expect((await gateway.app.request('/v1/reports/unmatched', { headers })).status).toBe(403);
  });
});
