import { VARCHAR } from '@duckdb/node-api';
import { type Scratch, sqlText } from '../../adapters/duckdb-scratch.ts';
import { fillBlanksOfBaskets } from './basket-blanks.ts';
import { RECEIPT_FIELDS } from './column-names.ts';
import { type DateReading, parseDateColumn } from './date-column.ts';
import { IngestError, noDate } from './ingest-error.ts';
import type { LoadedRows } from './loaded-rows.ts';
import { numberJoins, numberSql, parseNumberColumns } from './number-columns.ts';
import { WORDS_FOR_MISSING } from './number-text.ts';
import { canonicalIds, judgeProducts, type ProductIdFacts } from './product-ids.ts';
import { isRounded, keptWithoutNotices, ROUNDED_BASKET_ID, ROUNDED_ID } from './rounded-ids.ts';
import { statusReasonSql } from './row-status.ts';

/** Reasons for which a row could not be read, as opposed to rows that are read and left out. */
export const REJECT_REASONS: readonly string[] = [
  'missing-basket-id',
  'missing-product-id',
  ROUNDED_ID,
  ROUNDED_BASKET_ID,
  'control-characters',
  'bad-number',
  'missing-date',
  'bad-date',
];

const JOINED_TIME = "nullif(concat_ws(' ', sold_at, sold_time), '')";
/** What a column of times adds nothing to; midnight sharp is how a date without a time is written too. */
const MIDNIGHT =
  "'[T ](0?0:00(:00([.]0+)?)? *(Z|UTC|[-+][0-9]{2}(:?[0-9]{2})?)?|12:00(:00)? *A[.]?M[.]?)$', 'i'";
const STATES_TIME = `regexp_matches(sold_at, '[0-9]:[0-9]{2}') AND NOT regexp_matches(sold_at, ${MIDNIGHT})`;
/** An invoice number that names a cancellation, as in UCI Online Retail. */
const CANCELLATION = "'^[Cc][0-9]+$'";

/** What is known of the rows as a whole. */
export interface Judged {
  readonly hasTime: boolean;
  /** How what is in them was read, where that is not plain to see; a sentence each. */
  readonly notices: readonly string[];
}

export interface JudgeOptions extends DateReading {
  readonly serviceCodes?: string | undefined;
}

/**
 * Turns the table `raw` into the table `lines`: parsed values, `pos` (order of the files and lines), `reason` (why a row is left
 * out, NULL where it stays) and `hash` (equal for rows that state the same). Throws an IngestError where times are stated and none can be read.
 */
export async function judgeLines(
  scratch: Scratch,
  loaded: LoadedRows,
  options: JudgeOptions,
): Promise<Judged> {
  const filled = await fillBlanksOfBaskets(scratch, loaded);
  const soldText = soldTextSql(loaded);
  const hasTime = await holdsAny(scratch, soldText);
  await writeProductIds(scratch, {
    areNames: loaded.files.some(({ columns }) => columns.product_id === columns.name),
    serviceCodes: compilePattern(options.serviceCodes),
  });
  const rounded = await writeRoundedIds(scratch);
  const { columns: numbers, notices: unread } = await parseNumberColumns(scratch, loaded, RECEIPT_FIELDS);
  const read = hasTime ? await readSoldTimes(scratch, soldText, soldColumn(loaded), options) : [];
  const cancels = await marksCancellations(scratch);
  await scratch.run(LINE_MACROS);
  await scratch.run(linesSql(numbers, hasTime ? soldText : undefined, cancels));
  await scratch.run('DROP TABLE raw');
  const nameless = await namesWithoutIds(scratch, loaded);
  return { hasTime, notices: [...filled, ...unread, ...read, ...rounded, ...nameless] };
}

/** Rows whose product has a name, and no id in a column of ids. */
async function namesWithoutIds(scratch: Scratch, { files }: LoadedRows): Promise<string[]> {
  const [row] = await scratch.rows(
    "SELECT count(*)::DOUBLE, min(file) FROM lines WHERE reason = 'missing-product-id' AND name IS NOT NULL",
  );
  const [rows, file] = row as [number, number | null];
  if (file === null) return [];
  const { path, columns } = files[file]!;
  return [
    `rows left out because ${columns.product_id} (${path}) is blank, though ${columns.name} is not: ${rows}; to know all products by their names, give --columns product=${columns.name}`,
  ];
}

async function readSoldTimes(
  scratch: Scratch,
  soldText: string,
  column: string,
  options: DateReading,
): Promise<readonly string[]> {
  const { notices, unreadable } = await parseDateColumn(scratch, 'sold', soldText, column, options);
  if (unreadable !== undefined) throw noDate(column, unreadable);
  return notices;
}

/** When a row was sold, over raw. */
function soldTextSql({ present }: LoadedRows): string {
  if (!present.has('sold_at') || !present.has('sold_time')) return JOINED_TIME;
  return `CASE WHEN ${STATES_TIME} THEN sold_at ELSE ${JOINED_TIME} END`;
}

/** Whether an expression over raw is stated in any row: a column that is empty throughout is none. */
async function holdsAny(scratch: Scratch, expression: string): Promise<boolean> {
  const words = WORDS_FOR_MISSING.map(sqlText).join(', ');
  const found = await scratch.rows(`SELECT 1 FROM raw WHERE lower(${expression}) NOT IN (${words}) LIMIT 1`);
  return found.length > 0;
}

function soldColumn({ files }: LoadedRows): string {
  const { columns, path } = files[0]!;
  const others = files.length > 1 ? ` and ${files.length - 1} more` : '';
  return `${columns.sold_at ?? columns.sold_time} (${path}${others})`;
}

/** The table `product_ids` (text, id, verdict) of the distinct product texts. */
async function writeProductIds(scratch: Scratch, facts: ProductIdFacts): Promise<void> {
  const counts = new Map<string, number>();
  const sql = 'SELECT product_id, count(*)::DOUBLE FROM raw WHERE product_id IS NOT NULL GROUP BY 1';
  for (const [text, count] of await scratch.rows(sql)) counts.set(text as string, count as number);
  const canonical = canonicalIds(counts);
  const judge = judgeProducts(canonical.values(), facts);
  const texts = [...canonical.keys()];
  const ids = [...canonical.values()];
  await scratch.run('CREATE TABLE product_ids (text VARCHAR, id VARCHAR, verdict VARCHAR)');
  await scratch.append(
    'product_ids',
    [VARCHAR, VARCHAR, VARCHAR],
    [texts, ids, ids.map((id) => judge(id) ?? null)],
  );
}

/**
 * The table `rounded_ids` (text) of the ids of baskets, stores and customers that a spreadsheet has rounded. Returns a notice on the rows
 * that lose their store or customer for it.
 */
async function writeRoundedIds(scratch: Scratch): Promise<string[]> {
  const mayBe = ['basket_id', 'store_id', 'customer_id'].map(
    (column) => `SELECT ${column} FROM raw WHERE contains(${column}, 'E+') OR contains(${column}, 'e+')`,
  );
  const texts = (await scratch.rows(mayBe.join(' UNION '))).map(([text]) => text as string).filter(isRounded);
  await scratch.run('CREATE TABLE rounded_ids (text VARCHAR)');
  await scratch.append('rounded_ids', [VARCHAR], [texts]);
  if (texts.length === 0) return [];
  const [row] = await scratch.rows(
    `SELECT ${['store_id', 'customer_id']
      .map((column) => `(count(*) FILTER (${column} IN (SELECT text FROM rounded_ids)))::DOUBLE`)
      .join(', ')} FROM raw`,
  );
  const [stores, customers] = row as [number, number];
  return [
    ...keptWithoutNotices('rows whose store id', stores),
    ...keptWithoutNotices('rows whose customer id', customers),
  ];
}

function compilePattern(source: string | undefined): RegExp | undefined {
  if (source === undefined) return undefined;
  try {
    return new RegExp(`^(?:${source})$`, 'iu');
  } catch (cause) {
    throw new IngestError(
      {
        came: `"${source}" for service codes (${(cause as Error).message})`,
        wanted: 'a regular expression over a whole product id',
        todo: 'Correct it',
      },
      { cause },
    );
  }
}

/** C with digits is a cancellation only where other baskets go by digits alone, and are the larger part. */
async function marksCancellations(scratch: Scratch): Promise<boolean> {
  const [row] = await scratch.rows(`SELECT
    (count(DISTINCT basket_id) FILTER (regexp_matches(basket_id, ${CANCELLATION})))::DOUBLE,
    (count(DISTINCT basket_id) FILTER (regexp_matches(basket_id, '^[0-9]+$')))::DOUBLE FROM raw`);
  const [cancelled, numbered] = row as [number, number];
  return cancelled > 0 && numbered > cancelled;
}

/**
 * tidy: one blank for several, none at the ends. known: an id that is no word for a missing one, and without the ".0"
 * that data frames append to whole numbers. unrounded: a known id that no spreadsheet has rounded. millionths: a number as the fingerprint takes it, free of formatting.
 */
const LINE_MACROS = `
  CREATE MACRO tidy(x) AS CASE WHEN regexp_matches(x, '[\\s\\x{a0}]{2}|\\x{a0}')
    THEN trim(regexp_replace(x, '[\\s\\x{a0}]+', ' ', 'g')) ELSE x END;
  CREATE MACRO known(x) AS CASE WHEN lower(x) IN (${WORDS_FOR_MISSING.map(sqlText).join(', ')}) THEN NULL
    WHEN suffix(x, '.0') THEN regexp_replace(x, '^([0-9]+)[.]0$', '\\1') ELSE tidy(x) END;
  CREATE MACRO rounded(x) AS x IN (SELECT text FROM rounded_ids);
  CREATE MACRO unrounded(x) AS CASE WHEN rounded(x) THEN NULL ELSE known(x) END;
  CREATE MACRO millionths(x) AS coalesce(CAST(CAST(round(x * 1000000) AS BIGINT) AS VARCHAR), '');`;

const NUMBER_FIELDS = ['quantity', 'unit_price', 'unit_cost', 'discount'] as const;

function linesSql(numbers: ReadonlySet<string>, soldText: string | undefined, cancels: boolean): string {
  const hasTime = soldText !== undefined;
  const parsed = NUMBER_FIELDS.map((field) => ({ field, ...numberSql(field, numbers) }));
  const joins = numberJoins(numbers);
  if (hasTime) joins.push(`LEFT JOIN date_sold ON date_sold.text = ${soldText}`);
  return `CREATE TABLE lines AS
    WITH parsed AS (
      SELECT raw.file, raw.line, raw.file * 4294967296 + raw.row_no AS pos,
        known(raw.basket_id) AS basket, product_ids.id AS product, product_ids.verdict, raw.name,
        unrounded(raw.store_id) AS store, unrounded(raw.customer_id) AS customer, raw.channel, raw.agent_id AS agent,
        ${hasTime ? 'date_sold.ms, date_sold.hour, date_sold.bad' : 'NULL::DOUBLE AS ms, NULL::INTEGER AS hour, false'} AS bad_date,
        ${parsed.map(({ field, value }) => `${value} AS ${field}`).join(', ')},
        ${parsed.map(({ isBad }) => isBad).join(' OR ')} AS bad_number,
        rounded(raw.basket_id) AS rounded_basket, ${statusReasonSql()} AS status_reason,
        regexp_matches(concat_ws('', raw.basket_id, raw.product_id, raw.store_id, raw.customer_id), '\\p{Cc}') AS has_control
      FROM raw LEFT JOIN product_ids ON product_ids.text = raw.product_id ${joins.join(' ')}
    )
    SELECT file, line, pos, basket, product, name, store, customer, ms, hour, coalesce(quantity, 1) AS quantity,
      unit_price, unit_cost, ${reasonSql(hasTime, cancels)} AS reason,
      CASE WHEN reason IS NULL THEN ${HASH} END AS hash
    FROM parsed`;
}

function reasonSql(hasTime: boolean, cancels: boolean): string {
  return `CASE
    WHEN basket IS NULL THEN 'missing-basket-id'
    WHEN product IS NULL THEN 'missing-product-id'
    WHEN verdict = '${ROUNDED_ID}' THEN verdict
    WHEN rounded_basket THEN '${ROUNDED_BASKET_ID}'
    WHEN has_control THEN 'control-characters'
    WHEN bad_number THEN 'bad-number'
    ${hasTime ? "WHEN bad_date THEN 'bad-date' WHEN ms IS NULL THEN 'missing-date'" : ''}
    WHEN status_reason IS NOT NULL THEN status_reason
    ${cancels ? `WHEN regexp_matches(basket, ${CANCELLATION}) THEN 'return'` : ''}
    WHEN quantity < 0 THEN 'return'
    WHEN quantity = 0 THEN 'quantity-not-positive'
    WHEN verdict IS NOT NULL THEN verdict
    WHEN unit_price <= 0 THEN 'price-not-positive'
    END`;
}

const HASH = `md5_number(concat_ws(chr(31), basket, product, coalesce(name, ''), coalesce(store, ''),
  coalesce(customer, ''), coalesce(channel, ''), coalesce(agent, ''), coalesce(CAST(CAST(ms AS BIGINT) AS VARCHAR), ''),
  millionths(coalesce(quantity, 1)), millionths(unit_price), millionths(unit_cost), millionths(discount)))`;
