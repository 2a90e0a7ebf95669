import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EventStoreUnavailable } from '../../src/ledger/event-store.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
});

afterEach(() => gateway.close());

async function suggested(request: object = {}): Promise<string[]> {
  const { body } = await gateway.post('/v1/suggestions', {
    basket: [{ productId: 'phone' }],
    limit: 10,
    ...request,
  });
  return body.suggestions.map(({ productId }: { productId: string }) => productId);
}

async function putRules(...rules: object[]) {
  const { status, body } = await gateway.put('/v1/rules', { rules });
  expect({ status, body }).toEqual({ status: 200, body: { version: expect.any(Number) } });
}

const exclude = { id: 'no cables', action: 'exclude', productIds: ['cable'] };
const pinCereal = { id: 'breakfast', action: 'pin', productIds: ['cereal'] };

describe('the rules of the operator', () => {
  test('are version 0 and none before the first', async () => {
    expect((await gateway.get('/v1/rules')).body).toEqual({ version: 0, rules: [] });
  });

  test('come back as they were put, each time one version on', async () => {
    const rules = [exclude, { ...pinCereal, storeIds: ['s1'], channels: ['till'], whenBasketHas: ['phone'] }];
    expect((await gateway.put('/v1/rules', { version: 0, rules })).body).toEqual({ version: 1 });
    expect((await gateway.get('/v1/rules')).body).toEqual({ version: 1, rules });
    expect((await gateway.put('/v1/rules', { version: 1, rules: [] })).body).toEqual({ version: 2 });
    expect((await gateway.get('/v1/rules')).body).toEqual({ version: 2, rules: [] });
  });

  test('based on an outdated version are refused, and change nothing', async () => {
    await putRules(exclude);
    const { status, body } = await gateway.put('/v1/rules', { version: 0, rules: [] });
    expect(status).toBe(409);
    expect(body).toMatchObject({ status: 409, detail: expect.stringContaining('version 1') });
    expect((await gateway.get('/v1/rules')).body).toMatchObject({ version: 1, rules: [exclude] });
    expect(await suggested()).not.toContain('cable');
  });

  test('put by two at once from the same version are stored for only one of them', async () => {
    const put = () => gateway.put('/v1/rules', { version: 0, rules: [exclude] });
    const answers = await Promise.all([put(), put(), put()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  test('that cannot be stored are answered 503 with Retry-After, and change nothing', async () => {
    const full = new EventStoreUnavailable('store-full', 'data folder /srv/x: no space left');
    vi.spyOn(gateway.folder.rules, 'put').mockRejectedValueOnce(full);
    const { status, headers, body } = await gateway.put('/v1/rules', { rules: [exclude] });
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('60');
    expect(body.detail).toMatch(/^There is no space left on the disk\. /);
    expect(JSON.stringify(body)).not.toContain('/srv/x');
    expect(await suggested()).toContain('cable');
  });

  test.each([
    ['no rules', {}, 'rules'],
    ['an action that is none', { rules: [{ ...exclude, action: 'promote' }] }, 'rules[0].action'],
    ['no products', { rules: [{ id: 'r', action: 'exclude' }] }, 'rules[0]'],
    ['a boost without a factor', { rules: [{ ...exclude, action: 'boost' }] }, 'rules[0].factor'],
    ['a pin with a factor', { rules: [{ ...pinCereal, factor: 2 }] }, 'rules[0].factor'],
    ['a negative factor', { rules: [{ ...exclude, action: 'bury', factor: -1 }] }, 'rules[0].factor'],
    ['half a version', { version: 0.5, rules: [] }, 'version'],
    ['a time without an offset', { rules: [{ ...exclude, from: '2026-05-01' }] }, 'rules[0].from'],
  ])('with %s are a 400 that names the place', async (_, body, path) => {
    const answer = await gateway.put('/v1/rules', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });
});

describe('a rule is in force with the next answer', () => {
  test('exclude, also when the candidates come from the cache', async () => {
    expect(await suggested()).toContain('cable');
    await putRules(exclude);
    expect(await suggested()).not.toContain('cable');
    await putRules();
    expect(await suggested()).toContain('cable');
  });

  test('exclude of a category with all below it', async () => {
    await putRules({ id: 'r', action: 'exclude', category: 'tech' });
    expect(await suggested()).toEqual(expect.not.arrayContaining(['case', 'charger', 'cable']));
    await putRules({ id: 'r', action: 'exclude', category: 'tec' });
    expect(await suggested()).toContain('cable');
  });

  test('pin, first and with its reason, although nothing else speaks for the product', async () => {
    await putRules(pinCereal);
    const { body } = await gateway.post('/v1/suggestions', { basket: [{ productId: 'phone' }] });
    expect(body.suggestions[0]).toMatchObject({
      productId: 'cereal',
      rules: ['breakfast'],
      reasons: expect.arrayContaining([{ code: 'pinned', ruleId: 'breakfast' }]),
    });
  });

  test('a pin never brings back what a hard filter refuses', async () => {
    await putRules({
      id: 'r',
      action: 'pin',
      productIds: ['beer', 'pager', 'case', 'phone', 'no such thing'],
    });
    expect(await suggested({ declined: ['case'] })).toEqual(
      expect.not.arrayContaining(['beer', 'pager', 'case', 'phone']),
    );
  });

  test('boost and bury, by their factor', async () => {
    expect((await suggested())[0]).toBe('case');
    await putRules({ id: 'r', action: 'boost', productIds: ['cable'], factor: 50 });
    expect((await suggested())[0]).toBe('cable');
    await putRules({ id: 'r', action: 'bury', productIds: ['case'], factor: 0.01 });
    expect((await suggested())[0]).not.toBe('case');
  });

  test.each([
    ['the store', { storeIds: ['s1'] }, { storeId: 's1' }, { storeId: 's2' }],
    ['the channel', { channels: ['call'] }, { channel: 'call' }, { channel: 'web' }],
    [
      'the basket',
      { whenBasketHas: ['gum'] },
      { basket: [{ productId: 'gum' }, { productId: 'phone' }] },
      {},
    ],
    ['the beginning', { from: '2026-05-01T12:00:00+02:00' }, {}, { at: '2026-05-01T11:59:59+02:00' }],
    ['the end', { until: '2026-05-01T12:00:01+02:00' }, {}, { at: '2026-05-01T12:00:01+02:00' }],
  ])('only where its condition holds: %s', async (_, condition, inside, outside) => {
    await putRules({ ...exclude, ...condition });
    expect(await suggested(inside)).not.toContain('cable');
    expect(await suggested(outside)).toContain('cable');
  });

  test('and the decision records the version in force, even if the next one came before it was written', async () => {
    await putRules(exclude);
    const { body } = await gateway.post('/v1/suggestions', { basket: [{ productId: 'phone' }] });
    gateway.parts.tenant(TENANT).serving.replaceRules({ version: 9, rules: [] });
    await new Promise(setImmediate);
    expect((await gateway.get(`/v1/decisions/${body.decisionId}`)).body.rulesVersion).toBe(1);
  });
});
