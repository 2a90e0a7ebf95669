import { createHash } from 'node:crypto';
import type { Scratch } from '../../adapters/duckdb-scratch.ts';
import type { IngestReport } from '../receipts.ts';
import { nothingLeft } from './ingest-error.ts';
import type { LoadedRows } from './loaded-rows.ts';
import { writeRejects } from './rejects-file.ts';
import { reportedFile } from './reported-file.ts';
import { roundedIdNotices } from './rounded-ids.ts';
import type { LeftOut } from './typed-rows.ts';

/** The report on a catalogue or on stock; `kept` are its rows as text, whose order does not matter to the fingerprint. */
export async function reportTable(
  scratch: Scratch,
  loaded: LoadedRows,
  leftOut: LeftOut,
  kept: string[],
  options: {
    wanted: string;
    rejectsDir: string | undefined;
    rejectsName: string;
    notices?: readonly string[];
  },
): Promise<IngestReport> {
  const rejectsFile =
    options.rejectsDir === undefined
      ? undefined
      : await writeRejects(scratch, options.rejectsDir, options.rejectsName, loaded.files, (file) =>
          leftOut.ofFile(file),
        );
  const rowsRead = loaded.files.reduce((sum, file) => sum + file.rows, 0);
  if (kept.length === 0)
    throw nothingLeft(options.wanted, rowsRead, leftOut.counts, rejectsFile, options.notices ?? []);
  const notices = [...loaded.notices, ...(options.notices ?? []), ...roundedIdNotices(leftOut.counts)];
  const hash = createHash('sha256').update(`${options.wanted} 1\n`);
  for (const row of kept.sort()) hash.update(`${row}\n`);
  return {
    files: loaded.files.map(reportedFile),
    rowsRead,
    rowsKept: kept.length,
    dropped: leftOut.counts,
    ...(notices.length > 0 && { notices }),
    ...(rejectsFile === undefined ? {} : { rejectsFile }),
    fingerprint: hash.digest('hex'),
  };
}
