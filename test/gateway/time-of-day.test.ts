import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOURS } from '../../src/recommender/time-of-day.ts';
import { buildModel } from '../support/model-builder.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

/** Beside coffee, croissants until noon and cake from then on. */
const lifts: Record<string, (hour: number) => number> = {
  croissant: (hour) => (hour < 12 ? 2 : -2),
  cake: (hour) => (hour < 12 ? -2 : 2),
};
const ids = ['coffee', 'croissant', 'cake', 'tea'];
const cafe = buildModel({
  products: ids.map((id) => ({ id, share: 0.2, unitPrice: 3, unitCost: 1 })),
  edges: [
    ['coffee', 'croissant', 0.3],
    ['coffee', 'cake', 0.3],
  ],
  weights: { ease: 10, hour: 1 },
  hourLift: Float32Array.from({ length: ids.length * HOURS }, (_, at) => {
    return lifts[ids[Math.floor(at / HOURS)]!]?.(at % HOURS) ?? 0;
  }),
});

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway({ model: cafe, stock: [] });
});

afterEach(() => gateway.close());

async function ask(at?: string) {
  const { body } = await gateway.post('/v1/suggestions', {
    basket: [{ productId: 'coffee' }],
    limit: 1,
    ...(at && { at }),
  });
  return { id: body.suggestions[0].productId, cache: body.cache };
}

test('an answer is that of the hour, by the clock or by what the question says', async () => {
  gateway.clock.nowMs = Date.parse('2026-05-01T11:50:00Z');
  expect(await ask()).toEqual({ id: 'croissant', cache: 'miss' });
  expect(await ask('2026-05-01T14:50:00+02:00')).toEqual({ id: 'cake', cache: 'miss' });
  expect(await ask()).toEqual({ id: 'croissant', cache: 'hit' });
});

test('an answer that is kept is given again within its hour and not after it', async () => {
  gateway.clock.nowMs = Date.parse('2026-05-01T11:01:00Z');
  expect(await ask()).toEqual({ id: 'croissant', cache: 'miss' });
  gateway.clock.nowMs = Date.parse('2026-05-01T11:59:59Z');
  expect(await ask()).toEqual({ id: 'croissant', cache: 'hit' });
  gateway.clock.nowMs = Date.parse('2026-05-01T12:00:00Z');
  expect(await ask()).toEqual({ id: 'cake', cache: 'miss' });
  gateway.clock.nowMs = Date.parse('2026-05-02T11:30:00Z');
  expect(await ask()).toEqual({ id: 'croissant', cache: 'hit' });
});

test('the hour is that of the stores, wherever the gateway runs', async () => {
  await gateway.close();
  const { hourOf } = cafe;
  gateway = openTestGateway({ model: { ...cafe, hourOf: (ms) => (hourOf(ms) + 2) % HOURS }, stock: [] });
  gateway.clock.nowMs = Date.parse('2026-05-01T10:30:00Z');
  expect((await ask()).id).toBe('cake');
});

test('a model that ignores the time of day answers from the cache at any hour', async () => {
  await gateway.close();
  gateway = openTestGateway();
  const at = async (time: string) => {
    gateway.clock.nowMs = Date.parse(time);
    return (await gateway.post('/v1/suggestions', { basket: [{ productId: 'phone' }] })).body.cache;
  };
  expect(await at('2026-05-01T08:00:00Z')).toBe('miss');
  expect(await at('2026-05-01T19:00:00Z')).toBe('hit');
});
