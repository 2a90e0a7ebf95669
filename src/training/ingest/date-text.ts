import { DAY_MS, HOUR_MS } from '../../recommender/time-of-day.ts';

/** Order of day and month where the year stands last, or of years of two digits that stand first. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd';

const TIME =
  '(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?\\s*([ap]\\.?m\\.?)?\\s*(z|utc|[-+]\\d{2}(?::?\\d{2})?)?';
const YEAR_FIRST = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?:[t ]\\s*${TIME})?$`, 'i');
const YEAR_LAST = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})(?:[t ,]\\s*${TIME})?$`, 'i');
const TIME_AT_THE_END = new RegExp(`[t ,]\\s*${TIME}$`, 'i');
/** A date without marks, alone, before a time with marks, or with hours and minutes, and seconds, that have none either. */
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?)?(?![\d:])/i;
/** A year of two digits, month, day, hour and minute. */
const COMPACT_SHORT = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;
/** A date column that says midnight throughout, beside a column of times. */
const MIDNIGHT_THEN_TIME =
  /[t ](?:00?:00(?::00(?:\.0+)?)?\s*(?:z|utc|[-+]\d{2}(?::?\d{2})?)?|12:00(?::00)?\s*a\.?m\.?)\s+(?=\d{1,2}:\d{2})/i;
/** 1-Dec-2010, 01 December 2010, and Dec 1, 2010; a day of the week before it says nothing. */
const DAY_OF_WEEK = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\\.?,?\\s+)?';
const DAY_THEN_MONTH = new RegExp(
  `^${DAY_OF_WEEK}(\\d{1,2})(?:st|nd|rd|th)?([-/. ])\\s*([a-z]{3,9})\\.?,?\\2?\\s*(\\d{4}|\\d{2})(?:[t ,]\\s*${TIME})?$`,
  'i',
);
const MONTH_THEN_DAY = new RegExp(
  `^${DAY_OF_WEEK}([a-z]{3,9})\\.?([-/ ])\\s*(\\d{1,2})(?:st|nd|rd|th)?(?:,\\s*|\\2\\s*)(\\d{4})(?:[t ,]\\s*${TIME})?$`,
  'i',
);
const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const MIDNIGHT_WITH_OFFSET = /[t ,]\s*00?:00(?::00(?:[.,]0+)?)?\s*(?:z|utc|[-+][\d:]+)$/i;

const YEAR_MIN = 1900;
const YEAR_MAX = 2199;

/** Which order of day and month a text proves where its year stands last; undefined for ISO dates, for 03/04/2020, and for what is no date. */
export function provenOrder(text: string): Exclude<DateOrder, 'ymd'> | undefined {
  const match = YEAR_LAST.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const second = Number(match[3]);
  if (first > 12 && first <= 31 && second >= 1 && second <= 12) return 'dmy';
  if (second > 12 && second <= 31 && first >= 1 && first <= 12) return 'mdy';
  return undefined;
}

/** Whether a text's meaning depends on the order of day and month; 05/05/2020 means the same in both. */
export function needsOrder(text: string): boolean {
  const match = YEAR_LAST.exec(text);
  return match !== null && Number(match[1]) !== Number(match[3]);
}

/** The numbers of a date whose year has two digits, wherever it stands; undefined for all else. */
export function shortDateParts(text: string): [string, string, string] | undefined {
  const match = YEAR_LAST.exec(text);
  return match?.[4]?.length === 2 ? [match[1]!, match[3]!, match[4]] : undefined;
}

/** One way of writing dates. */
export interface DateForm {
  /** Epoch ms; undefined where the text is no such date. */
  parse(text: string): number | undefined;
  /** The hour on the local clock of what `parse` reads as `ms`; null where no time of day is stated. */
  hourOf(text: string, ms: number, hourOf: (atMs: number) => number): number | null;
}

/** Dates as parseDate reads them. */
export function writtenDates(order: DateOrder | undefined): DateForm {
  return { parse: (text) => parseDate(text, order), hourOf: hourStated };
}

/**
 * Epoch milliseconds of a date, with or without time; undefined where it is none. Without an offset it is UTC.
 * Read: 2010-12-01, 2010/12/01 8:26, 2010-12-01T08:26:00.5+01:00, 20101201, 201012010826, 20101201T082600Z, 1-Dec-2010 08:26,
 * Dec 1, 2010 8:26 AM, 01 December 2010, and with `order` 01/12/2010, 1.12.10 8:26 pm, 10-12-01, 1012010826.
 * Years of two digits are 1970 to 2069.
 */
export function parseDate(text: string, order: DateOrder | undefined): number | undefined {
  const whole = withMarks(text, order).replace(MIDNIGHT_THEN_TIME, ' ');
  const iso = YEAR_FIRST.exec(whole);
  if (iso !== null) return plusTime(utcDay(Number(iso[1]), Number(iso[3]), Number(iso[4])), iso);
  const parts = YEAR_LAST.exec(whole);
  if (parts === null) return parseNamedMonth(whole, order);
  return plusTime(orderedDay(parts[1]!, parts[3]!, parts[4]!, order), parts);
}

/** A date with marks between its numbers, where it was written without. */
function withMarks(text: string, order?: DateOrder): string {
  const trimmed = text.trim();
  if (order === 'ymd' && COMPACT_SHORT.test(trimmed)) return trimmed.replace(COMPACT_SHORT, '$1-$2-$3 $4:$5');
  return trimmed.replace(COMPACT, (_, year, month, day, hour, minute, second) => {
    const time = hour === undefined ? '' : ` ${hour}:${minute}:${second ?? '00'}`;
    return `${year}-${month}-${day}${time}`;
  });
}

/** A date with the English name of its month, or the beginning of that. A year of two digits stands last, unless `order` has it first. */
function parseNamedMonth(text: string, order: DateOrder | undefined): number | undefined {
  const dayFirst = DAY_THEN_MONTH.exec(text);
  if (dayFirst !== null) {
    const [day, year] =
      order === 'ymd' && dayFirst[1]!.length === 2 && dayFirst[4]!.length === 2
        ? [dayFirst[4]!, dayFirst[1]!]
        : [dayFirst[1]!, dayFirst[4]!];
    return plusTime(utcDay(fullYear(year), monthNamed(dayFirst[3]!), Number(day)), dayFirst);
  }
  const match = MONTH_THEN_DAY.exec(text);
  if (match === null) return undefined;
  return plusTime(utcDay(Number(match[4]), monthNamed(match[1]!), Number(match[3])), match);
}

/** 1 to 12; 0, of which no day is, where it is no month. */
function monthNamed(name: string): number {
  const wanted = name.toLowerCase();
  return wanted === 'sept'
    ? 9
    : MONTHS.findIndex((month) => month === wanted || month.slice(0, 3) === wanted) + 1;
}

function orderedDay(
  first: string,
  second: string,
  last: string,
  order: DateOrder | undefined,
): number | undefined {
  if (order === 'ymd' && first.length === 2 && last.length === 2)
    return utcDay(fullYear(first), Number(second), Number(last));
  const isOpen = order === undefined || order === 'ymd';
  if (isOpen && Number(first) !== Number(second)) return undefined;
  const [day, month] = order === 'mdy' ? [second, first] : [first, second];
  return utcDay(fullYear(last), Number(month), Number(day));
}

/** Whether a date that can be read states its offset from UTC: then it is an instant, else the time on a local clock. */
export function statesOffset(text: string): boolean {
  return TIME_AT_THE_END.exec(withMarks(text))?.[6] !== undefined;
}

/**
 * The hour on the local clock. null for exact midnight, as written or in the stores' zone: a date without a time is written so too.
 *
 * @param ms what parseDate reads in the text
 * @param hourOf hour of the day in the stores' zone, for a date that states its offset
 */
export function hourStated(text: string, ms: number, hourOf: (atMs: number) => number): number | null {
  if (!statesOffset(text)) return hourOnClock(ms);
  return MIDNIGHT_WITH_OFFSET.test(withMarks(text)) ? null : hourOfInstant(ms, hourOf);
}

/** The hour of an instant in the stores' zone, null for exact midnight there. */
export function hourOfInstant(ms: number, hourOf: (atMs: number) => number): number | null {
  const hour = hourOf(ms);
  return hour === 0 && hourOf(ms - 1) !== 0 ? null : hour;
}

/** The hour of a time on a local clock, in ms as if it were UTC; null for exact midnight. */
export function hourOnClock(ms: number): number | null {
  if (ms % DAY_MS === 0) return null;
  return Math.floor((ms - Math.floor(ms / DAY_MS) * DAY_MS) / HOUR_MS);
}

function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 4) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

function utcDay(year: number, month: number, day: number): number | undefined {
  if (year < YEAR_MIN || year > YEAR_MAX) return undefined;
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : undefined;
}

/** All date patterns hold the time in groups 5 to 10. */
function plusTime(dayMs: number | undefined, match: RegExpExecArray): number | undefined {
  if (dayMs === undefined || match[5] === undefined) return dayMs;
  const hour = hourOfDay(Number(match[5]), match[9]);
  const minute = Number(match[6]);
  const second = Number(match[7] ?? 0);
  const offsetMinutes = parseOffset(match[10]);
  if (hour === undefined || minute > 59 || second > 59 || offsetMinutes === undefined) return undefined;
  const fractionMs = match[8] === undefined ? 0 : Math.floor(Number(`0.${match[8]}`) * 1000 + 1e-6);
  return dayMs + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + fractionMs;
}

function hourOfDay(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour <= 23 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
}

function parseOffset(text: string | undefined): number | undefined {
  if (text === undefined || /^(?:z|utc)$/i.test(text)) return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', '') || 0);
  if (hours > 18 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
