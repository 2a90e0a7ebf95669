import { markdownTable } from '../markdown-table.mjs';

const AGREED_MS_MAX = 1000;
const ROWS_MIN = 10_000;
/** What is under way when the leg ends. */
const ROWS_SLACK = 0.99;

/** The promise and what was measured of it. */
export function judgeBus({ rows }) {
  const full = rows.at(-1);
  return {
    promise: `two gateways agree within ${AGREED_MS_MAX.toLocaleString('en-US')} ms at ${ROWS_MIN.toLocaleString('en-US')} stock rows a second, and on every row in the end`,
    measured: `${full.ms.max.toFixed(0)} ms at most at ${Math.round(full.rowsPerSecond).toLocaleString('en-US')} rows a second; ${full.differing} of ${full.compared.toLocaleString('en-US')} rows differ a second later`,
    isMet: full.ms.max < AGREED_MS_MAX && full.rowsPerSecond >= ROWS_MIN * ROWS_SLACK && full.differing === 0,
  };
}

/** The Markdown table of a bus result. */
export function busTable(result) {
  const header = [
    'rows/s',
    'p50 ms',
    'p95',
    'p99',
    'longest',
    '× bare stream: p50',
    'p99',
    'CPU: gateways',
    'Redis',
  ];
  const lines = result.rows.map(({ rowsPerSecond, ms, control, cpu }) => [
    Math.round(rowsPerSecond).toLocaleString('en-US'),
    ...[ms.p50, ms.p95, ms.p99, ms.max].map((value) => value.toFixed(1)),
    ...[ms.p50 / control.p50, ms.p99 / control.p99].map((value) => value.toFixed(1)),
    `${cpu.one.toFixed(2)}, ${cpu.two.toFixed(2)}`,
    cpu.redis.toFixed(2),
  ]);
  const { promise, measured, isMet } = judgeBus(result);
  const others = Math.max(...result.rows.map(({ othersCpu }) => othersCpu));
  return [
    markdownTable(header, lines),
    '',
    `Promise: ${promise}: ${measured}: ${isMet ? 'met' : 'MISSED'}.`,
    `Meanwhile others kept at most ${others.toFixed(2)} processors busy.`,
  ].join('\n');
}
