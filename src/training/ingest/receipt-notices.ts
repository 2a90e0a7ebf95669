import type { Scratch } from '../../adapters/duckdb-scratch.ts';
import { DAY_MS, HOUR_MS } from '../../recommender/time-of-day.ts';
import type { Receipts } from '../receipts.ts';
import type { LoadedFile, LoadedRows } from './loaded-rows.ts';
import { roundedIdNotices } from './rounded-ids.ts';

/** Lines of one receipt that lie further apart are of several: a till closes, and a receipt is paid at once. */
const RECEIPT_HOURS_MAX = 12;

/** A product in so large a share of at least so many baskets may be none. */
const EVERYWHERE_SHARE = 0.6;
const EVERYWHERE_BASKETS = 20;

/** What could be read and may still not be what was meant, a sentence each. Reads the table `kept`. */
export async function receiptNotices(
  scratch: Scratch,
  { files, notices }: LoadedRows,
  { hasTime, dropped, nowMs }: { hasTime: boolean; dropped: Readonly<Record<string, number>>; nowMs: number },
): Promise<string[]> {
  return [
    ...notices,
    ...roundedIdNotices(dropped),
    ...copies(files),
    ...(hasTime ? [] : emptyTimes(files)),
    ...(await restartedNumbers(scratch, files)),
    ...(await futureDates(scratch, nowMs)),
  ];
}

function copies(files: readonly LoadedFile[]): string[] {
  return files.flatMap(({ path, copyOf }) =>
    copyOf === undefined ? [] : [`${path} holds the same as ${copyOf}: its baskets are counted once`],
  );
}

function emptyTimes([file]: readonly LoadedFile[]): string[] {
  const column = file!.columns.sold_at ?? file!.columns.sold_time;
  if (column === undefined) return [];
  return [`no row states a time in ${column}: baskets are taken to be in the order of the files`];
}

/** Numbers of receipts that begin again, each day or at each till, put the receipts of one number into one basket. */
async function restartedNumbers(scratch: Scratch, files: readonly LoadedFile[]): Promise<string[]> {
  const [row] =
    await scratch.rows(`SELECT count(*)::DOUBLE, (count(*) FILTER (stores OR customers OR days))::DOUBLE,
      (count(*) FILTER (files))::DOUBLE, bool_or(stores), bool_or(customers), bool_or(days)
    FROM (SELECT min(file) < max(file) AS files, coalesce(min(store) < max(store), false) AS stores,
      coalesce(min(customer) < max(customer), false) AS customers,
      coalesce(max(ms) - min(ms) >= ${RECEIPT_HOURS_MAX * HOUR_MS}, false) AS days
    FROM kept GROUP BY basket)`);
  const [baskets, mixed, acrossFiles, ...found] = row as [number, number, number, ...boolean[]];
  if (mixed === 0) return acrossFiles > files.length ? [acrossFilesNotice(acrossFiles, baskets)] : [];
  const several = [
    { what: 'stores', field: 'store_id' },
    { what: 'customers', field: 'customer_id' },
    { what: 'days', field: 'sold_at' },
  ].filter((_, i) => found[i]);
  const { columns } = files[0]!;
  const joined = ['basket_id', ...several.map(({ field }) => field)].map((field) => columns[field] ?? field);
  return [
    `${mixed} of ${baskets} baskets hold lines of several ${several.map(({ what }) => what).join(' and ')}, and repeated lines in them count once; where numbers of receipts begin again, join what tells receipts apart, such as --columns basket=${joined.join('+')}`,
  ];
}

/** An export that was cut into files has a basket or so at each cut. */
function acrossFilesNotice(acrossFiles: number, baskets: number): string {
  return `${acrossFiles} of ${baskets} baskets hold lines of several files; where each file numbers its receipts anew, add a column that tells the files apart and join it, such as --columns basket=RECEIPT+FILE`;
}

/** The clocks of stores may be ahead of ours, but by no day. */
async function futureDates(scratch: Scratch, nowMs: number): Promise<string[]> {
  const [row] = await scratch.rows(
    `SELECT count(DISTINCT basket)::DOUBLE, max(ms) FROM kept WHERE ms > ${nowMs + DAY_MS}`,
  );
  const [baskets, last] = row as [number, number | null];
  if (last === null) return [];
  const day = new Date(last).toISOString().slice(0, 10);
  return [
    `baskets dated after today: ${baskets}, the last on ${day}; they count as the newest, so correct their dates, or give --date-order where they are read in the wrong order`,
  ];
}

/** Products that are nearly everywhere, as totals, taxes and bags are. */
export function everywhereNotices({
  productIds,
  items,
  soldAtMs,
}: Pick<Receipts, 'productIds' | 'items' | 'soldAtMs'>): string[] {
  const baskets = soldAtMs.length;
  if (baskets < EVERYWHERE_BASKETS) return [];
  const counts = new Float64Array(productIds.length);
  for (const item of items) counts[item]!++;
  const found = productIds.flatMap((id, item) => {
    const share = counts[item]! / baskets;
    return share < EVERYWHERE_SHARE ? [] : [`${id} (${Math.round(100 * share)} %)`];
  });
  if (found.length === 0) return [];
  return [
    `in most of the baskets: ${found.join(', ')}; if that is no product, but a total, a tax or a bag, leave it out with --service-codes`,
  ];
}
