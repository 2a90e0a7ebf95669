import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AverageSpendSums } from '../../src/ledger/average-spend.ts';
import { type BusinessCalendar, businessDay } from '../../src/ledger/business-calendar.ts';
import { CustomerBook, RECEIPTS_OF_CUSTOMER_MAX } from '../../src/ledger/customer-book.ts';
import { type CustomerProfile, profileOf, visitsOf } from '../../src/ledger/customer-profile.ts';
import { SEGMENT_RULES } from '../../src/ledger/customer-segment.ts';
import { dayOfText } from '../../src/ledger/instant.ts';
import { OutcomeTable } from '../../src/ledger/outcome-columns.ts';
import { columnsOf } from '../support/columns-of.ts';
import { type BoughtOn, bought } from '../support/customer-ledger.ts';
import { plainOutcome } from '../support/experiment-builder.ts';
import { type BookEntry, filledBook } from '../support/filled-book.ts';

const UTC: BusinessCalendar = { offsetMs: () => 0, dayEndsAtHour: 0 };

interface Customers {
  readonly book: CustomerBook;
  readonly averages: AverageSpendSums;
}

function bookOf(entries: readonly BookEntry[]): Customers {
  const ledger = filledBook(entries);
  const book = new CustomerBook();
  for (const outcome of ledger.outcomes()) book.add(outcome);
  const averages = new AverageSpendSums();
  averages.add(columnsOf(ledger));
  return { book, averages };
}

/** Anna's profile; what is bought without a name is hers. */
function anna(
  receipts: readonly (BoughtOn | string)[],
  today: string,
  calendar = UTC,
): CustomerProfile | undefined {
  const named = receipts.map((one) => ({
    customer: 'anna',
    ...(typeof one === 'string' ? { on: one } : one),
  }));
  return profileIn(bookOf(named.flatMap(bought)), today, calendar);
}

function profileIn(
  { book, averages }: Customers,
  today: string,
  calendar = UTC,
): CustomerProfile | undefined {
  const receipts = book.receiptsOf('anna');
  if (receipts.length === 0) return undefined;
  return profileOf(visitsOf(receipts, calendar), dayOfText(today), averages.averages());
}

/** Every `gap` days up to the last one. */
const visits = (count: number, gap: number, last: string): string[] =>
  Array.from({ length: count }, (_, n) =>
    new Date(Date.parse(`${last}T12:00:00Z`) - (count - 1 - n) * gap * 86_400_000).toISOString(),
  );

describe('a customer', () => {
  test('is known by the paid receipts of baskets that carry the pseudonym', () => {
    const days = ['2026-01-01', '2026-01-11', '2026-01-31', '2026-03-02'];
    expect(anna(days, '2026-03-17')).toEqual({
      firstDay: dayOfText('2026-01-01'),
      lastDay: dayOfText('2026-03-02'),
      visits: 4,
      transactions: 4,
      usualGapDays: 20,
      daysSinceLast: 15,
      gapsSinceLast: 0.75,
      dueDay: dayOfText('2026-03-22'),
      segment: 'loyal',
      spend: [{ currency: 'EUR', revenueMinor: 4000 }],
      buysAgain: [{ productId: 'A', visits: 4, lastDay: dayOfText('2026-03-02') }],
    });
    const others = [...bought({ on: '2026-01-01' }), ...bought({ customer: 'ben', on: '2026-01-01' })];
    expect(profileIn(bookOf(others), '2026-01-02')).toBeUndefined();
  });

  test('visits once per business day, however many receipts there are and even if the clocks change', () => {
    const twice = ['2026-05-01T12:00:00Z', '2026-05-02T01:30:00Z'];
    const night: BusinessCalendar = { offsetMs: () => 2 * 3_600_000, dayEndsAtHour: 4 };
    expect(anna(twice, '2026-05-02', night)).toMatchObject({
      visits: 1,
      transactions: 2,
      usualGapDays: null,
    });
    expect(anna(twice, '2026-05-02')).toMatchObject({ visits: 2, transactions: 2, usualGapDays: 1 });
  });

  test('did not visit if everything was returned, and has spent only on what was kept', () => {
    const kept = { on: '2026-05-01', products: ['A', 'B'], back: ['B'] };
    const gone = { on: '2026-05-03', products: ['A'], back: ['A'] };
    expect(anna([kept, gone], '2026-05-04')).toMatchObject({
      visits: 1,
      lastDay: dayOfText('2026-05-01'),
      spend: [{ currency: 'EUR', revenueMinor: 1000 }],
      buysAgain: [],
    });
  });

  test('buys again what was kept on two or more visits: the five with the most visits, then the newest', () => {
    const products = ['A', 'B', 'C', 'D', 'E', 'F'];
    const profile = anna(
      [
        { on: '2026-01-01', products: [...products, 'once'] },
        { on: '2026-01-02', products: ['F', 'B'] },
        { on: '2026-01-03', products: [...products, 'F'] },
      ],
      '2026-01-04',
    );
    expect(profile?.buysAgain.map(({ productId, visits }) => [productId, visits])).toEqual([
      ['B', 3],
      ['F', 3],
      ['A', 2],
      ['C', 2],
      ['D', 2],
    ]);
  });

  test('has spent in each currency by itself', () => {
    const yen = { on: '2026-05-02', currency: 'JPY', price: 300 };
    expect(anna(['2026-05-01', yen], '2026-05-03')?.spend).toEqual([
      { currency: 'EUR', revenueMinor: 1000 },
      { currency: 'JPY', revenueMinor: 300 },
    ]);
  });

  test('is not a person with more than 5,000 receipts, and then counts in no average', () => {
    const book = new CustomerBook();
    const averages = new AverageSpendSums();
    const table = new OutcomeTable();
    const sold = { id: 's', atMs: 0, storeId: 's1', channel: undefined, agentId: undefined };
    const one = { ...plainOutcome({ isTreated: true, revenueMinor: 100, items: 1, customer: 'anna' }), sold };
    for (let n = 0; n < RECEIPTS_OF_CUSTOMER_MAX; n++) {
      book.add(one);
      table.add(one);
    }
    expect(book.receiptsOf('anna')).toHaveLength(RECEIPTS_OF_CUSTOMER_MAX);
    book.add(one);
    expect(book.receiptsOf('anna')).toEqual([]);
    table.add(one);
    averages.add(table);
    expect(averages.averages()).toEqual(new Map());
    table.empty();
    table.add({ ...one, customer: 'ben' });
    averages.add(table);
    expect(averages.averages()).toEqual(new Map([['EUR', 100]]));
  });
});

describe('the segment', () => {
  const last = '2026-05-01';
  const others = ['ben', 'cleo'].flatMap((customer) => bought({ customer, on: last, price: 30 }));
  const segment = (days: readonly string[], today: string, price = 10) => {
    const own = days.flatMap((on) => bought({ customer: 'anna', on, price }));
    return profileIn(bookOf([...own, ...others]), today)?.segment;
  };

  test.each([
    ['2026-05-20', 'loyal'],
    ['2026-05-21', 'due'],
    ['2026-06-10', 'due'],
    ['2026-06-11', 'at-risk'],
    ['2026-07-20', 'at-risk'],
    ['2026-07-21', 'lapsed'],
  ])('of a customer who comes every 20 days is on %s %s', (today, expected) => {
    expect(segment(visits(5, 20, last), today)).toBe(expected);
  });

  test.each([
    ['2026-06-29', 'new'],
    ['2026-06-30', 'due'],
    ['2026-08-30', 'at-risk'],
    ['2026-12-28', 'lapsed'],
  ])('of a customer who came once counts 60 days as the gap: on %s %s', (today, expected) => {
    expect(segment([last], today)).toBe(expected);
  });

  test('takes a gap under a week for a week', () => {
    expect(segment(visits(10, 1, last), '2026-05-07')).not.toBe('due');
    expect(segment(visits(10, 1, last), '2026-05-08')).toBe('due');
  });

  test('is champion from eight visits in a year and twice the average spend on', () => {
    // The others have spent 30 each: eight visits at 10 are 80 of an average of 46.67.
    expect(segment(visits(8, 20, last), last)).toBe('loyal');
    expect(segment(visits(8, 20, last), last, 40)).toBe('champion');
    expect(segment(visits(7, 20, last), last, 40)).toBe('loyal');
    expect(segment(visits(3, 20, last), last, 400)).toBe('new');
    const longAgo = visits(8, 50, last);
    expect(segment(longAgo, last, 40)).toBe('champion');
    expect(segment(visits(9, 50, '2026-05-01').slice(0, 8), '2026-03-20', 40)).toBe('champion');
    expect(segment(visits(8, 60, last), last, 40)).toBe('loyal');
  });
});

test('docs/customers.md states each threshold as it is', () => {
  const page = readFileSync('docs/customers.md', 'utf8');
  const stated = [...page.matchAll(/^\| `(\w+)` \| ([\d.]+) \|$/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  expect(Object.fromEntries(stated)).toEqual(SEGMENT_RULES);
});

test('a profile is the same in any order, with any repetition, and as counted by hand', () => {
  const receipt = fc.record({
    hour: fc.integer({ min: 0, max: 24 * 400 }),
    products: fc.uniqueArray(fc.constantFrom('A', 'B', 'C'), { minLength: 1 }),
    isBack: fc.boolean(),
    customer: fc.constantFrom('anna', 'ben', undefined),
  });
  const calendar: BusinessCalendar = { offsetMs: () => 3_600_000, dayEndsAtHour: 4 };
  fc.assert(
    fc.property(fc.array(receipt, { maxLength: 25 }), fc.infiniteStream(fc.nat()), (receipts, numbers) => {
      const made = receipts.map(({ hour, products, isBack, customer }) => {
        const on = new Date(Date.UTC(2026, 0, 1) + hour * 3_600_000).toISOString();
        return { on, products, back: isBack ? products : [], ...(customer && { customer }) };
      });
      const entries = made.flatMap(bought);
      const shuffled = [...entries, ...entries.filter((_, at) => at % 3 === 0)]
        .map((entry) => ({ entry, key: numbers.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ entry }) => entry);
      const today = '2027-03-01';
      const profile = profileIn(bookOf(shuffled), today, calendar);
      expect(profile).toEqual(profileIn(bookOf(entries), today, calendar));
      const own = made.filter(({ customer, back }) => customer === 'anna' && back.length === 0);
      const days = [...new Set(own.map(({ on }) => businessDay(calendar, Date.parse(on))))].sort(
        (a, b) => a - b,
      );
      expect(profile?.visits ?? 0).toBe(days.length);
      if (!profile) return;
      const gaps = days.slice(1).map((day, at) => day - days[at]!);
      gaps.sort((a, b) => a - b);
      const middle = [gaps[Math.ceil(gaps.length / 2) - 1], gaps[Math.floor(gaps.length / 2)]];
      expect(profile.usualGapDays).toBe(gaps.length === 0 ? null : (middle[0]! + middle[1]!) / 2);
      expect([profile.firstDay, profile.lastDay]).toEqual([days[0], days.at(-1)]);
      const pieces = own.reduce((sum, { products }) => sum + products.length, 0);
      expect(profile.spend).toEqual([{ currency: 'EUR', revenueMinor: 1000 * pieces }]);
    }),
  );
});
