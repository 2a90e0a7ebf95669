import { open } from 'lmdb';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { RollUpDaySums } from '../../src/adapters/roll-up-day-sums.ts';
import type { RollUpSegments } from '../../src/adapters/roll-up-segments.ts';
import { openTables, type RollUpTables } from '../../src/adapters/roll-up-tables.ts';
import { zoneCalendar } from '../../src/gateway/zone-calendar.ts';
import { BasketBook } from '../../src/ledger/basket-book.ts';
import { type DaySums, sumByDay } from '../../src/ledger/day-sums.ts';
import { OutcomeTable } from '../../src/ledger/outcome-columns.ts';
import { decisionAt, line, sale } from '../support/recorded-events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const UTC = zoneCalendar('UTC', 0);
const KEPT_CALENDARS = 8;

let tables: RollUpTables;
let table: OutcomeTable;
/** By segment. */
let checksums: number[];
let read: number[];
let daySums: RollUpDaySums;

beforeEach(() => {
  const root = open({ path: `${temporaryFolder()}/roll-up.lmdb`, noSubdir: true, maxDbs: 16 });
  onTestFinished(() => root.close());
  tables = openTables(root);
  table = new OutcomeTable();
  const book = new BasketBook();
  for (let i = 0; i < 30; i++) {
    book.addDecision(decisionAt(i, { basketId: `b${i}`, customer: `c${i % 4}` }));
    const currency = i % 3 === 0 ? 'USD' : 'EUR';
    const more = { basketId: `b${i}`, storeId: `s${i % 2}`, currency };
    book.addEvent(sale(`e${i}`, [line('A', { unitPrice: i, unitCost: 1 })], more));
  }
  for (const outcome of book.outcomes()) table.add(outcome);
  checksums = [11, 22, 33];
  read = [];
  const segments = {
    soldBetween: () => checksums.map((checksum, segment) => ({ segment, checksum })),
    checksum: (_: string, segment: number) => checksums[segment],
    readSales: (_: string, segment: number) => {
      read.push(segment);
      return table;
    },
  } as unknown as RollUpSegments;
  daySums = new RollUpDaySums(tables, segments);
});

function readAll(calendar = UTC): DaySums[] {
  read = [];
  const sums = [...daySums.read('tenant', calendar, { names: table.names, fromMs: 0, toMs: 1 })];
  while (daySums.keep());
  return sums;
}

/** Only what counts of each table: as many rows as it says. */
function rowsOf(all: readonly DaySums[]) {
  return all.map((sums) =>
    Object.values(sums).map(({ count, columns }) =>
      Object.entries<Float64Array>(columns).map(([name, column]) => [name, [...column.subarray(0, count)]]),
    ),
  );
}

describe('sums by day of segments', () => {
  test('are computed once, are the same from storage, and are recomputed for a segment that changed', () => {
    const first = rowsOf(readAll());
    expect(read).toEqual([0, 1, 2]);
    expect(first[0]).toEqual(rowsOf([sumByDay(table, UTC)])[0]);
    expect(rowsOf(readAll())).toEqual(first);
    expect(read).toEqual([]);
    checksums[1] = 23;
    expect(rowsOf(readAll())).toEqual(first);
    expect(read).toEqual([1]);
    expect(readAll()).toHaveLength(3);
    expect(read).toEqual([]);
  });

  test('hold each basket, its money and its customer once', () => {
    const [{ groups, money, customers }] = readAll() as [DaySums];
    const sum = (column: Float64Array, count: number) =>
      column.subarray(0, count).reduce((total, value) => total + value, 0);
    expect(groups.count).toBe(2);
    expect(sum(groups.columns.transactions, groups.count)).toBe(30);
    expect(money.count).toBe(4);
    expect(sum(money.columns.transactions, money.count)).toBe(30);
    expect(sum(money.columns.revenueMinor, money.count)).toBe((100 * (30 * 29)) / 2);
    // Two customers come to one store, two to the other.
    expect(customers.count).toBe(4);
  });

  test('are not stored for a segment that was written in the meantime', () => {
    expect([...daySums.read('tenant', UTC, { names: table.names, fromMs: 0, toMs: 1 })]).toHaveLength(3);
    checksums[0] = 12;
    daySums.keep();
    readAll();
    expect(read).toEqual([0]);
  });

  test('are stored for a few calendars; another one replaces the one not written for the longest time', () => {
    const calendars = Array.from({ length: KEPT_CALENDARS + 1 }, (_, hour) => zoneCalendar('UTC', hour));
    for (const calendar of calendars.slice(0, -1)) readAll(calendar);
    checksums[2] = 34;
    readAll(calendars[0]);
    expect(read).toEqual([2]);
    readAll(calendars.at(-1));
    expect([...tables.daySums.getKeys()]).toHaveLength(3 * KEPT_CALENDARS);
    readAll(calendars[0]);
    expect(read).toEqual([]);
    readAll(calendars[1]);
    expect(read).toEqual([0, 1, 2]);
  });

  test('are the same for every spelling of a zone', () => {
    readAll(zoneCalendar('Europe/Amsterdam', 4));
    readAll(zoneCalendar('europe/amsterdam', 4));
    expect(read).toEqual([]);
    readAll(zoneCalendar('Europe/Amsterdam', 5));
    expect(read).toEqual([0, 1, 2]);
  });

  test('are kept a few at a time, and not without bound', () => {
    checksums = Array.from({ length: 1_100 }, (_, segment) => segment);
    expect([...daySums.read('tenant', UTC, { names: table.names, fromMs: 0, toMs: 1 })]).toHaveLength(1_100);
    let steps = 1;
    while (daySums.keep()) steps++;
    expect(steps).toBe(1_024 / 64);
    readAll();
    expect(read).toHaveLength(1_100 - 1_024);
  });

  test.each([4, 20, -1])('are recomputed if byte %i of the stored data is damaged', (at) => {
    const whole = rowsOf(readAll());
    const key: [string, string, number] = ['tenant', UTC.name, 1];
    const damaged = Buffer.from(tables.daySums.get(key)!);
    damaged[at < 0 ? damaged.length + at : at]! ^= 1;
    tables.daySums.putSync(key, damaged);
    expect(rowsOf(readAll())).toEqual(whole);
    expect(read).toEqual([1]);
  });

  test('are answered where they cannot be kept', () => {
    const transactionSync = vi.fn(() => {
      throw new Error('no space left');
    });
    const full = { ...tables, root: { transactionSync } } as unknown as RollUpTables;
    const segments = {
      soldBetween: () => [{ segment: 0, checksum: 1 }],
      readSales: () => table,
    } as unknown as RollUpSegments;
    daySums = new RollUpDaySums(full, segments);
    expect(readAll()).toHaveLength(1);
    expect(readAll()).toHaveLength(1);
    expect(transactionSync).toHaveBeenCalledTimes(2);
  });
});
