import { html, raw } from 'hono/html';
import { firstStrategy, NO_OFFERS } from '../simulation/frontier.ts';
import { PAGE_STYLE } from '../training/report/page-style.ts';
import {
  FIGURE_NAMES,
  frontierVerdict,
  numberText,
  plain,
  SHOWN,
  type Shown,
  signed,
} from './frontier-text.ts';
import type { Frontier } from './simulate-frontier.ts';

type Markup = ReturnType<typeof html>;

const WIDTH = 420;
const HEIGHT = 240;
const LEFT = 64;
const BOTTOM = 40;
const TICKS_MAX = 6;

const FRONTIER_STYLE = `
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1.5rem; }
.plots figure { margin: 0; } .plots figcaption { font-weight: 600; font-size: .9375rem; }
.plot { display: block; width: 100%; }
.plot path { fill: none; stroke: var(--line); } .plot .zero { stroke: var(--soft); stroke-dasharray: 5 4; }
.plot .means { stroke: var(--main-1); stroke-width: 2; } .plot .spread { stroke: var(--main-1); stroke-width: 1.5; }
.wrap td { white-space: normal; } .plot circle { fill: var(--main-1); stroke: var(--paper); }
`;

const PICTURE_STYLE = `
text { fill: #1a1f27; font-size: 13px; } text.note { fill: #5b6675; font-size: 12px; } .paper { fill: #fff; }
path { fill: none; stroke: #dde2e9; } .zero { stroke: #5b6675; stroke-dasharray: 5 4; }
.means { stroke: #3f74c4; stroke-width: 2; } .spread { stroke: #3f74c4; stroke-width: 1.5; } circle { fill: #3f74c4; stroke: #fff; }
`;

/** The frontier as one HTML file that needs no other: how each figure moves with β, with intervals, and the tables. */
export function frontierPage(frontier: Frontier): Markup {
  const { days, basketsPerDay, stores, agents, seeds, modelVersion, currency, holdingRate } = frontier;
  const { priceResistance } = frontier;
  const first = firstStrategy(frontier.rows).strategy;
  const plots: Shown[] = ['profit', 'margin', 'stockDays', 'holdingCost', 'writeOffs', 'accepted'];
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Value against probability over simulated months</title><style>${raw(PAGE_STYLE + FRONTIER_STYLE)}</style></head><body>
<h1>Value against probability over simulated months</h1>
<p class="notice">Simulated shoppers, not measured ones: model ${modelVersion}, ${seeds.length} seeds of ${days} days with about ${basketsPerDay} baskets a day in ${stores} stores with ${agents} agents; holding costs ${Math.round(100 * holdingRate)} % of the cost a year; at twice the price an offer is taken ${(2 ** -priceResistance).toFixed(2)} times as often. Money in ${currency}.</p>
<section><h2>What came out</h2><ul>${frontierVerdict(frontier).map((sentence) => html`<li>${sentence.slice(2)}</li>`)}</ul></section>
<section><h2>Difference to ${first} as the weight of value grows</h2>
<p class="legend">Points are means of the differences under the same shoppers and the same luck, lines their 95 % intervals over seeds.</p>
<div class="plots">${plots.map((name) => html`<figure><figcaption>${FIGURE_NAMES[name][0]}</figcaption>${weightPlot(frontier, name)}</figure>`)}</div></section>
<section><h2>Means</h2>${figureTable(frontier, (row) => (name) => plain(name, row.mean[name]))}</section>
<section><h2>Differences to ${first}</h2>${figureTable(
    frontier,
    ({ overFirst }) =>
      (name) =>
        overFirst ? signed(name, overFirst[name]) : '',
  )}</section>
<section><h2>Differences to no offers</h2>${figureTable(
    frontier,
    ({ overNoOffers }) =>
      (name) =>
        overNoOffers ? signed(name, overNoOffers[name]) : '',
  )}</section>
</body></html>
`;
}

/** Two of the plots as a picture of their own, for a page that renders no HTML. */
export function frontierPicture(frontier: Frontier): Markup {
  const names: Shown[] = ['profit', 'stockDays'];
  const first = firstStrategy(frontier.rows).strategy;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${HEIGHT + 28}" font-family="system-ui, sans-serif">
<style>${raw(PICTURE_STYLE)}</style><rect class="paper" width="100%" height="100%"/>
${names.map((name, at) => html`<text x="${at * WIDTH + LEFT}" y="18">${FIGURE_NAMES[name][0]}, less ${first}</text><svg x="${at * WIDTH}" y="26" width="${WIDTH}" height="${HEIGHT}">${weightPlot(frontier, name)}</svg>`)}</svg>
`;
}

/** One figure's difference to the first strategy against β; no offers have no β. */
function weightPlot({ rows }: Frontier, name: Shown): Markup {
  const points = rows
    .filter(({ strategy }) => strategy !== NO_OFFERS)
    .map(({ strategy, overFirst }) => {
      const { estimate, low, high } = overFirst?.[name] ?? { estimate: 0, low: 0, high: 0 };
      return { weight: Number(strategy.slice(2)), estimate, low, high };
    })
    .sort((a, b) => a.weight - b.weight);
  const { bottom, step, count } = axisOf(
    Math.min(0, ...points.map(({ low }) => low)),
    Math.max(0, ...points.map(({ high }) => high)),
  );
  const span = step * count;
  const top = bottom + span;
  const right = (weight: number) => (LEFT + weight * (WIDTH - LEFT - 16)).toFixed(1);
  const down = (value: number) => (10 + ((top - value) / span) * (HEIGHT - BOTTOM - 10)).toFixed(1);
  const ticks = Array.from({ length: count + 1 }, (_, at) => bottom + step * at);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const line = points.map(({ weight, estimate }) => `${right(weight)},${down(estimate)}`).join('L');
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${FIGURE_NAMES[name][0]} by value weight">
${ticks.map((value) => html`<path d="M${LEFT},${down(value)}H${WIDTH - 16}"/><text class="note" x="${LEFT - 6}" y="${Number(down(value)) + 4}" text-anchor="end">${numberText(value, digits)}</text>`)}
<path class="zero" d="M${LEFT},${down(0)}H${WIDTH - 16}"/><path class="means" d="M${line}"/>
${points.map(({ weight, estimate, low, high }) => html`<g><title>β ${weight}: ${signed(name, { estimate, low, high })}</title><path class="spread" d="M${right(weight)},${down(low)}V${down(high)}"/><circle cx="${right(weight)}" cy="${down(estimate)}" r="4"/><text class="note" x="${right(weight)}" y="${HEIGHT - 22}" text-anchor="middle">${weight}</text></g>`)}
<text class="note" x="${(LEFT + WIDTH - 16) / 2}" y="${HEIGHT - 4}" text-anchor="middle">weight β of value against probability</text></svg>`;
}

/** A scale of round numbers that holds both: 1, 2 or 5 times a power of ten from tick to tick. */
function axisOf(low: number, high: number): { bottom: number; step: number; count: number } {
  const least = (high - low || 1) / (TICKS_MAX - 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= least)!;
  const bottom = Math.floor(low / step) * step;
  return { bottom, step, count: Math.max(1, Math.ceil((high - bottom) / step)) };
}

function figureTable(
  { rows }: Frontier,
  cellOf: (row: Frontier['rows'][number]) => (name: Shown) => string,
): Markup {
  return html`<table class="wrap"><thead><tr><th></th>${SHOWN.map((name) => html`<th>${FIGURE_NAMES[name][0]}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr><th>${row.strategy}</th>${SHOWN.map((name) => html`<td>${cellOf(row)(name)}</td>`)}</tr>`)}</tbody></table>`;
}
