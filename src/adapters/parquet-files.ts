import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { type Scratch, sqlName, sqlText } from './duckdb-scratch.ts';

/** A column of a table and its cell in a row. */
export interface ParquetColumn<Row> {
  readonly name: string;
  readonly type: DuckDBType;
  readonly cell: (row: Row) => DuckDBValue;
}

/** A complete file, and what shows that it still is. */
export interface WrittenFile {
  /** Relative to the folder of all files. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

const ROWS_PER_FILE = 1_000_000;
/** Rows held in JavaScript, where they are bulky, before DuckDB gets them. */
const ROWS_BUFFERED = 10_000;

/** Writes the rows of one table into Parquet files, `NAME-0001.parquet` and so on; at least one, even without rows. */
export class ParquetFiles<Row> {
  readonly #scratch: Scratch;
  readonly #folder: string;
  readonly #name: string;
  readonly #columns: readonly ParquetColumn<Row>[];
  readonly #rowsPerFile: number;
  readonly #written: WrittenFile[] = [];
  #buffered: DuckDBValue[][];
  #held = 0;

  /** @param name of the files and of a table in `scratch` */
  private constructor(
    scratch: Scratch,
    folder: string,
    name: string,
    columns: readonly ParquetColumn<Row>[],
    rowsPerFile: number,
  ) {
    this.#scratch = scratch;
    this.#folder = folder;
    this.#name = name;
    this.#columns = columns;
    this.#rowsPerFile = rowsPerFile;
    this.#buffered = columns.map(() => []);
  }

  static async create<Row>(
    scratch: Scratch,
    folder: string,
    name: string,
    columns: readonly ParquetColumn<Row>[],
    rowsPerFile = ROWS_PER_FILE,
  ): Promise<ParquetFiles<Row>> {
    const files = new ParquetFiles(scratch, folder, name, columns, rowsPerFile);
    await files.#begin();
    return files;
  }

  /** Whether enough is held that it is time to write. */
  get isDue(): boolean {
    return this.#buffered[0]!.length >= Math.min(ROWS_BUFFERED, this.#rowsPerFile - this.#held);
  }

  /** Holds the row until the next `write`. */
  add(row: Row): void {
    this.#columns.forEach(({ cell }, at) => {
      this.#buffered[at]!.push(cell(row));
    });
  }

  /** Passes on what is held, and writes a file once there are enough rows for one. */
  async write(): Promise<void> {
    await this.#passOn();
    if (this.#held >= this.#rowsPerFile) await this.#writeFile();
  }

  async finish(): Promise<readonly WrittenFile[]> {
    await this.#passOn();
    if (this.#held > 0 || this.#written.length === 0) await this.#writeFile();
    return this.#written;
  }

  /** Replaces a table that was written by an empty one: rows deleted from a table keep their space. */
  async #begin(): Promise<void> {
    const list = this.#columns.map(({ name, type }) => `${sqlName(name)} ${type}`);
    await this.#scratch.run(`CREATE OR REPLACE TABLE ${sqlName(this.#name)} (${list.join()})`);
    this.#held = 0;
  }

  async #passOn(): Promise<void> {
    const rows = this.#buffered;
    this.#buffered = this.#columns.map(() => []);
    this.#held += rows[0]!.length;
    const types = this.#columns.map(({ type }) => type);
    await this.#scratch.append(this.#name, types, rows);
  }

  async #writeFile(): Promise<void> {
    const number = String(this.#written.length + 1).padStart(4, '0');
    const path = `${this.#name}-${number}.parquet`;
    const target = join(this.#folder, path);
    await this.#scratch.run(
      `COPY ${sqlName(this.#name)} TO ${sqlText(target)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    this.#written.push({ path, rows: this.#held, ...(await fingerprint(target)) });
    await this.#begin();
  }
}

async function fingerprint(path: string): Promise<Pick<WrittenFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}
