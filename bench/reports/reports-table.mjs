import { markdownTable } from '../markdown-table.mjs';

const WARM_MS_MAX = 200;
const COLD_S_MAX = 60;

/** The Markdown of a reports result. */
export function reportsTable(result) {
  const { events, decisions, baskets, cold, rows, closing, day, afterDay, afterRestart, control, looks } =
    result;
  const { ledgerMiB, keptMiB, memoryMiB, loopDelayMaxMs, beside } = result;
  const table = markdownTable(
    ['report', `median of ${looks}`, 'processor time'],
    [
      ['the first, from nothing', time(cold.ms), time(cold.processorMs)],
      ...rows.map(({ title, ms, processorMs }) => [title, time(ms), time(processorMs)]),
      [
        `closing a month, ${closing.months - 1} closed before it, once`,
        time(closing.ms),
        time(closing.processorMs),
      ],
      [`after one more day of ${number(day.events)} events`, time(afterDay.ms), time(afterDay.processorMs)],
      ['the first of another process', time(afterRestart.ms), time(afterRestart.processorMs)],
    ],
  );
  const ratio = control.folded.ms / control.warm.ms;
  return [
    `${number(events)} events and ${number(decisions)} decisions of ${number(baskets)} baskets over a year. Ledger ${number(ledgerMiB)} MiB, what is ` +
      `kept of it ${number(keptMiB)} MiB. Memory of the process after the first report ${number(memoryMiB.coldMiB)} MiB, after all ${number(memoryMiB.warm)}. ` +
      `Longest turn of the thread that answers tills meanwhile ${time(loopDelayMaxMs)}.`,
    table,
    ...(beside ? [besideText(beside)] : []),
    `Control, ${number(control.events)} events: folding all of them takes ${time(control.folded.ms)} (${time(control.folded.processorMs)} of processor), ` +
      `from nothing ${time(control.cold.ms)} (${time(control.cold.processorMs)}), from what is kept ${time(control.warm.ms)} ` +
      `(${time(control.warm.processorMs)}): ${ratio.toFixed(0)} times as fast. ${control.isEqual ? 'All three are the same, number for number.' : ''}`,
    verdictText(verdictOf(result)),
  ].join('\n\n');
}

/** @param beside absent in results from before it was measured */
function besideText({ lookUps, ms }) {
  return (
    `Look-ups of one customer while the uplift of the year is made, ten a second, ${number(lookUps)} of them: median ${time(ms.p50)}, ` +
    `p95 ${time(ms.p95)}, the longest ${time(ms.max)}.`
  );
}

/** What of the targets is not met, in words. */
export function verdictOf({ cold, rows, control }) {
  const slow = rows.filter(({ ms }) => ms > WARM_MS_MAX);
  return [
    ...(control.isEqual ? [] : ['the report from what is kept is not the one folded from the ledger']),
    ...(cold.ms <= COLD_S_MAX * 1000
      ? []
      : [`from nothing it takes ${time(cold.ms)}, wanted ${COLD_S_MAX} s`]),
    ...slow.map(({ title, ms }) => `${title} takes ${time(ms)}, wanted ${WARM_MS_MAX} ms`),
  ];
}

function verdictText(failures) {
  if (failures.length === 0) return 'Every target is met.';
  return ['Targets missed:', '', ...failures.map((failure) => `- ${failure}`)].join('\n');
}

function number(value) {
  return Math.round(value).toLocaleString('en-US');
}

function time(ms) {
  return ms < 10_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
