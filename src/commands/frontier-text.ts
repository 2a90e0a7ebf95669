import type { Interval } from '../ledger/confidence.ts';
import { firstStrategy, NO_OFFERS, type RunFigures } from '../simulation/frontier.ts';
import type { Frontier } from './simulate-frontier.ts';

/** Figures of the frontier with their decimals and what they are called. */
export const FIGURE_NAMES = {
  profit: ['margin less holding and write-offs', 0],
  margin: ['margin', 0],
  holdingCost: ['holding cost', 1],
  writeOffs: ['written off', 0],
  stockDays: ['days of stock', 1],
  emptyShare: ['shelves empty, %', 2],
  missing: ['pieces missing', 0],
  accepted: ['offers accepted', 0],
} as const satisfies Partial<Record<keyof RunFigures, readonly [string, number]>>;

export type Shown = keyof typeof FIGURE_NAMES;
export const SHOWN = Object.keys(FIGURE_NAMES) as Shown[];

/** Means over seeds, and the differences to the first strategy with their intervals, as Markdown. */
export function frontierTable({ rows, currency, seeds, days, basketsPerDay, stores }: Frontier): string {
  const header = ['strategy', ...SHOWN.map((name) => FIGURE_NAMES[name][0])];
  const first = firstStrategy(rows).strategy;
  const means = rows.map(({ strategy, mean }) => [strategy, ...SHOWN.map((name) => plain(name, mean[name]))]);
  const gaps = rows
    .filter(({ overFirst }) => overFirst)
    .map(({ strategy, overFirst }) => [strategy, ...SHOWN.map((name) => signed(name, overFirst![name]))]);
  return [
    `Means of ${seeds.length} seeds, each ${days} days of about ${basketsPerDay} baskets in ${stores} stores; money in ${currency}:`,
    markdown(header, means),
    `Less ${first} under the same shoppers and the same luck, 95 % over seeds:`,
    markdown(header, gaps),
  ].join('\n\n');
}

/** What came out, in sentences: also where ranking by value does not win. */
export function frontierVerdict({ rows, currency }: Frontier): string[] {
  const first = firstStrategy(rows);
  const sentences: string[] = [];
  if (first.overNoOffers) {
    sentences.push(
      `- ${first.strategy} beside no offers ${verdictOn('profit', first.overNoOffers.profit, currency)}.`,
    );
  }
  for (const { strategy, overFirst } of rows) {
    if (strategy === NO_OFFERS || !overFirst) continue;
    sentences.push(
      `- ${strategy} beside ${first.strategy} ${verdictOn('profit', overFirst.profit, currency)}; ` +
        `it ${verdictOn('stockDays', overFirst.stockDays, 'days of stock')}.`,
    );
  }
  return sentences;
}

function verdictOn(name: 'profit' | 'stockDays', interval: Interval, unit: string): string {
  const { estimate, low, high } = interval;
  const verb = name === 'profit' ? 'earns' : 'has';
  const [more, less] = name === 'profit' ? ['more', 'less'] : ['more', 'fewer'];
  const what = `${signed(name, interval)} ${unit}`;
  if (low > 0) return `${verb} ${more}: ${what}`;
  if (high < 0) return `${verb} ${less}: ${what}`;
  return `${verb} not measurably ${estimate < 0 ? less : more}: ${what}`;
}

export function plain(name: Shown, value: number): string {
  return numberText(name === 'emptyShare' ? 100 * value : value, FIGURE_NAMES[name][1]);
}

/** With thousands separated, a true minus sign, and none before a zero. */
export function numberText(value: number, digits: number): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return (Number(value.toFixed(digits)) + 0).toLocaleString('en-US', options).replace('-', '−');
}

export function signed(name: Shown, { estimate, low, high }: Interval): string {
  const text = (value: number) => {
    const digits = plain(name, value);
    return digits.startsWith('−') ? digits : `+${digits}`;
  };
  return `${text(estimate)} (${text(low)}, ${text(high)})`;
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
