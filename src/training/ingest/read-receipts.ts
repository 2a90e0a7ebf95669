import { createHash } from 'node:crypto';
import { type Scratch, sqlText, withScratch } from '../../adapters/duckdb-scratch.ts';
import { hourClock } from '../../recommender/time-of-day.ts';
import type { Ingested, IngestReport } from '../receipts.ts';
import { RECEIPT_FIELDS } from './column-names.ts';
import type { DateOrder } from './date-text.ts';
import { nothingLeft } from './ingest-error.ts';
import { judgeLines, REJECT_REASONS } from './judged-lines.ts';
import { type LoadedFile, loadRows } from './loaded-rows.ts';
import { keepDistinctLines, readReceiptColumns } from './receipt-columns.ts';
import { everywhereNotices, receiptNotices } from './receipt-notices.ts';
import { type RejectedLines, writeRejects } from './rejects-file.ts';
import { countBrokenRows, reportedFile } from './reported-file.ts';

export interface ReadReceiptsOptions {
  /** Files, folders and globs: tables in text (`.csv`, `.tsv`, `.txt`, also `.gz`), Parquet, or one basket a line (`.basket`, `.txt`). */
  readonly paths: readonly string[];
  /** Our column → the file's; `a+b` joins columns, `a/b` divides them. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Order of day and month where the dates leave it open. */
  readonly dateOrder?: DateOrder;
  /** IANA zone of the stores, for times that state their offset from UTC; others are on the stores' own clocks. Default: UTC. */
  readonly timeZone?: string | undefined;
  /** Folder for `receipts-rejects.csv`; without it bad rows are counted only. */
  readonly rejectsDir?: string;
  /** Regular expression over whole product ids that are no products; replaces our own rule, matches any case. */
  readonly serviceCodes?: string;
  /** Epoch ms after which a date is one of the future. Default: now. */
  readonly nowMs?: number;
  readonly onProgress?: (progress: IngestProgress) => void;
}

interface IngestProgress {
  readonly stage: 'reading' | 'cleaning' | 'arranging';
  /** From 0 to 1 within the stage. */
  readonly share: number;
}

/**
 * Reads, cleans and arranges receipts. Rows that cannot be read are counted and written down, rows that are no sale of
 * a product are counted; files that cannot be used, and receipts of which nothing is left, throw an IngestError.
 */
export async function readReceipts(options: ReadReceiptsOptions): Promise<Ingested> {
  const tell = (stage: IngestProgress['stage'], share: number) => options.onProgress?.({ stage, share });
  return withScratch(async (scratch) => {
    const loaded = await loadRows(scratch, {
      paths: options.paths,
      fields: RECEIPT_FIELDS,
      columns: options.columns ?? {},
      mayBeBasketLines: true,
      onRead: (bytes, total) => tell('reading', bytes / total),
    });
    tell('cleaning', 0);
    const { timeZone = 'UTC' } = options;
    const { hasTime, notices: readings } = await judgeLines(scratch, loaded, {
      ...options,
      hourOf: hourClock(timeZone),
    });
    const dropped = await countDropped(scratch, loaded.files);
    const rejectsFile =
      options.rejectsDir === undefined
        ? undefined
        : await writeRejects(scratch, options.rejectsDir, 'receipts-rejects.csv', loaded.files, (file) =>
            rejectedLines(scratch, file),
          );
    const rowsKept = await keepDistinctLines(scratch);
    const rowsRead = loaded.files.reduce((sum, file) => sum + file.rows, 0);
    const duplicates = rowsRead - rowsKept - Object.values(dropped).reduce((sum, rows) => sum + rows, 0);
    if (duplicates > 0) dropped['duplicate-line'] = duplicates;
    if (rowsKept === 0) throw nothingLeft('sale of a product', rowsRead, dropped, rejectsFile, readings);
    tell('arranging', 0);
    const { nowMs = Date.now() } = options;
    const doubts = await receiptNotices(scratch, loaded, { hasTime, dropped, nowMs });
    const fingerprint = await fingerprintOf(scratch, rowsKept);
    const receipts = { ...(await readReceiptColumns(scratch, rowsKept, hasTime)), timeZone };
    const notices = [...readings, ...doubts, ...everywhereNotices(receipts)];
    tell('arranging', 1);
    const report: IngestReport = {
      files: loaded.files.map(reportedFile),
      rowsRead,
      rowsKept,
      dropped,
      ...(notices.length > 0 && { notices }),
      ...(rejectsFile === undefined ? {} : { rejectsFile }),
      fingerprint,
    };
    return { receipts, report };
  });
}

async function countDropped(scratch: Scratch, files: readonly LoadedFile[]): Promise<Record<string, number>> {
  const dropped = countBrokenRows(files);
  const sql = 'SELECT reason, count(*)::DOUBLE FROM lines WHERE reason IS NOT NULL GROUP BY 1 ORDER BY 1';
  for (const [reason, rows] of await scratch.rows(sql)) dropped[reason as string] = rows as number;
  return dropped;
}

async function rejectedLines(scratch: Scratch, file: number): Promise<RejectedLines> {
  const lines: number[] = [];
  const reasons: string[] = [];
  await scratch.eachChunk(
    `SELECT line, reason FROM lines WHERE file = ${file} AND reason IN (${REJECT_REASONS.map(sqlText).join(', ')})
      ORDER BY line, reason`,
    (chunk) => {
      const line = chunk.getColumnVector(0);
      const reason = chunk.getColumnVector(1);
      for (let i = 0; i < chunk.rowCount; i++) {
        lines.push(line.getItem(i) as number);
        reasons.push(reason.getItem(i) as string);
      }
    },
  );
  return { lines, reasons };
}

/** SHA-256 over the number of distinct rows and the sums of the halves of their hashes: independent of order and of files. */
async function fingerprintOf(scratch: Scratch, rows: number): Promise<string> {
  const [sums] = await scratch.rows(`SELECT
    sum(CAST(hash & 18446744073709551615 AS UBIGINT))::VARCHAR, sum(CAST(hash >> 64 AS UBIGINT))::VARCHAR FROM kept`);
  return createHash('sha256')
    .update(`receipts 1\n${rows}\n${sums!.join('\n')}\n`)
    .digest('hex');
}
