import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zoneCalendar } from '../../src/gateway/zone-calendar.ts';
import { BasketBook } from '../../src/ledger/basket-book.ts';
import type { BusinessCalendar } from '../../src/ledger/business-calendar.ts';
import { sumByDay } from '../../src/ledger/day-sums.ts';
import type { StoredEvent } from '../../src/ledger/events.ts';
import { type GoodsSold, GoodsSoldTally } from '../../src/ledger/goods-sold.ts';
import { dayOfText, textOfDay } from '../../src/ledger/instant.ts';
import { InventoryHistory, type InventoryHistoryOptions } from '../../src/ledger/inventory-history.ts';
import type { InventoryDay } from '../../src/ledger/inventory-store.ts';
import { columnsOf } from '../support/columns-of.ts';
import { inventoryDay } from '../support/inventory-builder.ts';
import { line, refund, sale } from '../support/recorded-events.ts';
import { runSteps } from '../support/run-steps.ts';

type Changes = Partial<Omit<InventoryHistoryOptions, 'selection'>> & {
  readonly from?: string;
  readonly to?: string;
  readonly storeId?: string;
  readonly calendar?: BusinessCalendar;
};

function trend(days: readonly InventoryDay[], events: readonly StoredEvent[] = [], changes: Changes = {}) {
  const { from = '2026-05-01', to = '2026-05-10', storeId, calendar = UTC, ...options } = changes;
  const history = new InventoryHistory({
    selection: { fromDay: dayOfText(from), toDay: dayOfText(to), ...(storeId && { storeId }) },
    by: 'day',
    currency: 'EUR',
    ...options,
  });
  for (const day of days) history.addDay(day);
  for (const goods of goodsOf(events, calendar)) history.addSales(goods);
  return runSteps(history.trend());
}

const UTC: BusinessCalendar = { offsetMs: () => 0, dayEndsAtHour: 0 };

function goodsOf(events: readonly StoredEvent[], calendar: BusinessCalendar): Iterable<GoodsSold> {
  const book = new BasketBook();
  for (const event of events) book.addEvent(event);
  const columns = columnsOf(book);
  const tally = new GoodsSoldTally();
  tally.add(sumByDay(columns, calendar), columns.names, () => true);
  return tally.rows();
}

const sold = (id: string, at: string, changes: object = {}) =>
  sale(id, [line('A', { quantity: 2, unitPrice: 5, unitCost: 3 })], { at, basketId: id, ...changes });

describe('the history of stock', () => {
  test('is the same for any order and repetition of the days, by the newest record of each day', () => {
    const looks = fc.array(
      fc
        .record({
          day: fc.nat(9),
          store: fc.nat(2),
          atMs: fc.nat(20),
          valueMinor: fc.nat(1e6),
          stockOuts: fc.nat(1),
        })
        .map(({ day, store, ...figures }) => {
          const name = textOfDay(dayOfText('2026-05-01') + day);
          return inventoryDay(name, { storeId: `s${store}`, ...figures, coveredMinor: figures.valueMinor });
        }),
      { maxLength: 30 },
    );
    const repeated = looks.chain((days) =>
      fc.tuple(
        fc.constant(days),
        fc.shuffledSubarray([...days, ...days], { minLength: days.length * 2, maxLength: days.length * 2 }),
      ),
    );
    fc.assert(
      fc.property(repeated, fc.constantFrom('day' as const, 'week' as const), ([days, again], by) => {
        expect(trend(again, [], { by })).toEqual(trend(days, [], { by }));
      }),
    );
    const early = inventoryDay('2026-05-01', { atMs: 5, valueMinor: 700 });
    const late = inventoryDay('2026-05-01', { atMs: 6, valueMinor: 900 });
    expect(trend([late, early]).total.averageValue).toBe(9);
  });

  test('has no row for a day without data, and no zero in its mean', () => {
    const days = [inventoryDay('2026-05-01'), inventoryDay('2026-05-04', { valueMinor: 20_000 })];
    const { rows, total } = trend(days);
    expect(rows.map(({ period, averageValue }) => [period, averageValue])).toEqual([
      ['2026-05-01', 100],
      ['2026-05-04', 200],
    ]);
    expect(total).toMatchObject({
      storeDays: 2,
      averageValue: 150,
      holdingCost: 0.21,
      holdingCostPerDay: 0.1,
    });
  });

  test('without any stock states only what was sold', () => {
    const { rows, total } = trend([], [sold('b1', '2026-05-02T10:00:00Z')]);
    const nothing = {
      storeDays: 0,
      averageValue: null,
      daysOfSupply: null,
      excessShare: null,
      holdingCost: null,
      stockOutDays: 0,
      stockOutShare: null,
      turnover: null,
      daysInventoryOutstanding: null,
    };
    expect(total).toMatchObject({ ...nothing, costOfGoodsSold: 6, costKnownShare: 1 });
    expect(rows).toEqual([expect.objectContaining({ period: '2026-05-02', ...nothing })]);
    expect(trend([])).toMatchObject({
      rows: [],
      total: { ...nothing, costOfGoodsSold: 0, costKnownShare: null },
    });
  });

  test('of several stores weighs each store by its stock', () => {
    const big = inventoryDay('2026-05-01', {
      storeId: 's2',
      products: 9,
      stockOuts: 3,
      valueMinor: 90_000,
      coveredMinor: 90_000,
      coveredMinorDays: 900_000,
      excessMinor: 45_000,
    });
    const both = trend([inventoryDay('2026-05-01', { stockOuts: 1 }), big]).total;
    expect(both).toMatchObject({ averageValue: 1000, daysOfSupply: 18, excessShare: 0.45, stockOutDays: 4 });
    expect(both.stockOutShare).toBe(0.4);
    expect(trend([inventoryDay('2026-05-01'), big], [], { storeId: 's1' }).total.averageValue).toBe(100);
  });

  test('without a cost states no money, and with some products without one the rest', () => {
    const uncosted = { costed: 0, unknownCost: 1, valueMinor: 0, coveredMinor: 0, coveredMinorDays: 0 };
    const { total } = trend([inventoryDay('2026-05-01', uncosted)]);
    expect(total).toMatchObject({
      averageValue: null,
      holdingCost: null,
      daysOfSupply: null,
      turnover: null,
    });
  });
});

describe('turnover', () => {
  const days = ['2026-05-01', '2026-05-04', '2026-05-05'].map((day) => inventoryDay(day));

  test('is the cost of goods sold a year over the mean stock at cost, from the first to the last known day', () => {
    // Days without a look lie between looks: their sales count. Those of 2026-05-06 come after the last one.
    const events = ['02T10', '04T10', '06T10'].map((at) => sold(`b${at}`, `2026-05-${at}:00:00Z`));
    const { total } = trend(days, events);
    expect(total.costOfGoodsSold).toBe(18);
    expect(total.turnover).toBeCloseTo((12 * (365 / 5)) / 100, 10);
    expect(total.daysInventoryOutstanding).toBeCloseTo(365 / total.turnover!, 10);
  });

  test('takes back what a refund brings back, to the minor unit, on the day of the sale', () => {
    const back = refund('r1', [line('A', { unitPrice: 5 })], { at: '2026-05-09T10:00:00Z' });
    const { rows, total } = trend(days, [sold('b1', '2026-05-04T10:00:00Z'), back]);
    expect(total.costOfGoodsSold).toBe(3);
    expect(rows.map(({ period, costOfGoodsSold }) => [period, costOfGoodsSold])).toEqual([
      ['2026-05-01', 0],
      ['2026-05-04', 3],
      ['2026-05-05', 0],
    ]);
  });

  test('takes each store over its own days, so that one added later does not dilute the other', () => {
    const later = inventoryDay('2026-05-05', { storeId: 's2', valueMinor: 30_000 });
    const events = [
      sold('b1', '2026-05-01T10:00:00Z'),
      sold('b2', '2026-05-05T10:00:00Z', { storeId: 's2' }),
    ];
    const { total } = trend([...days, later], events);
    expect(total.averageValue).toBe(400);
    expect(total.turnover).toBeCloseTo((6 * (365 / 5) + 6 * 365) / 400, 10);
  });

  test('leaves out stores without stock statements, and those whose receipts state no cost', () => {
    const events = [
      sold('b1', '2026-05-04T10:00:00Z', { storeId: 'no-stock' }),
      sale('b2', [line('A', { unitPrice: 5 })], { at: '2026-05-04T10:00:00Z', basketId: 'b2' }),
    ];
    const { total } = trend(days, events);
    expect(total).toMatchObject({ costOfGoodsSold: 6, turnover: null, daysInventoryOutstanding: null });
    expect(total.costKnownShare).toBeCloseTo(2 / 3, 10);
  });

  test('never mixes currencies; if the model states none, the only one on receipts is taken', () => {
    const dollars = sold('b1', '2026-05-04T10:00:00Z', { currency: 'USD' });
    expect(trend(days, [dollars]).total).toMatchObject({ costOfGoodsSold: null, turnover: null });
    expect(trend(days).total).toMatchObject({
      costOfGoodsSold: 0,
      turnover: 0,
      daysInventoryOutstanding: null,
    });
    const unnamed = days.map((day) => ({ ...day, currency: null }));
    expect(trend(unnamed, [dollars], { currency: null }).total).toMatchObject({ costOfGoodsSold: 6 });
    const euros = sold('b2', '2026-05-04T10:00:00Z');
    expect(trend(unnamed, [dollars, euros], { currency: null }).total).toMatchObject({
      costOfGoodsSold: null,
    });
    expect(trend(unnamed).total.storeDays).toBe(0);
  });
});

describe('a day', () => {
  test('of sales is the business day of the zone, even over a change of clocks; stored days keep their names', () => {
    const calendar = zoneCalendar('Europe/Amsterdam', 4);
    const kept = ['2026-03-28', '2026-03-29'].map((day) => inventoryDay(day));
    // The clocks go forward on 2026-03-29 at 02:00: 03:59 summer time is 01:59 UTC.
    const events = [sold('b1', '2026-03-29T01:59:00Z'), sold('b2', '2026-03-29T02:00:00Z')];
    const { rows } = trend(kept, events, { calendar, from: '2026-03-28', to: '2026-03-29' });
    expect(rows.map(({ period, costOfGoodsSold }) => [period, costOfGoodsSold])).toEqual([
      ['2026-03-28', 6],
      ['2026-03-29', 6],
    ]);
  });

  test('belongs to its ISO week, month and quarter, over the end of a year', () => {
    const days = ['2026-12-31', '2027-01-03', '2027-01-04'].map((day) => inventoryDay(day));
    const periods = (by: 'week' | 'month' | 'quarter') =>
      trend(days, [], { by, from: '2026-12-01', to: '2027-01-31' }).rows.map(({ period }) => period);
    expect(periods('week')).toEqual(['2026-W53', '2027-W01']);
    expect(periods('month')).toEqual(['2026-12', '2027-01']);
    expect(periods('quarter')).toEqual(['2026-Q4', '2027-Q1']);
  });
});
