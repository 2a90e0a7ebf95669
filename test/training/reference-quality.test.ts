import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { createEasePool } from '../../src/training/ease-pool.ts';
import { evaluate } from '../../src/training/evaluate.ts';
import { readReceipts } from '../../src/training/ingest/read-receipts.ts';
import { type LearningParameters, learnComplements } from '../../src/training/learn.ts';
import { askQuestions } from '../../src/training/questions.ts';

const data = join(import.meta.dirname, '../../../shared/data');
const isHere = existsSync(data);
if (!isHere)
  console.warn(`SKIPPED: no reference sets at ${data}; the quality figures of the model were NOT checked`);

/** Fixed parameters near those that tuning chooses, so that the test is quick; figures of the EASE row of ranking.md. */
const sets: [string, LearningParameters, { hitRate: number; ndcg: number }][] = [
  [
    'bread-basket/BreadBasket_DMS.csv.gz',
    { halfLife: 0.5, lengthExponent: 0.5, ridge: 0.3, neighbours: 200, kept: 200 },
    { hitRate: 0.747, ndcg: 0.497 },
  ],
  [
    'groceries/groceries_baskets.txt.gz',
    { halfLife: Number.POSITIVE_INFINITY, lengthExponent: 0.5, ridge: 3, neighbours: 200, kept: 200 },
    { hitRate: 0.418, ndcg: 0.231 },
  ],
];

describe.skipIf(!isHere)('quality on the reference sets', () => {
  it.each(sets)(
    '%s is within three per cent of the reference figures, and above every baseline',
    async (file, parameters, wanted) => {
      const { receipts } = await readReceipts({ paths: [join(data, file)] });
      const end = receipts.soldAtMs.length;
      const testFrom = Math.floor(end * 0.9);
      const known = selectKnownItems(receipts, 0, testFrom);
      const train = basketMatrix(receipts, known, 0, testFrom);
      const complements = await learnComplements(train, parameters, createEasePool(1));
      const { ours, baselines } = evaluate({
        complements,
        probability: { popularityFloor: 0.1, sharpness: 1 },
        train,
        test: askQuestions(basketMatrix(receipts, known, testFrom, end), 1),
        coldShare: 0,
        seed: 1,
      });
      console.info(`${file}: HR@10 ${ours.hitRate['10'].toFixed(4)}, NDCG@10 ${ours.ndcg10.toFixed(4)}`);
      expect(Math.abs(ours.hitRate['10'] / wanted.hitRate - 1)).toBeLessThan(0.03);
      expect(Math.abs(ours.ndcg10 / wanted.ndcg - 1)).toBeLessThan(0.03);
      for (const baseline of baselines) expect(ours.ndcg10).toBeGreaterThan(baseline.ndcg10);
    },
  );
});
