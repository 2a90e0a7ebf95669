import { judgeIngest } from './ingest/ingest-table.mjs';
import { judgePressure } from './load/pressure-table.mjs';
import { shareTargets } from './load/results.mjs';
import { markdownTable } from './markdown-table.mjs';

const MIB = 2 ** 20;
const CORE_P50_US_MAX = 80;
const CORE_P99_US_MAX = 300;
const READY_S_MAX = 1;
const READY_MIB_MAX = 400;
const DOUBLED_ANSWER_MAX = 1.2;
const DOUBLED_TRAINING_MAX = 2.1;
/** Bytes a call that are the heap's own, not what a call left. */
const RETAINED_BYTES_MAX = 0.1;

/** What is wanted of speed beside what the newest result of each bench says. `read` gives a result by its name. */
export function aimsTable(read) {
  const rows = [
    ...coreAims(read('scale'), read('micro')),
    ...loadAims(read('load')),
    ...pressureAims(read('pressure')),
    ...ingestAims(read('ingest')),
    ...sizeAims(read('scale')),
    ...soakAims(read('soak')),
  ];
  const cells = rows.map(([figure, aim, measured, isMet, where]) => [
    figure,
    aim,
    measured,
    isMet ? 'met' : '**missed**',
    where,
  ]);
  return markdownTable(['figure', 'aim', 'measured', '', 'where'], cells);
}

function coreAims(scale, micro) {
  const { us } = scale.core[0];
  const { calls, retainedBytesPerCall } = micro.heap;
  const core = 'ranking a basket of six, 50,000 products, 1,000,000 receipts';
  const size = '[Size](#size)';
  return [
    [`${core}: p50`, `${CORE_P50_US_MAX} µs`, `${us.p50.toFixed(0)} µs`, us.p50 < CORE_P50_US_MAX, size],
    ['its p99', `${CORE_P99_US_MAX} µs`, `${us.p99.toFixed(0)} µs`, us.p99 < CORE_P99_US_MAX, size],
    [
      'bytes that stay after a call',
      '0',
      `${retainedBytesPerCall.toFixed(2)} over ${calls.toLocaleString('en-US')}`,
      Math.abs(retainedBytesPerCall) < RETAINED_BYTES_MAX,
      '[The ranking core](#the-ranking-core)',
    ],
  ];
}

function loadAims(load) {
  const where = '[Under load](#the-gateway-under-load)';
  const rates = [500, 1000].map((rate) => {
    const own = load.targets.filter((target) => target.rate === rate);
    const worst = Math.max(...own.map(({ p99Ms }) => p99Ms));
    return [
      `p99 at ${rate} answers a second, worst round`,
      `${own[0].wantedMs} ms`,
      `${worst.toFixed(1)} ms`,
      own.every(({ isMet }) => isMet),
      where,
    ];
  });
  const shares = shareTargets(load.rows).map(({ leg, wanted, share, isMet }) => [
    `${leg}: answers over the bare server's`,
    String(wanted),
    share.toFixed(2),
    isMet,
    where,
  ]);
  return [...shares, ...rates];
}

function pressureAims(pressure) {
  return judgePressure(pressure).map(({ promise, measured, isMet }) => [
    promise,
    '',
    measured,
    isMet,
    '[More than it can do](#more-than-it-can-do)',
  ]);
}

function ingestAims(ingest) {
  return judgeIngest(ingest).map(({ promise, measured, isMet }) => [
    promise,
    '',
    measured,
    isMet,
    '[What is on disk](#what-is-on-disk-when-it-is-answered)',
  ]);
}

function sizeAims({ core, exponents, start }) {
  const where = '[Size](#size)';
  const row = (figure, aim, value, unit, digits) => [
    figure,
    `${aim}${unit}`,
    `${value.toFixed(digits)}${unit}`,
    value <= aim,
    where,
  ];
  const doubled = core[0].us.p50 / core[1].us.p50;
  const halved = core.find(({ products }) => products === core[0].products / 2);
  return [
    row('start to ready with that model', READY_S_MAX, start.readySeconds, ' s', 1),
    row('memory then', READY_MIB_MAX, start.readyBytes / MIB, ' MiB', 0),
    row('doubling receipts: time of a ranking', DOUBLED_ANSWER_MAX, doubled, ' times', 2),
    row(
      'doubling the catalogue: time of a ranking',
      DOUBLED_ANSWER_MAX,
      core[0].us.p50 / halved.us.p50,
      ' times',
      2,
    ),
    row('doubling receipts: time of a training', DOUBLED_TRAINING_MAX, 2 ** exponents.receipts, ' times', 2),
    row(
      'doubling the catalogue: time of a training',
      DOUBLED_TRAINING_MAX,
      2 ** exponents.products,
      ' times',
      2,
    ),
  ];
}

function soakAims({ counts, slope }) {
  const interval = ({ estimate, low, high }) =>
    `${estimate.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`.replaceAll('-', '−');
  const where = '[Two million requests](#two-million-requests)';
  return [
    [
      'MiB a million requests: the process',
      '0 in its interval',
      interval(slope.process),
      slope.process.isFlat,
      where,
    ],
    [
      'the same of what JavaScript holds',
      '0 in its interval',
      interval(slope.live),
      slope.live.isFlat,
      where,
    ],
    [
      'requests that failed',
      '0',
      `${counts.failed ?? 0} of ${counts.sent.toLocaleString('en-US')}`,
      !counts.failed,
      where,
    ],
  ];
}
