import { expect, test } from 'vitest';
import { resolveQuestion } from '../../src/gateway/resolved-question.ts';
import type { ServingModel } from '../../src/gateway/serving-model.ts';
import { suggestionRequestSchema } from '../../src/gateway/wire.ts';
import { smallModel } from '../support/small-model.ts';

const asked = {
  basketId: 'b1',
  basket: [{ productId: 'phone' }],
  customerId: 'c1',
  consent: { personalise: true },
  at: '2026-05-01T10:00:00Z',
};

/** The question as it is resolved, and the baskets whose version was looked up. */
function resolved(request: object, erased: readonly string[] = []) {
  const baskets: (string | undefined)[] = [];
  const serving = { model: smallModel(), view: () => ({}) } as unknown as ServingModel;
  const parts = {
    serving: (_tenant: string, basketId: string | undefined) => {
      baskets.push(basketId);
      return serving;
    },
    isErased: (_tenant: string, customerId: string) => erased.includes(customerId),
    nowMs: () => 7,
  };
  const access = { tenant: 't', scope: 'terminal' as const, stores: undefined };
  const question = {
    request: suggestionRequestSchema.parse(request),
    access,
    explain: false,
    arrivedAt: 0,
  };
  return { ...resolveQuestion(parts, question as never), baskets };
}

test('a question is about its basket, its customer who agreed, and its time', () => {
  expect(resolved(asked)).toMatchObject({
    basketId: 'b1',
    customerId: 'c1',
    askedAtMs: Date.parse('2026-05-01T10:00:00Z'),
    baskets: ['b1'],
  });
  const { basketId: _, at: __, ...less } = asked;
  expect(resolved({ ...less, consent: { personalise: false } })).toMatchObject({
    basketId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    customerId: undefined,
    askedAtMs: 7,
    baskets: [undefined],
  });
});

test('a customer who was erased is nobody', () => {
  expect(resolved(asked, ['c1']).customerId).toBeUndefined();
});

test('in practice it is about nobody, and keeps no version in service for its basket', () => {
  expect(resolved({ ...asked, practice: true })).toMatchObject({
    basketId: 'b1',
    customerId: undefined,
    baskets: [undefined],
  });
});
