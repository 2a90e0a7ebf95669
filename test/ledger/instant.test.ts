import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, dateOfDay, dayOfDate, dayOfText, instantMs, textOfDay } from '../../src/ledger/instant.ts';

const anyInstant = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T00:00:00Z'),
  noInvalidDate: true,
});

describe('a time as RFC 3339', () => {
  test('is the instant that the platform reads, whatever its offset', () => {
    fc.assert(
      fc.property(anyInstant, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString();
        fc.pre(local.length === 24 && local[0] !== '+' && local[0] !== '-');
        const size = Math.abs(offset);
        const two = (number: number) => String(number).padStart(2, '0');
        const text = local.replace(
          'Z',
          `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`,
        );
        expect(instantMs(text)).toBe(date.getTime());
      }),
    );
  });

  test.each([
    ['2026-05-01T10:00:00+02:00', Date.UTC(2026, 4, 1, 8)],
    ['2026-05-01t10:00:00.5z', Date.UTC(2026, 4, 1, 10, 0, 0, 500)],
    ['2026-05-01T10:00:00.123999Z', Date.UTC(2026, 4, 1, 10, 0, 0, 123)],
    ['2026-05-01T10:00Z', Date.UTC(2026, 4, 1, 10)],
    ['2026-05-01T10:00:00', Number.NaN],
    ['yesterday', Number.NaN],
  ])('%s', (text, wanted) => {
    expect(instantMs(text)).toBe(wanted);
  });
});

test('a day goes to its date and back, as the platform has it', () => {
  fc.assert(
    fc.property(anyInstant, (date) => {
      const day = Math.floor(date.getTime() / DAY_MS);
      const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
      expect(dateOfDay(day)).toEqual({ year, month, day: dayOfMonth });
      expect(dayOfDate(year, month, dayOfMonth)).toBe(day);
      expect(dayOfText(textOfDay(day))).toBe(day);
    }),
  );
});

test.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-5-1', '', 'today'])('%s is not a day', (text) => {
  expect(dayOfText(text)).toBeNaN();
});
