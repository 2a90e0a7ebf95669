import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

const SEED = Number(process.env.BASKETLIFT_TEST_SEED ?? 20260501);
const RUNS = 600;

let gateway: TestGateway;

beforeAll(() => {
  gateway = openTestGateway();
});

afterAll(() => gateway.close());

/** Mostly what is wanted, now and then something else. */
function mostly(usual: fc.Arbitrary<unknown>, rare: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: rare });
}

const id = mostly(
  fc.constantFrom('phone', 'case', 's1', 'd1', '__proto__', 'constructor', '📱', '\ud800'),
  fc.constantFrom('', '\u0000'),
);
const instant = mostly(
  fc.oneof(
    fc.date({ min: new Date(-62_000_000_000_000), noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999999+23:59'),
  ),
  fc.constantFrom('2026-05-01T00:00-00:00', '+010000-01-01T00:00:00Z', 'now'),
);
const number = mostly(fc.integer({ min: 1, max: 10 }), fc.double());
const anything = fc.jsonValue({ maxDepth: 4 });

function fields(shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const values = Object.entries(shape).map(([name, value]) => [name, mostly(value, anything)]);
  return fc.record(Object.fromEntries(values), { requiredKeys: [] });
}

function list(item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.array(item, { maxLength: 5 });
}

const line = fields({
  productId: id,
  quantity: number,
  unitPrice: number,
  discount: number,
  unitCost: number,
});
const bodies: Record<string, fc.Arbitrary<unknown>> = {
  'POST /v1/suggestions': fields({
    ...{ storeId: id, basketId: id, customerId: id, agentId: id, basket: list(line), declined: list(id) },
    ...{
      channel: fc.constantFrom('till', 'call', 'web'),
      language: fc.constantFrom('en', 'nl-BE', ''),
      at: instant,
    },
    ...{
      limit: number,
      budgetMs: number,
      customerAge: number,
      consent: fields({ personalise: fc.boolean() }),
    },
    objective: fc.constantFrom('value', 'probability'),
  }),
  'POST /v1/events': fields({
    events: list(
      fields({
        ...{
          id: fc.oneof(id, fc.uuid()),
          type: fc.constantFrom('shown', 'outcome', 'sale', 'refund'),
          at: instant,
        },
        ...{ decisionId: id, productId: id, basketId: id, storeId: id, lines: list(line) },
        ...{
          result: fc.constantFrom('accepted', 'declined', 'not-offered'),
          currency: fc.constantFrom('EUR', 'JPY', 'XXX'),
        },
      }),
    ),
  }),
  'POST /v1/stock': fields({
    rows: list(
      fields({
        ...{
          storeId: id,
          productId: id,
          onHand: number,
          onHandDelta: number,
          reserved: number,
          asOf: instant,
        },
        ...{ demandPerDay: number, leadTimeDays: number, protectionLevel: number, expiresAt: instant },
      }),
    ),
  }),
  'PUT /v1/rules': fields({
    version: number,
    rules: list(
      fields({
        ...{
          id,
          action: fc.constantFrom('exclude', 'pin', 'boost', 'bury'),
          productIds: list(id),
          category: id,
        },
        ...{ factor: number, storeIds: list(id), whenBasketHas: list(id), from: instant, until: instant },
      }),
    ),
  }),
};

test.each(Object.keys(bodies))(
  `${RUNS} bodies of any kind to %s never meet a failure of ours`,
  async (route) => {
    console.log(`${route}: seed ${SEED}`);
    const [method, path] = route.split(' ') as [string, string];
    const text = fc.oneof(
      { weight: 8, arbitrary: bodies[route]!.map((body) => JSON.stringify(body)) },
      { weight: 1, arbitrary: fc.json() },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    );
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(text, async (body) => {
        const init = { method, body, headers: { 'content-type': 'application/json' } };
        const { status } = await gateway.app.request(path, init);
        seen.add(status);
        expect(status, body).toBeLessThan(500);
        const after = { basket: [{ productId: 'phone' }], storeId: 's1' };
        expect((await gateway.post('/v1/suggestions', after)).status, body).toBe(200);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect([...seen]).toEqual(expect.arrayContaining([200, 400]));
    expect(gateway.lines.filter(({ level }) => level === 'error')).toEqual([]);
  },
);
