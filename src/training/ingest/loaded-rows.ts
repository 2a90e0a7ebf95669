import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scratch, sqlName, sqlPath } from '../../adapters/duckdb-scratch.ts';
import type { IngestedFile } from '../receipts.ts';
import { digestOf, type FileContent, recogniseContent } from './byte-source.ts';
import { type ColumnMapping, mapColumns } from './column-mapping.ts';
import type { Field } from './column-names.ts';
import type { CsvShape } from './csv-shape.ts';
import { IngestError } from './ingest-error.ts';
import { FIELD_SEPARATOR, writePlainCopy } from './plain-copy.ts';
import { listSourceFiles } from './source-files.ts';
import { leaveOutOtherTexts, recogniseText, type TextReading } from './text-files.ts';

export interface LoadedFile extends IngestedFile {
  readonly content: FileContent;
  /** Absent for Parquet. */
  readonly shape?: CsvShape;
  /** Baskets before its first one, where every line is a basket; absent for tables. */
  readonly basketsBefore?: number;
  /** Of what such a file holds: its baskets have no ids that would tell a file given twice. */
  readonly digest?: string;
  /** The path of an earlier file that holds the same; nothing of this one is in `raw`. */
  readonly copyOf?: string;
  /** Reason → rows that are no table rows at all. */
  readonly brokenRows: Readonly<Record<string, number>>;
}

export interface LoadedRows {
  readonly files: readonly LoadedFile[];
  /** Fields that at least one of the files has. */
  readonly present: ReadonlySet<string>;
  /** What was left out of folders, a sentence for each file. */
  readonly notices: readonly string[];
}

export interface LoadOptions extends TextReading {
  readonly paths: readonly string[];
  readonly onRead?: (bytes: number, total: number) => void;
}

/**
 * Loads files into the table `raw`: `file` (index into the answer's files), `line`, `row_no` (ascending and unique within the file), and
 * each field as trimmed text, NULL where blank. Numbers also have `FIELD_by`, what they are to be divided by.
 */
export async function loadRows(scratch: Scratch, options: LoadOptions): Promise<LoadedRows> {
  const sources = await listSourceFiles(options.paths, scratch);
  const { paths, notices } = await leaveOutOtherTexts(sources, options);
  await scratch.run(createRaw(options.fields));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const files: LoadedFile[] = [];
  let before = 0;
  let baskets = 0;
  for (const [index, path] of paths.entries()) {
    const onRead = (bytes: number) => options.onRead?.(before + bytes, total);
    const content = await recogniseContent(path);
    if (content === 'parquet') files.push(await loadParquet(scratch, path, index, options));
    else {
      const loaded = await loadText(
        scratch,
        { path, index, content, baskets, earlier: files, onRead },
        options,
      );
      files.push(loaded.file);
      baskets = loaded.baskets;
    }
    before += sizes[index]!;
  }
  refuseMixedTimes(files);
  return { files, present: new Set(files.flatMap((file) => Object.keys(file.columns))), notices };
}

function createRaw(fields: readonly Field[]): string {
  const columns = rawColumns(fields).map((column) => `${column} VARCHAR`);
  return `CREATE TABLE raw (file INTEGER, line INTEGER, row_no INTEGER, ${columns.join(', ')})`;
}

function rawColumns(fields: readonly Field[]): string[] {
  return fields.flatMap(({ name, holds }) => (holds === 'number' ? [name, `${name}_by`] : [name]));
}

interface TextFile {
  path: string;
  index: number;
  content: FileContent;
  baskets: number;
  earlier: readonly LoadedFile[];
  onRead: (bytes: number) => void;
}

async function loadText(
  scratch: Scratch,
  file: TextFile,
  options: LoadOptions,
): Promise<{ file: LoadedFile; baskets: number }> {
  const { path, index, content } = file;
  const { shape, basketLines } = await recogniseText(path, content, options);
  const digest = basketLines ? await digestOf(path, content) : undefined;
  const twin = digest && file.earlier.find((earlier) => earlier.digest === digest);
  if (twin)
    return { file: { ...twin, path, content, brokenRows: {}, copyOf: twin.path }, baskets: file.baskets };
  const mapping = basketLines
    ? BASKET_LINES
    : mapColumns(path, shape.header, options.fields, options.columns);
  const copyPath = join(scratch.folder, `${index}.txt`);
  const copyOptions = basketLines
    ? { basketsBefore: file.baskets, onRead: file.onRead }
    : { onRead: file.onRead };
  const { counts, baskets } = await writePlainCopy({ path, content }, shape, copyPath, copyOptions);
  const broken = Object.values(counts.brokenRows).reduce((sum, rows) => sum + rows, 0);
  if (counts.rows + broken === 0) throw headerOnly(path, shape.header);
  const width = basketLines ? 3 : shape.header.length;
  const lineAndRow = basketLines ? 'line, c2::INTEGER' : 'line, line';
  const from = readCopySql(copyPath, width);
  // What tables state is trimmed, so that none of their baskets has the id of a line.
  const text = (i: number) => (basketLines && i === 0 ? "' ' || c0" : `c${i}`);
  await scratch.run(insertRaw(index, lineAndRow, mapping, options.fields, text, from));
  await rm(copyPath);
  return {
    file: {
      path,
      rows: counts.rows + broken,
      encoding: shape.hasBom ? `${counts.encoding} with BOM` : counts.encoding,
      delimiter: shape.delimiter,
      columns: reportedColumns(mapping),
      content,
      shape,
      brokenRows: counts.brokenRows,
      ...(digest && { basketsBefore: file.baskets, digest }),
    },
    baskets: basketLines ? baskets : file.baskets,
  };
}

/** Lines stay below the maximum because the scanner refuses longer ones; smaller buffers than DuckDB's let it use all threads. */
function readCopySql(path: string, width: number): string {
  const columns = Array.from({ length: width }, (_, i) => `'c${i}': 'VARCHAR'`).join(', ');
  return `read_csv(${sqlPath(path)}, auto_detect = false, header = false, delim = '${FIELD_SEPARATOR}', quote = '',
    escape = '', new_line = '\\n', max_line_size = 8388608, buffer_size = 8388608,
    columns = {'line': 'INTEGER', ${columns}})`;
}

const BASKET_LINES: ColumnMapping = new Map([
  ['basket_id', { columns: [0], how: 'one', text: 'line' }],
  ['product_id', { columns: [1], how: 'one', text: 'items of the line' }],
]);

async function loadParquet(
  scratch: Scratch,
  path: string,
  index: number,
  options: LoadOptions,
): Promise<LoadedFile> {
  const from = `read_parquet(${sqlPath(path)}, file_row_number = true, hive_partitioning = false)`;
  const header = await parquetColumns(scratch, path, from);
  const mapping = mapColumns(path, header, options.fields, options.columns);
  const text = (i: number) => `nullif(trim(CAST(${sqlName(header[i]!)} AS VARCHAR)), '')`;
  await scratch.run(
    insertRaw(index, 'file_row_number + 1, file_row_number + 1', mapping, options.fields, text, from),
  );
  const [[rows] = [0]] = await scratch.rows(`SELECT count(*)::INTEGER FROM raw WHERE file = ${index}`);
  if (rows === 0) throw headerOnly(path, header);
  const columns = reportedColumns(mapping);
  const shared = { path, rows: Number(rows), columns, content: 'parquet' as const, brokenRows: {} };
  return { ...shared, encoding: 'parquet', delimiter: '' };
}

async function parquetColumns(scratch: Scratch, path: string, from: string): Promise<string[]> {
  try {
    const rows = await scratch.rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${from})`);
    return rows.map((row) => String(row[0])).filter((name) => name !== 'file_row_number');
  } catch (cause) {
    throw new IngestError(
      {
        came: `${path} is a damaged Parquet file (${(cause as Error).message.split('\n')[0]})`,
        wanted: 'a complete Parquet file',
        todo: 'Copy or export it again',
      },
      { cause },
    );
  }
}

function insertRaw(
  index: number,
  lineAndRow: string,
  mapping: ColumnMapping,
  fields: readonly Field[],
  column: (index: number) => string,
  from: string,
): string {
  const values = [String(index), lineAndRow];
  for (const field of fields) {
    const source = mapping.get(field.name);
    const separator = field.name === 'category' ? '/' : '|';
    values.push(source === undefined ? 'NULL' : valueText(source, column, separator));
    if (field.holds === 'number')
      values.push(source?.how === 'quotient' ? column(source.columns[1]!) : 'NULL');
  }
  return `INSERT INTO raw SELECT ${values.join(', ')} FROM ${from}`;
}

function valueText(
  source: { columns: readonly number[]; how: string },
  column: (i: number) => string,
  separator: string,
): string {
  const first = column(source.columns[0]!);
  if (source.how === 'one') return first;
  // A quotient whose divisor is blank is unknown, not undivided.
  if (source.how === 'quotient')
    return `CASE WHEN ${column(source.columns[1]!)} IS NOT NULL THEN ${first} END`;
  return source.columns.map(column).join(` || '${separator}' || `);
}

function reportedColumns(mapping: ColumnMapping): Record<string, string> {
  return Object.fromEntries([...mapping].map(([name, source]) => [name, source.text]));
}

function headerOnly(path: string, header: readonly string[]): IngestError {
  return new IngestError({
    came: `${path} has a header (${header.slice(0, 10).join(', ')}) and no rows`,
    wanted: 'at least one row',
    todo: 'Export it again or leave it out',
  });
}

function refuseMixedTimes(files: readonly LoadedFile[]): void {
  const hasTime = (file: LoadedFile) => 'sold_at' in file.columns || 'sold_time' in file.columns;
  const without = files.find((file) => !hasTime(file));
  const withTime = files.find(hasTime);
  if (without === undefined || withTime === undefined) return;
  throw new IngestError({
    came: `${withTime.path} says when its baskets were sold, ${without.path} does not`,
    wanted: 'a time in all files or in none, because baskets are ordered by it',
    todo: 'Name the column of the second, --columns sold_at=COLUMN, or read them apart',
  });
}
