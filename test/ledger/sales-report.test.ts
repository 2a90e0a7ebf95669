import { describe, expect, test } from 'vitest';
import { ComparedSales, type ComparedSalesReport } from '../../src/ledger/compared-sales.ts';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import type { StoredEvent } from '../../src/ledger/events.ts';
import { dayOfText } from '../../src/ledger/instant.ts';
import type { SalesReportOptions } from '../../src/ledger/sales-report.ts';
import { filledBook } from '../support/filled-book.ts';
import { decisionAt, line, minute, outcome, refund, sale, shown } from '../support/recorded-events.ts';

function report(
  entries: readonly (DecisionRecord | StoredEvent)[],
  {
    selection,
    today = dayOfText('2027-01-01'),
    ...changes
  }: Partial<Omit<SalesReportOptions, 'selection'>> & {
    selection?: Partial<SalesReportOptions['selection']>;
    today?: number;
  } = {},
): ComparedSalesReport {
  const book = filledBook(entries);
  const sales = new ComparedSales({
    selection: { fromDay: dayOfText('2026-01-01'), toDay: dayOfText('2026-12-31'), ...selection },
    calendar: { offsetMs: () => 0, dayEndsAtHour: 0 },
    by: 'day',
    ...changes,
  });
  for (const basket of book.outcomes()) for (const { tally } of sales.tallies) tally.add(basket);
  return sales.report(today);
}

const c = line('C', { unitPrice: 8, unitCost: 5 });
const a = line('A', { quantity: 2, unitPrice: 3.5, unitCost: 1 });

describe('the sales report', () => {
  test('of a day states its figures', () => {
    const entries = [
      decisionAt(0, { customer: 'anna' }),
      outcome('o1', 'accepted'),
      sale('s1', [a, c]),
      decisionAt(10, { basketId: 'b2', customer: 'anna', suggestions: ['C', 'D'] }),
      outcome('o2', 'declined', { decisionId: 'd10' }),
      outcome('o3', 'not-offered', { decisionId: 'd10', productId: 'D' }),
      sale('s2', [a], { basketId: 'b2' }),
      decisionAt(20, { basketId: 'b3' }),
      shown('h3', 'd20'),
      sale('s4', [line('A', { unitPrice: 1 })], { basketId: 'b4' }),
      refund('r1', [c]),
    ];
    const { rows, total } = report(entries);
    expect(rows).toEqual([
      {
        period: '2026-05-01',
        baskets: 4,
        knownCustomers: 1,
        transactions: 3,
        items: 5,
        itemsPerTransaction: 5 / 3,
        transactionsShown: 2,
        transactionsAttached: 0,
        attachRate: 0,
        shown: 4,
        accepted: 1,
        declined: 1,
        notOffered: 1,
        acceptance: 0.5,
        notOfferedShare: 1 / 3,
        money: [
          {
            currency: 'EUR',
            transactions: 3,
            revenue: 15,
            refunded: 8,
            averageTransactionValue: 5,
            margin: 10,
            costKnownShare: 14 / 15,
            upsellRevenue: 0,
            upsellMargin: null,
          },
        ],
      },
    ]);
    const { period: _, ...figures } = rows[0]!;
    expect(total).toEqual(figures);
  });

  test('has no rate where there is nothing to divide by, and no row where nothing happened', () => {
    expect(report([])).toMatchObject({ rows: [], total: { baskets: 0, attachRate: null, money: [] } });
    expect(report([decisionAt(0)]).rows).toMatchObject([
      {
        transactions: 0,
        itemsPerTransaction: null,
        attachRate: null,
        acceptance: null,
        notOfferedShare: null,
      },
    ]);
  });

  test('never adds up different currencies', () => {
    const yen = sale('s2', [line('A', { unitPrice: 300 })], { basketId: 'b2', currency: 'JPY' });
    expect(report([sale('s1', [c]), yen]).total.money).toMatchObject([
      { currency: 'EUR', revenue: 8, margin: 3 },
      { currency: 'JPY', revenue: 300, margin: null, costKnownShare: 0 },
    ]);
  });

  test('counts what is given away at its cost, and no margin where no cost is known', () => {
    const free = (unitCost?: number) => [line('C', { unitPrice: 0, ...(unitCost && { unitCost }) })];
    const offered = [decisionAt(0), outcome('o1', 'accepted')];
    expect(report([...offered, sale('s1', free(5))]).total.money).toMatchObject([
      { revenue: 0, margin: -5, costKnownShare: 1, upsellRevenue: 0, upsellMargin: -5 },
    ]);
    expect(report([...offered, sale('s1', free())]).total.money).toMatchObject([
      { revenue: 0, margin: null, costKnownShare: 0, upsellMargin: null },
    ]);
  });

  test('puts a basket on the day of its receipt, else of its first decision, in order of time', () => {
    const late = sale('s1', [c], { at: '2026-05-04T00:30:00+02:00' });
    const entries = [
      late,
      decisionAt(0),
      decisionAt(1, { basketId: 'b2' }),
      refund('r1', [c], { at: '2026-09-09T00:00:00Z' }),
    ];
    const periods = (by: SalesReportOptions['by']) =>
      report(entries, { by }).rows.map(({ period, baskets }) => [period, baskets]);
    expect(periods('day')).toEqual([
      ['2026-05-01', 1],
      ['2026-05-03', 1],
    ]);
    expect(periods('week')).toEqual([['2026-W18', 2]]);
    expect(periods('month')).toEqual([['2026-05', 2]]);
    expect(periods('quarter')).toEqual([['2026-Q2', 2]]);
  });

  test('covers the days, store, agent and channel that are asked for', () => {
    const entries = [
      sale('s1', [c], { channel: 'till', agentId: 'a1' }),
      sale('s2', [c], { basketId: 'b2', storeId: 's2', channel: 'call', agentId: 'a2' }),
      decisionAt(0, { basketId: 'b3', storeId: 's2', channel: 'till' }),
      sale('s4', [c], { basketId: 'b4', at: '2026-05-02T00:00:00Z' }),
    ];
    const baskets = (selection: Partial<SalesReportOptions['selection']>) =>
      report(entries, { selection }).total.baskets;
    const day = dayOfText('2026-05-01');
    expect(baskets({})).toBe(4);
    expect(baskets({ fromDay: day, toDay: day })).toBe(3);
    expect(baskets({ storeId: 's2' })).toBe(2);
    expect(baskets({ storeId: 's2', channel: 'till' })).toBe(1);
    expect(baskets({ agentId: 'a1' })).toBe(1);
    const split = report(entries, { split: 'agent' }).rows.map(({ period, part, baskets: n }) => [
      period,
      part,
      n,
    ]);
    expect(split).toEqual([
      ['2026-05-01', null, 1],
      ['2026-05-01', 'a1', 1],
      ['2026-05-01', 'a2', 1],
      ['2026-05-02', null, 1],
    ]);
  });

  test('follows the newest figures when events come late', () => {
    const before = [decisionAt(0), sale('s1', [a, c])];
    expect(report(before).total).toMatchObject({ accepted: 0, money: [{ upsellRevenue: 0 }] });
    const late = outcome('o1', 'accepted', { at: minute(-5) });
    expect(report([...before, late]).total).toMatchObject({
      transactionsAttached: 1,
      money: [{ revenue: 15, upsellRevenue: 8, upsellMargin: 3 }],
    });
  });
});

describe('what the sales are compared with', () => {
  const soldOn = (day: string, amount: number, store = 's1') =>
    sale(`s-${day}-${store}`, [line('A', { unitPrice: amount })], {
      basketId: `b-${day}-${store}`,
      storeId: store,
      at: `${day}T12:00:00Z`,
    });
  const spans = { fromDay: dayOfText('2026-05-04'), toDay: dayOfText('2026-05-10') };

  test('are the same number of days before and the days 52 weeks before, of the same part of the trade', () => {
    const sales = [
      soldOn('2026-05-04', 10),
      soldOn('2026-05-10', 5),
      soldOn('2026-05-11', 1000),
      soldOn('2026-05-03', 7),
      soldOn('2026-04-27', 1),
      soldOn('2026-04-26', 1000),
      soldOn('2025-05-05', 3),
      soldOn('2025-05-12', 1000),
      soldOn('2026-05-05', 400, 's2'),
      soldOn('2026-05-03', 500, 's2'),
    ];
    const { total, comparison } = report(sales, { selection: { ...spans, storeId: 's1' } });
    expect(total.money).toMatchObject([{ revenue: 15 }]);
    expect(comparison).toMatchObject({
      previous: { from: '2026-04-27', to: '2026-05-03', total: { transactions: 2, money: [{ revenue: 8 }] } },
      yearBefore: {
        from: '2025-05-05',
        to: '2025-05-11',
        total: { transactions: 1, money: [{ revenue: 3 }] },
      },
    });
  });

  test('have a trend over whole periods that are over, quiet ones included, whatever the rows are split by', () => {
    const days = Array.from({ length: 14 }, (_, at) => `2026-05-${String(at + 1).padStart(2, '0')}`);
    const sales = days
      .filter((_, at) => at !== 5)
      .map((day, at) => soldOn(day, 100 + at, at % 2 ? 's1' : 's2'));
    const selection = { fromDay: dayOfText('2026-05-01'), toDay: dayOfText('2026-05-31') };
    const today = dayOfText('2026-05-14');
    for (const split of [undefined, 'store'] as const) {
      const { trend } = report(sales, { selection, today, ...(split && { split }) });
      expect(trend.transactions).toMatchObject({
        periods: 13,
        perPeriod: { estimate: 0 },
        unusual: [{ period: '2026-05-06', value: 0, expected: 1 }],
      });
      expect(trend.revenue).toMatchObject([{ currency: 'EUR', trend: { periods: 13 } }]);
    }
    const sinceApril = { ...selection, fromDay: dayOfText('2026-04-01') };
    expect(report(sales, { selection: sinceApril, today }).trend.transactions).toMatchObject({ periods: 13 });
    const weeks = report(sales, { selection, today, by: 'week' });
    expect(weeks.trend).toEqual({ transactions: null, revenue: [{ currency: 'EUR', trend: null }] });
  });
});
