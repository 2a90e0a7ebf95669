import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AdvisorParts } from '../../src/gateway/advisor.ts';
import { openTestGateway, type TestGateway, type TestGatewayOptions } from '../support/test-gateway.ts';

const SHARE = 0.2;
/** Draws the least likely of those that may be drawn. */
const exploring: AdvisorParts['explore'] = () => ({ share: SHARE, draw: SHARE - 1e-9 });
const ordinary: AdvisorParts['explore'] = () => ({ share: SHARE, draw: SHARE });

const phone = { storeId: 's1', channel: 'call', basketId: 'b1', basket: [{ productId: 'phone' }], limit: 2 };
let gateway: TestGateway;

afterEach(() => gateway.close());

async function ask(options: TestGatewayOptions, request: object = {}, path = '/v1/suggestions') {
  gateway = openTestGateway(options);
  const { body } = await gateway.post(path, { ...phone, ...request });
  const decision = await vi.waitFor(async () => {
    const answer = await gateway.get(`/v1/decisions/${body.decisionId}`);
    expect(answer.status).toBe(200);
    return answer.body;
  });
  await gateway.close();
  return { body, decision, ids: body.suggestions.map(({ productId }: { productId: string }) => productId) };
}

describe('an explored answer', () => {
  test('differs in its last place only; the record and the analyst learn which product and its chance', async () => {
    const plain = await ask({});
    const explored = await ask({ explore: exploring }, {}, '/v1/suggestions?explain=1');
    expect(explored.ids).toHaveLength(plain.ids.length);
    expect(explored.ids.slice(0, -1)).toEqual(plain.ids.slice(0, -1));
    expect(explored.ids.at(-1)).not.toBe(plain.ids.at(-1));
    expect(explored.body.suggestions.map(({ explored }: { explored?: true }) => explored)).toEqual([
      ...plain.ids.slice(1).map(() => undefined),
      true,
    ]);
    const { slate, candidates } = explored.decision;
    expect(slate.exploration).toEqual({ share: SHARE, draw: SHARE - 1e-9, explored: explored.ids.at(-1) });
    const inclusion = new Map<string, number>(
      candidates.map((one: { productId: string; inclusion: number }) => [one.productId, one.inclusion]),
    );
    expect([...inclusion.values()].reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(2, 5);
    expect(inclusion.get(plain.ids[0])).toBe(1);
    expect(inclusion.get(plain.ids.at(-1))).toBeGreaterThan(1 - SHARE);
    expect(inclusion.get(explored.ids.at(-1))).toBeLessThan(SHARE);
    for (const { productId, inclusion: chance } of explored.body.explain)
      expect(chance).toBeCloseTo(inclusion.get(productId)!, 5);
  });

  test('is the ordinary one where the draw is not below the share, and says how likely that was', async () => {
    const plain = await ask({});
    const answer = await ask({ explore: ordinary });
    expect(answer.ids).toEqual(plain.ids);
    expect(answer.body.suggestions.every((one: object) => !('explored' in one))).toBe(true);
    expect(answer.decision.slate.exploration).toMatchObject({ explored: null });
  });
});

test('the record states the policy only where something is explored', async () => {
  const { decision } = await ask({ explore: ordinary });
  expect(decision.slate).toMatchObject({
    limit: 2,
    pinned: 0,
    valueWeight: 0.5,
    expectedValueMin: 0.001,
    referenceValue: expect.any(Number),
  });
  for (const candidate of decision.candidates) expect(candidate).toHaveProperty('unitValue');
  const plain = await ask({});
  expect(plain.decision).not.toHaveProperty('slate');
  for (const candidate of plain.decision.candidates)
    expect(Object.keys(candidate)).toEqual(['productId', 'probability', 'expectedValue', 'verdict']);
});

test('nothing is explored for a basket that is held out, nor for the question of an analyst', async () => {
  const explore = vi.fn(exploring);
  const heldOut = await ask({ explore, isHeldOut: () => true });
  expect(heldOut.decision).not.toHaveProperty('slate');
  const analyst = await ask({ explore }, { objective: 'probability', limit: 5 });
  expect(analyst.decision).not.toHaveProperty('slate');
  expect(explore).not.toHaveBeenCalled();
});

test('the draw depends on the products in the basket and those refused, not on order or quantities', async () => {
  const asked: string[] = [];
  const explore: AdvisorParts['explore'] = (_, basketId, question) => {
    asked.push(`${basketId} ${question}`);
    return { share: SHARE, draw: 0.5 };
  };
  gateway = openTestGateway({ explore });
  const basket = [{ productId: 'phone' }, { productId: 'milk-a', quantity: 2 }];
  await gateway.post('/v1/suggestions', { ...phone, basket });
  await gateway.post('/v1/suggestions', { ...phone, basket: [...basket].reverse() });
  await gateway.post('/v1/suggestions', {
    ...phone,
    basket: [basket[0], { productId: 'milk-a', quantity: 5 }],
  });
  expect(new Set(asked).size).toBe(1);
  await gateway.post('/v1/suggestions', { ...phone, basket, declined: ['case'] });
  await gateway.post('/v1/suggestions', phone);
  expect(new Set(asked).size).toBe(3);
});
