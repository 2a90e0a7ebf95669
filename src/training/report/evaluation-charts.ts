import { html } from 'hono/html';
import type { ReliabilityBin } from '../metrics.ts';
import { countText } from './number-text.ts';

/** Markup in which all text is escaped. */
export type Markup = ReturnType<typeof html>;

export interface BarRow {
  readonly label: string;
  /** Bars within each other, shortest first; four shades at most. */
  readonly values: readonly number[];
  readonly note: string;
  readonly isMain: boolean;
}

const ROW = 26;
const LABEL = 250;
const BAR = 350;
const LABEL_LETTERS = 34;

/** Horizontal bars from 0 to `max`, a row each, labels to their left and notes to their right. */
export function barChart(title: string, rows: readonly BarRow[], max: number): Markup {
  return html`<svg class="bars" viewBox="0 0 ${LABEL + BAR + 130} ${rows.length * ROW + 4}" role="img" aria-label="${title}">
${rows.map((row, at) => barRow(row, at * ROW + 2, Math.max(max, Number.MIN_VALUE)))}</svg>`;
}

function barRow({ label, values, note, isMain }: BarRow, y: number, max: number): Markup {
  const widths = values.map((value) => (Math.min(value, max) / max) * BAR);
  const shades = widths.map((width, shade) => ({ width, shade: values.length > 1 ? shade : 1 })).reverse();
  const short = label.length > LABEL_LETTERS ? `${label.slice(0, LABEL_LETTERS - 1)}…` : label;
  return html`<g class="${isMain ? 'main' : 'other'}"><title>${label}: ${values.map((value) => value.toFixed(3)).join(', ')}</title>
<text x="${LABEL - 10}" y="${y + 16}" text-anchor="end">${short}</text>
${shades.map(({ width, shade }) => html`<rect class="shade-${shade}" x="${LABEL}" y="${y + 3}" width="${width.toFixed(1)}" height="${ROW - 8}"/>`)}
<text class="note" x="${(LABEL + Math.max(0, ...widths) + 8).toFixed(1)}" y="${y + 16}">${note}</text></g>
`;
}

const SIDE = 300;
const MARGIN = 58;
const DECADES = [0.001, 0.01, 0.1, 1];

/** Stated against observed frequency on logarithmic axes, each bin a disc with its 95 % interval; honest ones lie on the line. */
export function reliabilityDiagram(bins: readonly ReliabilityBin[]): Markup {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  return html`<svg class="reliability" viewBox="0 0 ${SIDE + MARGIN + 12} ${SIDE + MARGIN + 8}" role="img" aria-label="Reliability diagram: stated against observed">
${DECADES.map(
  (
    value,
  ) => html`<path class="grid" d="M${right(value)},${down(DECADES[0]!)}V${down(1)}M${right(DECADES[0]!)},${down(value)}H${right(1)}"/>
<text class="note" x="${right(value)}" y="${SIDE + 24}" text-anchor="middle">${value}</text><text class="note" x="${MARGIN - 8}" y="${Number(down(value)) + 4}" text-anchor="end">${value}</text>
`,
)}<path class="honest" d="M${right(DECADES[0]!)},${down(DECADES[0]!)}L${right(1)},${down(1)}"/>
${bins.map((bin) => disc(bin, most))}<text class="note" x="${MARGIN + SIDE / 2}" y="${SIDE + 44}" text-anchor="middle">stated probability</text>
<text class="note" transform="translate(11 ${8 + SIDE / 2}) rotate(-90)" text-anchor="middle">observed frequency</text></svg>`;
}

function disc({ count, stated, observed }: ReliabilityBin, most: number): Markup {
  const spread = 1.96 * Math.sqrt((observed * (1 - observed)) / count);
  const radius = 3 + 5 * Math.sqrt(count / most);
  return html`<g><title>stated ${stated.toFixed(4)}, observed ${observed.toFixed(4)}, ${countText(count)} offers</title>
<path class="spread" d="M${right(stated)},${down(observed - spread)}V${down(observed + spread)}"/><circle cx="${right(stated)}" cy="${down(observed)}" r="${radius.toFixed(1)}"/></g>
`;
}

/** Share of the axis at a value, from 0 at .001 to 1 at 1. */
function along(value: number): number {
  return 1 + Math.log10(Math.min(1, Math.max(DECADES[0]!, value))) / 3;
}

function right(value: number): string {
  return (MARGIN + along(value) * SIDE).toFixed(1);
}

function down(value: number): string {
  return (8 + (1 - along(value)) * SIDE).toFixed(1);
}
