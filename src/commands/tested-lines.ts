import type { Evaluation } from '../training/evaluate.ts';
import { NOT_TESTED } from '../training/report/evaluation-text.ts';

/** What a training has measured, a method a line; no figures where nothing was asked. */
export function testedLines({ questions, calibration, ours, baselines }: Evaluation): string {
  if (questions === 0) return `  ${NOT_TESTED}`;
  const rows = [ours, ...baselines].map(
    ({ name, hitRate, ndcg10 }) =>
      `  ${name.padEnd(24)} HR@10 ${hitRate['10'].toFixed(3)}   NDCG@10 ${ndcg10.toFixed(3)}`,
  );
  return `  tested on ${questions} questions in the newest tenth of the receipts; calibration error ${calibration.error.toFixed(4)}
${rows.join('\n')}`;
}
