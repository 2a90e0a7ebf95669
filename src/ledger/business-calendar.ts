import { DAY_MS, dateOfDay, dayOfDate, HOUR_MS, textOfDay, twoDigits } from './instant.ts';

export type PeriodLength = 'day' | 'week' | 'month' | 'quarter';

/** How a store counts its days. */
export interface BusinessCalendar {
  /** Local time minus UTC at an instant, in ms. */
  readonly offsetMs: (atMs: number) => number;
  /** Local hour at which the business day ends: at 4 a sale at 03:59 belongs to the day before. 0 to 23. */
  readonly dayEndsAtHour: number;
}

/** Calendars with the same name count alike. */
export interface NamedCalendar extends BusinessCalendar {
  readonly name: string;
}

/** 1970-01-01 was a Thursday: days since the Monday of its week. */
const EPOCH_WEEKDAY = 3;

/** Business day of an instant, in days since 1970-01-01, by local time. */
export function businessDay(calendar: BusinessCalendar, atMs: number): number {
  return Math.floor((atMs + calendar.offsetMs(atMs) - calendar.dayEndsAtHour * HOUR_MS) / DAY_MS);
}

/** Local hour with its fraction, from 0 to below 24. */
export function wallHour(calendar: BusinessCalendar, atMs: number): number {
  const localMs = atMs + calendar.offsetMs(atMs);
  return (localMs - Math.floor(localMs / DAY_MS) * DAY_MS) / HOUR_MS;
}

/** The name of a day's period: `2026-05-01`, ISO week `2026-W18`, `2026-05` or `2026-Q2`; names sort as time does. */
export function periodName(dayNumber: number, length: PeriodLength): string {
  if (length === 'day') return textOfDay(dayNumber);
  if (length === 'week') return isoWeek(dayNumber);
  const { year, month } = dateOfDay(dayNumber);
  return length === 'month' ? `${year}-${twoDigits(month)}` : `${year}-Q${Math.ceil(month / 3)}`;
}

/** The month after `2026-05`, by name. */
export function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return periodName(dayOfDate(year, number, 1) + 31, 'month');
}

/** First day of a day's ISO week. */
export function mondayOf(dayNumber: number): number {
  return dayNumber - ((((dayNumber + EPOCH_WEEKDAY) % 7) + 7) % 7);
}

/** ISO 8601: a week belongs to the year of its Thursday, and the first week is the one with the first Thursday. */
function isoWeek(dayNumber: number): string {
  const thursday = mondayOf(dayNumber) + 3;
  const { year } = dateOfDay(thursday);
  let first = thursday;
  while (dateOfDay(first - 7).year === year) first -= 7;
  return `${year}-W${twoDigits((thursday - first) / 7 + 1)}`;
}
