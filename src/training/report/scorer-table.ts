import type { BaselineReport, ScorerReport } from '../evaluate.ts';
import { intervalText, percentText } from './number-text.ts';

/** Methods or versions, one a row; a column of differences where some row has one. */
export function scorerTable(rows: readonly (ScorerReport & Partial<Pick<BaselineReport, 'difference'>>)[]): {
  readonly head: readonly string[];
  readonly cells: readonly (readonly string[])[];
} {
  const head = ['method', 'HR@1', 'HR@3', 'HR@5', 'HR@10', 'NDCG@10', 'MRR', 'coverage', 'novelty (bits)'];
  const hasDifference = rows.some(({ difference }) => difference !== undefined);
  return {
    head: hasDifference ? [...head, 'ours − method, NDCG@10 (95 %)'] : head,
    cells: rows.map(({ name, hitRate, ndcg10, mrr, coverage, novelty, difference }) => [
      name,
      ...(['1', '3', '5', '10'] as const).map((cut) => hitRate[cut].toFixed(3)),
      ndcg10.toFixed(3),
      mrr.toFixed(3),
      percentText(coverage),
      novelty.toFixed(1),
      ...(hasDifference ? [difference ? intervalText(difference) : ''] : []),
    ]),
  };
}
