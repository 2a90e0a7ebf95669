import type { BaselineReport, Evaluation, ScorerReport } from '../evaluate.ts';
import type { Calibration } from '../metrics.ts';
import { type CutTable, cutTables } from './cut-tables.ts';
import { countText, intervalText, percentText } from './number-text.ts';

/** What was measured, in Markdown: methods, cuts, calibration. */
export function evaluationText(evaluation: Evaluation): string {
  return [
    scorerTable([evaluation.ours, ...evaluation.baselines]),
    ...cutTables(evaluation).map(cutTable),
    `## Calibration\n\n${calibrationText(evaluation.calibration)}`,
  ].join('\n\n');
}

/** How the questions came about, as one sentence for any set of them. */
export function questionsText({ baskets, questions, knownProducts, coldShare }: Evaluation): string {
  return `In each of ${countText(baskets)} test baskets with two or more known products up to five are hidden one at a time; the whole catalogue of
${countText(knownProducts)} known products minus the rest of the basket is ranked, ties at mid-rank: ${countText(questions)} questions. ${percentText(coldShare)} of the test
lines are products the model does not know; nothing is asked of them.`;
}

function scorerTable(rows: readonly (ScorerReport & Partial<Pick<BaselineReport, 'difference'>>)[]): string {
  const lines = rows.map(({ name, hitRate, ndcg10, mrr, coverage, novelty, difference }) => {
    const hits = (['1', '3', '5', '10'] as const).map((cut) => hitRate[cut].toFixed(3)).join(' | ');
    return `| ${name} | ${hits} | ${ndcg10.toFixed(3)} | ${mrr.toFixed(3)} | ${percentText(coverage)} | ${novelty.toFixed(1)} | ${difference ? intervalText(difference) : ''} |`;
  });
  return `| method | HR@1 | HR@3 | HR@5 | HR@10 | NDCG@10 | MRR | coverage | novelty (bits) | ours − method, NDCG@10 (95 %) |
|---|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}`;
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

/** A name that may hold anything, as one cell. */
function cellText(name: string): string {
  return name.replaceAll(/[\r\n]+/g, ' ').replaceAll('|', '\\|');
}
