import { expect, test } from 'vitest';
import { calendarPeriods } from '../../src/screens/calendar-periods.ts';

test('every period of a span is included, even a partial first or last one', () => {
  expect(calendarPeriods('2026-02-27', '2026-03-02', 'day')).toEqual([
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
    '2026-03-02',
  ]);
  expect(calendarPeriods('2025-11-29', '2026-02-01', 'month')).toEqual([
    '2025-11',
    '2025-12',
    '2026-01',
    '2026-02',
  ]);
  expect(calendarPeriods('2026-10-18', '2026-11-02', 'week')).toEqual([
    '2026-W42',
    '2026-W43',
    '2026-W44',
    '2026-W45',
  ]);
});

test.each([
  ['2021-01-03', '2020-W53'],
  ['2021-01-04', '2021-W01'],
  ['2024-12-30', '2025-W01'],
  ['2027-01-03', '2026-W53'],
])('the week of %s is named as in reports: %s', (day, week) => {
  expect(calendarPeriods(day, day, 'week')).toEqual([week]);
});
