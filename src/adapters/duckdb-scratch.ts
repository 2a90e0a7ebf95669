import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';

const MEMORY_LIMIT = '500MB';
const THREADS_MAX = 4;
const CHUNK_ROWS = 2048;

/**
 * A DuckDB database in memory that spills into a folder only we can read; both are removed afterwards. In memory, because a database file
 * compresses all it writes, which made loading take twice as long.
 */
export interface Scratch {
  readonly folder: string;
  run(sql: string): Promise<void>;
  /** All rows of a small result, as `row[column]`. */
  rows(sql: string): Promise<Cell[][]>;
  /** A result of any size, chunk by chunk. */
  eachChunk(sql: string, take: (chunk: DuckDBDataChunk) => void): Promise<void>;
  /** Appends columns of equal length to a table. */
  append(
    table: string,
    types: readonly DuckDBType[],
    columns: readonly (readonly DuckDBValue[])[],
  ): Promise<void>;
}

type Cell = string | number | boolean | bigint | null;

/** Runs `work` with a scratch database in the system's temporary folder; frees both whatever happens. */
export async function withScratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'basketlift-scratch-'));
  let instance: DuckDBInstance | undefined;
  let connection: DuckDBConnection | undefined;
  try {
    instance = await DuckDBInstance.create(':memory:', {
      memory_limit: MEMORY_LIMIT,
      threads: String(Math.min(THREADS_MAX, availableParallelism())),
      temp_directory: join(folder, 'spill'),
      preserve_insertion_order: 'false',
      // Nothing may be fetched over the network for a file that merely looks like another format.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return await work(scratchOver(folder, connection));
  } finally {
    connection?.closeSync();
    instance?.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

function scratchOver(folder: string, connection: DuckDBConnection): Scratch {
  return {
    folder,
    async run(sql) {
      await connection.run(sql);
    },
    async rows(sql) {
      return (await connection.runAndReadAll(sql)).getRows() as Cell[][];
    },
    async eachChunk(sql, take) {
      const result = await connection.stream(sql);
      for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
        if (chunk.rowCount === 0) break;
        take(chunk);
      }
    },
    async append(table, types, columns) {
      const appender = await connection.createAppender(table);
      const rows = columns[0]?.length ?? 0;
      for (let at = 0; at < rows; at += CHUNK_ROWS) {
        const count = Math.min(CHUNK_ROWS, rows - at);
        const chunk = DuckDBDataChunk.create(types, count);
        chunk.setColumns(columns.map((column) => column.slice(at, at + count)));
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    },
  };
}

export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A path as DuckDB's file readers want it: pattern characters are escaped. */
export function sqlPath(path: string): string {
  return sqlText(path.replace(/[[\]*?]/g, (c) => `[${c}]`));
}
