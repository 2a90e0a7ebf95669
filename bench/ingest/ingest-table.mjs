import { markdownTable } from '../markdown-table.mjs';

const EVENTS_PER_SECOND_MIN = 5_000;

const count = (value) => Math.round(value).toLocaleString('en-US');

/** What is promised of events and what was measured of it: a backlog at full speed, and nothing gone after kill -9. */
export function judgeIngest({ rows, lost }) {
  const backlog = rows.find(({ leg }) => leg.startsWith('events, 100'));
  return [
    {
      promise: `${count(EVENTS_PER_SECOND_MIN)} durable events a second on one processor`,
      measured: count(backlog.perSecond),
      isMet: backlog.perSecond >= EVENTS_PER_SECOND_MIN,
    },
    {
      promise: 'what was answered is there after kill -9',
      measured: `${count(lost.gone)} of ${count(lost.sentAgain)} gone`,
      isMet: lost.gone === 0 && lost.sentAgain > 0,
    },
  ];
}

/** The Markdown table of an ingest result. */
export function ingestTable(result) {
  const header = ['', 'server', 'rows/s', 'p50 ms', 'p99', 'CPU', 'KiB written a row', '× bare: rows/s'];
  const rows = result.rows.map((row, at) => {
    const control = result.rows[at + 1];
    const ratio = at % 2 === 0 ? (row.perSecond / control.perSecond).toFixed(2) : '';
    return [
      row.leg,
      row.server,
      count(row.perSecond),
      row.ms.p50.toFixed(1),
      row.ms.p99.toFixed(1),
      row.cpu.toFixed(2),
      (row.bytesPerRow / 1024).toFixed(1),
      ratio,
    ];
  });
  const promises = judgeIngest(result).map(({ promise, measured, isMet }) => [
    promise,
    measured,
    isMet ? 'met' : 'MISSED',
  ]);
  return [
    markdownTable(header, rows),
    '',
    markdownTable(['promise', 'measured', ''], promises),
    '',
    `${result.pinned ? 'Servers on processor 0, clients on processor 1. ' : ''}Others kept at most ${result.quiet.othersCpu.toFixed(2)} processors busy, and the host took ${result.quiet.stolenCpu.toFixed(2)}.`,
  ].join('\n');
}
