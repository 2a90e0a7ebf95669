import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { buildModel } from '../support/model-builder.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
});

afterEach(() => gateway.close());

const sale = (id: string, changes: object = {}) => ({
  id,
  type: 'sale',
  at: '2026-05-01T09:59:00Z',
  basketId: id,
  storeId: 's1',
  currency: 'EUR',
  lines: ['cable', 'charger', 'gum', 'unheard-of'].map((productId) => ({
    productId,
    quantity: 1,
    unitPrice: 9,
  })),
  ...changes,
});

async function send(event: object) {
  return (await gateway.post('/v1/events', { events: [event] })).body.results[0].status;
}

/** By product, what the stored sale says each unit saved. */
function savedIn(id: string): Record<string, number | undefined> {
  const stored = [...gateway.folder.events.events(TENANT)].find(({ event }) => event.id === id)!;
  if (stored.event.type !== 'sale') throw new Error('not a sale');
  return Object.fromEntries(
    stored.event.lines.map(({ productId, holdingSavedMinor }) => [productId, holdingSavedMinor]),
  );
}

const stateStock = (row: object) =>
  gateway.post('/v1/stock', {
    rows: [{ storeId: 's1', productId: 'cable', asOf: '2026-05-01T10:00:00Z', ...row }],
  });

test('a receipt says what holding each unit would have cost on, by the stock of its store', async () => {
  expect(await send(sale('e1'))).toBe('stored');
  const offered = await gateway.post('/v1/suggestions', {
    storeId: 's1',
    basket: [{ productId: 'phone' }],
    limit: 10,
  });
  const { holding } = offered.body.suggestions.find(
    ({ productId }: { productId: string }) => productId === 'cable',
  ).value;
  expect(holding).toBeGreaterThan(0.1);
  const { cable, charger, gum, 'unheard-of': unheard } = savedIn('e1');
  // The offer is valued by the cover as it is, the sale from that down to one unit less.
  expect(cable).toBeGreaterThan(100 * holding * 0.99);
  expect(cable).toBeLessThanOrEqual(100 * holding + 0.5);
  // Twenty days of chargers are no more than is wanted; what gum costs is not known.
  expect([charger, gum, unheard]).toEqual([0, undefined, undefined]);
});

test('units save by what the receipt says they cost, and by the catalogue where it says nothing', async () => {
  const costing = (id: string, unitCost?: number) =>
    sale(id, {
      lines: ['cable', 'gum'].map((productId) => ({
        productId,
        quantity: 1,
        unitPrice: 9,
        ...(unitCost !== undefined && { unitCost }),
      })),
    });
  await stateStock({ productId: 'gum', onHand: 500, demandPerDay: 1, targetCoverDays: 15 });
  for (const [id, unitCost] of [['silent'], ['three', 3], ['six', 6]] as const)
    await send(costing(id, unitCost));
  const [silent, three, six] = ['silent', 'three', 'six'].map(savedIn);
  expect(three!.cable).toBe(silent!.cable);
  expect(six!.cable).toBeCloseTo(2 * three!.cable!, 3);
  expect(silent!.gum).toBeUndefined();
  expect(six!.gum).toBeCloseTo(2 * three!.gum!, 3);
});

test('of many units the last ones save less, and none saves more than there were to wait', async () => {
  // 40 on hand at 2 a day, 15 days wanted: ten units wait, five days at most.
  await stateStock({ onHand: 40, demandPerDay: 2, targetCoverDays: 15 });
  const many = (id: string, quantity: number) =>
    sale(id, { lines: [{ productId: 'cable', quantity, unitPrice: 9 }] });
  for (const [id, quantity] of Object.entries({ one: 1, ten: 10, twelve: 12, all: 400 }))
    await send(many(id, quantity));
  const days = (id: string, quantity: number) => (savedIn(id).cable! * quantity) / ((0.25 / 365) * 300);
  expect(days('one', 1)).toBeCloseTo(4.75, 2);
  // The area of a triangle: ten units, of which the first would have waited five days and the last none.
  expect(days('ten', 10)).toBeCloseTo(25, 1);
  expect(days('twelve', 12)).toBeCloseTo(25, 1);
  expect(days('all', 400)).toBeCloseTo(25, 0);
});

test('what nobody buys waits for the maximum time, and what has expired waits no longer', async () => {
  await stateStock({ onHand: 40, demandPerDay: 0, targetCoverDays: 15 });
  await send(sale('e1'));
  expect(savedIn('e1').cable).toBeCloseTo(0.25 * 300, 2);
  await stateStock({
    onHand: 40,
    demandPerDay: 0,
    targetCoverDays: 15,
    expiresAt: '2026-05-01T09:00:00Z',
    asOf: '2026-05-01T10:00:01Z',
  });
  await send(sale('e2'));
  expect(savedIn('e2').cable).toBe(0);
});

test('a model that states no currency has costs in that of the receipt', async () => {
  await gateway.close();
  const model = buildModel({
    products: [{ id: 'cable', share: 0.5, unitPrice: 9, unitCost: 3 }],
    stores: [{ id: 's1', baskets: 9, sales: { cable: 4 } }],
  });
  gateway = openTestGateway({ model: { ...model, currency: undefined } });
  await send(sale('e1', { currency: 'CHF' }));
  expect(savedIn('e1').cable).toBeGreaterThan(0);
});

test('it uses the stock at that moment, and the same receipt stays one event', async () => {
  await send(sale('e1'));
  await stateStock({ onHand: 700, demandPerDay: 2, targetCoverDays: 30 });
  expect(await send(sale('e1'))).toBe('duplicate');
  await send(sale('e2'));
  expect(savedIn('e2').cable).toBeGreaterThan(2 * savedIn('e1').cable!);
  expect(await send(sale('e1', { currency: 'USD' }))).toBe('rejected');
});

test.each<[string, object]>([
  ['another currency than that of the costs', { currency: 'USD' }],
  ['a store whose stock nobody stated', { storeId: 's2' }],
  ['a day before yesterday', { at: '2026-04-29T10:00:00Z' }],
])('of %s nothing is known', async (_, changes) => {
  await send(sale('e1', changes));
  expect(Object.values(savedIn('e1'))).toEqual([undefined, undefined, undefined, undefined]);
});

test('the sender cannot say it', async () => {
  const lines = [{ productId: 'gum', quantity: 1, unitPrice: 1, holdingSavedMinor: 1e6 }];
  expect(await send(sale('e1', { lines }))).toBe('stored');
  expect(savedIn('e1').gum).toBeUndefined();
});

test('the uplift tells what offers saved of it, over the baskets without', async () => {
  await gateway.close();
  gateway = openTestGateway({ isHeldOut: (basketId) => Number(basketId.slice(1)) % 2 === 1 });
  const each = Array.from({ length: 240 }, (_, n) => n);
  for (const n of each) {
    await gateway.post('/v1/suggestions', {
      storeId: 's1',
      channel: 'till',
      basketId: `b${n}`,
      basket: [{ productId: 'phone' }],
    });
  }
  await vi.waitFor(() => expect([...gateway.folder.events.decisions(TENANT)]).toHaveLength(240));
  // With offers every other basket holds a cable, without every sixth.
  const hasCable = (n: number) => (n % 2 === 0 ? n % 4 === 0 : n % 12 === 1);
  const events = each.map((n) => ({
    ...sale(`e${n}`, { basketId: `b${n}`, at: '2026-05-01T10:00:00Z' }),
    lines: ['phone', ...(hasCable(n) ? ['cable'] : [])].map((productId) => ({
      productId,
      quantity: 1,
      unitPrice: 9,
      unitCost: 3,
    })),
  }));
  await gateway.post('/v1/events', { events });
  const { body } = await gateway.get('/v1/reports/uplift?from=2026-05-01&to=2026-05-01');
  const { holdingSavedPer100Baskets: saved } = body.incremental;
  const unit = savedIn('e0').cable! / 100;
  expect(saved.estimate).toBeCloseTo(unit * 100 * (1 / 2 - 1 / 6), 6);
  expect(saved.low).toBeGreaterThan(0);
  const csv = await gateway.get('/v1/reports/uplift?from=2026-05-01&to=2026-05-01', { accept: 'text/csv' });
  expect(csv.body).toMatch(/^holdingSavedPer100Baskets,95 %,[\d.]+,[\d.]+,[\d.]+,EUR,/m);
});
