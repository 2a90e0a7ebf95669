import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HoldoutUnit } from '../../src/ledger/decision.ts';
import { type ListeningGateway, listenTestGateway } from '../support/listening-gateway.ts';
import { LiveClient } from '../support/live-client.ts';

let gateway: ListeningGateway;

beforeEach(async () => {
  gateway = await listenTestGateway({}, { isHeldOut: (basketId) => !basketId.startsWith('offered') });
});

afterEach(() => gateway.close());

const phone = { storeId: 's1', channel: 'call', basket: [{ productId: 'phone' }] };
const recorded = async (decisionId: string) =>
  vi.waitFor(async () => {
    const answer = await gateway.get(`/v1/decisions/${decisionId}`);
    expect(answer.status).toBe(200);
    return answer.body;
  });

describe('a basket that is held out', () => {
  test('gets no suggestions, and its decision says what it would have got', async () => {
    const offered = await gateway.post('/v1/suggestions', { ...phone, basketId: 'offered-1' });
    const heldOut = await gateway.post('/v1/suggestions', { ...phone, basketId: 'held-1' });
    expect(offered.body).toMatchObject({ arm: 'treatment', suggestions: [{ productId: 'case' }, {}, {}] });
    expect(heldOut.body).toMatchObject({ arm: 'holdout', suggestions: [], degraded: [] });
    expect(Object.keys(heldOut.body)).toEqual(Object.keys(offered.body));
    const [shown, held] = await Promise.all([offered, heldOut].map(({ body }) => recorded(body.decisionId)));
    expect(held).toMatchObject({ arm: 'holdout', holdoutShare: 0.5, suggestions: shown.suggestions });
    expect(held.candidates).toEqual(shown.candidates);
    expect(held.suggestions).toHaveLength(3);
    expect(held.basket).toEqual([{ productId: 'phone', quantity: 1, unitPrice: 200 }]);
  });

  test('is decided by the id that the gateway gives if the caller gives none', async () => {
    const { body } = await gateway.post('/v1/suggestions', phone);
    expect(body).toMatchObject({ arm: 'holdout', suggestions: [] });
    expect(await recorded(body.decisionId)).toMatchObject({ basketId: body.basketId, arm: 'holdout' });
  });

  test('is silent on the live channel too, at every change', async () => {
    const client = await LiveClient.connect(gateway.url);
    client.send({ type: 'basket', basketId: 'held-2', seq: 1, ...phone });
    expect(await client.hear({ seq: 1 })).toMatchObject({ arm: 'holdout', suggestions: [] });
    const change = { add: [{ productId: 'milk-a' }] };
    client.send({ type: 'change', basketId: 'held-2', seq: 2, ...change });
    expect(await client.hear({ seq: 2 })).toMatchObject({ arm: 'holdout', suggestions: [] });
    await client.close();
  });
});

test('the draw gets the store and channel', async () => {
  const told: HoldoutUnit[] = [];
  const drawn = await listenTestGateway({}, { isHeldOut: (_, unit) => told.push(unit) > 100 });
  onTestFinished(() => drawn.close());
  await drawn.post('/v1/suggestions', { ...phone, basketId: 'b1' });
  await drawn.post('/v1/suggestions', { basketId: 'b2', basket: phone.basket });
  expect(told).toEqual([
    { basketId: 'b1', storeId: 's1', channel: 'call' },
    { basketId: 'b2', storeId: undefined, channel: 'till' },
  ]);
});

test('the draw gets the id only of a customer who agreed to be known', async () => {
  const told: HoldoutUnit[] = [];
  const drawn = await listenTestGateway({}, { isHeldOut: (_, unit) => told.push(unit) > 100 });
  onTestFinished(() => drawn.close());
  await drawn.post('/v1/suggestions', { ...phone, customerId: 'c1', consent: { personalise: true } });
  await drawn.post('/v1/suggestions', { ...phone, customerId: 'c1', consent: { personalise: false } });
  await drawn.post('/v1/suggestions', { ...phone, customerId: 'c1' });
  expect(told.map(({ customerId }) => customerId)).toEqual(['c1', undefined, undefined]);
});

test('the draw gets no id of an erased customer', async () => {
  const told: HoldoutUnit[] = [];
  const drawn = await listenTestGateway({}, { isHeldOut: (_, unit) => told.push(unit) > 100 });
  onTestFinished(() => drawn.close());
  const known = { ...phone, customerId: 'c1', consent: { personalise: true } };
  await drawn.post('/v1/suggestions', known);
  await drawn.app.request('/v1/customers/c1', { method: 'DELETE' });
  await drawn.post('/v1/suggestions', known);
  expect(told.map(({ customerId }) => customerId)).toEqual(['c1', undefined]);
});

test('the question of an analyst is never held out, and is not part of the experiment', async () => {
  const { body } = await gateway.post('/v1/suggestions', { ...phone, objective: 'probability', limit: 5 });
  expect(body.arm).toBe('treatment');
  expect(body.suggestions.length).toBeGreaterThan(0);
  const decision = await recorded(body.decisionId);
  expect(decision).toMatchObject({ objective: 'probability', arm: 'treatment', holdoutShare: 0 });
});

test('in practice the work counts in the metrics, and what is suggested does not', async () => {
  const { telemetry } = gateway;
  const counts = () =>
    ['stage gather', 'stage decide', 'stage present', 'cache hit', `suggested ${phone.channel}`].map((name) =>
      telemetry.count(name),
    );
  await gateway.post('/v1/suggestions', phone);
  const [gathered, decided, presented, hits, suggested] = counts();
  await gateway.post('/v1/suggestions', { ...phone, basketId: 'held-4', practice: true });
  expect(counts()).toEqual([gathered! + 1, decided! + 1, presented! + 1, hits! + 1, suggested]);
});

test('in practice there is no holdout and no record, and the basket remembers nothing', async () => {
  const asked = { ...phone, basketId: 'held-3', practice: true };
  const { body } = await gateway.post('/v1/suggestions', asked);
  expect(body).toMatchObject({ arm: 'treatment', suggestions: [{ productId: 'case' }, {}, {}] });
  // A real question that comes after it is on record, and it is not.
  const real = await gateway.post('/v1/suggestions', { ...phone, basketId: 'offered-3' });
  await recorded(real.body.decisionId);
  expect((await gateway.get(`/v1/decisions/${body.decisionId}`)).status).toBe(404);
  const event = { id: 'p1', type: 'outcome', at: new Date().toISOString(), result: 'declined' };
  await gateway.post('/v1/events', {
    events: [{ ...event, decisionId: body.decisionId, productId: 'case' }],
  });
  const again = await gateway.post('/v1/suggestions', asked);
  expect(again.body.suggestions[0].productId).toBe('case');
});
