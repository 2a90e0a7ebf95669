import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeAll(() => {
  gateway = openTestGateway();
});

afterAll(() => gateway.close());

const basket = [{ productId: 'phone' }];
const line = (changes: object) => ({ basket: [{ productId: 'phone', ...changes }] });

describe('an invalid request is a 400 that states the path, what was wanted and what it got', () => {
  test.each([
    [
      'limit over 10 by value',
      { basket, limit: 11 },
      'limit',
      "a number to 10 (to 50 with objective 'probability')",
      '11',
    ],
    ['limit over 50', { basket, limit: 51, objective: 'probability' }, 'limit', 'a number to 50', '51'],
    ['limit of 0', { basket, limit: 0 }, 'limit', 'a number from 1', '0'],
    ['no basket', { storeId: 's1' }, 'basket', 'a list of lines', 'nothing'],
    ['basket of text', { basket: 'phone' }, 'basket', 'a list of lines', '"phone"'],
    ['basket of numbers', { basket: [7] }, 'basket[0]', 'an object with productId', '7'],
    ['line without a product', { basket: [{}] }, 'basket[0].productId', 'a text', 'nothing'],
    ['product id as a number', line({ productId: 7 }), 'basket[0].productId', 'a text', '7'],
    [
      'empty product id',
      line({ productId: '' }),
      'basket[0].productId',
      'a text of 1 to 128 characters',
      '""',
    ],
    ['negative quantity', line({ quantity: -1 }), 'basket[0].quantity', 'a number above 0', '-1'],
    ['quantity of 0', line({ quantity: 0 }), 'basket[0].quantity', 'a number above 0', '0'],
    ['quantity as text', line({ quantity: '2' }), 'basket[0].quantity', 'a number above 0', '"2"'],
    ['quantity of null', line({ quantity: null }), 'basket[0].quantity', 'a number above 0', 'null'],
    ['negative price', line({ unitPrice: -1 }), 'basket[0].unitPrice', 'a number of at least 0', '-1'],
    ['unknown channel', { basket, channel: 'radio' }, 'channel', "one of 'till', 'call', 'web'", '"radio"'],
    [
      'time without an offset',
      { basket, at: '2026-05-01T10:00:00' },
      'at',
      'a time as RFC 3339 with an offset',
      '"2026-05-01T10:00:00"',
    ],
    [
      '30 February',
      { basket, at: '2026-02-30T10:00:00Z' },
      'at',
      'a time as RFC 3339 with an offset',
      '"2026-02-30T10:00:00Z"',
    ],
    ['budget of 0', { basket, budgetMs: 0 }, 'budgetMs', 'a number above 0', '0'],
    ['half an age', { basket, customerAge: 17.5 }, 'customerAge', 'a whole number of years', '17.5'],
    ['a list for the whole', [], '', 'an object with basket', 'a list of 0'],
    ['null for the whole', 'null', '', 'an object with basket', 'null'],
  ])('%s', async (_, request, path, wanted, got) => {
    const { status, body, headers } = await gateway.post('/v1/suggestions', request);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({
      status: 400,
      requestId: expect.any(String),
      detail: expect.stringContaining(wanted),
    });
    expect(body.errors).toContainEqual({ path, wanted, got });
  });

  test.each(['\u0000', 'a\nb', '\u001b[31m', '\u0085', '\u007f'])(
    'control characters in an id: %j',
    async (productId) => {
      const { status, body } = await gateway.post('/v1/suggestions', line({ productId }));
      expect(status).toBe(400);
      expect(body.errors[0]).toMatchObject({
        path: 'basket[0].productId',
        wanted: 'a text without control characters',
      });
    },
  );

  test.each(['"\\ud800"', '"a\\udc00b"', '"\\ude00\\ud83d"'])(
    'half of a character in an id, which UTF-8 cannot write: %s',
    async (productId) => {
      const text = `{"basket":[{"productId":${productId}}]}`;
      const { status, body } = await gateway.post('/v1/suggestions', text);
      expect(status).toBe(400);
      expect(body.errors[0]).toMatchObject({
        path: 'basket[0].productId',
        wanted: 'a text without halves of characters',
      });
      expect((await gateway.post('/v1/suggestions', line({ productId: '😀' }))).status).toBe(200);
    },
  );

  test('a basket of 10,000 lines', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => ({ productId: `p${i}` }));
    const { status, body } = await gateway.post('/v1/suggestions', { basket: lines });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { path: 'basket', wanted: 'a list of at most 500 lines', got: 'a list of 10000' },
    ]);
  });

  test('all errors are listed, though never more than 20', async () => {
    const { body } = await gateway.post('/v1/suggestions', {
      basket: [{}, { productId: 'a', quantity: -1 }],
      limit: 0,
    });
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'basket[0].productId',
      'basket[1].quantity',
      'limit',
    ]);
    const many = await gateway.post('/v1/suggestions', { basket: Array(400).fill({}) });
    expect(many.body.errors).toHaveLength(20);
  });

  test.each([
    '',
    '{',
    '{"basket":[{"productId":"phone","quantity":NaN}]}',
    '{"basket":[],}',
    '\ufeff\u0000',
    'undefined',
  ])('text that is no JSON: %j', async (text) => {
    const { status, body } = await gateway.post('/v1/suggestions', text);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      type: 'https://basketlift.dev/problems/malformed-json',
      requestId: expect.any(String),
    });
  });

  test('a quantity that JSON reads as infinite', async () => {
    const { status } = await gateway.post(
      '/v1/suggestions',
      '{"basket":[{"productId":"phone","quantity":1e999}]}',
    );
    expect(status).toBe(400);
  });

  test('lists a quarter of a million deep', async () => {
    const deep = '['.repeat(250_000) + ']'.repeat(250_000);
    for (const body of [deep, `{"basket":${deep}}`, `{"basket":[${deep}]}`]) {
      expect((await gateway.post('/v1/suggestions', body)).status).toBe(400);
    }
  });
});

describe('a request that only looks strange is answered', () => {
  test('keys named like object internals change nothing', async () => {
    const text = `{"__proto__":{"limit":99},"constructor":{"prototype":{"limit":1}},"toString":1,
      "basket":[{"productId":"phone","__proto__":{"quantity":-1}}]}`;
    const { status, body } = await gateway.post('/v1/suggestions', text);
    expect(status).toBe(200);
    expect(body.suggestions).toHaveLength(2);
    expect(({} as { limit?: number }).limit).toBeUndefined();
  });

  test.each(['__proto__', 'constructor', 'toString', '手机 📱', 'é', 'a|b,c#d', '"><script>', '\u202e'])(
    'an id of any text: %j',
    async (id) => {
      const request = {
        basket: [{ productId: id }, ...basket],
        storeId: id,
        basketId: id,
        agentId: id,
        customerId: id,
      };
      const { status, body } = await gateway.post('/v1/suggestions', { ...request, declined: [id] });
      expect(status).toBe(200);
      expect(body).toMatchObject({ basketId: id, unknownProducts: [id] });
      expect(body.suggestions).toHaveLength(2);
    },
  );

  test('a basket of all 500 lines it may have', async () => {
    const lines = Array.from({ length: 499 }, (_, i) => ({ productId: `${'x'.repeat(120)}${i}` }));
    const { status, body } = await gateway.post('/v1/suggestions', { basket: [...lines, ...basket] });
    expect(status).toBe(200);
    expect(body.unknownProducts).toHaveLength(499);
    expect(body.suggestions[0].productId).toBe('case');
  });
});
