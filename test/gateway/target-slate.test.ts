import { afterEach, describe, expect, test } from 'vitest';
import { type LoggedSlate, slateChances, type TargetPolicy } from '../../src/gateway/target-slate.ts';
import { SMALL_STOCK } from '../support/small-model.ts';
import {
  openTestGateway,
  TENANT,
  type TestGateway,
  type TestGatewayOptions,
} from '../support/test-gateway.ts';

let gateway: TestGateway;

afterEach(() => gateway.close());

const RULES = [
  { id: 'b', action: 'boost', factor: 3, productIds: ['charger'] },
  { id: 'p', action: 'pin', productIds: ['gum'], whenBasketHas: ['beer'] },
];

/** Decisions of one gateway on each basket, as the ledger keeps them. */
async function decisionsOf(baskets: readonly (readonly string[])[], options: TestGatewayOptions) {
  gateway = openTestGateway({
    stock: SMALL_STOCK,
    explore: () => ({ share: 0.2, draw: 0.9 }),
    ...options,
  });
  await gateway.put('/v1/rules', { rules: RULES });
  const decisions: LoggedSlate[] = [];
  for (const ids of baskets) {
    const basket = ids.map((productId) => ({ productId }));
    const { body } = await gateway.post('/v1/suggestions', { storeId: 's1', basket, limit: 2 });
    await new Promise(setImmediate);
    await gateway.parts.events.flush();
    decisions.push(gateway.parts.events.decision(TENANT, body.decisionId) as LoggedSlate);
  }
  await gateway.close();
  return decisions;
}

const BASKETS = [['phone'], ['cereal'], ['beer'], ['phone', 'cereal'], ['crisps', 'milk-a'], []];

describe('the slate of another policy, from what was logged', () => {
  test.each<[string, TargetPolicy, TestGatewayOptions['policy']]>([
    ['another β', { valueWeight: 1 }, { valueWeight: 1 }],
    ['β 0', { valueWeight: 0 }, { valueWeight: 0 }],
    ['another threshold', { minValue: 0.5 }, { expectedValueMin: 0.5 }],
    ['both', { valueWeight: 0.9, minValue: 0.2 }, { valueWeight: 0.9, expectedValueMin: 0.2 }],
  ])('with %s is the one that a gateway with that policy gives', async (_, target, policy) => {
    const logged = await decisionsOf(BASKETS, {});
    const wanted = await decisionsOf(BASKETS, { policy: policy! });
    let changed = 0;
    for (const [at, decision] of logged.entries()) {
      const chances = slateChances(decision, target);
      const own = new Map(wanted[at]!.candidates.map((one) => [one.productId, one.inclusion!]));
      for (const [i, { productId, inclusion }] of decision.candidates.entries()) {
        expect({ productId, chance: chances.target[i] }).toEqual({
          productId,
          chance: expect.closeTo(own.get(productId)!, 5),
        });
        expect(chances.logged[i]).toBe(inclusion);
        if (Math.abs(own.get(productId)! - inclusion!) > 0.01) changed++;
      }
    }
    expect(changed).toBeGreaterThan(0);
  });

  test('with the same policy has the very chances of the log', async () => {
    for (const decision of await decisionsOf(BASKETS, {})) {
      const { logged, target } = slateChances(decision, { valueWeight: 0.5, minValue: 0.001 });
      expect(target).toEqual(logged);
    }
  });

  test('of another model keeps the filters, values and pins of the log; what the log lacks was never shown', async () => {
    const [phone, , beer] = await decisionsOf(BASKETS, {});
    const rerank = () => [
      { productId: 'cable', probability: 0.9, unitValue: Number.NaN },
      { productId: 'new', probability: 0.7, unitValue: 3 },
      { productId: 'beer', probability: 0.6, unitValue: 40 },
    ];
    const { target, logged } = slateChances(phone!, { rerank });
    const chanceOf = (productId: string) =>
      target[phone!.candidates.findIndex((one) => one.productId === productId)];
    expect(chanceOf('cable')).toBe(1);
    expect(chanceOf('beer')).toBe(0);
    const total = target.reduce((sum, chance) => sum + chance, 0);
    expect(total).toBeCloseTo(2, 5);
    const unlisted = phone!.candidates.length;
    expect(target.length).toBeGreaterThan(unlisted);
    expect(target.subarray(unlisted).some((chance) => chance > 0.5)).toBe(true);
    expect([...logged.subarray(unlisted)].every((chance) => chance === 0)).toBe(true);
    const pinned = slateChances(beer!, { rerank });
    expect(pinned.target[beer!.candidates.findIndex(({ productId }) => productId === 'gum')]).toBe(1);
  });
});
