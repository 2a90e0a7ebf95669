import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromWhole, withChange } from '../../src/gateway/live-basket.ts';
import { type LiveBasketMessage, type LiveMessage, liveMessageSchema } from '../../src/gateway/wire.ts';

type Lines = readonly { productId: string; quantity?: number; unitPrice?: number }[];
type Change = Extract<LiveMessage, { type: 'change' }>;

function whole(basket: Lines, seq = 1) {
  const message = { type: 'basket', basketId: 'b', seq, basket };
  return fromWhole(liveMessageSchema.parse(message) as LiveBasketMessage);
}

function change(seq: number, parts: { add?: Lines; remove?: Lines; declined?: string[] }): Change {
  return liveMessageSchema.parse({ type: 'change', basketId: 'b', seq, ...parts }) as Change;
}

describe('a change', () => {
  test('adds to the line of its product, and takes off it', () => {
    const added = withChange(
      whole([{ productId: 'a' }]),
      change(2, { add: [{ productId: 'a', quantity: 2 }] }),
    )!;
    expect(added).toMatchObject({ seq: 2, request: { basket: [{ productId: 'a', quantity: 3 }] } });
    const removed = withChange(added, change(3, { remove: [{ productId: 'a', quantity: 1 }] }))!;
    expect(removed.request.basket).toEqual([{ productId: 'a', quantity: 2 }]);
  });

  test('that takes off more than there is leaves no line, and what is not there changes nothing', () => {
    const remove = [{ productId: 'a', quantity: 9 }, { productId: 'x' }];
    expect(withChange(whole([{ productId: 'a' }]), change(2, { remove }))!.request.basket).toEqual([]);
  });

  test('takes a weighed line off in parts without leaving a speck of it', () => {
    const parts = [{ quantity: 1 }, { quantity: 0.1 }].map((part) => ({ productId: 'a', ...part }));
    const basket = withChange(whole([{ productId: 'a', quantity: 1.1 }]), change(2, { remove: parts }))!;
    expect(basket.request.basket).toEqual([]);
  });

  test('keeps what was declined, and adds to it once', () => {
    const first = withChange(whole([]), change(2, { declined: ['x'] }))!;
    expect(withChange(first, change(3, { declined: ['x', 'y'] }))!.request.declined).toEqual(['x', 'y']);
  });

  test.each([0, 1, 3, 100])('of seq %i after 1 asks for the whole basket', (seq) => {
    expect(withChange(whole([]), change(seq, {}))).toBeUndefined();
  });

  test('beyond the limit of lines asks for the whole basket', () => {
    const lines = Array.from({ length: 500 }, (_, i) => ({ productId: `p${i}` }));
    expect(withChange(whole(lines), change(2, { add: [{ productId: 'one more' }] }))).toBeUndefined();
    expect(withChange(whole(lines), change(2, { add: [{ productId: 'p0' }] }))).toBeDefined();
  });

  test('any changes together give what the sums of their quantities give', () => {
    const step = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 5 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const sums = new Map<string, number>();
        let basket = whole([]);
        for (const [at, [productId, quantity, isAdded]] of steps.entries()) {
          const lines = [{ productId, quantity }];
          basket = withChange(basket, change(at + 2, isAdded ? { add: lines } : { remove: lines }))!;
          sums.set(productId, Math.max(0, (sums.get(productId) ?? 0) + (isAdded ? quantity : -quantity)));
        }
        const kept = Object.fromEntries(basket.request.basket.map((line) => [line.productId, line.quantity]));
        expect(kept).toEqual(Object.fromEntries([...sums].filter(([, sum]) => sum > 0)));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
