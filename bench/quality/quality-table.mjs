import { markdownTable } from '../markdown-table.mjs';
import { intervalText, pairText } from './metric-text.mjs';

/** Lowest ratio to a reference that still counts as reproduced; better is always fine. */
export const RATIO_MIN = 0.97;

/** Two Markdown tables of a quality result: against methods and targets, and the regression alone against its reference. */
export function qualityTable({ sets }) {
  return `${methodsTable(sets)}\n\n${easeTable(sets)}\n\n${costTable(sets)}`;
}

/** Ratios of a set to its reference, for the figures that have one. */
export function ratioOf(row, reference) {
  return { hitRate10: row.hitRate10 / reference.hitRate10, ndcg10: row.ndcg10 / reference.ndcg10 };
}

function methodsTable(sets) {
  const header = [
    'data set',
    'popularity',
    'confidence',
    'item-kNN cosine',
    'neighbours alone',
    'EASE alone',
    'Basketlift',
    'reference ranker',
    'aim',
    'ours − best other row, NDCG@10 (95 %)',
  ];
  return markdownTable(
    header,
    sets.map((set) => {
      const { name, difference } = set.baselines.reduce((best, row) =>
        row.ndcg10 > best.ndcg10 ? row : best,
      );
      return [
        set.title,
        pairText(baseline(set, 'popularity')),
        pairText(baseline(set, 'association-confidence')),
        pairText(baseline(set, 'item-knn-cosine')),
        pairText(baseline(set, 'basket-neighbours')),
        pairText(baseline(set, 'local-ease')),
        `**${pairText(set.ours)}**`,
        pairText(set.reference.ranker),
        pairText(set.reference.aim),
        `${intervalText(difference)} ${name}`,
      ];
    }),
  );
}

function easeTable(sets) {
  const rows = sets
    .filter(({ reference }) => reference.ease)
    .map((set) => {
      const ours = baseline(set, 'local-ease');
      const { hitRate10, ndcg10 } = ratioOf(ours, set.reference.ease);
      return [
        set.title,
        pairText(ours),
        pairText(set.reference.ease),
        `${relative(hitRate10)} / ${relative(ndcg10)}`,
      ];
    });
  return markdownTable(['data set', 'EASE alone', 'reference', 'ratio'], rows);
}

function costTable(sets) {
  const header = [
    'data set',
    'baskets / products',
    'ECE of the top ten',
    'kernel chosen',
    'train',
    'peak memory',
    'with --effort quick',
  ];
  return markdownTable(
    header,
    sets.map((set) => [
      set.title,
      `${set.baskets.toLocaleString('en-US')} / ${set.products.toLocaleString('en-US')}`,
      set.calibrationError.toFixed(4),
      kernelText(set.parameters.kernel),
      `${set.seconds.toFixed(0)} s`,
      `${(set.peakBytes / 2 ** 20).toFixed(0)} MiB`,
      quickText(set.quick),
    ]),
  );
}

function quickText(quick) {
  return quick?.seconds === undefined ? pairText(quick) : `${pairText(quick)}, ${quick.seconds.toFixed(0)} s`;
}

function kernelText({ idfPower, lengthPower, sharpness, ageing, halfAge, restPower }) {
  const age = ageing === 'none' ? 'no ageing' : `${ageing} ${halfAge}`;
  return `q ${idfPower}, al ${lengthPower}, p ${sharpness}, ${age}, r ${restPower}`;
}

function baseline({ baselines }, name) {
  return baselines.find((row) => row.name === name);
}

function relative(ratio) {
  return `${ratio < 1 ? '−' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
}
