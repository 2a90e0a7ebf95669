import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DecisionRecord } from '../ledger/decision.ts';
import type { EventStore } from '../ledger/event-store.ts';
import type { StoredEvent } from '../ledger/events.ts';
import { type Scratch, withScratch } from './duckdb-scratch.ts';
import { makeEmptyFolder } from './empty-folder.ts';
import {
  DECISION_COLUMNS,
  lineRows,
  RECEIPT_COLUMNS,
  REFUND_COLUMNS,
  RESPONSE_COLUMNS,
  SPLIT_COLUMNS,
  SUGGESTION_COLUMNS,
  suggestionRows,
} from './ledger-tables.ts';
import { type ParquetColumn, ParquetFiles, type WrittenFile } from './parquet-files.ts';

export interface LedgerExport {
  readonly events: Pick<EventStore, 'decisions' | 'events'>;
  readonly tenant: string;
  /** Empty, or not there yet. */
  readonly folder: string;
  readonly nowMs: number;
  /** Called now and then with the share that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly rowsPerFile?: number;
}

const manifestSchema = z.object({
  format: z.literal(1),
  tenant: z.string(),
  exportedAt: z.iso.datetime(),
  files: z.array(z.object({ path: z.string(), rows: z.int(), bytes: z.int(), sha256: z.string() })),
});

/** What an export holds; written last, as MANIFEST_FILE. */
export type ExportManifest = z.infer<typeof manifestSchema>;

/** Readers of Parquet folders skip what begins with `_`: to them the folder is just the receipts. */
const MANIFEST_FILE = '_manifest.json';
const BESIDE = '_ledger';
/** Rows of the ledger read between two progress reports. */
const SLICE_ROWS = 1000;

/**
 * Writes a tenant's ledger into Parquet files, even while others add to it: `receipts-*.parquet`, which `train` reads, and under `_ledger`
 * refunds, splits, responses, decisions and suggestions. A decision reaches the disk a moment after its answer, so it may be missing for
 * responses that came in that moment.
 *
 * @throws Error where the folder holds something; an export that was cut off has no manifest
 */
export async function exportLedger(wanted: LedgerExport): Promise<ExportManifest> {
  const { folder, tenant, nowMs } = wanted;
  makeEmptyFolder(folder);
  mkdirSync(join(folder, BESIDE));
  const files = await withScratch(async (scratch) => {
    await scratch.run('SET preserve_insertion_order = true');
    // Decisions second: by then those of nearly all responses read before are on disk.
    return [...(await writeEvents(scratch, wanted)), ...(await writeDecisions(scratch, wanted))];
  });
  const manifest: ExportManifest = {
    format: 1,
    tenant,
    exportedAt: new Date(nowMs).toISOString(),
    files,
  };
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** The manifest of a complete export. @throws Error when the folder holds none */
export async function readExportManifest(folder: string): Promise<ExportManifest> {
  return manifestSchema.parse(JSON.parse(await readFile(join(folder, MANIFEST_FILE), 'utf8')));
}

/** Paths, under the export's folder, of the files of a table that lies beside the receipts. */
export function exportedFiles({ files }: ExportManifest, table: string): string[] {
  return files.map(({ path }) => path).filter((path) => path.startsWith(`${BESIDE}/${table}-`));
}

async function writeEvents(scratch: Scratch, wanted: LedgerExport): Promise<WrittenFile[]> {
  const receipts = await open(scratch, wanted, 'receipts', RECEIPT_COLUMNS);
  const refunds = await open(scratch, wanted, `${BESIDE}/refunds`, REFUND_COLUMNS);
  const splits = await open(scratch, wanted, `${BESIDE}/splits`, SPLIT_COLUMNS);
  const responses = await open(scratch, wanted, `${BESIDE}/responses`, RESPONSE_COLUMNS);
  const add = (stored: StoredEvent) => {
    const { event, receivedAtMs } = stored;
    if (event.type === 'shown' || event.type === 'outcome') responses.add({ event, receivedAtMs });
    for (const row of lineRows(stored)) (event.type === 'sale' ? receipts : refunds).add(row);
    if (event.type === 'sale')
      for (const [at, share] of (event.split ?? []).entries()) splits.add({ event, share, place: at + 1 });
  };
  const all = wanted.events.events(wanted.tenant);
  return writeAll(all, add, [receipts, refunds, splits, responses], {
    nowMs: wanted.nowMs,
    atMs: ({ receivedAtMs }) => receivedAtMs,
    onProgress: (share) => wanted.onProgress?.(share / 2),
  });
}

async function writeDecisions(scratch: Scratch, wanted: LedgerExport): Promise<WrittenFile[]> {
  const decisions = await open(scratch, wanted, `${BESIDE}/decisions`, DECISION_COLUMNS);
  const suggestions = await open(scratch, wanted, `${BESIDE}/suggestions`, SUGGESTION_COLUMNS);
  const all = wanted.events.decisions(wanted.tenant);
  const add = (decision: DecisionRecord) => {
    decisions.add(decision);
    for (const row of suggestionRows(decision)) suggestions.add(row);
  };
  return writeAll(all, add, [decisions, suggestions], {
    nowMs: wanted.nowMs,
    atMs: ({ atMs }) => atMs,
    onProgress: (share) => wanted.onProgress?.(0.5 + share / 2),
  });
}

function open<Row>(
  scratch: Scratch,
  { folder, rowsPerFile }: LedgerExport,
  name: string,
  columns: readonly ParquetColumn<Row>[],
): Promise<ParquetFiles<Row>> {
  return ParquetFiles.create(scratch, folder, name, columns, rowsPerFile);
}

interface Pace<Row> {
  readonly nowMs: number;
  /** When the row came; the rows are in this order. */
  readonly atMs: (row: Row) => number;
  readonly onProgress: (share: number) => void;
}

async function writeAll<Row>(
  rows: Iterable<Row>,
  add: (row: Row) => void,
  tables: readonly Pick<ParquetFiles<never>, 'isDue' | 'write' | 'finish'>[],
  { nowMs, atMs, onProgress }: Pace<Row>,
): Promise<WrittenFile[]> {
  let count = 0;
  let firstMs: number | undefined;
  for (const row of rows) {
    firstMs ??= atMs(row);
    add(row);
    for (const table of tables) if (table.isDue) await table.write();
    if (++count % SLICE_ROWS > 0) continue;
    onProgress(Math.min(1, (atMs(row) - firstMs) / Math.max(1, nowMs - firstMs)));
  }
  const written: WrittenFile[] = [];
  for (const table of tables) written.push(...(await table.finish()));
  return written;
}
