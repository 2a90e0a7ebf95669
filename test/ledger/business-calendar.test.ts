import { describe, expect, test } from 'vitest';
import { zoneCalendar } from '../../src/gateway/zone-calendar.ts';
import { businessDay, periodName, wallHour } from '../../src/ledger/business-calendar.ts';
import { dayOfText, textOfDay } from '../../src/ledger/instant.ts';

const amsterdam = zoneCalendar('Europe/Amsterdam', 4);
const day = (at: string, calendar = amsterdam) => textOfDay(businessDay(calendar, Date.parse(at)));

describe('a business day that ends at 04:00', () => {
  test.each([
    ['2026-05-02T03:59:59+02:00', '2026-05-01'],
    ['2026-05-02T04:00:00+02:00', '2026-05-02'],
    // The night on which clocks go forward at 02:00: 03:30 is half an hour after 01:59.
    ['2026-03-29T03:59:00+02:00', '2026-03-28'],
    ['2026-03-29T04:00:00+02:00', '2026-03-29'],
    // The night on which 02:30 comes twice.
    ['2026-10-25T02:30:00+02:00', '2026-10-24'],
    ['2026-10-25T02:30:00+01:00', '2026-10-24'],
    ['2026-10-25T04:00:00+01:00', '2026-10-25'],
    ['2027-01-01T03:00:00+01:00', '2026-12-31'],
  ])('%s belongs to %s', (at, wanted) => {
    expect(day(at)).toBe(wanted);
  });
});

test('an hour is local time, even in zones with odd offsets and over a change of clocks', () => {
  const hour = (zone: string, at: string) => wallHour(zoneCalendar(zone, 0), Date.parse(at));
  expect(hour('Asia/Kathmandu', '2026-05-01T00:00:00Z')).toBe(5.75);
  expect(hour('Europe/Amsterdam', '2026-03-29T00:59:00Z')).toBeCloseTo(1 + 59 / 60, 9);
  expect(hour('Europe/Amsterdam', '2026-03-29T01:00:00Z')).toBe(3);
  expect(hour('Australia/Lord_Howe', '2026-04-04T15:30:00Z')).toBe(2);
  expect(hour('America/New_York', '1969-12-31T12:00:00Z')).toBe(7);
});

test.each([
  ['2026-05-01', '2026-W18', '2026-05', '2026-Q2'],
  ['2027-01-01', '2026-W53', '2027-01', '2027-Q1'],
  ['2027-01-04', '2027-W01', '2027-01', '2027-Q1'],
  ['2024-12-30', '2025-W01', '2024-12', '2024-Q4'],
  ['2020-12-31', '2020-W53', '2020-12', '2020-Q4'],
  ['2021-01-03', '2020-W53', '2021-01', '2021-Q1'],
  ['1969-12-31', '1970-W01', '1969-12', '1969-Q4'],
])('%s is in %s, %s and %s', (date, week, month, quarter) => {
  const dayNumber = dayOfText(date);
  expect(periodName(dayNumber, 'day')).toBe(date);
  expect(periodName(dayNumber, 'week')).toBe(week);
  expect(periodName(dayNumber, 'month')).toBe(month);
  expect(periodName(dayNumber, 'quarter')).toBe(quarter);
});
