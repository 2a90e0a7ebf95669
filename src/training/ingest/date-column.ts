import { BOOLEAN, DOUBLE, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Scratch } from '../../adapters/duckdb-scratch.ts';
import { numberedDatesOf } from './date-numbers.ts';
import { dateOrderOf } from './date-order.ts';
import { type DateOrder, hourStated, parseDate } from './date-text.ts';
import { isBlank } from './number-text.ts';

/** How dates are read. */
export interface DateReading {
  /** Order of day and month where the dates leave it open. */
  readonly dateOrder?: DateOrder | undefined;
  /** Hour of the day, by epoch milliseconds, where a date is an instant; absent: no hour is wanted. */
  readonly hourOf?: (atMs: number) => number;
}

/** What became of a column of dates. */
export interface DatesRead {
  /** A sentence on how numbers were read, and one on dates of another kind beside those that were read. */
  readonly notices: readonly string[];
  /** One of the column's texts where none is a date. */
  readonly unreadable?: string;
}

/**
 * The table `date_NAME` (text, ms, bad, hour) of the distinct texts of `expression` over raw; `hour` is NULL where no time of
 * day is stated, or none is wanted. All are read in one way, which the texts decide together. Throws an IngestError where the order of day and
 * month is neither given nor provable.
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
  const order = numbered ? undefined : dateOrderOf(texts, given, column);
  const parse = numbered?.parse ?? ((text: string) => parseDate(text, order));
  const hourAt = numbered?.hourOf ?? hourStated;
  const values: (number | null)[] = [];
  const bad: boolean[] = [];
  const hours: (number | null)[] = [];
  for (const text of texts) {
    const ms = isBlank(text) ? null : parse(text);
    values.push(ms ?? null);
    bad.push(ms === undefined);
    hours.push(ms == null || !hourOf ? null : hourAt(text, ms, hourOf));
  }
  await scratch.run(`CREATE TABLE date_${name} (text VARCHAR, ms DOUBLE, bad BOOLEAN, hour INTEGER)`);
  await scratch.append(`date_${name}`, [VARCHAR, DOUBLE, BOOLEAN, INTEGER], [texts, values, bad, hours]);
  const unread = texts.filter((_, i) => bad[i]).sort();
  if (!values.some((ms) => ms !== null))
    return { notices: [], ...(unread.length > 0 && { unreadable: unread[0]! }) };
  const isOther = (text: string) =>
    numbered ? parseDate(text, given) !== undefined : numberedDatesOf([text]) !== undefined;
  const other = unread.find(isOther);
  return {
    notices: [
      ...(numbered ? [numbersNotice(column, numbered.counts, texts, values)] : []),
      ...(other === undefined ? [] : [otherKindNotice(column, other)]),
    ],
  };
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

/** With the earliest as an example, so that whoever knows the data can tell whether it is right. */
function numbersNotice(
  column: string,
  counts: string,
  texts: readonly string[],
  values: readonly (number | null)[],
): string {
  let first = -1;
  for (const [i, ms] of values.entries()) if (ms !== null && (first < 0 || ms < values[first]!)) first = i;
  const date = new Date(values[first]!).toISOString().slice(0, 19).replace('T', ' ');
  return `the numbers in ${column} are read as ${counts}: the earliest, ${texts[first]}, is ${date}`;
}

function otherKindNotice(column: string, example: string): string {
  return `${column} also holds dates of another kind, such as "${example}": their rows are left out as bad-date; write all dates in one way`;
}
