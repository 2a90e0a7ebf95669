import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReceipts } from '../../src/training/ingest/read-receipts.ts';
import { train } from '../../src/training/train.ts';

const data = join(import.meta.dirname, '../../../shared/data');
const isHere = existsSync(data);
if (!isHere)
  console.warn(`SKIPPED: no reference sets at ${data}; the quality figures of the model were NOT checked`);

/** HR@10 and NDCG@10 of the reference ranker, and what a draw of hidden products moves them by. */
const sets: [file: string, wanted: { hitRate: number; ndcg: number }][] = [
  ['bread-basket/BreadBasket_DMS.csv.gz', { hitRate: 0.757, ndcg: 0.505 }],
  ['groceries/groceries_baskets.txt.gz', { hitRate: 0.419, ndcg: 0.233 }],
];

describe.skipIf(!isHere)('quality on the reference sets', () => {
  it.each(sets)(
    '%s is within three per cent of the reference ranker, above every baseline, and honest',
    async (file, wanted) => {
      const { receipts, report } = await readReceipts({ paths: [join(data, file)] });
      const { evaluation } = await train({
        ...{ receipts, report, catalogue: [], stock: [], version: 'v', codeVersion: '0' },
        ...{ seed: 1, threads: 1, nowMs: 0 },
      });
      const { ours, baselines, calibration } = evaluation;
      console.info(`${file}: HR@10 ${ours.hitRate['10'].toFixed(4)}, NDCG@10 ${ours.ndcg10.toFixed(4)}`);
      expect(Math.abs(ours.hitRate['10'] / wanted.hitRate - 1)).toBeLessThan(0.03);
      expect(Math.abs(ours.ndcg10 / wanted.ndcg - 1)).toBeLessThan(0.03);
      for (const baseline of baselines) expect(ours.ndcg10).toBeGreaterThan(baseline.ndcg10);
      expect(calibration.error).toBeLessThan(0.01);
    },
    120_000,
  );
});
