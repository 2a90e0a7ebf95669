import { ROUNDED_BASKET_ID, ROUNDED_ID, ROUNDED_ID_TODO } from './rounded-ids.ts';

/** A file that cannot be used at all. The message says what came, what was wanted and what to do next. */
export class IngestError extends Error {
  override readonly name = 'IngestError';
  readonly came: string;
  readonly wanted: string;
  readonly todo: string;

  constructor(parts: { came: string; wanted: string; todo: string }, options?: ErrorOptions) {
    super(`${parts.came}. Wanted: ${parts.wanted}. ${parts.todo}.`, options);
    this.came = parts.came;
    this.wanted = parts.wanted;
    this.todo = parts.todo;
  }
}

const DATES_READ =
  'dates are read as 2024-01-25 10:00, 2024-01-25T10:00:00+01:00, 20240125, 202401251000, 25-Jan-2024 10:00, Jan 25, 2024, with --date-order 25/01/2024 10:00, and as numbers, in seconds or milliseconds since 1970 or in days as Excel counts them, from 1980 to 2099';

/** What to do, by the reason for which rows were left out. */
const TODO_BY_REASON: readonly (readonly [reason: string, todo: string])[] = [
  ['bad-date', DATES_READ],
  ['bad-number', 'numbers are read as 1234.5, 1,234.50, 1.234,50 €, EUR 3.00, -3, (3.00) and 3.00-'],
  [ROUNDED_ID, ROUNDED_ID_TODO],
  [ROUNDED_BASKET_ID, ROUNDED_ID_TODO],
  [
    'voided',
    'rows are voided where the column taken for order_status, row_status or voided says so; if it says something else, give it another name in the file',
  ],
];

/** All rows of the files were left out: none is a `wanted`. `notices` may say why. */
export function nothingLeft(
  wanted: string,
  rowsRead: number,
  dropped: Readonly<Record<string, number>>,
  rejectsFile: string | undefined,
  notices: readonly string[],
): IngestError {
  const reasons = Object.entries(dropped)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, rows]) => `${reason} ${rows}`);
  const todos = [
    rejectsFile === undefined ? 'Check the columns' : `See ${rejectsFile} and check the columns`,
    ...notices,
    ...new Set(TODO_BY_REASON.filter(([reason]) => reason in dropped).map(([, todo]) => todo)),
  ];
  return new IngestError({
    came: `none of ${rowsRead} rows is a ${wanted} (${reasons.join(', ')})`,
    wanted: 'at least one',
    todo: todos.join('; '),
  });
}

/** A column says when, and in none of its rows can that be read. */
export function noDate(column: string, example: string): IngestError {
  return new IngestError({
    came: `the values of ${column}, such as "${example}", are no dates, or not of one kind`,
    wanted: `a column of dates; ${DATES_READ}`,
    todo: 'Correct it, or name the right column, --columns sold_at=COLUMN',
  });
}
