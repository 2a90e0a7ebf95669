import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, Product, Suggestion } from '../../src/screens/live-protocol.ts';
import {
  arrangeSlots,
  emptyTill,
  isPayable,
  liveBasketOf,
  reasonsFor,
  reduceTill,
  saleOf,
  type TillAction,
  type TillState,
  totalOf,
} from '../../src/screens/till-state.ts';

const milk: Product = { id: 'milk', name: 'Whole Milk', unitPrice: 1.19 };
const coffee: Product = { id: 'coffee', name: 'Decaf Coffee', unitPrice: 4.35 };

function suggestion(productId: string, over: Partial<Suggestion> = {}): Suggestion {
  const reasons = [{ code: 'bought-together', withProductId: 'milk', share: 0.3 }];
  return { productId, name: productId, unitPrice: 2, reasons, pitch: `Take ${productId}?`, ...over };
}

function answer(offered: readonly Suggestion[], over: Partial<Answer> = {}): Answer {
  return { basketId: 'b1', seq: 1, decisionId: 'd1', suggestions: offered, ...over };
}

function tillAfter(...actions: readonly TillAction[]): TillState {
  return actions.reduce(reduceTill, emptyTill('b1'));
}

const add = (product: Product): TillAction => ({ type: 'product-added', product });
const arrive = (offered: readonly Suggestion[], audience: 'till' | 'call' = 'till'): TillAction => ({
  type: 'answer-arrived',
  answer: answer(offered),
  audience,
});
const offeredIds = (state: TillState) => state.slots.map((slot) => slot?.productId ?? null);

describe('the basket', () => {
  test('adding a product again raises its quantity', () => {
    const state = tillAfter(add(milk), add(coffee), add(milk));
    expect(state.lines.map(({ productId, quantity }) => [productId, quantity])).toEqual([
      ['milk', 2],
      ['coffee', 1],
    ]);
    expect(totalOf(state)).toBe(6.73);
  });

  test('taking the last unit away removes the line and chooses its neighbour', () => {
    const state = tillAfter(add(milk), add(coffee), {
      type: 'quantity-set',
      productId: 'coffee',
      quantity: 0,
    });
    expect(state.lines.map((line) => line.productId)).toEqual(['milk']);
    expect(state.selectedProductId).toBe('milk');
  });

  test('an emptied basket offers nothing', () => {
    const state = tillAfter(add(milk), arrive([suggestion('tea')]), {
      type: 'quantity-set',
      productId: 'milk',
      quantity: 0,
    });
    expect(offeredIds(state)).toEqual([null, null]);
    expect(state.answer).toBeNull();
  });

  test('cannot be paid while a line has no price', () => {
    const state = tillAfter(add({ id: 'x', name: 'X' }));
    expect(isPayable(state)).toBe(false);
    expect(isPayable(reduceTill(state, { type: 'price-set', productId: 'x', unitPrice: 3 }))).toBe(true);
    expect(isPayable(emptyTill('b1'))).toBe(false);
  });

  test('the total is exact to the cent, whatever is in it', () => {
    const line = fc.record({
      cents: fc.integer({ min: 0, max: 99_999 }),
      quantity: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const state = tillAfter(
          ...lines.flatMap(({ cents, quantity }, i): TillAction[] => [
            add({ id: `p${i}`, name: `P${i}`, unitPrice: cents / 100 }),
            { type: 'quantity-set', productId: `p${i}`, quantity },
          ]),
        );
        const cents = lines.reduce((sum, l) => sum + l.cents * l.quantity, 0);
        expect(Math.round(totalOf(state) * 100)).toBe(cents);
      }),
    );
  });

  test('closing it opens an empty one in the same store, with the same agent', () => {
    const state = tillAfter(
      { type: 'store-chosen', storeId: 's1' },
      { type: 'agent-named', agentId: 'a4' },
      { type: 'customer-named', customerId: 'c9' },
      { type: 'consent-answered', mayPersonalise: true },
      add(milk),
      { type: 'basket-closed', nextBasketId: 'b2' },
    );
    expect(state).toEqual({ ...emptyTill('b2'), storeId: 's1', agentId: 'a4' });
  });
});

describe('the customer', () => {
  const named = (customerId: string): TillAction => ({ type: 'customer-named', customerId });
  const agreed: TillAction = { type: 'consent-answered', mayPersonalise: true };

  test('who agreed to be known is told so to the gateway', () => {
    expect(liveBasketOf(tillAfter(named('alice'), agreed), 'call', 'en')).toMatchObject({
      customerId: 'alice',
      consent: { personalise: true },
    });
    expect(tillAfter(named('alice'), agreed, named('alice')).mayPersonalise).toBe(true);
  });

  test.each([[['bob']], [['', 'carol']]])('never has the consent of the one before (%j)', (next) => {
    const state = tillAfter(named('alice'), agreed, ...next.map(named));
    expect(state).toMatchObject({ customerId: next.at(-1), mayPersonalise: false });
  });
});

describe('suggestions', () => {
  test('one that is still offered keeps its place, new ones take the free places in rank order', () => {
    const before = [suggestion('a'), suggestion('b')];
    const slots = arrangeSlots(before, [suggestion('c'), suggestion('b')]);
    expect(slots.map((slot) => slot?.productId)).toEqual(['c', 'b']);
  });

  test('a till shows two at most', () => {
    const state = tillAfter(add(milk), arrive(['a', 'b', 'c'].map((id) => suggestion(id))));
    expect(offeredIds(state)).toEqual(['a', 'b']);
    expect(liveBasketOf(state, 'till', 'en').limit).toBe(2);
  });

  test('no order of answers shows a product twice or drops one', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 2 });
    fc.assert(
      fc.property(ids, ids, (before, offered) => {
        const slots = arrangeSlots(
          before.map((id) => suggestion(id)),
          offered.map((id) => suggestion(id)),
        );
        const shown = slots.flatMap((slot) => (slot ? [slot.productId] : []));
        expect(shown.toSorted()).toEqual(offered.toSorted());
      }),
    );
  });

  test('accepting one adds it to the basket and takes it from the screen', () => {
    const tea = suggestion('tea');
    const state = tillAfter(add(milk), arrive([tea, suggestion('cake')]), {
      type: 'offer-settled',
      suggestion: tea,
      result: 'accepted',
    });
    expect(state.lines.map((line) => line.productId)).toEqual(['milk', 'tea']);
    expect(offeredIds(state)).toEqual([null, 'cake']);
  });

  test.each(['declined', 'not-offered'] as const)(
    'one that was %s never comes back in this basket',
    (result) => {
      const tea = suggestion('tea');
      const state = tillAfter(
        add(milk),
        arrive([tea]),
        { type: 'offer-settled', suggestion: tea, result },
        arrive([tea]),
      );
      expect(offeredIds(state)).toEqual([null, null]);
      expect(liveBasketOf(state, 'till', 'en').declined).toEqual(['tea']);
      const next = reduceTill(state, { type: 'basket-closed', nextBasketId: 'b2' });
      expect(liveBasketOf(next, 'till', 'en').declined).toEqual([]);
    },
  );

  test('a product that gets into the basket is no longer offered', () => {
    const state = tillAfter(add(milk), arrive([suggestion('coffee')]), add(coffee));
    expect(offeredIds(state)).toEqual([null, null]);
  });

  test('an answer for another basket changes nothing', () => {
    const before = tillAfter(add(milk));
    const late = answer([suggestion('tea')], { basketId: 'b0' });
    expect(reduceTill(before, { type: 'answer-arrived', answer: late, audience: 'till' })).toBe(before);
  });

  test('an agent is never prompted without a reason', () => {
    const bare = suggestion('tea', { reasons: [] });
    expect(offeredIds(tillAfter(add(milk), arrive([bare, suggestion('cake')], 'call')))[0]).toBe('cake');
  });

  test('the prompt an agent is reading stays first while it is offered', () => {
    const [tea, cake] = [suggestion('tea'), suggestion('cake')];
    const state = tillAfter(
      add(milk),
      arrive([tea, cake], 'call'),
      { type: 'offer-settled', suggestion: tea, result: 'declined' },
      arrive([suggestion('jam'), cake], 'call'),
    );
    expect(offeredIds(state)).toEqual(['cake', 'jam']);
  });

  test('a till never gives stock as a reason', () => {
    const offered = suggestion('tea', {
      reasons: [
        { code: 'slow-stock', daysOfSupply: 62 },
        { code: 'popular', share: 0.1 },
      ],
    });
    expect(reasonsFor(offered, 'till').map((reason) => reason.code)).toEqual(['popular']);
    expect(reasonsFor(offered, 'call')).toHaveLength(2);
  });
});

test('a sale carries prices in whole minor units of its currency', () => {
  const state = tillAfter({ type: 'store-chosen', storeId: 's1' }, add({ ...milk, unitPrice: 1.1949999 }));
  const facts = { id: 'e1', at: '2026-05-01T10:00:00+02:00', channel: 'till', currency: 'USD' } as const;
  expect(saleOf(state, facts)).toEqual({
    ...facts,
    type: 'sale',
    basketId: 'b1',
    storeId: 's1',
    lines: [{ productId: 'milk', quantity: 1, unitPrice: 1.19 }],
  });
});
