import { writtenOutExample } from './date-numbers.ts';
import { type DateOrder, needsOrder, provenOrder, shortDateParts } from './date-text.ts';
import { IngestError } from './ingest-error.ts';

/**
 * The order of day, month and year in a column of dates: as given, else as its values prove, undefined where none needs one.
 * Never guessed: values that leave it open, or prove two, end in an IngestError that asks for it.
 */
export function dateOrderOf(
  texts: readonly string[],
  given: DateOrder | undefined,
  column: string,
): DateOrder | undefined {
  if (given !== undefined) return given;
  const writtenOut = writtenOutExample(texts);
  if (writtenOut !== undefined) {
    throw new IngestError({
      came: `the numbers in ${column}, such as "${writtenOut}", can be dates without marks and seconds since 1970`,
      wanted: 'to know which, because a guess would put receipts into other years',
      todo: 'Give --date-order ymd if they are year, month, day, hour and minute of two digits each; else export them with a year of four digits and with minutes, 202401251030, or with marks, 2024-01-25 10:30',
    });
  }
  const yearFirst = yearFirstExample(texts);
  if (yearFirst !== undefined) {
    throw new IngestError({
      came: `the dates in ${column}, such as "${yearFirst}", can be read with the year first and with the year last`,
      wanted: 'to know which, because a guess would shuffle the days',
      todo: 'Give --date-order ymd, dmy or mdy',
    });
  }
  let ambiguous: string | undefined;
  const proof: { dmy?: string; mdy?: string } = {};
  for (const text of texts) {
    const order = provenOrder(text);
    if (order !== undefined) proof[order] ??= text;
    else if (ambiguous === undefined && needsOrder(text)) ambiguous = text;
  }
  if (proof.dmy !== undefined && proof.mdy !== undefined) {
    throw new IngestError({
      came: `${column} holds both "${proof.dmy}" (day first) and "${proof.mdy}" (month first)`,
      wanted: 'one order of day and month in all files',
      todo: 'Give --date-order dmy or mdy; dates that do not fit it are then counted as bad-date',
    });
  }
  if (proof.dmy !== undefined) return 'dmy';
  if (proof.mdy !== undefined) return 'mdy';
  if (ambiguous === undefined) return undefined;
  throw new IngestError({
    came: `every date in ${column} can be read as day/month and as month/day, such as "${ambiguous}"`,
    wanted: 'to know which, because a guess would shuffle the days',
    todo: 'Give --date-order dmy or --date-order mdy',
  });
}

/**
 * A date of two-digit numbers whose first may be the year: where all of them can be read so, and the last numbers, as days
 * would, vary no less than the first.
 */
function yearFirstExample(texts: readonly string[]): string | undefined {
  const firsts = new Set<string>();
  const lasts = new Set<string>();
  let example: string | undefined;
  for (const text of texts) {
    const parts = shortDateParts(text);
    if (parts === undefined) continue;
    const [first, month, last] = parts;
    if (first.length < 2 || month.length < 2 || !isWithin(month, 12) || !isWithin(last, 31)) return undefined;
    firsts.add(first);
    lasts.add(last);
    if (first !== last) example ??= text;
  }
  return lasts.size < firsts.size ? undefined : example;
}

function isWithin(number: string, largest: number): boolean {
  return Number(number) >= 1 && Number(number) <= largest;
}
