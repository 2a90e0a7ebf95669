import { DAY_MS } from '../../recommender/time-of-day.ts';
import { type DateForm, type DateOrder, hourOfInstant, hourOnClock, parseDate } from './date-text.ts';

/** How a column states its dates in numbers. */
export interface NumberedDates extends DateForm {
  /** What the numbers count, for the report. */
  readonly counts: string;
  /** Whether they are instants, not times on a local clock. */
  readonly areInstants: boolean;
}

interface Kind {
  readonly counts: string;
  readonly areInstants: boolean;
  readonly unitMs: number;
  /** What the count says at the epoch. */
  readonly epoch: number;
  /** Share of the column's numbers that must be dates of this kind. */
  readonly shareMin: number;
}

const FIRST_MS = Date.UTC(1980, 0, 1);
const LAST_MS = Date.UTC(2100, 0, 1);
const YEAR_MS = 366 * DAY_MS;
/** A number, and what a column of times adds to it. */
const NUMBER = /^\s*(\d+(?:[.,]\d+)?)(?:\s+(\S.*))?$/;
const MONTH_DAY_HOUR = '(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?:[01]\\d|2[0-3])';
const WRITTEN_OUT_MIN = 3;
/** A date written without marks: 1501251030 or 2015012510. */
const WRITTEN_OUT = new RegExp(
  `^\\s*(?:\\d{2}${MONTH_DAY_HOUR}[0-5]\\d|(?:19|20)\\d{2}${MONTH_DAY_HOUR})\\s*$`,
);
const PART_OF_DAY = /^0?[.,]\d+$/;

/**
 * Dates from 1980 to 2099 have 9 or 10 digits in seconds, 12 or 13 in milliseconds and 5 in days, so no number can be of two kinds. Numbers
 * of five digits may also count something else; then there are smaller or larger ones beside them, and they are no dates. Nor do numbers of ten
 * digits count anything where all of them read as year, month, day and hour (and minute).
 */
const SECONDS: Kind = {
  counts: 'seconds since 1970 in UTC',
  areInstants: true,
  unitMs: 1000,
  epoch: 0,
  shareMin: 0.5,
};
const MILLISECONDS: Kind = { ...SECONDS, counts: 'milliseconds since 1970 in UTC', unitMs: 1 };
const DAYS: Kind = {
  counts: 'days as Excel counts them',
  areInstants: false,
  unitMs: DAY_MS,
  epoch: 25_569,
  shareMin: 0.9,
};
const KINDS: readonly Kind[] = [SECONDS, MILLISECONDS, DAYS];

/** The first and the last of some dates, in epoch ms. */
export interface DateSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Seconds and milliseconds as they may stand beside dates of another kind: those that cannot be dates without marks, at most a year before
 * or after the others, as a barcode or an order number may be as long.
 */
export function instantsNear({ fromMs, toMs }: DateSpan): DateForm {
  return {
    parse(text) {
      if (WRITTEN_OUT.test(text)) return undefined;
      const ms = parseNumbered(text, SECONDS) ?? parseNumbered(text, MILLISECONDS);
      return ms !== undefined && ms >= fromMs - YEAR_MS && ms <= toMs + YEAR_MS ? ms : undefined;
    },
    hourOf: hourNumbered,
  };
}

/**
 * How a column states its dates in numbers: the kind that more than half of its distinct texts, and enough of the numbers among
 * them, are of. undefined where there is none, as in a column of written dates, of which 20240125 is one, and with `order` 2401251030.
 */
export function numberedDatesOf(texts: readonly string[], order?: DateOrder): NumberedDates | undefined {
  const numbers = numbersIn(texts);
  if (numbers === undefined || areWrittenOut(numbers, order === 'ymd' ? 1 : WRITTEN_OUT_MIN))
    return undefined;
  const kind = KINDS.find((one) => {
    const dates = numbers.filter((text) => parseNumbered(text, one) !== undefined).length;
    return dates > texts.length / 2 && dates >= numbers.length * one.shareMin;
  });
  if (kind === undefined) return undefined;
  const { counts, areInstants } = kind;
  return {
    counts,
    areInstants,
    parse: (text) => parseNumbered(text, kind),
    hourOf: (text, ms, hourOf) => hourNumbered(text, ms, areInstants ? hourOf : undefined),
  };
}

/** Whether a text is a number of days as spreadsheets count them. */
export function isSpreadsheetDay(text: string): boolean {
  return parseNumbered(text, DAYS) !== undefined;
}

/** One of a column's numbers where most of it are numbers, all of them dates without marks that may have the year first or last. */
export function writtenOutExample(texts: readonly string[]): string | undefined {
  const numbers = numbersIn(texts);
  return numbers && areWrittenOut(numbers, WRITTEN_OUT_MIN) ? numbers.sort()[0] : undefined;
}

/** The numbers of a column, where most of it are. */
function numbersIn(texts: readonly string[]): string[] | undefined {
  const numbers = texts.filter((text) => NUMBER.test(text));
  return numbers.length > texts.length / 2 ? numbers : undefined;
}

/** A count of seconds reads so now and then by chance, but not several of them. */
function areWrittenOut(numbers: readonly string[], countMin: number): boolean {
  return numbers.length >= countMin && numbers.every((text) => WRITTEN_OUT.test(text));
}

function parseNumbered(text: string, { unitMs, epoch }: Kind): number | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const count = numberOf(match[1]!) - epoch;
  const ms = unitMs === DAY_MS ? toSecond(count) : Math.round(count * unitMs);
  if (ms < FIRST_MS || ms >= LAST_MS) return undefined;
  if (match[2] === undefined) return ms;
  const time = timeOfDay(match[2]);
  if (time === undefined) return undefined;
  return ms % DAY_MS === 0 ? ms + time : ms;
}

function hourNumbered(
  text: string,
  ms: number,
  hourOf: ((atMs: number) => number) | undefined,
): number | null {
  const time = NUMBER.exec(text)?.[2];
  if (time !== undefined) return hourOnClock(timeOfDay(time)!);
  if (hourOf === undefined || ms % DAY_MS === 0) return hourOnClock(ms);
  return hourOfInstant(ms, hourOf);
}

/** Epoch ms on its first day; a fraction is a part of the day. */
function timeOfDay(text: string): number | undefined {
  return PART_OF_DAY.test(text) ? toSecond(numberOf(text)) : parseDate(`1970-01-01 ${text}`, undefined);
}

/** Days in ms, to the second: their fractions are rounded where they are written. */
function toSecond(days: number): number {
  return Math.round(days * 86_400) * 1000;
}

function numberOf(text: string): number {
  return Number(text.replace(',', '.'));
}
