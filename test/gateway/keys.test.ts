import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, type TestGateway, type TestGatewayOptions } from '../support/test-gateway.ts';

let gateway: TestGateway;

function open(options: TestGatewayOptions = {}): TestGateway {
  gateway = openTestGateway(options);
  return gateway;
}

beforeEach(() => open());

afterEach(() => gateway.close());

const question = (more: object = {}) => ({ basket: [{ productId: 'phone' }], ...more });
const foreign = { host: 'gateway.example' };

describe('the mode follows the keys while the gateway runs', () => {
  test('without keys everybody is admin; from the first key on everybody needs one; and back', async () => {
    expect((await gateway.get('/v1/rules')).status).toBe(200);
    const { id, headers } = await addKey(gateway.folder, 'analyst');
    expect((await gateway.get('/v1/rules')).status).toBe(401);
    expect((await gateway.get('/v1/rules', headers)).status).toBe(200);
    await gateway.folder.keys.revoke(id, 1);
    expect((await gateway.get('/v1/rules')).status).toBe(200);
  });

  test('a key that is not the last is out as soon as it is revoked', async () => {
    await addKey(gateway.folder, 'admin');
    const { id, headers } = await addKey(gateway.folder, 'terminal');
    expect((await gateway.post('/v1/suggestions', question(), headers)).status).toBe(200);
    await gateway.folder.keys.revoke(id, 1);
    const { status, body } = await gateway.post('/v1/suggestions', question(), headers);
    expect({ status, detail: body.detail }).toEqual({
      status: 401,
      detail: 'Wanted a valid key in Authorization: Bearer KEY; got a revoked key.',
    });
  });

  test('a key that expires closes the gateway rather than opening it, although it was the only one', async () => {
    const { headers } = await addKey(gateway.folder, 'admin', { expiresAtMs: gateway.clock.nowMs + 10 });
    expect((await gateway.get('/v1/rules', headers)).status).toBe(200);
    gateway.clock.nowMs += 10;
    const { status, body } = await gateway.get('/v1/rules', headers);
    expect({ status, detail: body.detail }).toMatchObject({
      status: 401,
      detail: expect.stringContaining('an expired key'),
    });
    expect((await gateway.get('/v1/rules')).status).toBe(401);
  });

  test('a gateway that other machines reach never answers without a key, whatever Host a client states', async () => {
    await gateway.close();
    open({ listensOnLoopback: false });
    for (const headers of [{}, foreign, { host: 'localhost' }])
      expect((await gateway.get('/v1/rules', headers)).status).toBe(401);
    const { id, headers } = await addKey(gateway.folder, 'admin');
    expect((await gateway.get('/v1/rules', { ...headers, ...foreign })).status).toBe(200);
    await gateway.folder.keys.revoke(id, 1);
    expect((await gateway.get('/v1/rules', { host: 'localhost' })).status).toBe(401);
  });

  test('with keys any name of the machine will do, without them only its loopback name', async () => {
    expect((await gateway.get('/healthz', foreign)).status).toBe(403);
    const { headers } = await addKey(gateway.folder, 'terminal');
    expect((await gateway.get('/healthz', foreign)).status).toBe(200);
    expect((await gateway.get('/v1/stores', { ...headers, ...foreign })).status).toBe(200);
  });
});

describe('an Authorization header', () => {
  test('may write its scheme in any case, and have room around the key', async () => {
    const { key } = await addKey(gateway.folder, 'terminal');
    for (const authorization of [`bearer ${key}`, `BEARER  ${key} `])
      expect((await gateway.get('/v1/stores', { authorization })).status).toBe(200);
  });

  test.each([
    'Bearer',
    'Bearer ',
    'Bearer null',
    `Bearer bl_${'-'.repeat(43)}`,
    `Bearer bl_${'a'.repeat(10_000)}`,
    'Basic YTpi',
    'x',
  ])('of %s is 401', async (authorization) => {
    await addKey(gateway.folder, 'terminal');
    expect((await gateway.get('/v1/stores', { authorization })).status).toBe(401);
  });

  test('is where a key belongs: in the query it counts for nothing', async () => {
    const { key } = await addKey(gateway.folder, 'terminal');
    for (const name of ['key', 'access_token', 'token'])
      expect((await gateway.get(`/v1/stores?${name}=${key}`)).status).toBe(401);
  });
});

describe('what a question may ask for', () => {
  test.each([
    ['terminal', 403],
    ['agent', 403],
    ['analyst', 200],
    ['manager', 200],
    ['admin', 200],
  ])('beyond its answer, by a key of scope %s, is %i', async (scope, wanted) => {
    const { headers } = await addKey(gateway.folder, scope);
    const byProbability = await gateway.post(
      '/v1/suggestions',
      question({ objective: 'probability' }),
      headers,
    );
    const explained = await gateway.post('/v1/suggestions?explain=1', question(), headers);
    expect([byProbability.status, explained.status]).toEqual([wanted, wanted]);
    if (wanted === 200) return;
    expect(byProbability.body.detail).toBe(
      `Wanted a key of scope analyst or above for objective 'probability'; got one of ${scope}.`,
    );
  });

  test.each([
    ['terminal', false],
    ['agent', true],
    ['analyst', true],
    ['manager', true],
    ['admin', true],
  ])('of money and stock, a key of scope %s sees: %s', async (scope, seesMoney) => {
    const { headers } = await addKey(gateway.folder, scope);
    const asked = question({ storeId: 's1', limit: 10 });
    const answer = await gateway.post('/v1/suggestions', asked, headers);
    const product = await gateway.get('/v1/products/cable?storeId=s1', headers);
    expect(answer.body.suggestions.length).toBeGreaterThan(0);
    const said = JSON.stringify([answer.body.suggestions, product.body]);
    for (const fact of ['"value"', '"expectedValue"', '"stock"', 'slow-stock', '"onHand"'])
      expect([fact, said.includes(fact)]).toEqual([fact, seesMoney]);
  });
});

describe('a key with a list of stores', () => {
  const at = '2026-05-01T09:00:00Z';
  const sale = (storeId: string) => ({
    id: `sale in ${storeId}`,
    type: 'sale',
    at,
    basketId: 'b',
    storeId,
    currency: 'EUR',
    lines: [{ productId: 'phone', quantity: 1, unitPrice: 200 }],
  });
  const row = (storeId: string) => ({ storeId, productId: 'cable', onHand: 1, asOf: at });
  let headers: Readonly<Record<string, string>>;

  beforeEach(async () => {
    ({ headers } = await addKey(gateway.folder, 'manager', { stores: ['s1'] }));
  });

  const asks: readonly [
    string,
    (storeId: string) => Promise<{ status: number; body: { detail?: string } }>,
  ][] = [
    ['a question', (storeId) => gateway.post('/v1/suggestions', question({ storeId }), headers)],
    ['an event', (storeId) => gateway.post('/v1/events', { events: [sale('s1'), sale(storeId)] }, headers)],
    ['stock', (storeId) => gateway.post('/v1/stock', { rows: [row('s1'), row(storeId)] }, headers)],
    ['a search', (storeId) => gateway.get(`/v1/products?storeId=${storeId}`, headers)],
    ['a product', (storeId) => gateway.get(`/v1/products/cable?storeId=${storeId}`, headers)],
  ];

  test.each(asks)('may name them in %s, and no other', async (_, ask) => {
    expect((await ask('s1')).status).toBe(200);
    const { status, body } = await ask('s2');
    expect({ status, detail: body.detail }).toEqual({
      status: 403,
      detail: "Wanted a store of this key (s1); got 's2'.",
    });
  });

  test('changes nothing by a request that names another store in addition to its own', async () => {
    const stock = { rows: [{ ...row('s1'), onHand: 7, asOf: '2026-05-01T09:30:00Z' }, row('s2')] };
    await gateway.post('/v1/stock', stock, headers);
    await gateway.post('/v1/events', { events: [sale('s1'), sale('s2')] }, headers);
    expect((await gateway.get('/v1/products/cable?storeId=s1', headers)).body.stock.onHand).toBe(200);
    expect([...gateway.folder.events.events('default')]).toEqual([]);
  });

  test('may leave out the store, and then sees only its own stores', async () => {
    expect((await gateway.post('/v1/suggestions', question(), headers)).status).toBe(200);
    expect((await gateway.get('/v1/stores', headers)).body.stores).toEqual([{ id: 's1', name: 's1' }]);
  });

  test('does not see decisions of other stores', async () => {
    const admin = await addKey(gateway.folder, 'admin');
    const ask = async (storeId: string) =>
      (await gateway.post('/v1/suggestions', question({ storeId }), admin.headers)).body.decisionId;
    const [own, other] = [await ask('s1'), await ask('s2')];
    await new Promise(setImmediate);
    expect((await gateway.get(`/v1/decisions/${own}`, headers)).status).toBe(200);
    expect((await gateway.get(`/v1/decisions/${other}`, headers)).status).toBe(404);
    expect((await gateway.get(`/v1/decisions/${other}`, admin.headers)).status).toBe(200);
  });

  test('may not change rules, which are of all stores', async () => {
    const { status, body } = await gateway.put('/v1/rules', { rules: [] }, headers);
    expect({ status, detail: body.detail }).toEqual({
      status: 403,
      detail: 'Wanted a key for every store to change rules; got one with a list of stores.',
    });
  });
});

describe('the rate of a key', () => {
  beforeEach(async () => {
    await gateway.close();
    open({ requestsPerSecond: 2 });
  });

  test('is bounded: what is too much gets 429 and when to come back, and then an answer again', async () => {
    const { headers } = await addKey(gateway.folder, 'terminal');
    const ask = () => gateway.get('/v1/stores', headers);
    for (let i = 0; i < 4; i++) expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.body).toMatchObject({
      type: 'https://basketlift.dev/problems/too-many-requests',
      detail: 'Wanted at most 2 requests a second of one key, 4 in one burst.',
    });
    gateway.clock.ticks += 500;
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
  });

  test('is its own: others are answered, and so is the same caller with another key', async () => {
    const [greedy, modest] = [
      await addKey(gateway.folder, 'terminal'),
      await addKey(gateway.folder, 'terminal'),
    ];
    for (let i = 0; i < 9; i++) await gateway.get('/v1/stores', greedy.headers);
    expect((await gateway.get('/v1/stores', modest.headers)).status).toBe(200);
    expect((await gateway.get('/healthz')).status).toBe(200);
  });

  test('does not bind a gateway without keys', async () => {
    for (let i = 0; i < 20; i++) expect((await gateway.get('/v1/stores')).status).toBe(200);
  });
});

describe('answers are for the caller alone', () => {
  test('no origin may read them, and no cache keep them', async () => {
    const { headers } = await addKey(gateway.folder, 'terminal');
    const origin = 'https://evil.example';
    const answers = [
      await gateway.get('/v1/stores', { ...headers, origin }),
      await gateway.send('/v1/stores', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      }),
    ];
    for (const { headers: said } of answers)
      expect([...said.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(answers[0]!.headers.get('cache-control')).toBe('no-store');
  });
});

test('no key gets into the log, whatever a client does with it', async () => {
  const { key, headers } = await addKey(gateway.folder, 'terminal');
  await gateway.get('/v1/stores', headers);
  await gateway.get(`/v1/stores?key=${key}`);
  await gateway.get('/v1/rules', headers);
  await gateway.post('/v1/suggestions', `{"key":"${key}"`, headers);
  await gateway.post('/v1/suggestions', { basket: key }, headers);
  await gateway.post('/v1/events', { events: [{ id: key }] }, headers);
  expect(gateway.lines.length).toBeGreaterThan(5);
  expect(JSON.stringify(gateway.lines)).not.toContain(key);
});
