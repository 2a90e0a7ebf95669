import { type Scratch, sqlText } from '../../adapters/duckdb-scratch.ts';
import type { LoadedRows } from './loaded-rows.ts';
import { WORDS_FOR_MISSING } from './number-text.ts';

/** What holds for a basket as a whole, and is stated on its first row only by some tills. */
const BASKET_FACTS = [
  'sold_at',
  'sold_time',
  'store_id',
  'customer_id',
  'channel',
  'agent_id',
  'order_status',
];
const WORDS = WORDS_FOR_MISSING.map(sqlText).join(', ');
const LONGEST_WORD = Math.max(...WORDS_FOR_MISSING.map((word) => word.length));

/**
 * Fills what is blank on a row of the table `raw` from the rows of the same basket that state it, where they all state the same. Where they
 * contradict each other nothing says which holds, and the row stays as it is. Returns a notice with the number of rows
 * filled, none where there are none.
 */
export async function fillBlanksOfBaskets(scratch: Scratch, { present }: LoadedRows): Promise<string[]> {
  const fields = await partlyBlank(
    scratch,
    BASKET_FACTS.filter((field) => present.has(field)),
  );
  if (fields.length === 0) return [];
  await scratch.run(factsSql(fields));
  const filled = fields.map((field) => `(count(*) FILTER (${fills(field)}))::DOUBLE`);
  const [counts] = await scratch.rows(`SELECT ${filled.join(', ')} FROM raw JOIN facts USING (basket_id)`);
  const said = fields.flatMap((field, i) => (counts![i] === 0 ? [] : [`${field} ${counts![i]}`]));
  if (said.length > 0) await scratch.run(filledSql(fields));
  await scratch.run('DROP TABLE facts');
  if (said.length === 0) return [];
  return [`rows blank, and filled from another row of the same basket: ${said.join(', ')}`];
}

/** Those of the fields that some rows state and others do not. */
async function partlyBlank(scratch: Scratch, fields: readonly string[]): Promise<string[]> {
  if (fields.length === 0) return [];
  const tests = fields.map((field) => `bool_or(${isBlank(field)}) AND NOT bool_and(${isBlank(field)})`);
  const [row] = await scratch.rows(`SELECT ${tests.join(', ')} FROM raw`);
  return fields.filter((_, i) => row![i] === true);
}

/** The table `facts`: baskets of which some rows lack a field, and its value where the others agree. */
function factsSql(fields: readonly string[]): string {
  const stated = fields.map((field) => ({ field, rows: `count(*) FILTER (NOT ${isBlank(field)})` }));
  const values = fields.map(
    (field) =>
      `CASE WHEN ${extreme('min', field)} = ${extreme('max', field)} THEN ${extreme('min', field)} END AS of_${field}`,
  );
  return `CREATE TABLE facts AS SELECT basket_id, ${values.join(', ')} FROM raw
    WHERE NOT ${isBlank('basket_id')} GROUP BY basket_id
    HAVING ${stated.map(({ rows }) => `${rows} BETWEEN 1 AND count(*) - 1`).join(' OR ')}`;
}

function extreme(which: 'min' | 'max', field: string): string {
  return `${which}(${field}) FILTER (NOT ${isBlank(field)})`;
}

function filledSql(fields: readonly string[]): string {
  const columns = fields.map(
    (field) => `CASE WHEN ${fills(field)} THEN of_${field} ELSE ${field} END AS ${field}`,
  );
  const kept = [...fields.map((field) => `of_${field}`)].join(', ');
  return `CREATE TABLE filled AS SELECT * EXCLUDE (${kept}) REPLACE (${columns.join(', ')})
    FROM raw LEFT JOIN facts USING (basket_id);
    DROP TABLE raw; ALTER TABLE filled RENAME TO raw`;
}

function fills(field: string): string {
  return `of_${field} IS NOT NULL AND ${isBlank(field)}`;
}

/** Whether a column states nothing; the length spares the comparison of longer texts. */
function isBlank(column: string): string {
  return `(${column} IS NULL OR (length(${column}) <= ${LONGEST_WORD} AND lower(${column}) IN (${WORDS})))`;
}
