import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addKey } from '../support/made-key.ts';
import { buildModel } from '../support/model-builder.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

/** Tea asks for a scone; customer c0 has a weakness for pies, c1 has bought none. */
const teaRoom = () =>
  buildModel({
    products: ['tea', 'scone', 'pie', 'bun'].map((id) => ({
      id,
      name: id,
      share: 0.25,
      unitPrice: 4,
      unitCost: 1,
    })),
    edges: [['tea', 'scone', 0.2, 0.3]],
    customers: [[['tea', 'pie'], ['tea', 'pie'], ['pie']], [['tea', 'bun']]],
    weights: { ease: 10, own: 5 },
  });

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway({ model: teaRoom() });
});

afterEach(() => gateway.close());

const ask = async (more: object, headers = {}) => {
  const question = { basket: [{ productId: 'tea' }], limit: 1, ...more };
  return (await gateway.post('/v1/suggestions', question, headers)).body;
};
const agreed = { customerId: 'c0', consent: { personalise: true } };
const offered = ({ suggestions }: { suggestions: { productId: string }[] }) => suggestions[0]!.productId;

describe('a customer who agreed to be recognised', () => {
  test('is offered what they buy, with that as a reason', async () => {
    const answer = await ask(agreed);
    expect(offered(answer)).toBe('pie');
    expect(answer.suggestions[0].reasons).toContainEqual({ code: 'bought-before', baskets: 3 });
    expect(offered(await ask({ ...agreed, customerId: 'c1' }))).toBe('bun');
  });

  test('is offered it with an empty basket too', async () => {
    expect(offered(await ask({ ...agreed, basket: [] }))).toBe('pie');
  });

  test('shares no answer with anybody: nothing of it is cached', async () => {
    for (const more of [agreed, agreed, {}, agreed, { ...agreed, customerId: 'stranger' }]) {
      const answer = await ask(more);
      expect(offered(answer)).toBe(more === agreed ? 'pie' : 'scone');
      expect(answer.suggestions[0].reasons.map(({ code }: { code: string }) => code)).not.toContain(
        more === agreed ? 'similar-baskets' : 'bought-before',
      );
      if (more === agreed) expect(answer.cache).toBe('miss');
    }
  });
});

describe('a customer who did not', () => {
  test.each([
    ['no consent', { customerId: 'c0' }],
    ['consent refused', { customerId: 'c0', consent: { personalise: false } }],
    ['consent of nobody', { consent: { personalise: true } }],
    ['a customer the model does not know', { customerId: 'c2', consent: { personalise: true } }],
  ])('%s: is answered as anybody', async (_, more) => {
    const { suggestions } = await ask(more);
    expect(suggestions).toEqual((await ask({})).suggestions);
  });
});

test('an erased customer is answered as anybody from the next question on', async () => {
  expect(offered(await ask(agreed))).toBe('pie');
  await gateway.send('/v1/customers/c0', { method: 'DELETE' });
  expect((await ask(agreed)).suggestions).toEqual((await ask({})).suggestions);
  expect(offered(await ask({ ...agreed, customerId: 'c1' }))).toBe('bun');
});

describe('what a customer bought', () => {
  test('is told to staff but not to a till, which still gets a reason', async () => {
    const { headers } = await addKey(gateway.folder, 'terminal');
    const { suggestions } = await ask(agreed, headers);
    expect(suggestions[0]).toMatchObject({ productId: 'pie', reasons: [{ code: 'popular' }] });
  });

  test('has no effect on another tenant whose customers happen to have the same ids', async () => {
    const { headers } = await addKey(gateway.folder, 'agent', { tenant: 'north' });
    const { suggestions } = await ask(agreed, headers);
    expect(suggestions[0].productId).toBe('scone');
  });
});
