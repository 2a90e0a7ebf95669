import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CustomersReport, CustomersTally } from '../../src/ledger/customers-report.ts';
import { dayOfText } from '../../src/ledger/instant.ts';
import type { SalesReportOptions } from '../../src/ledger/sales-report.ts';
import { withheldGroups } from '../../src/ledger/withheld-groups.ts';
import { columnsOf } from '../support/columns-of.ts';
import { type BoughtOn, bought } from '../support/customer-ledger.ts';
import { type BookEntry, filledBook } from '../support/filled-book.ts';
import { decisionAt, line, sale } from '../support/recorded-events.ts';
import { runSteps } from '../support/run-steps.ts';

interface Asked extends Partial<Omit<SalesReportOptions, 'selection' | 'split'>> {
  readonly from?: string;
  readonly to?: string;
  readonly storeId?: string;
  readonly agentId?: string;
}

function report(receipts: readonly BoughtOn[], asked: Asked = {}): CustomersReport {
  return reportOn(receipts.flatMap(bought), asked);
}

function reportOn(
  entries: readonly BookEntry[],
  { from, to, storeId, agentId, ...more }: Asked = {},
): CustomersReport {
  const ledger = filledBook(entries);
  const tally = new CustomersTally({
    selection: {
      fromDay: dayOfText(from ?? '2026-01-01'),
      toDay: dayOfText(to ?? '2026-12-31'),
      ...(storeId !== undefined && { storeId }),
      ...(agentId !== undefined && { agentId }),
    },
    calendar: { offsetMs: () => 0, dayEndsAtHour: 0 },
    by: 'month',
    ...more,
  });
  tally.add(columnsOf(ledger));
  return runSteps(tally.report());
}

const group = (count: number, name: string, days: readonly string[], more: Partial<BoughtOn> = {}) =>
  Array.from({ length: count }, (_, n) =>
    days.map((on) => ({ customer: `${name}${n}`, on, ...more })),
  ).flat();

describe('the customers report', () => {
  test('counts a receipt that agents share whole for each of them, and for nobody else', () => {
    const split = [
      { agentId: 'a2', percent: 50 },
      { agentId: 'a3', percent: 50 },
    ];
    const entries = Array.from({ length: 6 }, (_, n) => [
      decisionAt(0, { decisionId: `d${n}`, basketId: `b${n}`, customer: `c${n}` }),
      sale(`s${n}`, [line('A', { unitPrice: 10 })], { basketId: `b${n}`, agentId: 'a1', split }),
    ]).flat();
    for (const [agentId, customers] of [
      ['a1', 0],
      ['a2', 6],
      ['a3', 6],
    ] as const) {
      const { total } = reportOn(entries, { agentId });
      expect(total.customers).toBe(customers);
      if (customers > 0) expect(total.figures!.money).toMatchObject([{ revenue: 60 }]);
    }
  });

  test('tells new from existing customers, with their money and how they come back', () => {
    const receipts = [
      ...group(6, 'old', ['2026-01-10', '2026-02-09']),
      ...group(5, 'new', ['2026-02-01'], { price: 20 }),
      { on: '2026-02-03' },
    ];
    const { rows, total, unknownTransactions } = report(receipts);
    expect(rows).toEqual([
      {
        period: '2026-01',
        customers: 6,
        figures: {
          newCustomers: 6,
          existingCustomers: 0,
          repeatShare: 0,
          gainedBack: 0,
          transactions: 6,
          daysBetweenVisits: null,
          money: [{ currency: 'EUR', revenue: 60, newRevenue: 60, existingRevenue: 0 }],
        },
      },
      {
        period: '2026-02',
        customers: 11,
        figures: {
          newCustomers: 5,
          existingCustomers: 6,
          repeatShare: 6 / 11,
          gainedBack: 0,
          transactions: 11,
          daysBetweenVisits: { lowerQuartile: 30, median: 30, upperQuartile: 30 },
          money: [{ currency: 'EUR', revenue: 160, newRevenue: 100, existingRevenue: 60 }],
        },
      },
    ]);
    expect(total).toMatchObject({ customers: 11, figures: { newCustomers: 11, transactions: 17 } });
    expect(unknownTransactions).toBe(1);
    expect(report(receipts, { from: '2026-02-01' }).total.figures).toEqual(rows[1]!.figures);
  });

  test('counts the receipts of a name with more than 5,000 of them as those of nobody known', () => {
    const cash = Array.from({ length: 5001 }, (_, n) => ({
      customer: 'cash',
      on: n < 1000 ? '2025-12-31' : '2026-01-02',
      storeId: n < 3000 ? 's1' : 's2',
    }));
    const { total, unknownTransactions } = report([...cash, { on: '2026-01-02' }]);
    expect([total.customers, unknownTransactions]).toEqual([0, 4002]);
    expect(report(cash, { storeId: 's2' }).unknownTransactions).toBe(2001);
    expect(report(cash.slice(1)).unknownTransactions).toBe(0);
  });

  test('counts customers as regained after more than two usual gaps, or 120 days after a first visit', () => {
    const back = (days: string[]) => report(group(5, 'c', days), { by: 'quarter' }).total.figures?.gainedBack;
    expect(back(['2026-01-01', '2026-01-21', '2026-03-02'])).toBe(0);
    expect(back(['2026-01-01', '2026-01-21', '2026-03-03'])).toBe(5);
    expect(back(['2026-01-01', '2026-05-01'])).toBe(0);
    expect(back(['2026-01-01', '2026-05-02'])).toBe(5);
  });

  test('selects receipts by store, but decides by all of them who is new', () => {
    const moved = group(5, 'm', ['2026-01-10']);
    const again = group(5, 'm', ['2026-02-10'], { storeId: 's2', price: 30 });
    const { total, segments } = report([...moved, ...again], { storeId: 's2', to: '2026-02-20' });
    expect(total.figures).toMatchObject({ newCustomers: 5, existingCustomers: 0, transactions: 5 });
    expect(report([...moved, ...again], { storeId: 's2', from: '2026-02-01' }).total.figures).toMatchObject({
      newCustomers: 0,
      existingCustomers: 5,
      daysBetweenVisits: { median: 31 },
      money: [{ currency: 'EUR', revenue: 150, newRevenue: 0, existingRevenue: 150 }],
    });
    expect(segments?.find(({ segment }) => segment === 'new')).toEqual({
      segment: 'new',
      customers: 5,
      money: [{ currency: 'EUR', revenue: 150 }],
    });
  });

  test('puts everybody into one segment as of its last day, whatever came later', () => {
    const receipts = [...group(6, 'once', ['2026-01-01']), ...group(5, 'lately', ['2026-05-01'])];
    const counts = (to: string) =>
      Object.fromEntries(
        (report(receipts, { to }).segments ?? []).flatMap(({ segment, customers }) =>
          customers > 0 ? [[segment, customers]] : [],
        ),
      );
    expect(counts('2026-02-01')).toEqual({ new: 6 });
    expect(counts('2026-05-05')).toEqual({ new: 5, 'at-risk': 6 });
    expect(counts('2026-12-31')).toEqual({ lapsed: 11 });
  });

  test('states only the number of fewer than five customers', () => {
    const few = report(group(4, 'c', ['2026-01-10', '2026-01-20']));
    expect(few.rows).toEqual([{ period: '2026-01', customers: 4, figures: null }]);
    expect([few.total.figures, few.segments]).toEqual([null, null]);
    const mixed = report([...group(9, 'a', ['2026-01-10']), ...group(2, 'b', ['2025-01-10', '2026-01-10'])]);
    expect(mixed.total.figures).toMatchObject({
      newCustomers: 9,
      existingCustomers: 2,
      daysBetweenVisits: null,
      money: [{ currency: 'EUR', revenue: 110, newRevenue: null, existingRevenue: null }],
    });
  });
});

test('the report is the same in any order, and its parts come to its total', () => {
  const receipt = fc.record({
    customer: fc.constantFrom(...'abcdefghijk'),
    on: fc.integer({ min: 0, max: 300 }).map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString()),
    price: fc.integer({ min: 1, max: 50 }),
    isBack: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(receipt, { minLength: 30, maxLength: 60 }), (made) => {
      const receipts = made.map(({ isBack, ...one }) => ({ ...one, back: isBack ? ['A'] : [] }));
      const { rows, total, segments, unknownTransactions } = report(receipts, { by: 'quarter' });
      expect(report([...receipts].reverse(), { by: 'quarter' })).toEqual({
        rows,
        total,
        segments,
        unknownTransactions,
      });
      const kept = receipts.filter(({ back }) => back.length === 0);
      const customers = new Set(kept.map(({ customer }) => customer)).size;
      expect(total.customers).toBe(customers);
      if (customers < 5) return;
      const revenue = kept.reduce((sum, { price }) => sum + price, 0);
      expect(total.figures).toMatchObject({
        newCustomers: customers,
        existingCustomers: 0,
        transactions: kept.length,
        money: [{ currency: 'EUR', revenue, newRevenue: revenue, existingRevenue: 0 }],
      });
      expect(segments!.reduce((sum, one) => sum + one.customers, 0)).toBe(customers);
      const withheld = segments!.filter(({ money }) => money === null);
      const hidden = withheld.reduce((sum, one) => sum + one.customers, 0);
      expect(hidden === 0 || hidden >= 5).toBe(true);
      const said = segments!.flatMap(({ money }) => money ?? []).reduce((sum, one) => sum + one.revenue, 0);
      if (hidden === 0) expect(said).toBe(revenue);
      if (rows.some(({ figures }) => figures === null)) return;
      expect(rows.reduce((sum, { figures }) => sum + figures!.newCustomers, 0)).toBe(customers);
      expect(rows.reduce((sum, { figures }) => sum + figures!.transactions, 0)).toBe(kept.length);
    }),
  );
});

test.each([
  [
    [7, 0, 9],
    [false, false, false],
  ],
  [
    [7, 4, 9],
    [true, true, false],
  ],
  [
    [7, 4, 1],
    [false, true, true],
  ],
  [
    [3, 1],
    [true, true],
  ],
  [
    [7, 3, 1],
    [true, true, true],
  ],
])('of groups of %j customers those are withheld: %j', (counts, withheld) => {
  expect(withheldGroups(counts)).toEqual(withheld);
});
