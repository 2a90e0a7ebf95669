import { BOOLEAN, DOUBLE, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Scratch } from '../../adapters/duckdb-scratch.ts';
import type { Field } from './column-names.ts';
import type { LoadedFile, LoadedRows } from './loaded-rows.ts';
import { type DecimalMark, decimalMark, isBlank, parseNumber } from './number-text.ts';

/** The columns of raw that state a number in some row, and a sentence on each that also states something else. */
export interface NumbersRead {
  readonly columns: ReadonlySet<string>;
  readonly notices: readonly string[];
}

/**
 * For each column of numbers, the table `number_FIELD` (file, text, value, bad) with each distinct text once, for
 * the rows to be joined with: texts repeat, so that parsing them here costs little and keeps its rules in one place.
 */
export async function parseNumberColumns(
  scratch: Scratch,
  loaded: LoadedRows,
  fields: readonly Field[],
): Promise<NumbersRead> {
  const columns = fields
    .filter(({ name, holds }) => holds === 'number' && loaded.present.has(name))
    .flatMap(({ name }) => [name, `${name}_by`]);
  const texts = new Map<string, TextsByFile>();
  for (const column of columns) {
    const found = await distinctTexts(scratch, column, loaded.files.length);
    if (found.some((ofFile) => ofFile.length > 0)) texts.set(column, found);
  }
  const fallbacks = loaded.files.map((file, index) =>
    fileMark(
      file,
      [...texts.values()].flatMap((column) => column[index]!),
    ),
  );
  const notices: string[] = [];
  for (const [column, found] of texts) {
    const isIncidental = fields.some((field) => field.name === fieldOf(column) && field.isIncidental);
    const unread = await writeNumbers(scratch, column, found, { fallbacks, isIncidental });
    if (unread !== undefined) notices.push(unreadNotice(loaded.files[unread.file]!, column, unread.text));
  }
  return { columns: new Set(texts.keys()), notices };
}

function unreadNotice({ path, columns }: LoadedFile, column: string, text: string): string {
  const named = columns[fieldOf(column)];
  return `${named} (${path}) also holds what cannot be read as a number, such as "${text}": such rows are left out as bad-number`;
}

/** The field that a column of raw is for; a divisor's is that of the quotient. */
function fieldOf(column: string): string {
  return column.replace(/_by$/, '');
}

/** The distinct texts of a column in each file. */
type TextsByFile = readonly string[][];

async function distinctTexts(scratch: Scratch, column: string, fileCount: number): Promise<TextsByFile> {
  const found: string[][] = Array.from({ length: fileCount }, () => []);
  const sql = `SELECT DISTINCT file, ${column} FROM raw WHERE ${column} IS NOT NULL`;
  await scratch.eachChunk(sql, (chunk) => {
    const file = chunk.getColumnVector(0);
    const text = chunk.getColumnVector(1);
    for (let i = 0; i < chunk.rowCount; i++)
      found[file.getItem(i) as number]!.push(text.getItem(i) as string);
  });
  return found;
}

/** The decimal mark of a file, for its columns that show none of their own. */
function fileMark(file: LoadedFile, texts: readonly string[]): DecimalMark {
  if (file.delimiter === ',' || file.delimiter === '') return decimalMark(texts, 'point');
  const points = texts.some((text) => text.includes('.'));
  const commas = texts.some((text) => text.includes(','));
  return decimalMark(texts, points && commas ? 'contradictory' : commas ? 'comma' : 'point');
}

/** Returns one of the texts that are no number; undefined where all are. */
async function writeNumbers(
  scratch: Scratch,
  column: string,
  textsByFile: TextsByFile,
  { fallbacks, isIncidental }: { fallbacks: readonly DecimalMark[]; isIncidental: boolean },
): Promise<{ file: number; text: string } | undefined> {
  const files: number[] = [];
  const texts: string[] = [];
  const values: (number | null)[] = [];
  const bad: boolean[] = [];
  for (const [file, ofFile] of textsByFile.entries()) {
    const mark = decimalMark(ofFile, fallbacks[file]!);
    for (const text of ofFile) {
      const value = isBlank(text) ? null : parseNumber(text, mark);
      files.push(file);
      texts.push(text);
      values.push(value ?? null);
      bad.push(value === undefined && !isIncidental);
    }
  }
  await scratch.run(`CREATE TABLE number_${column} (file INTEGER, text VARCHAR, value DOUBLE, bad BOOLEAN)`);
  await scratch.append(`number_${column}`, [INTEGER, VARCHAR, DOUBLE, BOOLEAN], [files, texts, values, bad]);
  const first = files[bad.indexOf(true)];
  if (first === undefined) return undefined;
  return { file: first, text: texts.filter((_, i) => bad[i] && files[i] === first).sort()[0]! };
}

/** Joins each row of raw with the parsed numbers; `numbers` are the columns that parseNumberColumns answered. */
export function numberJoins(numbers: ReadonlySet<string>): string[] {
  return [...numbers].map(
    (column) =>
      `LEFT JOIN number_${column} n_${column} ON n_${column}.file = raw.file AND n_${column}.text = raw.${column}`,
  );
}

/**
 * Over those joins, a column's value (NULL where absent or blank; a quotient where mapped so, NULL over zero) and
 * whether its text is no number.
 */
export function numberSql(field: string, numbers: ReadonlySet<string>): { value: string; isBad: string } {
  if (!numbers.has(field)) return { value: 'NULL::DOUBLE', isBad: 'false' };
  const bad = `coalesce(n_${field}.bad, false)`;
  if (!numbers.has(`${field}_by`)) return { value: `n_${field}.value`, isBad: bad };
  const by = `n_${field}_by`;
  // Rounded, so that 5.85 / 3 is a price of 1.95 and not of 1.9499999999999997.
  return {
    value: `CASE WHEN raw.${field}_by IS NULL THEN n_${field}.value
      ELSE round(n_${field}.value / nullif(${by}.value, 0), 6) END`,
    isBad: `(${bad} OR coalesce(${by}.bad, false))`,
  };
}
