import { markdownTable } from '../markdown-table.mjs';

/** The Markdown tables of a soak result. */
export function soakTable({ counts, seconds, slope, isAlive }) {
  const count = (value) => (value ?? 0).toLocaleString('en-US');
  const { suggestions, events, stockRows, reconnects, refused, failed } = counts;
  const row = [counts.sent, suggestions, events, stockRows, reconnects, refused, failed].map(count);
  const mib = (value) => value.toFixed(2).replace('-', '−');
  return [
    markdownTable(
      [
        'requests',
        'suggestions',
        'events stored',
        'stock rows',
        'reconnects',
        'refused',
        'failed',
        'minutes',
      ],
      [[...row, (seconds / 60).toFixed(1)]],
    ),
    '',
    slope
      ? `Memory: ${slope.meanMiB.toFixed(0)} MiB; per million requests ${mib(slope.estimate)} MiB (95 %: ${mib(slope.low)} to ${mib(slope.high)}), ${slope.isFlat ? 'flat' : 'NOT flat'}.`
      : 'Memory: too few samples for a slope.',
    ...(isAlive ? [] : ['The gateway ENDED.']),
  ].join('\n');
}
