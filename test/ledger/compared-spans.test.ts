import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PeriodLength } from '../../src/ledger/business-calendar.ts';
import { comparedSpans } from '../../src/ledger/compared-spans.ts';
import { dayOfText, textOfDay } from '../../src/ledger/instant.ts';

function compared(from: string, to: string, by: PeriodLength): [previous: string, yearBefore: string] {
  const { previous, yearBefore } = comparedSpans({ fromDay: dayOfText(from), toDay: dayOfText(to) }, by);
  const text = ({ fromDay, toDay }: { fromDay: number; toDay: number }) =>
    `${textOfDay(fromDay)} ${textOfDay(toDay)}`;
  return [text(previous), text(yearBefore)];
}

describe('what a report is compared with', () => {
  test.each<[string, string, PeriodLength, string, string]>([
    ['2026-05-04', '2026-05-10', 'day', '2026-04-27 2026-05-03', '2025-05-05 2025-05-11'],
    ['2026-05-04', '2026-05-31', 'week', '2026-04-06 2026-05-03', '2025-05-05 2025-06-01'],
    ['2026-05-01', '2026-05-31', 'month', '2026-04-01 2026-04-30', '2025-05-01 2025-05-31'],
    ['2026-03-01', '2026-03-31', 'day', '2026-02-01 2026-02-28', '2025-03-02 2025-04-01'],
    ['2026-04-01', '2026-06-30', 'quarter', '2026-01-01 2026-03-31', '2025-04-01 2025-06-30'],
    ['2024-02-01', '2024-02-29', 'month', '2024-01-01 2024-01-31', '2023-02-01 2023-02-28'],
    ['2025-02-01', '2025-02-28', 'month', '2025-01-01 2025-01-31', '2024-02-01 2024-02-29'],
    ['2026-01-01', '2026-12-31', 'month', '2025-01-01 2025-12-31', '2025-01-01 2025-12-31'],
    ['2024-02-29', '2024-02-29', 'month', '2024-02-28 2024-02-28', '2023-02-28 2023-02-28'],
    ['2024-02-28', '2024-02-28', 'month', '2024-02-27 2024-02-27', '2023-02-28 2023-02-28'],
    ['2023-12-01', '2024-02-28', 'quarter', '2023-09-02 2023-11-30', '2022-12-01 2023-02-28'],
  ])('%s to %s by %s: %s, and %s', (from, to, by, previous, yearBefore) => {
    expect(compared(from, to, by)).toEqual([previous, yearBefore]);
  });

  test('ends the day before, and a year before falls on the same weekdays or the same dates', () => {
    const day = fc.integer({ min: dayOfText('1990-01-01'), max: dayOfText('2090-01-01') });
    const by = fc.constantFrom<PeriodLength>('day', 'week', 'month', 'quarter');
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 1095 }), by, (fromDay, more, length) => {
        const { previous, yearBefore } = comparedSpans({ fromDay, toDay: fromDay + more }, length);
        expect(previous.toDay).toBe(fromDay - 1);
        expect(previous.fromDay).toBeLessThanOrEqual(previous.toDay);
        expect(yearBefore.fromDay).toBeLessThanOrEqual(yearBefore.toDay);
        if (length === 'day' || length === 'week') expect(fromDay - yearBefore.fromDay).toBe(364);
        else {
          const [then, now] = [textOfDay(yearBefore.fromDay), textOfDay(fromDay)];
          expect(Number(now.slice(0, 4)) - Number(then.slice(0, 4))).toBe(1);
          expect(then.slice(5)).toBe(now.slice(5) === '02-29' ? '02-28' : now.slice(5));
        }
      }),
    );
  });
});
