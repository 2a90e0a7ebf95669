import { beforeEach, describe, expect, test } from 'vitest';
import { type BasketMemory, createBasketMemory } from '../../src/gateway/basket-memory.ts';
import { createOrphanedBaskets } from '../../src/gateway/live-basket.ts';
import { joinedChannels } from '../support/joined-channels.ts';

let memories: BasketMemory[];

beforeEach(() => {
  memories = joinedChannels(3).map((changes) => createBasketMemory(changes));
});

const declined = (basketId: string, tenant = 'a') =>
  memories.map((memory) => [...memory.declinedIn(tenant, basketId)]);

describe('a refusal', () => {
  test('that names its basket counts in every process', () => {
    memories[0]!.decline('a', { decisionId: 'd', basketId: 'b', productId: 'p' });
    expect(declined('b')).toEqual([['p'], ['p'], ['p']]);
  });

  test('of a decision made in another process counts in every process for its basket', () => {
    memories[2]!.remember('a', 'd', 'b');
    memories[0]!.decline('a', { decisionId: 'd', productId: 'p' });
    expect(declined('b')).toEqual([['p'], ['p'], ['p']]);
  });

  test('of an unknown decision counts nowhere', () => {
    memories[0]!.decline('a', { decisionId: 'd', productId: 'p' });
    expect(declined('b')).toEqual([[], [], []]);
  });

  test('does not count for another tenant', () => {
    memories[1]!.remember('b', 'd', 'b');
    memories[0]!.decline('a', { decisionId: 'd', basketId: 'b', productId: 'p' });
    memories[0]!.decline('a', { decisionId: 'd', productId: 'q' });
    expect(declined('b', 'b')).toEqual([[], [], []]);
  });
});

test('a basket whose socket has gone can be continued in any process, in its latest state', () => {
  const [first, second] = joinedChannels(2).map((changes) => createOrphanedBaskets(changes)) as [
    ReturnType<typeof createOrphanedBaskets>,
    ReturnType<typeof createOrphanedBaskets>,
  ];
  const request = { basket: [], channel: 'till', objective: 'value', declined: [] } as const;
  const basket = (seq: number) => ({ seq, request: { ...request, basket: [], declined: [] } });
  const anybody = () => true;
  first.keep('a\nb', basket(1));
  expect(second.take('a\nb', anybody)).toEqual(basket(1));
  expect(second.take('a\nb', anybody)).toBeUndefined();
  second.keep('a\nb', basket(4));
  first.keep('a\nb', basket(2));
  expect(second.take('a\nb', anybody)).toEqual(basket(4));
});
