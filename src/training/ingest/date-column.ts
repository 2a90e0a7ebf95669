import { BOOLEAN, DOUBLE, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Scratch } from '../../adapters/duckdb-scratch.ts';
import {
  type DateSpan,
  instantsNear,
  isSpreadsheetDay,
  type NumberedDates,
  numberedDatesOf,
} from './date-numbers.ts';
import { dateOrderOf } from './date-order.ts';
import { type DateForm, type DateOrder, parseDate, writtenDates } from './date-text.ts';
import { isBlank } from './number-text.ts';

const SPREADSHEET_TODO =
  'a spreadsheet leaves such a mixture, with day and month exchanged, where it takes them in the other order: export the file again and do not save it from a spreadsheet';

/** How dates are read. */
export interface DateReading {
  /** Order of day and month where the dates leave it open. */
  readonly dateOrder?: DateOrder | undefined;
  /** Hour of the day, by epoch milliseconds, where a date is an instant; absent: no hour is wanted. */
  readonly hourOf?: (atMs: number) => number;
}

/** What became of a column of dates. */
export interface DatesRead {
  /** A sentence on how numbers were read, and on dates of another kind beside those that the column holds. */
  readonly notices: readonly string[];
  /** One of the column's texts where none is a date. */
  readonly unreadable?: string;
}

/** The distinct texts of a column, and what each says. */
interface Readings {
  readonly texts: readonly string[];
  /** Epoch ms: null where the text is blank, absent where it cannot be read. */
  readonly values: readonly (number | null | undefined)[];
  /** The chosen form, and those that are read beside it: none where it reads nothing. */
  readonly forms: readonly DateForm[];
  /** Which of the forms each was read in. */
  readonly formNo: Uint8Array;
}

/**
 * The table `date_NAME` (text, ms, bad, hour) of the distinct texts of `expression` over raw; `hour` is NULL where no time of
 * day is stated, or none is wanted. The texts decide together how they are read; what is of another kind and can mean one thing only is read
 * beside them. Throws an IngestError where the order of day and month is neither given nor provable.
 */
export async function parseDateColumn(
  scratch: Scratch,
  name: string,
  expression: string,
  column: string,
  { dateOrder: given, hourOf }: DateReading,
): Promise<DatesRead> {
  const texts = await distinctTexts(scratch, expression);
  const numbered = numberedDatesOf(texts, given);
  const chosen = numbered ?? writtenDates(dateOrderOf(texts, given, column));
  const readings = readTexts(texts, chosen, (span) => formsBeside(numbered, given, span));
  const { values, forms, formNo } = readings;
  const hours = texts.map((text, i) =>
    values[i] == null || !hourOf ? null : forms[formNo[i]!]!.hourOf(text, values[i], hourOf),
  );
  await scratch.run(`CREATE TABLE date_${name} (text VARCHAR, ms DOUBLE, bad BOOLEAN, hour INTEGER)`);
  await scratch.append(
    `date_${name}`,
    [VARCHAR, DOUBLE, BOOLEAN, INTEGER],
    [texts, values.map((ms) => ms ?? null), values.map((ms) => ms === undefined), hours],
  );
  const unread = texts.filter((_, i) => values[i] === undefined).sort();
  if (forms.length === 1) return { notices: [], ...(unread.length > 0 && { unreadable: unread[0]! }) };
  return { notices: noticesOf(column, numbered, readings, unread) };
}

/** How dates of another kind than the column's are read. @param span of the column's */
function formsBeside(
  numbered: NumberedDates | undefined,
  given: DateOrder | undefined,
  span: DateSpan,
): DateForm[] {
  const instants = instantsNear(span);
  if (numbered === undefined) return [instants];
  // Where a spreadsheet has made days of some dates and left others as text, it may have exchanged day and month.
  return [writtenDates(numbered.areInstants ? given : undefined), instants];
}

function readTexts(
  texts: readonly string[],
  chosen: DateForm,
  besideOf: (span: DateSpan) => readonly DateForm[],
): Readings {
  const formNo = new Uint8Array(texts.length);
  const values = texts.map((text) => (isBlank(text) ? null : chosen.parse(text)));
  const span = spanOf(values);
  const forms = span ? [chosen, ...besideOf(span)] : [chosen];
  for (let no = 1; no < forms.length; no++)
    for (const [i, text] of texts.entries()) {
      if (values[i] !== undefined) continue;
      values[i] = forms[no]!.parse(text);
      formNo[i] = no;
    }
  return { texts, values, forms, formNo };
}

/** undefined where there is no date. */
function spanOf(values: readonly (number | null | undefined)[]): DateSpan | undefined {
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const ms of values) {
    if (ms == null) continue;
    fromMs = Math.min(fromMs, ms);
    toMs = Math.max(toMs, ms);
  }
  return fromMs <= toMs ? { fromMs, toMs } : undefined;
}

async function distinctTexts(scratch: Scratch, expression: string): Promise<string[]> {
  const texts: string[] = [];
  await scratch.eachChunk(
    `SELECT DISTINCT ${expression} AS t FROM raw WHERE ${expression} IS NOT NULL`,
    (chunk) => {
      const text = chunk.getColumnVector(0);
      for (let i = 0; i < chunk.rowCount; i++) texts.push(text.getItem(i) as string);
    },
  );
  return texts;
}

function noticesOf(
  column: string,
  numbered: NumberedDates | undefined,
  readings: Readings,
  unread: readonly string[],
): string[] {
  const chosen = earliest(readings, (formNo) => formNo === 0)!;
  const beside = earliest(readings, (formNo) => formNo > 0);
  const other = unread.find(isDateOfSomeKind);
  return [
    // With an example, so that whoever knows the data can tell whether it is right.
    ...(numbered ? [`the numbers in ${column} are read as ${numbered.counts}: ${asRead(chosen)}`] : []),
    ...(beside ? [`${column} also holds dates of another kind, which are read too: ${asRead(beside)}`] : []),
    ...(other === undefined ? [] : [leftOutNotice(column, chosen.text, other)]),
  ];
}

interface DateRead {
  readonly text: string;
  readonly ms: number;
}

function earliest(
  { texts, values, formNo }: Readings,
  isWanted: (formNo: number) => boolean,
): DateRead | undefined {
  let first: DateRead | undefined;
  for (const [i, ms] of values.entries())
    if (ms != null && isWanted(formNo[i]!) && (first === undefined || ms < first.ms))
      first = { text: texts[i]!, ms };
  return first;
}

function asRead({ text, ms }: DateRead): string {
  return `the earliest, ${text}, is ${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}`;
}

function isDateOfSomeKind(text: string): boolean {
  const orders = ['dmy', 'mdy', 'ymd'] as const;
  return (
    numberedDatesOf([text]) !== undefined || orders.some((order) => parseDate(text, order) !== undefined)
  );
}

function leftOutNotice(column: string, example: string, other: string): string {
  const todo =
    isSpreadsheetDay(example) || isSpreadsheetDay(other) ? SPREADSHEET_TODO : 'write all dates in one way';
  return `${column} also holds dates of another kind than "${example}", such as "${other}": their rows are left out as bad-date; ${todo}`;
}
