import { isTimeZone } from '../gateway/zone-calendar.ts';
import { fieldNamed, RECEIPT_FIELDS } from '../training/ingest/column-names.ts';
import type { ReadReceiptsOptions } from '../training/ingest/read-receipts.ts';
import type { Ingested, IngestReport } from '../training/receipts.ts';
import { parseDateOrder } from './date-order.ts';
import type { Progress } from './progress.ts';
import { UsageError } from './usage-error.ts';

/** Options of every command that reads receipts. */
export interface ReceiptFlags {
  readonly columns?: string;
  readonly dateOrder?: string;
  readonly serviceCodes?: string;
  readonly timeZone?: string | undefined;
}

/** How receipts are to be read, as `readReceipts` takes it. @throws UsageError */
export function readingOptions(flags: ReceiptFlags) {
  const dateOrder = parseDateOrder(flags.dateOrder);
  return {
    ...(flags.columns !== undefined && { columns: parseColumns(flags.columns) }),
    ...(dateOrder && { dateOrder }),
    ...(flags.serviceCodes !== undefined && { serviceCodes: parseExpression(flags.serviceCodes) }),
    timeZone: flags.timeZone === undefined ? machineZone() : parseTimeZone(flags.timeZone),
  };
}

/** Reads receipts with their progress, then says on stderr what was read and kept. */
export async function readAndTell(
  paths: readonly string[],
  options: Omit<ReadReceiptsOptions, 'paths' | 'onProgress'>,
  progress: Progress,
): Promise<Ingested> {
  // DuckDB is loaded when receipts are read: no other command pays for it.
  const { readReceipts } = await import('../training/ingest/read-receipts.ts');
  const ingested = await readReceipts({
    paths,
    ...options,
    onProgress: ({ stage, share }) => progress.show(stage, share),
  });
  progress.clear();
  const { soldAtMs, productIds } = ingested.receipts;
  const kept = `${soldAtMs.length} baskets, ${productIds.length} products`;
  process.stderr.write(`${readingText('receipts', ingested.report, kept)}\n`);
  return ingested;
}

/** What was read from a kind of file, what was kept of it, and why the rest was not. */
export function readingText(what: string, report: IngestReport, kept: string): string {
  const files = report.files.map(({ path, rows, columns }) => {
    const mapped = Object.entries(columns).map(([ours, theirs]) =>
      ours === theirs ? ours : `${ours}=${theirs}`,
    );
    return `  ${path}: ${rows} rows, columns ${mapped.join(', ')}`;
  });
  const dropped = Object.entries(report.dropped).map(([reason, rows]) => `  left out: ${reason} ${rows}`);
  const rejects = report.rejectsFile ? [`  rows that could not be read are in ${report.rejectsFile}`] : [];
  return [
    `${what}: ${report.rowsRead} rows read, ${report.rowsKept} kept: ${kept}`,
    ...files,
    ...dropped,
    ...rejects,
    ...(report.notices ?? []).map((notice) => `  note: ${notice}`),
  ].join('\n');
}

/** The zone of this machine; UTC where that is none of the IANA database. */
function machineZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isTimeZone(timeZone) ? timeZone : 'UTC';
}

/** @throws UsageError */
function parseTimeZone(name: string): string {
  if (isTimeZone(name)) return name;
  throw new UsageError(
    `--time-zone: wanted a name of the IANA database such as Europe/Amsterdam; got '${name}'.`,
  );
}

function parseColumns(list: string): Record<string, string> {
  const pairs = list.split(',').map((pair) => {
    const at = pair.indexOf('=');
    if (at <= 0 || at === pair.length - 1) {
      throw new UsageError(`--columns: wanted ours=yours pairs such as product=StockCode; got '${pair}'.`);
    }
    const ours = pair.slice(0, at).trim();
    if (!fieldNamed(ours, RECEIPT_FIELDS)) {
      const known = RECEIPT_FIELDS.map(({ name }) => name).join(', ');
      throw new UsageError(`--columns: wanted one of ${known} before the =; got '${ours}'.`);
    }
    return [ours, pair.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}

function parseExpression(pattern: string): string {
  try {
    return new RegExp(pattern).source;
  } catch (cause) {
    throw new UsageError(`--service-codes: wanted a regular expression; got '${pattern}'.`, { cause });
  }
}
