import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
});

afterEach(() => gateway.close());

async function ask(request: object) {
  return (await gateway.post('/v1/suggestions', request)).body;
}

const ids = (answer: { suggestions: { productId: string }[] }) =>
  answer.suggestions.map(({ productId }) => productId);
const phone = [{ productId: 'phone' }];

describe('an answer', () => {
  test('has the shape that interface.md promises', async () => {
    const { status, body } = await gateway.post('/v1/suggestions', {
      storeId: 's1',
      channel: 'till',
      basketId: 'b-17',
      customerId: 'c9',
      agentId: 'a4',
      limit: 3,
      basket: [{ productId: 'phone', quantity: 2, unitPrice: 3.5 }],
      consent: { personalise: true },
      language: 'nl',
      objective: 'value',
      budgetMs: 20,
      declined: ['case'],
      at: '2026-05-01T10:00:00+02:00',
    });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual([
      'decisionId',
      'basketId',
      'arm',
      'modelVersion',
      'suggestions',
      'unknownProducts',
      'degraded',
      'cache',
      'tookMs',
    ]);
    const { basketId, arm, modelVersion, unknownProducts, degraded, cache } = body;
    expect({ basketId, arm, modelVersion, unknownProducts, degraded, cache }).toEqual({
      basketId: 'b-17',
      arm: 'treatment',
      modelVersion: 'small-1',
      unknownProducts: [],
      degraded: [],
      cache: 'miss',
    });
    expect(body.tookMs).toBeGreaterThanOrEqual(0);
    const cable = body.suggestions.find(({ productId }: { productId: string }) => productId === 'cable');
    expect(cable).toEqual({
      productId: 'cable',
      name: 'Cable',
      unitPrice: 9,
      probability: expect.closeTo(0.068, 2),
      expectedValue: expect.any(Number),
      value: {
        margin: 6,
        holding: expect.closeTo(0.144, 2),
        writeOff: 0,
        scarcity: expect.any(Number),
        unknown: [],
      },
      reasons: [
        { code: 'bought-together', withProductId: 'phone', share: 0.25 },
        { code: 'slow-stock', daysOfSupply: 100 },
      ],
      pitch: 'Klanten die Phone kopen, nemen vaak ook Cable mee. Wilt u dat erbij?',
    });
  });

  test('names the terms of the value that are not known, and is given without them', async () => {
    const { suggestions } = await ask({ basket: phone, limit: 10 });
    const gum = suggestions.find(({ productId }: { productId: string }) => productId === 'gum');
    expect(gum.value).toEqual({
      margin: 0,
      holding: 0,
      writeOff: 0,
      scarcity: 0,
      unknown: expect.any(Array),
    });
    expect(gum.value.unknown).toEqual(expect.arrayContaining(['margin', 'holding', 'scarcity']));
  });

  test('lists unknown products once each and answers the rest', async () => {
    const answer = await ask({
      basket: [{ productId: 'x' }, ...phone, { productId: 'x' }, { productId: 'y' }],
    });
    expect(answer.unknownProducts).toEqual(['x', 'y']);
    expect(ids(answer)).toEqual(['case', 'charger']);
  });

  test('to an empty basket, or one of unknown products only, is the best sellers', async () => {
    for (const basket of [[], [{ productId: '__proto__' }, { productId: 'constructor' }]]) {
      const { suggestions } = await ask({ basket });
      expect(suggestions.length).toBeGreaterThan(0);
      for (const { reasons } of suggestions) expect(reasons[0].code).toBe('popular');
    }
  });

  test('is the same whether a product comes as one line or as many, in any order', async () => {
    const one = await ask({ basket: [{ productId: 'phone', quantity: 3 }, { productId: 'cereal' }] });
    const many = await ask({ basket: [{ productId: 'cereal' }, ...phone, ...phone, ...phone] });
    expect(many.suggestions).toEqual(one.suggestions);
    expect([one.cache, many.cache]).toEqual(['miss', 'hit']);
  });

  test('holds two suggestions at a till and three in a call, unless a limit is stated', async () => {
    expect((await ask({ basket: phone })).suggestions).toHaveLength(2);
    expect((await ask({ basket: phone, channel: 'call' })).suggestions).toHaveLength(3);
    expect((await ask({ basket: phone, limit: 1 })).suggestions).toHaveLength(1);
  });

  test.each([
    ['nothing', undefined, 'Customers who buy Phone often take Case along.'],
    ['en-GB', 'en-GB', 'Customers who buy Phone often take Case along.'],
    ['nl', 'nl', 'Klanten die Phone kopen, nemen vaak ook Case mee.'],
    ['nl-BE', 'NL-be', 'Klanten die Phone kopen, nemen vaak ook Case mee.'],
    ['a language without sentences', 'tlh', 'Customers who buy Phone often take Case along.'],
  ])('speaks the language asked for: %s', async (_, language, pitch) => {
    expect((await ask({ basket: phone, language })).suggestions[0].pitch).toContain(pitch);
  });

  test('never says stock or margin to the customer', async () => {
    const { suggestions } = await ask({ basket: phone, storeId: 's1', limit: 10 });
    for (const { pitch } of suggestions) expect(pitch).not.toMatch(/stock|margin|days|\d/);
  });

  test('a terminal gets no money and no stock facts', async () => {
    const request = { basket: phone, storeId: 's1', limit: 10, channel: 'till', objective: 'value' } as const;
    const basket = [{ productId: 'phone', quantity: 1 }];
    const answer = await gateway.parts.advisor.advise({
      request: { ...request, basket, declined: [] },
      access: { tenant: TENANT, scope: 'terminal' },
      arrivedAt: 0,
      explain: true,
    });
    expect(ids(answer as never)).toContain('cable');
    expect(JSON.stringify(answer)).not.toMatch(
      /expectedValue|margin|slow-stock|daysOfSupply|holding|available/,
    );
  });

  test('with the objective probability is ranked by that alone, up to 50 and without a threshold', async () => {
    const answer = await ask({ basket: phone, objective: 'probability', limit: 50 });
    const chances = answer.suggestions.map(({ probability }: { probability: number }) => probability);
    expect(chances).toEqual([...chances].sort((a, b) => b - a));
    expect(answer.suggestions.length).toBeGreaterThan(3);
  });

  test('leaves out what is worth less than the threshold', async () => {
    await gateway.close();
    gateway = openTestGateway({ policy: { expectedValueMin: 1 } });
    expect(ids(await ask({ basket: phone, limit: 10 }))).toEqual(['case', 'charger']);
    await gateway.close();
    gateway = openTestGateway({ policy: { expectedValueMin: 1000 } });
    expect(ids(await ask({ basket: phone, limit: 10 }))).toEqual([]);
  });

  test('explains every candidate when asked to', async () => {
    const { body } = await gateway.post('/v1/suggestions?explain=1', { basket: phone, storeId: 's1' });
    const verdicts = new Map(
      body.explain.map(({ productId, verdict }: Record<string, string>) => [productId, verdict]),
    );
    expect(verdicts.get('case')).toBe('suggested');
    expect(verdicts.get('case-red')).toBe('substitute');
    expect(verdicts.get('beer')).toBe('age-limit');
    expect(verdicts.get('cable')).toBe('outranked');
  });
});

describe('what is never suggested', () => {
  test('two of one substitute group, or one beside another in the basket', async () => {
    const answer = await ask({ basket: [...phone, { productId: 'milk-a' }], limit: 10 });
    expect(ids(answer)).not.toContain('case-red');
    expect(ids(answer)).not.toContain('milk-b');
  });

  test('what is for adults, unless the customer is one', async () => {
    const basket = [{ productId: 'crisps' }];
    expect(ids(await ask({ basket, limit: 10 }))).not.toContain('beer');
    expect(ids(await ask({ basket, limit: 10, customerAge: 17 }))).not.toContain('beer');
    expect(ids(await ask({ basket, limit: 10, customerAge: 18 }))).toContain('beer');
  });

  test('what the store does not sell, or no store sells any more', async () => {
    expect(ids(await ask({ basket: phone, storeId: 's1', limit: 10 }))).toContain('charger');
    expect(ids(await ask({ basket: phone, storeId: 's2', limit: 10 }))).not.toContain('charger');
    expect(ids(await ask({ basket: [], limit: 10 }))).not.toContain('pager');
  });

  test('what the request says was declined', async () => {
    expect(ids(await ask({ basket: phone, declined: ['case', 'no such thing'], limit: 10 }))).not.toContain(
      'case',
    );
  });

  test('what an outcome of the same basket declined, and only there', async () => {
    const { decisionId } = await ask({ basketId: 'b1', basket: phone });
    const refusal = { type: 'outcome', at: '2026-05-01T10:00:00Z', decisionId, result: 'declined' };
    await gateway.post('/v1/events', {
      events: [
        { ...refusal, id: 'e1', productId: 'case' },
        { ...refusal, id: 'e2', productId: 'charger', result: 'not-offered' },
        { ...refusal, id: 'e3', productId: 'cable', basketId: 'b1', decisionId: 'of a process that is gone' },
      ],
    });
    const again = ids(await ask({ basketId: 'b1', basket: phone, limit: 10 }));
    expect(again).not.toContain('case');
    expect(again).not.toContain('cable');
    expect(again).toContain('charger');
    expect(ids(await ask({ basketId: 'b2', basket: phone, limit: 10 }))).toContain('case');
  });

  test('what a repeated event declined, which may be the only one that a new process hears', async () => {
    const refusal = {
      ...({ id: 'e1', type: 'outcome', at: '2026-05-01T10:00:00Z', result: 'declined' } as const),
      basketId: 'b1',
      decisionId: 'd1',
      productId: 'case',
    };
    await gateway.folder.events.append(TENANT, [refusal], 0);
    const { body } = await gateway.post('/v1/events', { events: [refusal] });
    expect(body.results).toEqual([{ id: 'e1', status: 'duplicate' }]);
    expect(ids(await ask({ basketId: 'b1', basket: phone, limit: 10 }))).not.toContain('case');
  });
});

describe('within its time', () => {
  test('an answer whose budget has passed is the best sellers, and says so', async () => {
    gateway.clock.tickMs = 1;
    const answer = await ask({ basket: phone, budgetMs: 2.5 });
    expect(answer.degraded).toEqual(['budget', 'ranking']);
    expect(answer.suggestions.length).toBeGreaterThan(0);
    expect(answer.suggestions[0].reasons[0].code).toBe('popular');
    expect(gateway.telemetry.count('degraded budget')).toBe(1);
  });

  test('an answer whose budget has passed twice is empty, and says so', async () => {
    gateway.clock.tickMs = 10;
    const answer = await ask({ basket: phone, budgetMs: 1 });
    expect(answer).toMatchObject({ suggestions: [], degraded: ['budget', 'ranking', 'fallback'] });
  });

  test('says and counts what of its state is older than allowed', async () => {
    const old = openTestGateway({ stale: () => ['stock'] });
    onTestFinished(() => old.close());
    const { body } = await old.post('/v1/suggestions', { basket: phone });
    expect(body.degraded).toEqual(['stock']);
    expect(old.telemetry.count('degraded stock')).toBe(1);
  });

  test('the same basket again comes from the cache, with stock and refusals as they are now', async () => {
    const first = await ask({ basket: phone, storeId: 's1' });
    const second = await ask({ basket: phone, storeId: 's1' });
    const third = await ask({ basket: phone, storeId: 's1', declined: ['case', 'case-red'] });
    expect([first.cache, second.cache, third.cache]).toEqual(['miss', 'hit', 'hit']);
    expect(second.suggestions).toEqual(first.suggestions);
    expect(ids(third)).toEqual(['charger', 'cable']);
    expect(gateway.telemetry.count('cache hit')).toBe(2);
  });

  test('two stores, and two stocks of one store, never share candidates', async () => {
    await ask({ basket: phone, storeId: 's1' });
    expect((await ask({ basket: phone, storeId: 's2' })).cache).toBe('miss');
    const row = { storeId: 's2', productId: 'charger', onHand: 9, asOf: '2026-05-01T09:00:00Z' };
    await gateway.post('/v1/stock', { rows: [row] });
    const stocked = await ask({ basket: phone, storeId: 's2', limit: 10 });
    expect(stocked.cache).toBe('miss');
    expect(ids(stocked)).toContain('charger');
  });
});
