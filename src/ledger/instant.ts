const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** Epoch milliseconds of an RFC 3339 time with an offset; NaN for any other text. Digits below a millisecond are cut. */
export function instantMs(text: string): number {
  const parts = RFC_3339.exec(text);
  if (!parts) return Number.NaN;
  const [year, month, day, hour, minute] = parts.slice(1, 6).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const seconds = Number(parts[6] ?? 0);
  const millis = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  return (
    dayOfDate(year, month, day) * DAY_MS +
    hour * HOUR_MS +
    minute * MINUTE_MS +
    seconds * 1000 +
    millis -
    offsetOf(parts) * MINUTE_MS
  );
}

/** Minutes that the clock of an RFC 3339 time is ahead of UTC; NaN for any other text. */
export function offsetMinutes(text: string): number {
  const parts = RFC_3339.exec(text);
  return parts ? offsetOf(parts) : Number.NaN;
}

function offsetOf(parts: RegExpExecArray): number {
  return (parts[8] === '-' ? -1 : 1) * (Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0));
}

/** A date of the Gregorian calendar; month and day from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/**
 * Days from 1970-01-01 to a date. Counts years from March, so that the leap day is the last.
 * Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
 */
export function dayOfDate(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The date of a day since 1970-01-01. Source: as dayOfDate, civil_from_days. */
export function dateOfDay(dayNumber: number): CalendarDate {
  const shifted = dayNumber + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1 };
}

/** Days since 1970-01-01 of `YYYY-MM-DD`; NaN where there is no such day. */
export function dayOfText(text: string): number {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!parts) return Number.NaN;
  const day = dayOfDate(Number(parts[1]), Number(parts[2]), Number(parts[3]));
  return textOfDay(day) === text ? day : Number.NaN;
}

/** `YYYY-MM-DD` of a day since 1970-01-01. */
export function textOfDay(dayNumber: number): string {
  const { year, month, day } = dateOfDay(dayNumber);
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

export function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

/** An event with its time. */
export interface Timed<Event> {
  readonly event: Event;
  readonly atMs: number;
}

/** By time, and by id where that is the same. */
export function inOrderOfTime<Event extends { readonly id: string; readonly at: string }>(
  events: readonly Event[],
): Timed<Event>[] {
  const timed = events.map((event) => ({ event, atMs: instantMs(event.at) }));
  return timed.sort((a, b) => a.atMs - b.atMs || (a.event.id < b.event.id ? -1 : 1));
}
