import type { Interval } from '../ledger/confidence.ts';
import type { OffPolicyFigures } from '../ledger/off-policy-report.ts';
import type { Increments, UpliftFigures, UpliftPart } from '../ledger/uplift-report.ts';
import type { OffPolicyAnswer } from './run-off-policy.ts';
import type { SalesAnswer, UpliftAnswer } from './run-report.ts';

/** What a report is sent as. */
export type ReportFormat = 'json' | 'csv';

export type Cell = string | number | boolean | null;

/** A report as rows and columns, for CSV and the terminal. */
export interface ReportTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const COUNT_COLUMNS = [
  ...(['baskets', 'knownCustomers', 'transactions', 'items', 'itemsPerTransaction'] as const),
  ...(['transactionsShown', 'transactionsAttached', 'attachRate'] as const),
  ...(['shown', 'accepted', 'declined', 'notOffered', 'acceptance', 'notOfferedShare'] as const),
] as const;
const MONEY_COLUMNS = [
  ...(['currency', 'revenue', 'refunded', 'averageTransactionValue', 'margin', 'costKnownShare'] as const),
  ...(['upsellRevenue', 'upsellMargin'] as const),
] as const;

/**
 * One row for each period (and part). Each further currency has a row that repeats no count, so that columns can be added up. The total is
 * not in it.
 */
export function salesTable({ rows, split }: SalesAnswer): ReportTable {
  const columns = ['period', ...(split ? [split] : []), ...COUNT_COLUMNS, ...MONEY_COLUMNS];
  const lines = rows.flatMap((row) => {
    const place = [row.period ?? null, ...(split ? [row.part ?? null] : [])];
    const money = row.money.length > 0 ? row.money : [undefined];
    return money.map((sums, at) => [
      ...place,
      ...COUNT_COLUMNS.map((column) => (at === 0 ? row[column] : null)),
      ...MONEY_COLUMNS.map((column) => sums?.[column] ?? null),
    ]);
  });
  return { columns, rows: lines };
}

const METRIC_COLUMNS = [
  ...(['marginPer100Baskets', 'revenuePer100Baskets', 'itemsPer100Baskets'] as const),
  ...(['holdingSavedPer100Baskets', 'incrementalShare'] as const),
] as const;

const CUSTOMER_COLUMNS = [
  ...(['basketsPer100Customers', 'marginPer100Customers', 'revenuePer100Customers'] as const),
  ...(['itemsPer100Customers', 'holdingSavedPer100Customers'] as const),
] as const;
/** Counts of something, or shares. */
const WITHOUT_CURRENCY: ReadonlySet<string> = new Set([
  'itemsPer100Baskets',
  'incrementalShare',
  'basketsPer100Customers',
  'itemsPer100Customers',
]);

/**
 * One row for each metric and kind of interval, those of customers last. With a split these rows for each part, without the whole and
 * without customers.
 */
export function upliftTable(report: UpliftAnswer): ReportTable {
  const { split, parts = [] } = report;
  const columns = [
    ...(split ? [split] : []),
    'metric',
    'interval',
    'estimate',
    'low',
    'high',
    'currency',
    'treatmentBaskets',
    'holdoutBaskets',
    'sampleRatioP',
    'balanceP',
    'trusted',
    'treatmentCustomers',
    'holdoutCustomers',
    ...(split ? ['q'] : []),
  ];
  if (!split) return { columns, rows: [...intervalRows(report), ...customerRows(report)] };
  const rows = parts.flatMap((part) =>
    intervalRows(part).map((cells) => [part.part, ...cells, qOf(part, cells)]),
  );
  return { columns, rows };
}

const ONE_LOOK = '95 %';
const ANYTIME = 'anytime 95 %';

function intervalRows(figures: UpliftFigures): Cell[][] {
  const { incremental, anytime, currency } = figures;
  const facts = [...drawCells(figures), null, null];
  const rowsOf = (kind: string, increments: Increments) =>
    METRIC_COLUMNS.map((metric) => [...intervalCells(metric, kind, increments[metric], currency), ...facts]);
  return [...rowsOf(ONE_LOOK, incremental), ...rowsOf(ANYTIME, anytime)];
}

function customerRows(report: UpliftAnswer): Cell[][] {
  const { customers: of, currency } = report;
  if (!of) return [];
  const facts = [...drawCells(report), of.customers.treatment, of.customers.holdout];
  return CUSTOMER_COLUMNS.map((metric) => [
    ...intervalCells(metric, ONE_LOOK, of.incremental[metric], currency),
    ...facts,
  ]);
}

function intervalCells(
  metric: string,
  kind: string,
  interval: Interval | null,
  currency: string | null,
): Cell[] {
  const { estimate = null, low = null, high = null } = interval ?? {};
  return [metric, kind, estimate, low, high, WITHOUT_CURRENCY.has(metric) ? null : currency];
}

function drawCells({ baskets, sampleRatio, balance, trusted }: UpliftFigures): Cell[] {
  return [baskets.treatment, baskets.holdout, sampleRatio.p, balance.p, trusted];
}

/** The q-value is about the margin. */
function qOf({ q, anytimeQ }: UpliftPart, [metric, kind]: readonly Cell[]): number | null {
  if (metric !== 'marginPer100Baskets') return null;
  return kind === ANYTIME ? anytimeQ : q;
}

/** One row for each reward and estimator; `logged` is what the policy in service earned. */
export function offPolicyTable(report: OffPolicyAnswer): ReportTable {
  const { currency, decisions, effectiveSampleSize, overlap, stated } = report;
  const columns = [
    'per100Decisions',
    'estimator',
    'value',
    'low',
    'high',
    'difference',
    'differenceLow',
    'differenceHigh',
    'currency',
    'decisions',
    'effectiveSampleSize',
    'overlap',
    'stated',
  ];
  const bounds = (interval: Interval | undefined): (number | null)[] =>
    interval ? [interval.estimate, interval.low, interval.high] : [null, null, null];
  const evidence = [currency, decisions, effectiveSampleSize, overlap, stated];
  const rowsOf = (reward: string, figures: OffPolicyFigures | null): Cell[][] => [
    [reward, 'logged', ...bounds(figures?.logged), ...bounds(undefined), ...evidence],
    ...(['snips', 'doublyRobust'] as const).map((name) => [
      reward,
      name,
      ...bounds(figures?.[name].value),
      ...bounds(figures?.[name].difference),
      ...evidence,
    ]),
  ];
  const { marginPer100Decisions: margin, acceptancesPer100Decisions: acceptances } = report;
  return { columns, rows: [...rowsOf('margin', margin), ...rowsOf('acceptances', acceptances)] };
}

/** RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvText({ columns, rows }: ReportTable): string {
  return [columns, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
