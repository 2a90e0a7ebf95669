import type { Language } from './live-protocol.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', nl: 'nl-NL' };

/** A period of a report in words: `2026-05-01` and `2026-05` as dates, a week as it is. */
export function periodName(period: string, language: Language): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(period);
  if (!isDay && !/^\d{4}-\d\d$/.test(period)) return period;
  const format: Intl.DateTimeFormatOptions = isDay
    ? { day: 'numeric', month: 'short' }
    : { month: 'short', year: 'numeric' };
  const date = new Date(`${isDay ? period : `${period}-01`}T12:00:00Z`);
  return new Intl.DateTimeFormat(locales[language], { ...format, timeZone: 'UTC' }).format(date);
}

/** A moment in words, by the clock of this screen. */
export function momentName(moment: Date, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeStyle: 'short' }).format(moment);
}
