import type { Scratch } from '../../adapters/duckdb-scratch.ts';
import { tidyId } from '../product-spelling.ts';
import type { Field } from './column-names.ts';
import { parseDateColumn } from './date-column.ts';
import type { DateOrder } from './date-text.ts';
import type { LoadedRows } from './loaded-rows.ts';
import { numberJoins, numberSql, parseNumberColumns } from './number-columns.ts';
import { isBlank } from './number-text.ts';
import type { RejectedLines } from './rejects-file.ts';
import { isRounded, ROUNDED_ID } from './rounded-ids.ts';

/** A row of a file that is small enough for objects: text, number or epoch ms by field; null is blank or absent. */
export interface TypedRow {
  readonly file: number;
  readonly line: number;
  readonly hasBadNumber: boolean;
  readonly hasBadDate: boolean;
  text(field: string): string | null;
  number(field: string): number | null;
}

/** Hands on the rows of the table `raw` in order of files and lines, numbers and times parsed; returns how they were read, where that is not plain to see. */
export async function eachTypedRow(
  scratch: Scratch,
  loaded: LoadedRows,
  fields: readonly Field[],
  dateOrder: DateOrder | undefined,
  take: (row: TypedRow) => void,
): Promise<string[]> {
  const { columns: numbers, notices: unread } = await parseNumberColumns(scratch, loaded, fields);
  const times = fields.filter(({ name, holds }) => holds === 'time' && loaded.present.has(name));
  const notices = [...unread];
  for (const { name } of times) {
    const column = loaded.files.find((file) => name in file.columns)!.columns[name]!;
    notices.push(...(await parseDateColumn(scratch, name, name, column, { dateOrder })).notices);
  }
  const isTime = new Set(times.map(({ name }) => name));
  const columns = fields.map((field) => {
    if (field.holds === 'number') return { name: field.name, ...numberSql(field.name, numbers) };
    if (!isTime.has(field.name)) return { name: field.name, value: `raw.${field.name}`, isBad: 'false' };
    return { name: field.name, value: `d_${field.name}.ms`, isBad: `coalesce(d_${field.name}.bad, false)` };
  });
  const badNumbers = columns.filter(({ name }) => !isTime.has(name)).map(({ isBad }) => isBad);
  const badDates = columns.filter(({ name }) => isTime.has(name)).map(({ isBad }) => isBad);
  const joins = [
    ...numberJoins(numbers),
    ...times.map(({ name }) => `LEFT JOIN date_${name} d_${name} ON d_${name}.text = raw.${name}`),
  ];
  const at = new Map(columns.map(({ name }, i) => [name, i + 4]));
  const sql = `SELECT raw.file, raw.line, ${['false', ...badNumbers].join(' OR ')}, ${['false', ...badDates].join(' OR ')},
    ${columns.map(({ value }) => value).join(', ')} FROM raw ${joins.join(' ')} ORDER BY raw.file, raw.row_no`;
  await scratch.eachChunk(sql, (chunk) => {
    for (let i = 0; i < chunk.rowCount; i++) {
      const cells = chunk.getRowValues(i);
      take({
        file: cells[0] as number,
        line: cells[1] as number,
        hasBadNumber: cells[2] as boolean,
        hasBadDate: cells[3] as boolean,
        text: (field) => cells[at.get(field)!] as string | null,
        number: (field) => cells[at.get(field)!] as number | null,
      });
    }
  });
  return notices;
}

/** Rows left out of a catalogue or of stock: counted by reason, and those that could not be read also by line. */
export class LeftOut {
  readonly counts: Record<string, number>;
  readonly #rejected = new Map<number, { lines: number[]; reasons: string[] }>();

  constructor(counts: Record<string, number>) {
    this.counts = counts;
  }

  count(reason: string): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + 1;
  }

  reject(row: TypedRow, reason: string): void {
    this.count(reason);
    const rejected = this.#rejected.get(row.file) ?? { lines: [], reasons: [] };
    rejected.lines.push(row.line);
    rejected.reasons.push(reason);
    this.#rejected.set(row.file, rejected);
  }

  async ofFile(file: number): Promise<RejectedLines> {
    return this.#rejected.get(file) ?? { lines: [], reasons: [] };
  }
}

/** What is wrong with a product's id; undefined where nothing is. */
export function productIdProblem(id: string | null): string | undefined {
  return idProblem(id, 'missing-product-id') ?? (isRounded(tidyId(id!)) ? ROUNDED_ID : undefined);
}

/** What is wrong with an id; undefined where nothing is. */
export function idProblem(id: string | null, missing: string): string | undefined {
  if (id === null || isBlank(id)) return missing;
  return /\p{Cc}/u.test(id) ? 'control-characters' : undefined;
}
