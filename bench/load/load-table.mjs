import { markdownTable } from '../markdown-table.mjs';
import { shareTargets } from './results.mjs';

/** The Markdown tables of a load result. */
export function loadTable(result) {
  return [
    legTable(result.rows),
    '',
    memoryTable(result.memory),
    '',
    result.rows.some(({ isLoadBound }) => isLoadBound)
      ? '¹ k6 used its whole processor: the server can do more. The ratio of processor time does not depend on it.\n'
      : undefined,
    ...targetLines(result),
    ...shareLines(result),
    quietLine(result),
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

function legTable(rows) {
  const header = [
    '',
    'server',
    'answers/s',
    'p50 ms',
    'p95',
    'p99',
    'p99.9',
    'errors',
    'not sent',
    'degraded',
    'cache hits',
    'server CPU µs/answer',
    '× control: p50',
    'p99',
    'answers/s',
    'CPU',
  ];
  const ratio = (row, name) => (row.ratio ? row.ratio[name].toFixed(2) : '');
  const ordered = rows.toSorted((a, b) => order(a) - order(b));
  return markdownTable(
    header,
    ordered.map((row) => [
      row.leg,
      row.server,
      `${Math.round(row.perSecond).toLocaleString('en-US')}${row.isLoadBound ? '¹' : ''}`,
      ...['p50', 'p95', 'p99', 'p999'].map((name) => row.ms[name].toFixed(2)),
      String(row.errors),
      String(row.notSent),
      String(row.degraded),
      row.server.startsWith('bare ') || row.kind === 'live'
        ? ''
        : `${(row.cacheHitShare * 100).toFixed(0)} %`,
      Math.round(row.serverCpuUsPerAnswer).toLocaleString('en-US'),
      ...['p50', 'p99', 'perSecond', 'serverCpu'].map((name) => ratio(row, name)),
    ]),
  );
}

/** At the rates, then at full speed; HTTP before live; within each the control last. */
function order({ kind, load, rate = 0, server }) {
  const place = (load === 'closed' ? 2 : 0) + (kind === 'live' ? 1 : 0);
  return place * 1e7 + rate * 2 + (server.startsWith('bare ') ? 1 : 0);
}

function memoryTable(memory) {
  const mib = (bytes) => (Number.isFinite(bytes) ? (bytes / 2 ** 20).toFixed(0) : '');
  return markdownTable(
    ['server', 'memory at start, MiB', 'peak, MiB', 'without files after a leg, at most'],
    memory.map(({ server, startBytes, peakBytes, ownBytes }) => [
      server,
      ...[startBytes, peakBytes, ownBytes].map(mib),
    ]),
  );
}

function shareLines({ rows }) {
  return shareTargets(rows).map(
    ({ leg, wanted, share, isMet }) =>
      `Target: at least ${wanted} of the control's answers a second, ${leg}: ${share.toFixed(2)}, ${isMet ? 'met' : 'MISSED'}.`,
  );
}

/** One line a rate: its worst leg, and those that missed. */
function targetLines({ targets }) {
  const rates = [...new Set(targets.map(({ rate }) => rate))];
  return rates.map((rate) => {
    const asked = targets.filter((target) => target.rate === rate);
    const missed = asked.filter(({ isMet }) => !isMet);
    const worst = Math.max(...asked.map(({ p99Ms }) => p99Ms ?? Number.POSITIVE_INFINITY));
    const verdict = missed.length === 0 ? 'met' : `MISSED by ${missed.map(({ leg }) => leg).join('; ')}`;
    return `Target: p99 below ${asked[0].wantedMs} ms, no error and none not sent at ${rate}/s, in every round: worst p99 ${worst.toFixed(2)} ms, ${verdict}.`;
  });
}

function quietLine({ quiet, pinned }) {
  const place = pinned ? 'servers on processor 0, k6 (and Redis) on processor 1' : 'nothing pinned';
  const busy = `during a leg others kept at most ${quiet.othersCpu.toFixed(2)} processors busy, and the host took at most ${quiet.stolenCpu.toFixed(2)}`;
  return `${quiet.isQuiet ? 'Quiet' : 'NOT quiet'}: ${busy}; ${place}.`;
}
