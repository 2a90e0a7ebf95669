import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildModel } from '../support/model-builder.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeAll(() => {
  gateway = openTestGateway();
});

afterAll(() => gateway.close());

async function find(query: string): Promise<string[]> {
  const { status, body } = await gateway.get(`/v1/products?${query}`);
  expect(status).toBe(200);
  return body.products.map(({ id }: { id: string }) => id);
}

test.each([
  ['the beginning of a word', 'q=cer', 'cereal'],
  ['words in any order', 'q=case%20red', 'case-red'],
  ['one typo', 'q=chorger', 'charger'],
  ['capitals', 'q=PHONE', 'phone'],
  ['a barcode', 'q=8710000000017', 'gum'],
  ['an id', 'q=milk-b', 'milk-b'],
])('a product is found as a till types it: %s', async (_, query, id) => {
  expect((await find(query))[0]).toBe(id);
});

test('a search for nothing is the best sellers of the store', async () => {
  expect((await find('limit=2')).sort()).toEqual(['gum', 'milk-a']);
  expect(await find('storeId=s1')).toContain('charger');
  expect(await find('storeId=s2')).not.toContain('charger');
});

test('a category lists what sells slowest in a large assortment', async () => {
  const products = Array.from({ length: 1500 }, (_, at) => ({
    id: `p${at}`,
    name: `Product ${at}`,
    share: 1 / (2 + at),
    category: at < 1490 ? 'fast' : 'slow',
  }));
  const large = openTestGateway({ model: buildModel({ products }) });
  const { body } = await large.get('/v1/products?category=slow&limit=20');
  await large.close();
  const ids = body.products.map(({ id }: { id: string }) => id);
  expect(ids).toEqual(products.slice(1490).map(({ id }) => id));
});

test('a search keeps to the category, the store and the limit, and to what is sold', async () => {
  expect((await find('category=food/dairy')).sort()).toEqual(['milk-a', 'milk-b']);
  expect(await find('category=food/d')).toEqual([]);
  expect(await find('q=charger&storeId=s2')).toEqual([]);
  expect(await find('q=milk&limit=1')).toHaveLength(1);
  expect(await find('q=pager')).toEqual([]);
  expect(await find('q=zzzz')).toEqual([]);
});

test.each(['limit=0', 'limit=101', 'limit=abc', 'limit=', 'limit=1.5', 'storeId=', `q=${'x'.repeat(201)}`])(
  'a search with %s is a 400 that names the place',
  async (query) => {
    const { status, body } = await gateway.get(`/v1/products?${query}`);
    expect(status).toBe(400);
    expect(body.errors[0].path).toBe(query.split('=')[0]);
  },
);

test.each([
  'q=%00',
  'q=%ff%fe',
  'q=%',
  'q=()*+[',
  'q=__proto__',
  '__proto__=1&q=constructor',
  'q=%F0%9F%93%B1',
])('a search with %s is answered', async (query) => {
  expect((await gateway.get(`/v1/products?${query}`)).status).toBe(200);
});

test('a product by its id comes with price, and with the stock of the store asked for', async () => {
  expect((await gateway.get('/v1/products/cable')).body).toEqual({
    id: 'cable',
    name: 'Cable',
    category: 'tech/extras',
    unitPrice: 9,
  });
  expect((await gateway.get('/v1/products/cable?storeId=s1')).body.stock).toEqual({
    onHand: 200,
    asOf: '2026-05-01T06:00:00.000Z',
  });
  expect((await gateway.get('/v1/products/beer?storeId=s1')).body).toMatchObject({ minAge: 18 });
  expect((await gateway.get('/v1/products/beer?storeId=nowhere')).body.stock).toBeUndefined();
});

test.each(['nope', '__proto__', '%00', '%ff', 'x'.repeat(5000)])('product %.20s is a 404', async (id) => {
  const { status, body } = await gateway.get(`/v1/products/${id}`);
  expect(status).toBe(404);
  expect(body.detail.length).toBeLessThan(300);
});

test('the stores and the model in service are listed', async () => {
  expect((await gateway.get('/v1/stores')).body).toEqual({
    stores: [
      { id: 's1', name: 's1' },
      { id: 's2', name: 's2' },
    ],
  });
  expect((await gateway.get('/v1/models/current')).body).toEqual({
    modelVersion: 'small-1',
    notice: 'invented',
    currency: 'EUR',
    products: 12,
    knownProducts: 12,
    rememberedBaskets: 0,
  });
});
