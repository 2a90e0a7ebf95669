import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOOK_UPS_MAX } from '../../src/gateway/customer-routes.ts';
import { saleEvent } from '../support/ledger-events.ts';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
  gateway.clock.nowMs = Date.parse('2026-05-01T10:00:00Z');
});

afterEach(() => gateway.close());

const lookUp = async (customerIds: readonly string[], more: object = {}, headers = {}) =>
  gateway.post('/v1/customers/look-up', { customerIds, ...more }, headers);
const customerOf = async (id: string) => (await lookUp([id])).body.customers[0];

let visits = 0;
/** A basket of a phone and more that is asked about with consent, and paid. */
async function visit(
  customerId: string,
  on: string,
  { personalise = true, storeId = 's1', products = ['phone'] } = {},
): Promise<void> {
  const basketId = `visit-${visits++}`;
  const at = `${on}T12:00:00Z`;
  const { status } = await gateway.post('/v1/suggestions', {
    basketId,
    storeId,
    customerId,
    consent: { personalise },
    basket: products.map((productId) => ({ productId })),
  });
  expect(status).toBe(200);
  await new Promise(setImmediate);
  const lines = products.map((productId) => ({ productId, quantity: 1, unitPrice: 10 }));
  const sale = saleEvent(`paid-${basketId}`, { basketId, storeId, at, lines });
  const { body } = await gateway.post('/v1/events', { events: [sale] });
  expect(body.results[0].status).toBe('stored');
}

describe('POST /v1/customers/look-up', () => {
  test('states when a customer comes and is due, what is bought again, and what goes with it', async () => {
    for (const on of ['2026-03-02', '2026-03-22', '2026-04-11']) await visit('c9', on);
    const { status, body } = await lookUp(['c9', 'nobody'], { timeZone: 'Europe/Amsterdam', dayEnds: 4 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      asOf: '2026-05-01T10:00:00.000Z',
      today: '2026-05-01',
      timeZone: 'Europe/Amsterdam',
      dayEnds: 4,
      rules: { dueGaps: 1, atRiskGaps: 2, lapsedGaps: 4, loyalVisits: 4 },
    });
    expect(body.customers).toEqual([
      {
        customerId: 'c9',
        known: true,
        firstVisit: '2026-03-02',
        lastVisit: '2026-04-11',
        visits: 3,
        transactions: 3,
        usualGapDays: 20,
        daysSinceLast: 20,
        gapsSinceLast: 1,
        dueOn: '2026-05-01',
        segment: 'due',
        spend: [{ currency: 'EUR', revenue: 30 }],
        buysAgain: [
          {
            productId: 'phone',
            name: expect.any(String),
            visits: 3,
            lastOn: '2026-04-11',
            goesWith: expect.arrayContaining([{ productId: 'case', name: expect.any(String) }]),
          },
        ],
      },
      { customerId: 'nobody', known: false },
    ]);
    expect(body.customers[0].buysAgain[0].goesWith.length).toBeLessThanOrEqual(3);
  });

  test('knows nobody who did not agree to be known, and counts no visit without a payment', async () => {
    await visit('c9', '2026-04-11', { personalise: false });
    await gateway.post('/v1/suggestions', {
      basket: [{ productId: 'phone' }],
      customerId: 'c8',
      consent: { personalise: true },
    });
    await new Promise(setImmediate);
    expect((await lookUp(['c9', 'c8'])).body.customers).toEqual([
      { customerId: 'c9', known: false },
      { customerId: 'c8', known: false },
    ]);
  });

  test('no longer knows an erased customer from the next question on, and totals are unchanged', async () => {
    for (let n = 0; n < 6; n++) await visit(`c${n}`, '2026-04-11');
    const report = async () => (await gateway.get('/v1/reports/customers?from=2026-04-01')).body;
    const before = await report();
    expect(before.total).toMatchObject({ customers: 6, figures: { newCustomers: 6 } });
    expect(await customerOf('c3')).toMatchObject({ known: true });
    await gateway.send('/v1/customers/c3', { method: 'DELETE' });
    expect(await customerOf('c3')).toEqual({ customerId: 'c3', known: false });
    await visit('c3', '2026-04-12');
    expect(await customerOf('c3')).toEqual({ customerId: 'c3', known: false });
    expect(await customerOf('c4')).toMatchObject({ known: true });
    const after = await report();
    expect(after.total).toEqual(before.total);
    expect(after.unknownTransactions).toBe(1);
  });

  test('knows what was sold a moment ago, and says when the ledger was read', async () => {
    await visit('c9', '2026-04-11');
    expect(await customerOf('c9')).toMatchObject({ visits: 1 });
    await visit('c9', '2026-04-12');
    gateway.clock.nowMs += 1_000;
    const { body } = await lookUp(['c9']);
    expect(body.customers[0]).toMatchObject({ visits: 2, lastVisit: '2026-04-12' });
    expect(Date.parse(body.asOf)).toBe(gateway.clock.nowMs);
  });

  test('calls a customer a champion at twice the average spend, which may be five minutes old', async () => {
    gateway.clock.nowMs = Date.parse('2026-04-19T10:00:00Z');
    for (let day = 11; day < 19; day++) await visit('c9', `2026-04-${day}`);
    expect(await customerOf('c9')).toMatchObject({ segment: 'loyal' });
    for (let n = 0; n < 9; n++) await visit(`other-${n}`, '2026-04-11');
    expect(await customerOf('c9')).toMatchObject({ segment: 'loyal' });
    gateway.clock.nowMs += 5 * 60_000 + 1;
    await expect.poll(async () => (await customerOf('c9')).segment).toBe('champion');
  });

  test('no longer knows a customer who has lapsed, and takes one who comes back for new', async () => {
    for (const on of ['2026-03-01', '2026-03-11']) await visit('c9', on);
    expect(await customerOf('c9')).toMatchObject({ visits: 2 });
    const { lapses, events } = gateway.folder;
    await events.flush();
    await lapses.lapse(gateway.clock.nowMs + 1, gateway.clock.nowMs + 1, () => true);
    expect(await customerOf('c9')).toEqual({ customerId: 'c9', known: false });
    gateway.clock.nowMs += 60_000;
    await visit('c9', '2026-04-30');
    expect(await customerOf('c9')).toMatchObject({ visits: 1, firstVisit: '2026-04-30' });
  });

  test('are refused beyond twenty at once, with Retry-After', async () => {
    await visit('c9', '2026-04-11');
    const answers = await Promise.all(Array.from({ length: LOOK_UPS_MAX + 3 }, () => lookUp(['c9'])));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(
      refused.map(({ status, body, headers }) => [status, body.type, headers.get('retry-after')]),
    ).toEqual(Array.from({ length: 3 }, () => [503, expect.stringContaining('busy'), '5']));
    expect((await lookUp(['c9'])).status).toBe(200);
  });

  test('tells a key with a list of stores what these sold, and a key of another tenant nothing', async () => {
    await visit('c9', '2026-04-01');
    await visit('c9', '2026-04-11', { storeId: 's2' });
    await visit('c8', '2026-04-11', { storeId: 's2' });
    const ofStore = await addKey(gateway.folder, 'agent', { stores: ['s1'], agentId: 'a1' });
    const { body } = await lookUp(['c9', 'c8'], {}, ofStore.headers);
    expect(body.customers).toMatchObject([
      { known: true, visits: 1, lastVisit: '2026-04-01' },
      { known: false },
    ]);
    const ofAll = await addKey(gateway.folder, 'agent', { agentId: 'a1' });
    expect((await lookUp(['c9'], {}, ofAll.headers)).body.customers).toMatchObject([{ visits: 2 }]);
    const ofOther = await addKey(gateway.folder, 'admin', { tenant: 'north' });
    expect((await lookUp(['c9'], {}, ofOther.headers)).body.customers).toEqual([
      { customerId: 'c9', known: false },
    ]);
  });

  test('writes no id into the log', async () => {
    await visit('jan@example.org', '2026-04-11');
    await lookUp(['jan@example.org', 'piet@example.org']);
    await lookUp(['\u0000piet']);
    expect(gateway.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(gateway.lines)).not.toMatch(/jan|piet/);
  });

  test.each([
    ['no list', {}, 'customerIds', 'a list of customers'],
    ['nobody', { customerIds: [] }, 'customerIds', 'at least one customer'],
    ['501', { customerIds: Array(501).fill('c') }, 'customerIds', 'at most 500 customers'],
    ['no id', { customerIds: [7] }, 'customerIds[0]', 'a text'],
    ['no zone', { customerIds: ['c'], timeZone: 'Mars' }, 'timeZone', 'a time zone such as Europe/Amsterdam'],
    ['an hour as text', { customerIds: ['c'], dayEnds: '4' }, 'dayEnds', 'a whole hour'],
  ])('refuses %s with what was wanted', async (_, body, path, wanted) => {
    const answer = await gateway.post('/v1/customers/look-up', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ path, wanted })]);
  });
});

describe('GET /v1/reports/customers', () => {
  test('comes as CSV, with the segments below the periods', async () => {
    for (let n = 0; n < 5; n++) await visit(`c${n}`, '2026-04-11');
    const response = await gateway.app.request('/v1/reports/customers?from=2026-04-01&by=month', {
      headers: { accept: 'text/csv' },
    });
    const [header, ...rows] = (await response.text()).trimEnd().split('\r\n');
    expect(header).toMatch(/^period,segment,customers,newCustomers,existingCustomers,.*,currency,revenue,/);
    expect(rows[0]).toBe('2026-04,,5,5,0,0,0,5,,,,EUR,50,50,0');
    expect(rows).toContain(',new,5,,,,,,,,,EUR,50,,');
  });

  test('is for managers, of one of their stores where they have a list', async () => {
    const status = async (path: string, headers: Record<string, string>) =>
      (await gateway.get(path, headers)).status;
    const { headers } = await addKey(gateway.folder, 'manager', { stores: ['s1'] });
    expect(await status('/v1/reports/customers?storeId=s1', headers)).toBe(200);
    expect(await status('/v1/reports/customers?storeId=s2', headers)).toBe(403);
    expect(await status('/v1/reports/customers', headers)).toBe(403);
    const analyst = await addKey(gateway.folder, 'analyst');
    expect(await status('/v1/reports/customers', analyst.headers)).toBe(403);
  });
});
