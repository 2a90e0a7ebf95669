import { stat } from 'node:fs/promises';
import { withScratch } from '../../adapters/duckdb-scratch.ts';
import type { StockRow } from '../../recommender/stock.ts';
import { tidyId } from '../product-spelling.ts';
import type { IngestReport } from '../receipts.ts';
import { STOCK_FIELDS } from './column-names.ts';
import type { DateOrder } from './date-text.ts';
import { loadRows } from './loaded-rows.ts';
import { countBrokenRows } from './reported-file.ts';
import { reportTable } from './table-report.ts';
import { eachTypedRow, idProblem, LeftOut, productIdProblem, type TypedRow } from './typed-rows.ts';

/** Our names of the amounts that cannot be negative, by field. Stock on hand can: tills sell what was never booked in. */
const AMOUNTS = {
  reserved: 'reserved',
  demand_per_day: 'demandPerDay',
  target_cover_days: 'targetCoverDays',
  lead_time_days: 'leadTimeDays',
  protection_level: 'protectionLevel',
} as const;

/**
 * Reads stock files into rows in order of files and lines; equal rows once. A row without a time counts as of its file's last change.
 * `dateOrder` is needed where the dates leave day and month open.
 */
export async function readStock(
  paths: readonly string[],
  columns?: Readonly<Record<string, string>>,
  dateOrder?: DateOrder,
  options: { rejectsDir?: string } = {},
): Promise<{ rows: StockRow[]; report: IngestReport }> {
  return withScratch(async (scratch) => {
    const fields = STOCK_FIELDS;
    const loaded = await loadRows(scratch, { paths, fields, columns, mayBeBasketLines: false });
    const changedAtMs = await Promise.all(
      loaded.files.map(async ({ path }) => Math.floor((await stat(path)).mtimeMs)),
    );
    const leftOut = new LeftOut(countBrokenRows(loaded.files));
    const kept = new Map<string, StockRow>();
    const notices = await eachTypedRow(scratch, loaded, fields, dateOrder, (typed) => {
      const row = toStockRow(typed, changedAtMs[typed.file]!);
      if (typeof row === 'string') leftOut.reject(typed, row);
      else {
        const text = JSON.stringify(row);
        if (kept.has(text)) leftOut.count('duplicate-line');
        else kept.set(text, row);
      }
    });
    const report = await reportTable(scratch, loaded, leftOut, [...kept.keys()], {
      wanted: 'statement of stock',
      rejectsDir: options.rejectsDir,
      rejectsName: 'stock-rejects.csv',
      notices,
    });
    return { rows: [...kept.values()], report };
  });
}

/** The stock row of a file's row, or the reason why it is none. */
function toStockRow(row: TypedRow, changedAtMs: number): StockRow | string {
  const problem =
    idProblem(row.text('store_id'), 'missing-store-id') ?? productIdProblem(row.text('product_id'));
  if (problem !== undefined) return problem;
  if (row.hasBadDate) return 'bad-date';
  if (row.hasBadNumber) return 'bad-number';
  const onHand = row.number('on_hand');
  const onHandDelta = row.number('on_hand_delta');
  const expiresAtMs = row.number('expires_at');
  const amounts: Record<string, number> = {};
  for (const [field, name] of Object.entries(AMOUNTS)) {
    const amount = row.number(field);
    if (amount === null) continue;
    if (amount < 0) return 'bad-number';
    amounts[name] = amount;
  }
  return {
    storeId: tidyId(row.text('store_id')!),
    productId: tidyId(row.text('product_id')!),
    ...(onHand === null ? {} : { onHand }),
    ...(onHandDelta === null || onHand !== null ? {} : { onHandDelta }),
    ...amounts,
    ...(expiresAtMs === null ? {} : { expiresAtMs }),
    asOfMs: row.number('as_of') ?? changedAtMs,
  };
}
