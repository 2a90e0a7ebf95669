import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inventoryDay } from '../support/inventory-builder.ts';
import { saleEvent } from '../support/ledger-events.ts';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway({ stock: [] });
});

afterEach(() => gateway.close());

const ROUTE = '/v1/reports/inventory';
const report = async (query = '', headers = {}) => {
  const { status, body } = await gateway.get(`${ROUTE}?${query}`, headers);
  expect(status).toBe(200);
  return body;
};
const asOf = '2026-05-01T04:00:00Z';
const state = async (...rows: object[]) => {
  const { body } = await gateway.post('/v1/stock', {
    rows: rows.map((row) => ({ storeId: 's1', productId: 'case', asOf, ...row })),
  });
  expect(body.rejected).toEqual([]);
};
const sell = (id: string, at: string, changes = {}) =>
  gateway.post('/v1/events', {
    events: [
      saleEvent(id, {
        at,
        basketId: id,
        lines: [{ productId: 'case', quantity: 1, unitPrice: 20, unitCost: 8 }],
        ...changes,
      }),
    ],
  });
const csv = async (query: string) => {
  const response = await gateway.app.request(`${ROUTE}?${query}`, { headers: { accept: 'text/csv' } });
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  return (await response.text()).trimEnd().split('\r\n');
};

describe('the stock of this moment', () => {
  test('is stated with its cost, per product and per store, by the same facts as the value', async () => {
    await state(
      { onHand: 100, reserved: 10, demandPerDay: 0.5, targetCoverDays: 30 },
      // The model's demand is 1 a day.
      { productId: 'cable', onHand: 20, expiresAt: '2026-05-11T10:00:00Z' },
      { storeId: 's2', productId: 'phone', onHand: 1, demandPerDay: 0 },
    );
    const { now, currency, holdingRatePerYear } = await report('limit=2');
    expect({ currency, holdingRatePerYear }).toEqual({ currency: 'EUR', holdingRatePerYear: 0.25 });
    expect(now.products).toEqual([
      expect.objectContaining({
        storeId: 's2',
        productId: 'phone',
        daysOfSupply: null,
        demandPerDay: 0,
        unknown: [],
      }),
      {
        storeId: 's1',
        productId: 'case',
        name: 'Case',
        onHand: 100,
        reserved: 10,
        demandPerDay: 0.5,
        daysOfSupply: 180,
        targetCoverDays: 30,
        excessUnits: 75,
        stockValue: 800,
        // 800 · 0.25 / 365
        holdingCostPerDay: 0.5479,
        holdingCostPerYear: 200,
        unitsAtRisk: null,
        expiresAt: null,
        asOf: '2026-05-01T04:00:00.000Z',
        ageDays: 0.25,
        unknown: [],
      },
    ]);
    const [s1, s2] = now.stores;
    expect(s1).toMatchObject({
      storeId: 's1',
      products: 2,
      stockOuts: 0,
      onHand: 120,
      reserved: 10,
      stockValue: 860,
      excessUnits: 75,
      excessValue: 600,
      holdingCostPerYear: 215,
      // (800 · 180 + 60 · 20) / 860
      daysOfSupply: expect.closeTo(168.837, 3),
      // Ten days at one a day leave ten of twenty, and a little more.
      unitsAtRisk: expect.closeTo(10, 1),
      unknown: { onHand: 0, cost: 0, demand: 0 },
    });
    expect(s2).toMatchObject({ storeId: 's2', stockValue: 150, unitsAtRisk: null, valueAtRisk: null });
    for (const sum of ['products', 'onHand', 'stockValue', 'excessValue'] as const)
      expect(now.total[sum]).toBe(s1[sum] + s2[sum]);
  });

  test('says what is not known, and never counts it as nothing', async () => {
    await state(
      { productId: 'gum', onHand: 5, demandPerDay: 1 },
      { storeId: 's9', productId: 'pear', onHand: 2 },
    );
    const { now } = await report();
    expect(now.total).toMatchObject({ stockValue: null, holdingCostPerDay: null, excessValue: null });
    expect(now.total.unknown).toEqual({ onHand: 0, cost: 2, demand: 1 });
    expect(now.products).toEqual([
      expect.objectContaining({ productId: 'gum', daysOfSupply: 5, stockValue: null, unknown: ['cost'] }),
      expect.objectContaining({
        productId: 'pear',
        name: null,
        daysOfSupply: null,
        demandPerDay: null,
        excessUnits: null,
        unknown: ['cost', 'demand'],
      }),
    ]);
  });

  test('of a gateway without stock is empty, and so is that of a store that nobody knows', async () => {
    const nothing = {
      products: 0,
      stockValue: null,
      daysOfSupply: null,
      oldestAsOf: null,
      newestAsOf: null,
    };
    expect((await report()).now).toMatchObject({ total: nothing, stores: [], products: [] });
    await state({ onHand: 1 });
    expect((await report('storeId=s7')).now).toMatchObject({ total: nothing, stores: [], products: [] });
  });

  test('lists no more products than requested, and never one that is out of stock', async () => {
    await state({ onHand: 0 }, { productId: 'cable', onHand: 1 }, { productId: 'phone', onHand: 2 });
    const ids = async (query: string) =>
      (await report(query)).now.products.map(({ productId }: { productId: string }) => productId);
    expect(await ids('')).toEqual(['phone', 'cable']);
    expect(await ids('limit=1')).toEqual(['phone']);
    expect(await ids('limit=0')).toEqual([]);
  });
});

test('of thousands of products, those that wait longest are listed, the most expensive first among equals', async () => {
  await gateway.close();
  const stock = Array.from({ length: 3000 }, (_, at) => {
    const onHand = 1 + ((at * 7919) % 1000);
    return { storeId: `s${at % 3}`, productId: `p${at}`, onHand, demandPerDay: 1, asOfMs: 1 };
  });
  const dear = { storeId: 's1', productId: 'phone', onHand: 1000, demandPerDay: 1, asOfMs: 1 };
  gateway = openTestGateway({ stock: [...stock, dear] });
  const { now } = await report('limit=6');
  expect(now.products.map(({ daysOfSupply }: { daysOfSupply: number }) => daysOfSupply)).toEqual([
    1000, 1000, 1000, 1000, 999, 999,
  ]);
  expect(now.products[0].productId).toBe('phone');
});

describe('the days that were kept', () => {
  test('are stated by period with what was sold, against as many days before', async () => {
    for (const [day, valueMinor] of [
      ['2026-04-28', 20_000],
      ['2026-04-30', 10_000],
      ['2026-05-01', 6_000],
    ] as const)
      await gateway.folder.inventory.put(TENANT, inventoryDay(day, { valueMinor, dayEnds: 4 }));
    await sell('b1', '2026-04-30T10:00:00Z');
    await sell('b2', '2026-05-02T03:00:00Z');
    const answer = await report('from=2026-04-30&to=2026-05-01');
    expect(answer).toMatchObject({ timeZone: 'UTC', dayEnds: 4, otherCalendarDays: 0, otherCurrencies: [] });
    expect(answer.rows).toEqual([
      expect.objectContaining({
        period: '2026-04-30',
        averageValue: 100,
        costOfGoodsSold: 8,
        turnover: 29.2,
      }),
      expect.objectContaining({ period: '2026-05-01', averageValue: 60, costOfGoodsSold: 8 }),
    ]);
    expect(answer.total).toMatchObject({
      storeDays: 2,
      averageValue: 80,
      costOfGoodsSold: 16,
      turnover: 36.5,
    });
    expect(answer.total.daysInventoryOutstanding).toBe(10);
    expect(answer.previous).toMatchObject({
      from: '2026-04-28',
      to: '2026-04-29',
      averageValue: 200,
      costOfGoodsSold: 0,
      turnover: 0,
    });
  });

  test('belong to the calendar of the plans; days kept by another calendar are counted separately', async () => {
    await gateway.folder.inventory.put(TENANT, inventoryDay('2026-04-30', { dayEnds: 4 }));
    expect(await report('tz=Europe/Amsterdam')).toMatchObject({
      timeZone: 'Europe/Amsterdam',
      otherCalendarDays: 1,
    });
    await gateway.put('/v1/plans', { timeZone: 'Asia/Tokyo', dayEnds: 0, plans: [] });
    expect(await report()).toMatchObject({ timeZone: 'Asia/Tokyo', dayEnds: 0, otherCalendarDays: 1 });
  });

  test('of other tenants and stores are not in it', async () => {
    await gateway.folder.inventory.put('other', inventoryDay('2026-05-01'));
    await gateway.folder.inventory.put(TENANT, inventoryDay('2026-05-01', { storeId: 's2' }));
    await sell('b1', '2026-05-01T10:00:00Z', { storeId: 's2' });
    expect((await report('storeId=s1')).rows).toEqual([]);
    expect((await report()).total).toMatchObject({ storeDays: 1, costOfGoodsSold: 8 });
  });
});

test('comes as CSV: periods, stores or products', async () => {
  await state({ onHand: 100, demandPerDay: 0.5 });
  await gateway.folder.inventory.put(TENANT, inventoryDay('2026-04-30'));
  const [header, row] = await csv('by=month');
  expect(header).toMatch(
    /^period,storeDays,averageValue,daysOfSupply,.*,turnover,daysInventoryOutstanding,currency$/,
  );
  expect(row).toMatch(/^2026-04,1,100,90,0,0.07,0.07,0,0,0,,0,,EUR$/);
  expect((await csv('table=stores'))[1]).toMatch(/^s1,1,0,100,0,0.5,200,70,0.7,800,560,/);
  expect((await csv('table=products'))[1]).toMatch(
    /^s1,case,Case,100,0,0.5,200,60,70,800,0.5479,200,,,2026-05-01T/,
  );
});

test('a key with a list of stores sees one of them, and no other', async () => {
  await state({ onHand: 1 }, { storeId: 's2', onHand: 2 });
  const { headers } = await addKey(gateway.folder, 'analyst', { stores: ['s1'] });
  const answer = await report('storeId=s1', headers);
  expect(answer.now.stores.map(({ storeId }: { storeId: string }) => storeId)).toEqual(['s1']);
  expect(answer.now.products.map(({ storeId }: { storeId: string }) => storeId)).toEqual(['s1']);
  for (const query of ['storeId=s2', ''])
    expect((await gateway.get(`${ROUTE}?${query}`, headers)).status).toBe(403);
});

test.each([
  ['limit=1001', 'limit', 'a number to 1000'],
  ['table=everything', 'table', "'periods', 'stores' or 'products'"],
  ['agentId=a1', '', 'only from, to, storeId, by, tz, dayEnds, limit, table'],
])('refuses %s with what was wanted', async (query, path, wanted) => {
  const { status, body } = await gateway.get(`${ROUTE}?${query}`);
  expect(status).toBe(400);
  expect(body.errors).toEqual([expect.objectContaining({ path, wanted })]);
});
