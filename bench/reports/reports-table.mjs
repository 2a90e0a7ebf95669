import { markdownTable } from '../markdown-table.mjs';

const WARM_MS_MAX = 200;
const RECOMPUTED_S_MAX = 60;

/** The Markdown of a reports result. */
export function reportsTable(result) {
  const { events, decisions, baskets, written, rolledUpS, rows, areEqual, dataMiB, peakMiB } = result;
  const number = (value) => Math.round(value).toLocaleString('en-US');
  const table = markdownTable(
    ['report', 'rows', 'first', 'median of the others'],
    rows.map(({ title, rows: count, firstMs, medianMs }) => [
      title,
      String(count),
      time(firstMs),
      medianMs === null ? '' : time(medianMs),
    ]),
  );
  return [
    `${number(events)} events and ${number(decisions)} decisions of ${number(baskets)} baskets over a year; written in ${written.s.toFixed(0)} s, ` +
      `${number(written.eventsPerS)} events a second with their decisions; rolled up from nothing in ${rolledUpS.toFixed(1)} s. ` +
      `Data folder ${number(dataMiB)} MiB, peak memory ${number(peakMiB)} MiB.`,
    table,
    verdictText(verdictOf(result), areEqual),
  ].join('\n\n');
}

/** What of the targets is not met, in words. */
export function verdictOf({ areEqual, rolledUpS, rows }) {
  const slow = rows.filter(({ isWarm, medianMs }) => isWarm && medianMs > WARM_MS_MAX);
  return [
    ...(areEqual ? [] : ['the report from what is kept is not the one folded from the ledger']),
    ...(rolledUpS <= RECOMPUTED_S_MAX
      ? []
      : [`rolling up from nothing takes ${rolledUpS.toFixed(0)} s, wanted ${RECOMPUTED_S_MAX}`]),
    ...slow.map(({ title, medianMs }) => `${title} takes ${time(medianMs)}, wanted ${WARM_MS_MAX} ms`),
  ];
}

function verdictText(failures, areEqual) {
  const equal = areEqual ? 'Both ways give the same report, number for number.' : '';
  if (failures.length === 0) return `${equal} Every target is met.`;
  return [`${equal} Targets missed:`.trim(), '', ...failures.map((failure) => `- ${failure}`)].join('\n');
}

function time(ms) {
  return ms < 10_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
