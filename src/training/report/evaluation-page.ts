import { html, raw } from 'hono/html';
import type { Comparison } from '../compare-versions.ts';
import type { Evaluation, ScorerReport } from '../evaluate.ts';
import { ACCEPTANCE_HEAD, acceptanceCells, acceptanceFrame } from './acceptance-text.ts';
import { type CutTable, cutTables } from './cut-tables.ts';
import { type BarRow, barChart, type Markup, reliabilityDiagram } from './evaluation-charts.ts';
import {
  COMPARISON_METHOD,
  comparisonLines,
  controlLine,
  type EvaluationReport,
  factsOf,
} from './evaluation-report.ts';
import {
  FRONTIER_HEAD,
  frontierCells,
  frontierMethod,
  NEW_PRODUCTS_HEAD,
  NOT_TESTED,
  newProductsCells,
  newProductsFrame,
  questionsText,
  SILENCE_METHOD,
  substitutesText,
} from './evaluation-text.ts';
import { countText, intervalText, percentText } from './number-text.ts';
import { PAGE_STYLE } from './page-style.ts';
import { scorerTable } from './scorer-table.ts';

/** The report as one page of HTML that needs nothing else: no script, no network. */
export function renderEvaluationPage(report: EvaluationReport): string {
  const { version, notice, evaluation, asked } = report;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evaluation of ${version}</title>
<style>${raw(PAGE_STYLE)}</style>
</head>
<body>
<header><h1>Evaluation of ${version}</h1>${notice ? html`<p class="notice">${notice}</p>` : ''}</header>
${(asked?.warnings ?? []).map((warning) => html`<p class="warning">${warning}</p>\n`)}
${evaluation.questions === 0 ? html`<p class="warning">${NOT_TESTED}</p>` : measuredSections(report)}
<section><h2>Made of</h2><table class="facts">${factsOf(report).map(([name, fact]) => html`<tr><th scope="row">${name}</th><td>${fact}</td></tr>\n`)}</table></section>
</body>
</html>
`;
  return String(page);
}

function measuredSections({ evaluation, comparison, control }: EvaluationReport): Markup {
  return html`<ul class="figures">${headline(evaluation)}</ul>
<p>${questionsText(evaluation)}</p>
${comparison ? comparisonSection(comparison) : ''}
<section><h2>Methods</h2>
<p class="legend other">HR@k: ${['1', '3', '5', '10'].map((cut, shade) => html`<span><svg viewBox="0 0 10 10"><rect class="shade-${shade}" width="10" height="10"/></svg> ${cut}</span> `)}</p>
${methodsChart([evaluation.ours, ...evaluation.baselines])}
${methodsTable([evaluation.ours, ...evaluation.baselines])}</section>
<section><h2>Calibration</h2>
<p>Of the ten products offered first, stated against observed: honest probabilities lie on the line. Expected calibration error ${evaluation.calibration.error.toFixed(4)}.
The probability is that of being the next product of the basket.</p>
${reliabilityDiagram(evaluation.calibration.bins)}</section>
${acceptanceSection(evaluation)}${silenceSection(evaluation)}${frontierSection(evaluation)}${substitutesSection(evaluation)}${newProductsSection(evaluation)}${cutSections(evaluation)}${
  control
    ? html`<section><h2>Negative control</h2>${methodsChart([control.ours, control.popularity])}
<p class="${control.isLiftLost ? '' : 'warning'}">${controlLine(control)}</p></section>`
    : ''
}`;
}

function headline({ ours, baselines, calibration, questions }: Evaluation): Markup[] {
  const popularity = baselines.find(({ name }) => name === 'popularity');
  const figures: [name: string, value: string, note: string][] = [
    ['HR@10', ours.hitRate['10'].toFixed(3), 'the hidden product is among ten'],
    ['NDCG@10', ours.ndcg10.toFixed(3), 'counting how far up'],
    ['calibration error', calibration.error.toFixed(4), 'of stated probabilities'],
    ['questions', countText(questions), 'each over the whole catalogue'],
  ];
  if (popularity)
    figures.splice(2, 0, [
      'over popularity',
      intervalText(popularity.difference).split(' ')[0]!,
      `NDCG@10, 95 %: ${intervalText(popularity.difference).split(' ').slice(1).join(' ')}`,
    ]);
  return figures.map(
    ([name, value, note]) =>
      html`<li><span>${name}</span><strong>${value}</strong><small>${note}</small></li>\n`,
  );
}

function methodsChart(rows: readonly ScorerReport[]): Markup {
  const bars = rows.map(({ name, hitRate }, at): BarRow => {
    const values = [hitRate['1'], hitRate['3'], hitRate['5'], hitRate['10']];
    return { label: name, values, note: hitRate['10'].toFixed(3), isMain: at === 0 };
  });
  return html`<div class="methods">${barChart('HR@1, 3, 5 and 10 of each method', bars, largest(bars))}</div>`;
}

function methodsTable(rows: Parameters<typeof scorerTable>[0]): Markup {
  const { head, cells } = scorerTable(rows);
  return figureTable(head, cells);
}

function figureTable(head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return html`<table><thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead><tbody>
${rows.map(([name, ...figures]) => html`<tr><th scope="row">${name}</th>${figures.map((figure) => html`<td>${figure}</td>`)}</tr>\n`)}</tbody></table>`;
}

function comparisonSection(comparison: Comparison): Markup {
  const lines = comparisonLines(comparison).map((line) => line.replaceAll('**', ''));
  return html`<section><h2>Against ${comparison.older.name}</h2><p>${COMPARISON_METHOD}</p>
${methodsChart([comparison.newer, comparison.older])}
${lines.map((line, at) => html`<p class="${at < lines.length - 1 ? '' : comparison.isWorse ? 'warning' : 'verdict'}">${line}</p>`)}</section>`;
}

function acceptanceSection({ acceptance }: Evaluation): Markup | string {
  if (!acceptance) return '';
  const { before, after } = acceptanceFrame(acceptance);
  const { overall } = acceptance;
  return html`<section><h2>Acceptance</h2><p>${before}</p>
${overall ? html`${figureTable(ACCEPTANCE_HEAD, acceptanceCells(acceptance))}${reliabilityDiagram(overall.after.bins)}` : ''}<p>${after}</p></section>\n`;
}

function silenceSection({ silence = [] }: Evaluation): Markup | string {
  if (silence.length === 0) return '';
  const bars = silence.map(
    ({ threshold, answered, accepted }): BarRow => ({
      label: `P from ${threshold.toFixed(4)}: ${percentText(answered)} of baskets`,
      values: [accepted],
      note: `${percentText(accepted)} accepted`,
      isMain: true,
    }),
  );
  return html`<section><h2>Silence</h2><p>${SILENCE_METHOD} The surer, the fewer.</p>
${barChart('Share of the offers that are accepted, by threshold', bars, largest(bars))}</section>\n`;
}

function frontierSection({ frontier }: Evaluation): Markup | string {
  if (!frontier) return '';
  return html`<section><h2>Value</h2><p>${frontierMethod(frontier)}</p>
${figureTable(FRONTIER_HEAD, frontierCells(frontier))}</section>\n`;
}

function substitutesSection({ substitutes }: Evaluation): Markup | string {
  if (!substitutes) return '';
  return html`<section><h2>Substitutes</h2><p>${substitutesText(substitutes)}</p></section>\n`;
}

function newProductsSection({ newProducts }: Evaluation): Markup | string {
  if (!newProducts) return '';
  const { before, after } = newProductsFrame(newProducts);
  return html`<section><h2>New products</h2><p>${before}</p>
${figureTable(NEW_PRODUCTS_HEAD, newProductsCells(newProducts))}<p>${after}</p></section>\n`;
}

/** All cuts on one scale, so that their bars can be compared. */
function cutSections(evaluation: Evaluation): Markup[] {
  const tables = cutTables(evaluation);
  const max = largest(tables.flatMap(cutBars));
  return tables.map(
    (table) =>
      html`<section><h2>${table.title}</h2><p class="legend">HR@10 · questions</p>${barChart(`HR@10 ${table.title}`, cutBars(table), max)}</section>\n`,
  );
}

function cutBars({ cuts }: CutTable): BarRow[] {
  return cuts.map(({ name, hitRate, questions }) => ({
    label: name,
    values: [hitRate['10']],
    note: `${hitRate['10'].toFixed(3)} · ${countText(questions)}`,
    isMain: true,
  }));
}

function largest(rows: readonly BarRow[]): number {
  return Math.max(0, ...rows.flatMap(({ values }) => values));
}
