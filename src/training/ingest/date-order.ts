import { type DateOrder, needsOrder, provenOrder } from './date-text.ts';
import { IngestError } from './ingest-error.ts';

/**
 * The order of day and month in a column of dates: as given, else as its values prove, undefined where none needs one.
 * Never guessed: values that leave it open, or prove both, end in an IngestError that asks for it.
 */
export function dateOrderOf(
  texts: Iterable<string>,
  given: DateOrder | undefined,
  column: string,
): DateOrder | undefined {
  if (given !== undefined) return given;
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
