import { markdownTable } from '../markdown-table.mjs';

/** Lowest ratio to the reference that still counts as reproduced; better is always fine. */
export const RATIO_MIN = 0.97;

/** The Markdown table of a quality result. */
export function qualityTable({ sets }) {
  const header = [
    'data set',
    'baskets / products',
    'popularity',
    'confidence',
    'item-kNN cosine',
    'Basketlift',
    'EASE reference',
    'ratio',
    'ours − best baseline, NDCG@10 (95 %)',
    'ECE',
    'train',
    'peak memory',
  ];
  return markdownTable(header, sets.map(qualityRow));
}

function qualityRow(set) {
  const best = bestBaseline(set);
  const baseline = (name) => pair(set.baselines.find((row) => row.name === name));
  return [
    set.title,
    `${set.baskets.toLocaleString('en-US')} / ${set.products.toLocaleString('en-US')}`,
    baseline('popularity'),
    baseline('association-confidence'),
    baseline('item-knn-cosine'),
    `**${pair(set.ours)}**`,
    set.reference ? pair(set.reference) : '',
    set.ratio ? `${relative(set.ratio.hitRate10)} / ${relative(set.ratio.ndcg10)}` : '',
    `${signed(best.difference.estimate)} (${signed(best.difference.low)}, ${signed(best.difference.high)}) ${best.name}`,
    set.calibrationError.toFixed(4),
    `${set.seconds.toFixed(0)} s`,
    `${(set.peakBytes / 2 ** 20).toFixed(0)} MiB`,
  ];
}

function bestBaseline({ baselines }) {
  return baselines.reduce((best, row) => (row.ndcg10 > best.ndcg10 ? row : best));
}

function pair(row) {
  return row ? `${short(row.hitRate10)} / ${short(row.ndcg10)}` : '';
}

function short(value) {
  return value.toFixed(3).replace(/^0/, '');
}

function signed(value) {
  return `${value < 0 ? '−' : '+'}${short(Math.abs(value))}`;
}

function relative(ratio) {
  return `${ratio < 1 ? '−' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
}
