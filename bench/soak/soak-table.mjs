import { markdownTable } from '../markdown-table.mjs';

/** The Markdown tables of a soak result. */
export function soakTable({ counts, seconds, slope, isAlive }) {
  const count = (value) => (value ?? 0).toLocaleString('en-US');
  const { suggestions, events, stockRows, reconnects, promotions, refused, failed } = counts;
  const row = [counts.sent, suggestions, events, stockRows, reconnects, promotions, refused, failed].map(
    count,
  );
  return [
    markdownTable(
      [
        'requests',
        'suggestions',
        'events stored',
        'stock rows',
        'reconnects',
        'promotions',
        'refused',
        'failed',
        'minutes',
      ],
      [[...row, (seconds / 60).toFixed(1)]],
    ),
    '',
    slopeLine('Live after a collection', slope.live),
    slopeLine('The whole process then', slope.process),
    ...(isAlive ? [] : ['The gateway ENDED.']),
  ].join('\n');
}

function slopeLine(name, slope) {
  if (!slope) return `${name}: too few samples for a slope.`;
  const mib = (value) => value.toFixed(2).replace('-', '−');
  const { meanMiB, estimate, low, high, isFlat } = slope;
  return `${name}: ${meanMiB.toFixed(0)} MiB; per million requests ${mib(estimate)} MiB (95 %: ${mib(low)} to ${mib(high)}), ${isFlat ? 'flat' : 'NOT flat'}.  `;
}
