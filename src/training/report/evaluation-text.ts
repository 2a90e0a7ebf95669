import type { Evaluation } from '../evaluate.ts';
import type { AcceptanceReport } from '../learn-acceptance.ts';
import type { SubstituteChoice } from '../learn-substitutes.ts';
import type { NewProductsReport } from '../measure-new-products.ts';
import type { Calibration } from '../metrics.ts';
import type { SilenceStep } from '../silence-curve.ts';
import type { FrontierStep, ValueFrontier } from '../value-frontier.ts';
import { ACCEPTANCE_HEAD, acceptanceCells, acceptanceFrame } from './acceptance-text.ts';
import { type CutTable, cutTables } from './cut-tables.ts';
import { countText, intervalText, percentText } from './number-text.ts';
import { scorerTable } from './scorer-table.ts';

/** Said in place of figures where nothing was asked. */
export const NOT_TESTED = 'Not tested: no basket of two known products in the test period.';

/** What was measured, in Markdown: methods, cuts, calibration. */
export function evaluationText(evaluation: Evaluation): string {
  if (evaluation.questions === 0) return `**${NOT_TESTED}**`;
  return [
    scorerText([evaluation.ours, ...evaluation.baselines]),
    ...cutTables(evaluation).map(cutTable),
    `## Calibration\n\n${calibrationText(evaluation.calibration)}`,
    ...(evaluation.acceptance ? [`## Acceptance\n\n${acceptanceText(evaluation.acceptance)}`] : []),
    ...(evaluation.silence ? [`## Silence\n\n${silenceText(evaluation.silence)}`] : []),
    ...(evaluation.frontier ? [`## Value\n\n${frontierText(evaluation.frontier)}`] : []),
    ...(evaluation.substitutes ? [`## Substitutes\n\n${substitutesText(evaluation.substitutes)}`] : []),
    ...(evaluation.newProducts ? [`## New products\n\n${newProductsText(evaluation.newProducts)}`] : []),
  ].join('\n\n');
}

/** How the questions came about, as one sentence for any set of them. */
export function questionsText({ baskets, questions, knownProducts, coldShare }: Evaluation): string {
  return `In each of ${countText(baskets)} test baskets with two or more known products up to five are hidden one at a time; the whole catalogue of
${countText(knownProducts)} known products minus the rest of the basket is ranked, ties at mid-rank: ${countText(questions)} questions. ${percentText(coldShare)} of the test
lines are products the model does not know; nothing is asked of them.`;
}

/** Methods or versions as a table. */
export function scorerText(rows: Parameters<typeof scorerTable>[0]): string {
  const { head, cells } = scorerTable(rows);
  return table(head, cells);
}

function table(head: readonly string[], cells: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...cells.map(line)].join('\n');
}

function cutTable({ title, cuts }: CutTable): string {
  const lines = cuts.map(
    ({ name, questions, hitRate, ndcg10 }) =>
      `| ${cellText(name)} | ${countText(questions)} | ${hitRate['10'].toFixed(3)} | ${ndcg10.toFixed(3)} |`,
  );
  return `| ${title.toLowerCase()} | questions | HR@10 | NDCG@10 |\n|---|---|---|---|\n${lines.join('\n')}`;
}

function calibrationText({ error, bins }: Calibration): string {
  const lines = bins.map(
    ({ from, to, count, stated, observed }) =>
      `| ${from}–${to} | ${countText(count)} | ${stated.toFixed(4)} | ${observed.toFixed(4)} |`,
  );
  return `Expected calibration error of the top ten: ${error.toFixed(4)}. The probability is that of being the next product of the
basket; how often an offer is accepted is learned from outcomes only.

| stated | offers | mean stated | observed |
|---|---|---|---|
${lines.join('\n')}`;
}

function acceptanceText(report: AcceptanceReport): string {
  const { before, after } = acceptanceFrame(report);
  const cells = acceptanceCells(report);
  return [before, ...(cells.length > 0 ? [table(ACCEPTANCE_HEAD, cells)] : []), after].join('\n\n');
}

/** What the steps are, for any table of them. */
export const SILENCE_METHOD =
  'Up to three products are offered, none less probable than the threshold; accepted means that an offer is the hidden product.';

function silenceText(steps: readonly SilenceStep[]): string {
  const lines = steps.map(
    ({ threshold, answered, offers, accepted, found }) =>
      `| ${threshold.toFixed(4)} | ${percentText(answered)} | ${offers.toFixed(2)} | ${percentText(accepted)} | ${percentText(found)} |`,
  );
  return `${SILENCE_METHOD}

| threshold | baskets with an offer | offers a basket | accepted of the offers | hidden products found |
|---|---|---|---|---|
${lines.join('\n')}`;
}

/** What the steps are, for any table of them. */
export function frontierMethod({ value }: ValueFrontier): string {
  const worth = value === 'margin' ? 'its margin' : 'its price, as no product states a cost';
  return `Three products are offered, those with the largest P · V^β; a unit's V is ${worth}; stock has no part in it. Offered is Σ P · V of the
three, taken is V of the hidden product where it is among them: money a question, and the change against β = 0.`;
}

/** One row a step: β, HR@3, its difference, offered, taken. */
export function frontierCells({ steps }: ValueFrontier): string[][] {
  const money = (step: FrontierStep, name: 'offered' | 'taken') => {
    const change = step[name] / steps[0]![name] - 1;
    const text = step[name].toFixed(3);
    return step.valueWeight > 0 && Number.isFinite(change)
      ? `${text} (${change < 0 ? '−' : '+'}${percentText(Math.abs(change))})`
      : text;
  };
  return steps.map((step) => [
    String(step.valueWeight),
    step.hitRate3.toFixed(3),
    step.hitRate3Difference ? intervalText(step.hitRate3Difference) : '',
    money(step, 'offered'),
    money(step, 'taken'),
  ]);
}

export const FRONTIER_HEAD = ['β', 'HR@3', 'difference (95 %)', 'offered', 'taken'] as const;

function frontierText(frontier: ValueFrontier): string {
  return `${frontierMethod(frontier)}

${table(FRONTIER_HEAD, frontierCells(frontier))}`;
}

export function substitutesText({ likeness, hitRate10, withheld }: SubstituteChoice): string {
  return `Products of one category whose names are alike from ${likeness} on and that are not bought together are never offered beside each
other, unless a rule pins one. On the newest tenth before the test period ${percentText(withheld)} of the baskets would have been offered one among
three; withholding those of the basket changed HR@10 by ${intervalText(hitRate10)}.`;
}

type ServedNewProducts = NewProductsReport & { readonly isServed: boolean };

export const NEW_PRODUCTS_HEAD = ['', 'embeddings', 'popularity in the category'] as const;

export function newProductsCells({ hitRate10, amongNew }: ServedNewProducts): string[][] {
  const row = (name: string, { embeddings, categoryPopularity }: typeof hitRate10) => [
    name,
    embeddings.toFixed(3),
    categoryPopularity.toFixed(3),
  ];
  return [row('HR@10 in the whole catalogue', hitRate10), row('HR@10 among the new products', amongNew)];
}

/** What is said before and after the cells. */
export function newProductsFrame(report: ServedNewProducts): { before: string; after: string } {
  const { products, questions, difference, calibration, known, overall, isServed } = report;
  return {
    before: `The sales of ${countText(products)} products were hidden from training altogether; the catalogue kept them. ${countText(questions)} questions ask for one of them.`,
    after: `Difference in the whole catalogue: ${intervalText(difference)}. ${countText(calibration.offers)} of them among the first ten: stated ${calibration.stated.toFixed(4)}, observed
${calibration.observed.toFixed(4)}. For the ${countText(known.questions)} questions that ask for another product they change HR@10 by ${intervalText(known.difference)}. All
questions together: ${intervalText(overall)}. ${isServed ? 'They are served.' : 'On the newest tenth before the test period they cost more than they found, and are not served.'}`,
  };
}

function newProductsText(report: ServedNewProducts): string {
  const { before, after } = newProductsFrame(report);
  return `${before}

${table(NEW_PRODUCTS_HEAD, newProductsCells(report))}

${after}`;
}

/** A name that may hold anything, as one cell. */
function cellText(name: string): string {
  return name.replaceAll(/[\r\n]+/g, ' ').replaceAll('|', '\\|');
}
