import type { Language } from './live-protocol.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', nl: 'nl-NL' };

/** A report period as text: `2026-05-01` and `2026-05` as dates, a week unchanged. Days in the year `yearLeftOut` omit the year. */
export function periodName(
  period: string,
  language: Language,
  yearLeftOut: number | null = new Date().getFullYear(),
): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(period);
  if (!isDay && !/^\d{4}-\d\d$/.test(period)) return period;
  const format: Intl.DateTimeFormatOptions = {
    ...(isDay && { day: 'numeric' }),
    month: 'short',
    ...(!(isDay && yearOf(period) === yearLeftOut) && { year: 'numeric' }),
  };
  const date = new Date(`${isDay ? period : `${period}-01`}T12:00:00Z`);
  return new Intl.DateTimeFormat(locales[language], { ...format, timeZone: 'UTC' }).format(date);
}

/** The first and last day of a span as text. The year is omitted if both days are in this year, and otherwise given for both. */
export function spanNames(
  from: string,
  to: string,
  language: Language,
  thisYear = new Date().getFullYear(),
): [from: string, to: string] {
  const yearLeftOut = yearOf(from) === yearOf(to) ? thisYear : null;
  return [periodName(from, language, yearLeftOut), periodName(to, language, yearLeftOut)];
}

function yearOf(period: string): number {
  return Number(period.slice(0, 4));
}

/** A moment as text, in this browser's time zone. */
export function momentName(moment: Date, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeStyle: 'short' }).format(moment);
}
