import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BasketBook } from '../../src/ledger/basket-book.ts';
import type { BasketOutcome } from '../../src/ledger/basket-outcome.ts';
import type { RecordedLine, StoredEvent } from '../../src/ledger/events.ts';
import type { UnmatchedReason } from '../../src/ledger/unmatched-events.ts';
import { type BookEntry, filledBook } from '../support/filled-book.ts';
import { decisionAt, line, minute, outcome, refund, sale, shown } from '../support/recorded-events.ts';

function fold(...entries: BookEntry[]): { baskets: BasketOutcome[]; book: BasketBook } {
  const book = filledBook(entries);
  return { book, baskets: [...book.outcomes()].sort((a, b) => (a.basketId < b.basketId ? -1 : 1)) };
}

const paid = sale('s1', [
  line('A', { quantity: 2, unitPrice: 3.5, unitCost: 1 }),
  line('C', { unitPrice: 8, unitCost: 5 }),
]);
const accepted = outcome('o1', 'accepted');
const only = (...entries: BookEntry[]) => fold(...entries).baskets[0]!;

describe('an accepted suggestion', () => {
  test('counts when its product is on the paid receipt of the same basket', () => {
    expect(only(decisionAt(0), accepted, paid)).toMatchObject({
      basketId: 'b1',
      items: 3,
      suggestions: { shown: 1, accepted: 1, bought: 1 },
      money: [
        {
          currency: 'EUR',
          revenueMinor: 1500,
          refundedMinor: 0,
          costedRevenueMinor: 1500,
          costMinor: 700,
          upsell: { revenueMinor: 800, costedRevenueMinor: 800, costMinor: 500 },
        },
      ],
    });
  });

  test.each<[string, BookEntry[]]>([
    ['the receipt lacks the product', [decisionAt(0), accepted, sale('s1', [line('A', { unitPrice: 3 })])]],
    [
      'the receipt is of another basket',
      [decisionAt(0), accepted, sale('s1', [line('C', { unitPrice: 8 })], { basketId: 'b2' })],
    ],
    ['the decision did not offer it', [decisionAt(0, { suggestions: ['D'] }), accepted, paid]],
    ['the basket was held out', [decisionAt(0, { arm: 'holdout' }), accepted, paid]],
    ['nobody knows the decision', [decisionAt(3), accepted, paid]],
    [
      'it is the question of an analyst',
      [decisionAt(0, { objective: 'probability' }), decisionAt(3), accepted, paid],
    ],
    ['the last word was no', [decisionAt(0), accepted, outcome('o2', 'declined', { at: minute(2) }), paid]],
  ])('counts nothing when %s', (_, entries) => {
    const basket = only(...entries);
    expect(basket.suggestions.bought).toBe(0);
    for (const { upsell } of basket.money) {
      expect(upsell).toEqual({ revenueMinor: 0, costedRevenueMinor: 0, costMinor: 0 });
    }
  });

  test('counts with all that the receipt has of it, a weighed line as one item', () => {
    const lines = [
      line('C', { quantity: 0.335, unitPrice: 9.99 }),
      line('C', { quantity: 2, unitPrice: 1, discount: 0.5 }),
    ];
    const basket = only(decisionAt(0), accepted, sale('s1', lines));
    // round(0.335 · 999) = 335, and 200 - 50.
    expect(basket).toMatchObject({ items: 3, money: [{ revenueMinor: 485, upsell: { revenueMinor: 485 } }] });
  });

  test.each<[string, number, number]>([
    ['before it is paid', 3, 1],
    ['by a clock that is minutes ahead of the till', 9, 1],
    ['long after it was paid, and is a stray word then', 11, 0],
  ])('counts when it was accepted %s', (_, at, bought) => {
    const said = outcome('o1', 'accepted', { at: minute(at) });
    const { baskets, book } = fold(decisionAt(0), said, paid);
    expect(baskets[0]!.suggestions).toMatchObject({ accepted: bought, bought });
    expect([...book.unmatched()]).toEqual(bought === 1 ? [] : [{ id: 'o1', reason: 'after-payment' }]);
  });

  test('does not change after payment, whatever is reported later', () => {
    const undone = outcome('o9', 'declined', { at: minute(90) });
    const later = sale('s2', [line('A', { unitPrice: 1 })], { at: minute(100) });
    expect(only(decisionAt(0), accepted, paid, undone, later).suggestions).toMatchObject({
      accepted: 1,
      declined: 0,
      bought: 1,
    });
  });

  test('may be said between two receipts of a basket, of a product on the second', () => {
    const first = sale('s0', [line('A', { unitPrice: 1 })], { at: minute(5) });
    const said = outcome('o1', 'accepted', { at: minute(50) });
    const second = sale('s1', [line('C', { unitPrice: 8 })], { at: minute(55) });
    expect(only(decisionAt(0), first, said, second).suggestions.bought).toBe(1);
  });

  test('is not bought when all of it came back, and is when some of it was kept', () => {
    const two = sale('s1', [line('C', { unitPrice: 8, quantity: 2 })]);
    const back = (quantity: number) => refund('r1', [line('C', { unitPrice: 8, quantity })]);
    expect(only(decisionAt(0), accepted, two, back(2)).suggestions).toMatchObject({ accepted: 1, bought: 0 });
    expect(only(decisionAt(0), accepted, two, back(1)).suggestions.bought).toBe(1);
  });

  test('counts half a cent up, whatever its binary fraction', () => {
    const revenueOf = (quantity: number, unitPrice: number) =>
      only(decisionAt(0), sale('s1', [line('C', { quantity, unitPrice })])).money[0]!.revenueMinor;
    expect([revenueOf(0.285, 1), revenueOf(1.005, 1), revenueOf(0.545, 1), revenueOf(1.375, 0.52)]).toEqual([
      29, 101, 55, 72,
    ]);
  });

  test('that is weighed is an item until all of it came back', () => {
    const weighed = sale('s1', [line('C', { unitPrice: 10, quantity: 1.5 })]);
    const back = (quantity: number) => refund('r1', [line('C', { unitPrice: 10, quantity })]);
    expect(only(decisionAt(0), weighed, back(0.75))).toMatchObject({
      items: 1,
      productIds: ['C'],
      money: [{ revenueMinor: 750 }],
    });
    expect(only(decisionAt(0), weighed, back(1.5))).toMatchObject({ items: 0, productIds: [] });
  });

  test('has no margin where one of its lines lacks the cost', () => {
    const lines = [
      line('C', { unitPrice: 8, unitCost: 5 }),
      line('C', { unitPrice: 8 }),
      line('A', { unitPrice: 2, unitCost: 1 }),
    ];
    expect(only(decisionAt(0), accepted, sale('s1', lines)).money).toMatchObject([
      {
        revenueMinor: 1800,
        costedRevenueMinor: 200,
        costMinor: 100,
        upsell: { revenueMinor: 1600, costedRevenueMinor: 0 },
      },
    ]);
  });
});

describe('saved holding cost', () => {
  test('is that of the units kept: returned units go back into stock', () => {
    const paid = sale('s1', [line('C', { unitPrice: 8, quantity: 4 }), line('A', { unitPrice: 1 })]);
    if (paid.event.type !== 'sale') throw new Error('not a sale');
    const [waited, fresh] = paid.event.lines as [RecordedLine, RecordedLine];
    const lines = [{ ...waited, holdingSavedMinor: 14.5 }, fresh];
    const completed = { ...paid, event: { ...paid.event, lines } };
    expect(only(decisionAt(0), completed).money[0]).toMatchObject({
      holdingSavedMinor: 58,
      heldRevenueMinor: 3200,
      revenueMinor: 3300,
    });
    const kept = only(decisionAt(0), completed, refund('r1', [line('C', { unitPrice: 8 })]));
    expect(kept.money[0]!.holdingSavedMinor).toBeCloseTo(43.5, 9);
  });
});

describe('a refund', () => {
  test('takes back its part of the product, and of its cost', () => {
    const twice = sale('s1', [line('C', { quantity: 4, unitPrice: 8, unitCost: 5 })]);
    const back = refund('r1', [line('C', { unitPrice: 8 })]);
    expect(only(decisionAt(0), accepted, twice, back)).toMatchObject({
      items: 3,
      money: [
        {
          revenueMinor: 2400,
          refundedMinor: 800,
          costMinor: 1500,
          upsell: { revenueMinor: 2400, costMinor: 1500 },
        },
      ],
    });
  });

  test('never takes back more than was sold, in pieces or in money', () => {
    const back = [
      refund('r1', [line('C', { quantity: 5, unitPrice: 8 })]),
      refund('r2', [line('C', { unitPrice: 80 })]),
    ];
    for (const refunds of [back, [back[0]!], [back[1]!]]) {
      expect(only(decisionAt(0), accepted, paid, ...refunds)).toMatchObject({
        items: 2,
        money: [
          {
            revenueMinor: 700,
            refundedMinor: 800,
            costMinor: 200,
            upsell: { revenueMinor: 0, costMinor: 0 },
          },
        ],
      });
    }
  });

  test('of a tenth and two tenths is all of three tenths', () => {
    const sold = sale('s1', [line('C', { quantity: 0.3, unitPrice: 10 })]);
    const back = [0.1, 0.2].map((quantity, i) => refund(`r${i}`, [line('C', { quantity, unitPrice: 10 })]));
    expect(only(sold, ...back)).toMatchObject({ items: 0, money: [{ revenueMinor: 0, refundedMinor: 300 }] });
  });

  test.each<[string, StoredEvent, UnmatchedReason]>([
    ['of another product', refund('r1', [line('B', { unitPrice: 8 })]), 'not-on-receipt'],
    [
      'in another currency',
      refund('r1', [line('C', { unitPrice: 8 })], { currency: 'USD' }),
      'other-currency',
    ],
    [
      'of a basket that was never sold',
      refund('r1', [line('C', { unitPrice: 8 })], { basketId: 'b9' }),
      'no-sale',
    ],
  ])('%s takes nothing and is reported', (_, back, reason) => {
    const { baskets, book } = fold(decisionAt(0), paid, back);
    expect(baskets).toMatchObject([{ basketId: 'b1', money: [{ revenueMinor: 1500, refundedMinor: 0 }] }]);
    expect([...book.unmatched()]).toEqual([{ id: 'r1', reason }]);
  });
});

test('refunds of nothing on a basket id that is on thousands of receipts are named within the time of a test', () => {
  const receipts = Array.from({ length: 4000 }, (_, n) => sale(`s${n}`, [line('A', { unitPrice: 3 })]));
  const back = receipts.map((_, n) => refund(`r${n}`, [line('B', { unitPrice: 8 })]));
  const { book } = fold(...receipts, ...back);
  expect([...book.unmatched()].filter(({ reason }) => reason === 'not-on-receipt')).toHaveLength(4000);
});

test('a word on an analyst’s question is one on no offer, whichever came first', () => {
  const question = decisionAt(0, { objective: 'probability' });
  const said = outcome('o1', 'accepted');
  for (const entries of [
    [question, said],
    [said, question],
  ])
    expect([...fold(...entries).book.unmatched()]).toEqual([{ id: 'o1', reason: 'not-suggested' }]);
});

describe('receipts of one basket id', () => {
  const more = (id: string, changes: object = {}) => sale(id, [line('A', { unitPrice: 3 })], changes);
  const dayLater = (minutes: number) => ({ at: minute(5 + 24 * 60 + minutes) });

  test.each<[string, StoredEvent[], string[]]>([
    ['of one till within a day', [more('s2', { at: minute(60) }), more('s3', dayLater(0))], []],
    ['of another store', [more('s2', { storeId: 's9' })], ['s2']],
    ['of more than a day later', [more('s2', dayLater(1)), more('s3', dayLater(2))], ['s2', 's3']],
  ])('%s: those that seem to be of another basket are named, and all count', (_, receipts, ids) => {
    for (const entries of [
      [paid, ...receipts],
      [...receipts, paid],
    ]) {
      const { baskets, book } = fold(...entries);
      expect(baskets).toHaveLength(1);
      expect(baskets[0]!.money[0]!.revenueMinor).toBe(1500 + 300 * receipts.length);
      expect([...book.unmatched()]).toEqual(ids.map((id) => ({ id, reason: 'joined-receipt' })));
    }
  });
});

describe('a basket', () => {
  test('keeps what was known at its first decision', () => {
    const basket = [
      { productId: 'A', quantity: 2, unitPrice: 3.5 },
      { productId: 'B', quantity: 1 },
    ];
    const first = decisionAt(0, { basket, agentId: 'a1', holdoutShare: 0.2 });
    const later = decisionAt(1, { agentId: 'a2', customer: 'anna', basket: [...basket, ...basket] });
    expect(only(later, first, paid)).toMatchObject({
      decided: {
        decisionId: 'd0',
        arm: 'treatment',
        holdoutShare: 0.2,
        agentId: 'a1',
        basketValue: 7,
        lines: 2,
      },
      sold: { id: 's1', storeId: 's1' },
      customer: 'anna',
    });
  });

  test('has crossed where its decisions are of both sides, and is on that of the first', () => {
    const named = decisionAt(1, { arm: 'holdout', customer: 'anna', isDrawnForCustomer: true });
    const asked = decisionAt(2, { arm: 'holdout', objective: 'probability' });
    expect(only(named, decisionAt(0))).toMatchObject({
      hasCrossed: true,
      decided: { arm: 'treatment', isDrawnForCustomer: false },
    });
    expect(only(named)).toMatchObject({ hasCrossed: false, decided: { isDrawnForCustomer: true } });
    expect(only(decisionAt(0), decisionAt(1), asked)).toMatchObject({ hasCrossed: false });
  });

  test('with receipts in two currencies has the money of each', () => {
    const dollars = sale('s2', [line('C', { unitPrice: 9 })], { currency: 'USD' });
    expect(only(decisionAt(0), accepted, paid, dollars).money).toMatchObject([
      { currency: 'EUR', revenueMinor: 1500, upsell: { revenueMinor: 800 } },
      { currency: 'USD', revenueMinor: 900, upsell: { revenueMinor: 900 } },
    ]);
  });

  test('may be sold without a decision, and decided on without a sale', () => {
    const { baskets } = fold(paid, decisionAt(0, { basketId: 'b0' }));
    expect(baskets).toMatchObject([
      { basketId: 'b0', sold: undefined, items: 0, money: [] },
      { basketId: 'b1', decided: undefined, items: 3 },
    ]);
  });

  test('counts each suggested product once, by its latest outcome', () => {
    const decisions = [
      decisionAt(0, { suggestions: ['C', 'D', 'E'] }),
      decisionAt(2, { suggestions: ['C', 'D', 'E', 'F'] }),
    ];
    const said = [
      shown('h1'),
      shown('h2', 'd2', 'F'),
      shown('h3', 'd2', 'C'),
      outcome('o1', 'not-offered', { at: minute(1) }),
      outcome('o2', 'accepted', { at: minute(3), decisionId: 'd2' }),
      outcome('o3', 'declined', { productId: 'D' }),
      outcome('o4', 'not-offered', { productId: 'E' }),
      shown('h9', 'd2', 'Z'),
    ];
    const { baskets, book } = fold(...said, ...decisions);
    expect(baskets[0]!.suggestions).toEqual({ shown: 4, accepted: 1, declined: 1, notOffered: 1, bought: 0 });
    expect([...book.unmatched()]).toEqual([{ id: 'h9', reason: 'not-suggested' }]);
  });
});

const products = ['A', 'B', 'C'];
const baskets = ['b1', 'b2', 'b3'];
const anyLine = fc.record({
  productId: fc.constantFrom(...products),
  quantity: fc.constantFrom(1, 2, 3, 0.1, 0.2, 0.75),
  unitPrice: fc.integer({ min: 0, max: 5000 }).map((cents) => cents / 100),
  unitCost: fc.integer({ min: 0, max: 3000 }).map((cents) => cents / 100),
});
const moment = fc.integer({ min: 0, max: 600 }).map(minute);
const decisionIds = ['d0', 'd1', 'd2', 'd3', 'd4', 'd5'];

/** A history with every event under an id of its own. */
const anyHistory: fc.Arbitrary<BookEntry[]> = fc
  .tuple(
    fc.array(
      fc.record({
        basketId: fc.constantFrom(...baskets),
        suggestions: fc.subarray(products),
        arm: fc.constantFrom('treatment' as const, 'holdout' as const),
        customer: fc.constantFrom('anna', 'bert'),
      }),
      { maxLength: decisionIds.length },
    ),
    fc.array(
      fc.record({
        at: moment,
        decisionId: fc.constantFrom(...decisionIds),
        productId: fc.constantFrom(...products),
        result: fc.constantFrom('accepted' as const, 'declined' as const, 'not-offered' as const),
      }),
      { maxLength: 12 },
    ),
    fc.array(
      fc.record({
        at: moment,
        basketId: fc.constantFrom(...baskets),
        lines: fc.array(anyLine, { minLength: 1, maxLength: 4 }),
        currency: fc.constantFrom('EUR', 'USD'),
      }),
      { maxLength: 5 },
    ),
    fc.array(
      fc.record({
        at: moment,
        basketId: fc.constantFrom(...baskets),
        lines: fc.array(anyLine, { minLength: 1, maxLength: 3 }),
        currency: fc.constantFrom('EUR', 'USD'),
      }),
      { maxLength: 5 },
    ),
  )
  .map(([decided, said, sales, refunds]) => [
    ...decided.map((changes, i) => decisionAt(i, changes)),
    ...said.map(({ result, ...changes }, i) => outcome(`o${i}`, result, changes)),
    ...sales.map(({ lines, ...changes }, i) => sale(`s${i}`, lines, changes)),
    ...refunds.map(({ lines, ...changes }, i) => refund(`r${i}`, lines, changes)),
  ]);

describe('whatever the history', () => {
  const summary = ({ baskets, book }: ReturnType<typeof fold>) => ({
    baskets,
    unmatched: [...book.unmatched()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  });

  test('any order, any repetition and any split into batches give the same outcomes', () => {
    fc.assert(
      fc.property(
        anyHistory.chain((history) =>
          fc.tuple(
            fc.constant(history),
            fc.shuffledSubarray(history, { minLength: history.length }),
            fc.array(fc.nat(), { maxLength: 20 }),
          ),
        ),
        ([history, shuffled, repeats]) => {
          const batches = shuffled.flatMap((entry, at) => [
            entry,
            ...(repeats[at] === undefined ? [] : [history[repeats[at] % history.length]!]),
          ]);
          expect(summary(fold(...batches))).toEqual(summary(fold(...history)));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('nothing comes back that was not sold, and an up-sell is a part of its basket', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        for (const basket of fold(...history).baskets) {
          expect(basket.items).toBeGreaterThanOrEqual(0);
          for (const { revenueMinor, refundedMinor, costMinor, upsell } of basket.money) {
            expect(revenueMinor).toBeGreaterThanOrEqual(0);
            expect(refundedMinor).toBeGreaterThanOrEqual(0);
            expect(costMinor).toBeGreaterThanOrEqual(0);
            expect(upsell.revenueMinor).toBeLessThanOrEqual(revenueMinor);
            expect(Number.isInteger(revenueMinor) && Number.isInteger(costMinor)).toBe(true);
          }
          const { shown: reached, accepted: yes, declined, notOffered, bought } = basket.suggestions;
          expect(yes + declined + notOffered).toBeLessThanOrEqual(reached);
          expect(bought).toBeLessThanOrEqual(yes);
        }
      }),
      { numRuns: 300 },
    );
  });
});
