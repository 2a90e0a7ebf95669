import type { PeriodLength } from './business-calendar.ts';
import { dateOfDay, dayOfDate } from './instant.ts';

/** First and last business day, in days since 1970-01-01. */
export interface DaySpan {
  readonly fromDay: number;
  readonly toDay: number;
}

/** The spans that a report's days are compared with. */
export interface ComparedSpans {
  /** The same number of days just before; where the days are whole months, the same number of months. */
  readonly previous: DaySpan;
  /** By day or week: 52 weeks before, so that weekdays match. By month or quarter: the same dates of the year before. */
  readonly yearBefore: DaySpan;
}

/** 52 weeks. */
const YEAR_OF_WEEKS = 364;

export function comparedSpans({ fromDay, toDay }: DaySpan, by: PeriodLength): ComparedSpans {
  const days = toDay - fromDay + 1;
  const months = wholeMonths({ fromDay, toDay });
  const yearBefore =
    by === 'day' || by === 'week'
      ? { fromDay: fromDay - YEAR_OF_WEEKS, toDay: toDay - YEAR_OF_WEEKS }
      : { fromDay: monthsBefore(fromDay, 12), toDay: lastDayBefore(toDay, 12) };
  const previous = {
    fromDay: months > 0 ? monthsBefore(fromDay, months) : fromDay - days,
    toDay: fromDay - 1,
  };
  return { previous, yearBefore };
}

/** Number of months if the span consists of whole months, else 0. */
function wholeMonths({ fromDay, toDay }: DaySpan): number {
  const first = dateOfDay(fromDay);
  const after = dateOfDay(toDay + 1);
  if (first.day !== 1 || after.day !== 1) return 0;
  return (after.year - first.year) * 12 + after.month - first.month;
}

/** As monthsBefore, but the last day of a month becomes the last of that month: 28 February 2025 is 29 February 2024. */
function lastDayBefore(day: number, months: number): number {
  return Math.max(monthsBefore(day, months), monthsBefore(day + 1, months) - 1);
}

/** The same day of an earlier month, or the last day of that month where it has no such day. */
function monthsBefore(day: number, months: number): number {
  const date = dateOfDay(day);
  const at = date.year * 12 + date.month - 1 - months;
  const first = dayOfDate(Math.floor(at / 12), (at % 12) + 1, 1);
  const next = dayOfDate(Math.floor((at + 1) / 12), ((at + 1) % 12) + 1, 1);
  return Math.min(first + date.day - 1, next - 1);
}
