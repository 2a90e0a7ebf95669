import { markdownTable } from '../markdown-table.mjs';

const GOODPUT_MIN = 0.9;
const ANSWERED_P99_MS_MAX = 50;
const RECOVERY_MS_MAX = 1000;
const STOCK_ROWS_MIN = 10_000;
const STOCK_P99_RATIO_MAX = 2;
/** Rows a second may be short of the target by what is under way when the leg ends. */
const STOCK_ROWS_SLACK = 0.99;

/** The promises and what was measured of each. */
export function judgePressure({ capacity, rows }) {
  const [half, withStock, twice] = rows;
  const goodput = twice.answered / capacity;
  const p99Ratio = withStock.answeredMs.p99 / half.answeredMs.p99;
  return [
    {
      promise: `goodput at twice the capacity at least ${GOODPUT_MIN} of it, nothing failed`,
      measured: `${goodput.toFixed(2)}, ${twice.failed} failed`,
      isMet: goodput >= GOODPUT_MIN && twice.failed === 0,
    },
    {
      promise: `its answers within ${ANSWERED_P99_MS_MAX} ms at p99`,
      measured: `${twice.answeredMs.p99.toFixed(1)} ms`,
      isMet: twice.answeredMs.p99 < ANSWERED_P99_MS_MAX,
    },
    {
      promise: `no refusal later than ${RECOVERY_MS_MAX} ms after its end`,
      measured: `last after ${twice.lastRefusalAfterMs.toFixed(0)} ms`,
      isMet: twice.lastRefusalAfterMs <= RECOVERY_MS_MAX,
    },
    {
      promise: `${STOCK_ROWS_MIN.toLocaleString('en-US')} stock rows a second at half the capacity, p99 within ${STOCK_P99_RATIO_MAX} times that without`,
      measured: `${Math.round(withStock.stockRows).toLocaleString('en-US')} rows a second, ${p99Ratio.toFixed(2)} times`,
      isMet: withStock.stockRows >= STOCK_ROWS_MIN * STOCK_ROWS_SLACK && p99Ratio <= STOCK_P99_RATIO_MAX,
    },
  ];
}

/** The Markdown tables of a pressure result. */
export function pressureTable(result) {
  const header = [
    '',
    'offered/s',
    'answered/s',
    'p50 ms',
    'p99',
    'refused/s',
    'p99',
    'stock rows/s',
    'degraded, of ⅛',
    'failed',
    'not sent',
    'k6 CPU',
  ];
  const count = (value) => Math.round(value).toLocaleString('en-US');
  const legs = result.rows.map((row) => [
    row.leg,
    count(row.offered),
    count(row.answered),
    row.answeredMs.p50.toFixed(2),
    row.answeredMs.p99.toFixed(2),
    count(row.refused),
    row.refusedP99Ms?.toFixed(2) ?? '',
    row.stockRows > 0 ? count(row.stockRows) : '',
    ...[row.degraded, row.failed, row.notSent].map(String),
    row.loadCpuShare.toFixed(2),
  ]);
  const verdicts = judgePressure(result).map(({ promise, measured, isMet }) => [
    promise,
    measured,
    isMet ? 'met' : 'MISSED',
  ]);
  const others = Math.max(...result.rows.map(({ othersCpu }) => othersCpu));
  return [
    `Capacity: ${count(result.capacity)} answers a second. Others kept at most ${others.toFixed(2)} processors busy; ${result.pinned ? 'gateway on processor 0, k6 on processor 1' : 'nothing pinned'}.`,
    '',
    markdownTable(header, legs),
    '',
    markdownTable(['promise', 'measured', ''], verdicts),
  ].join('\n');
}
