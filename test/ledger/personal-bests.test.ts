import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BasketBook } from '../../src/ledger/basket-book.ts';
import type { AgentBests } from '../../src/ledger/personal-bests.ts';
import { CONTEST_RULES } from '../support/contest-rules.ts';
import { bestsOf, standingsOf } from '../support/counted-ledger.ts';
import { type BookEntry, filledBook } from '../support/filled-book.ts';
import { decisionAt, line, outcome, refund, sale } from '../support/recorded-events.ts';

/** A paid basket of agent a1 in which C was offered. */
interface Sold {
  /** Time, or a day at noon UTC. */
  readonly at: string;
  readonly agentId?: string;
  readonly customer?: string;
  readonly isAccepted?: boolean;
  readonly isShown?: boolean;
  readonly isBack?: boolean;
  readonly price?: number;
  readonly currency?: string;
}

function entriesOf(sold: readonly Sold[]): BookEntry[] {
  return sold.flatMap(({ at: on, agentId = 'a1', customer, price = 8, currency = 'EUR', ...said }, n) => {
    const { isAccepted = true, isShown = true, isBack = false } = said;
    const name = String(n).padStart(4, '0');
    const [basketId, decisionId] = [`b${name}`, `d${name}`];
    const at = on.includes('T') ? on : `${on}T12:00:00Z`;
    const c = line('C', { unitPrice: price });
    const known = customer === undefined ? {} : { customer };
    return [
      decisionAt(0, { decisionId, basketId, agentId, atMs: Date.parse(at) - 1, ...known }),
      ...(isShown ? [outcome(`o${name}`, isAccepted ? 'accepted' : 'declined', { decisionId })] : []),
      sale(`s${name}`, [line('A', { unitPrice: 3 }), ...(isAccepted ? [c] : [])], {
        basketId,
        agentId,
        at,
        currency,
      }),
      ...(isBack ? [refund(`r${name}`, [c], { basketId, at, currency })] : []),
    ];
  });
}

function bestsIn(
  book: BasketBook,
  today: string,
  ownCustomers: { agentId: string; customer: string }[] = [],
): AgentBests {
  const calendar = { offsetMs: () => 0, dayEndsAtHour: 4 };
  const { byAgent, none } = bestsOf(book, calendar, Date.parse(`${today}T12:00:00Z`), ownCustomers);
  return byAgent.get('a1') ?? none;
}
const bests = (sold: readonly Sold[], today = '2026-05-10') => bestsIn(filledBook(entriesOf(sold)), today);
const many = (count: number, sold: Sold): Sold[] => Array.from({ length: count }, () => sold);

describe("an agent's own record", () => {
  test('is the day and the ISO week with the most, beside the figures of today', () => {
    const sold = [
      ...many(3, { at: '2026-05-04' }),
      ...many(2, { at: '2026-05-07', price: 20 }),
      ...many(4, { at: '2026-05-10', isAccepted: false }),
      ...many(9, { at: '2026-05-04', agentId: 'a2' }),
    ];
    expect(bests(sold)).toEqual({
      day: {
        now: {
          period: '2026-05-10',
          transactions: 4,
          transactionsShown: 4,
          attachRate: 0,
          upsell: [{ currency: 'EUR', revenueMinor: 0 }],
        },
        best: {
          transactions: { period: '2026-05-10', value: 4 },
          attachRate: null,
          upsell: [{ currency: 'EUR', period: '2026-05-07', value: 4000 }],
        },
      },
      week: {
        now: {
          period: '2026-W19',
          transactions: 9,
          transactionsShown: 9,
          attachRate: 5 / 9,
          upsell: [{ currency: 'EUR', revenueMinor: 6400 }],
        },
        best: {
          transactions: { period: '2026-W19', value: 9 },
          attachRate: null,
          upsell: [{ currency: 'EUR', period: '2026-W19', value: 6400 }],
        },
      },
    });
  });

  test('is the first of equal ones, by business days that end at 4:00', () => {
    const sold = [{ at: '2026-05-05' }, { at: '2026-05-04T03:59:00Z' }, { at: '2026-05-06' }];
    expect(bests(sold).day.best.transactions).toEqual({ period: '2026-05-03', value: 1 });
  });

  test('is no attach rate of fewer than 10 transactions with a suggestion shown a day, or 30 a week', () => {
    const nine = bests([
      ...many(9, { at: '2026-05-04' }),
      ...many(9, { at: '2026-05-04', isShown: false, isAccepted: false }),
    ]);
    expect(nine.day.best.attachRate).toBeNull();
    const days = ['2026-05-04', '2026-05-05', '2026-05-06'].flatMap((at) => many(10, { at }));
    expect(bests(days).day.best.attachRate).toEqual({ period: '2026-05-04', value: 1 });
    expect(bests(days).week.best.attachRate).toEqual({ period: '2026-W19', value: 1 });
    expect(bests(days.slice(1)).week.best.attachRate).toBeNull();
  });

  test('falls when its sales are returned', () => {
    const sold = [{ at: '2026-05-04', price: 50, isBack: true }, { at: '2026-05-05' }];
    expect(bests(sold).day.best.upsell).toEqual([{ currency: 'EUR', period: '2026-05-05', value: 800 }]);
  });

  test('counts split baskets of a known customer as one, and ignores what agents sell to themselves', () => {
    const split = ['12:00', '12:20', '12:51'].map((time) => ({
      at: `2026-05-04T${time}:00Z`,
      customer: 'anna',
    }));
    const book = filledBook(entriesOf([...split, { at: '2026-05-05', customer: 'me' }]));
    const own = [{ agentId: 'a1', customer: 'me' }];
    expect(bestsIn(book, '2026-05-05', own).day).toMatchObject({
      now: { transactions: 0 },
      best: { transactions: { period: '2026-05-04', value: 2 } },
    });
  });

  test('keeps currencies apart, and is none without a sale', () => {
    const sold = [{ at: '2026-05-04' }, { at: '2026-05-05', currency: 'JPY', price: 300 }];
    expect(bests(sold).day.best.upsell).toEqual([
      { currency: 'EUR', period: '2026-05-04', value: 800 },
      { currency: 'JPY', period: '2026-05-05', value: 300 },
    ]);
    expect(bests([]).week).toEqual({
      now: { period: '2026-W19', transactions: 0, transactionsShown: 0, attachRate: null, upsell: [] },
      best: { transactions: null, attachRate: null, upsell: [] },
    });
  });
});

test('a record equals a contest over its day and a count by hand, in any order', () => {
  const sold = fc.record({
    at: fc.integer({ min: 0, max: 24 * 6 }).map((hour) => {
      return new Date(Date.UTC(2026, 4, 4) + hour * 3_600_000).toISOString();
    }),
    isAccepted: fc.boolean(),
    isBack: fc.boolean(),
    price: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(
      fc.array(sold, { minLength: 1, maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      (made, numbers) => {
        const receipts = made.map((one) => ({ ...one, isBack: one.isBack && one.isAccepted }));
        const entries = entriesOf(receipts);
        const shuffled = entries
          .map((entry) => ({ entry, key: numbers.next().value as number }))
          .sort((a, b) => a.key - b.key);
        const book = filledBook(shuffled.map(({ entry }) => entry));
        const { best } = bestsIn(book, '2026-05-20').day;
        expect(bestsIn(filledBook([...entries, ...entries]), '2026-05-20').day.best).toEqual(best);

        const byDay = new Map<string, { transactions: number; cents: number }>();
        for (const { at, isAccepted, isBack, price } of receipts) {
          const day = new Date(Date.parse(at) - 4 * 3_600_000).toISOString().slice(0, 10);
          const sums = byDay.get(day) ?? { transactions: 0, cents: 0 };
          byDay.set(day, sums);
          sums.transactions++;
          if (isAccepted && !isBack) sums.cents += price * 100;
        }
        const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
        const most = (of: 'transactions' | 'cents') => {
          const value = Math.max(...days.map(([, sums]) => sums[of]));
          return value === 0 ? null : { period: days.find(([, sums]) => sums[of] === value)![0], value };
        };
        expect(best.transactions).toEqual(most('transactions'));
        const cents = most('cents');
        expect(best.upsell).toEqual(cents ? [{ currency: 'EUR', ...cents }] : []);
        if (!cents) return;
        const { period } = cents;
        const rules = { ...CONTEST_RULES, metric: 'upsellRevenue' as const, from: period, to: period };
        const utc = { offsetMs: () => 0, dayEndsAtHour: rules.dayEnds };
        const teams = [{ id: 'a1', agentIds: ['a1'] }];
        const { standings } = standingsOf(book, { ...rules, teams }, utc);
        expect(standings.standings[0]).toMatchObject({ score: cents.value });
      },
    ),
  );
});
