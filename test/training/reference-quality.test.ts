import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReceipts } from '../../src/training/ingest/read-receipts.ts';
import { train } from '../../src/training/train.ts';

const data = join(import.meta.dirname, '../../../shared/data');
const isHere = existsSync(data);
if (!isHere)
  console.warn(`SKIPPED: no reference sets at ${data}; the quality figures of the model were NOT checked`);

/** HR@10 and NDCG@10 of EASE in ranking.md. */
const sets: [file: string, ease: { hitRate: number; ndcg: number }][] = [
  ['bread-basket/BreadBasket_DMS.csv.gz', { hitRate: 0.747, ndcg: 0.497 }],
  ['groceries/groceries_baskets.txt.gz', { hitRate: 0.418, ndcg: 0.231 }],
];
const CLASSICAL = ['popularity', 'association-confidence', 'item-knn-cosine'];

describe.skipIf(!isHere)('quality on the reference sets', () => {
  it.each(sets)(
    '%s: the regression is within 3 % of the reference, and the ranker beats every classical method',
    async (file, wanted) => {
      const { receipts, report } = await readReceipts({ paths: [join(data, file)] });
      const { evaluation } = await train({
        receipts,
        report,
        catalogue: [],
        stock: [],
        version: 'v',
        codeVersion: '0',
        seed: 1,
        threads: 1,
        nowMs: 0,
      });
      const { ours, baselines, calibration } = evaluation;
      console.info(`${file}: HR@10 ${ours.hitRate['10'].toFixed(4)}, NDCG@10 ${ours.ndcg10.toFixed(4)}`);
      const ease = baselines.find(({ name }) => name === 'local-ease')!;
      expect(Math.abs(ease.hitRate['10'] / wanted.hitRate - 1)).toBeLessThan(0.03);
      expect(Math.abs(ease.ndcg10 / wanted.ndcg - 1)).toBeLessThan(0.03);
      for (const { name, ndcg10, difference } of baselines) {
        if (CLASSICAL.includes(name)) expect(ours.ndcg10, name).toBeGreaterThan(ndcg10);
        expect(difference.high, name).toBeGreaterThan(0);
      }
      expect(calibration.error).toBeLessThan(0.01);
    },
    120_000,
  );
});
