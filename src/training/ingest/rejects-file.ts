import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scratch, sqlPath } from '../../adapters/duckdb-scratch.ts';
import type { LoadedFile } from './loaded-rows.ts';
import { PlainCopy, scanFile } from './plain-copy.ts';
import { decodeRecord } from './record-fields.ts';
import type { RecordSink } from './record-scanner.ts';

/** Lines of one file that were rejected after reading, ascending, with their reasons. */
export interface RejectedLines {
  readonly lines: readonly number[];
  readonly reasons: readonly string[];
}

/**
 * Writes the rows that could not be read to `folder/name`: file, line, reason, and the row as it came. Reads the files
 * a second time for that; undefined, and nothing written, where there are none.
 */
export async function writeRejects(
  scratch: Scratch,
  folder: string,
  name: string,
  files: readonly LoadedFile[],
  rejectedOf: (file: number) => Promise<RejectedLines>,
): Promise<string | undefined> {
  let out: FileHandle | undefined;
  const path = join(folder, name);
  try {
    for (const [index, file] of files.entries()) {
      const rejected = await rejectedOf(index);
      if (rejected.lines.length === 0 && Object.keys(file.brokenRows).length === 0) continue;
      if (out === undefined) {
        await mkdir(folder, { recursive: true });
        out = await open(path, 'w', 0o600);
        await out.writeFile('file,line,reason,text\n');
      }
      if (file.shape === undefined) await writeParquetRejects(scratch, out, file, rejected);
      else await writeTextRejects(out, file, rejected);
    }
  } finally {
    await out?.close();
  }
  return out === undefined ? undefined : path;
}

async function writeTextRejects(out: FileHandle, file: LoadedFile, rejected: RejectedLines): Promise<void> {
  let pending: string[] = [];
  let next = 0;
  const add = (line: number, reason: string, raw: string) =>
    pending.push(csvRow(file.path, line, reason, raw));
  const copy = new PlainCopy(file.shape!, {
    ...(file.basketsBefore === undefined ? {} : { basketsBefore: file.basketsBefore }),
    onBrokenRow: add,
  });
  const sink: RecordSink = {
    onBrokenQuotes: (...record) => copy.onBrokenQuotes(...record),
    onRecord(bytes, start, end, line, quoted) {
      // Several rejected rows share a line where a line is a basket.
      for (; rejected.lines[next] === line; next++)
        add(line, rejected.reasons[next]!, decodeRecord(bytes.subarray(start, end)).text);
      copy.onRecord(bytes, start, end, line, quoted);
      copy.take();
    },
  };
  await scanFile(file, file.shape!, sink, async () => {
    await out.writeFile(pending.join(''));
    pending = [];
  });
}

async function writeParquetRejects(
  scratch: Scratch,
  out: FileHandle,
  file: LoadedFile,
  { lines, reasons }: RejectedLines,
): Promise<void> {
  const reasonOf = new Map(lines.map((line, i) => [line, reasons[i]!]));
  const pending: string[] = [];
  await scratch.eachChunk(
    `SELECT (file_row_number + 1)::INTEGER AS line, CAST(t AS VARCHAR) FROM
      read_parquet(${sqlPath(file.path)}, file_row_number = true, hive_partitioning = false) t
      WHERE line IN (SELECT unnest([${lines.join(',')}])) ORDER BY line`,
    (chunk) => {
      const line = chunk.getColumnVector(0);
      const text = chunk.getColumnVector(1);
      for (let i = 0; i < chunk.rowCount; i++) {
        const no = line.getItem(i) as number;
        pending.push(csvRow(file.path, no, reasonOf.get(no)!, text.getItem(i) as string));
      }
    },
  );
  await out.writeFile(pending.join(''));
}

function csvRow(path: string, line: number, reason: string, raw: string): string {
  return `${quoted(path)},${line},${reason},${quoted(raw)}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
