import { expect, it } from 'vitest';
import type { ModelManifest } from '../../src/adapters/model-manifest.ts';
import { ModelRejected } from '../../src/adapters/model-rejected.ts';
import { choicesOf } from '../../src/training/kept-choices.ts';
import { train } from '../../src/training/train.ts';
import { plantedBaskets, receiptsOf, reportOf } from '../support/receipts-builder.ts';
import { modelOf, trainOn } from '../support/trained-version.ts';

const receipts = receiptsOf(plantedBaskets({ baskets: 400, products: 12, pairs: 4, seed: 2 }));

it('the choices of a version are kept whole: parameters that JSON cannot hold, ranker and acceptance', async () => {
  const first = await trainOn(receipts);
  const acceptance = { overall: { rise: 0.5, fall: 1, offset: 0.25 }, channels: new Map() };
  const manifest = {
    ...first.manifest,
    parameters: { ...first.manifest.parameters, halfLife: 'none' },
  } as unknown as ModelManifest;
  const kept = choicesOf(manifest, { ...modelOf(first), acceptance });
  expect(kept.learning.halfLife).toBe(Number.POSITIVE_INFINITY);
  const second = await train({
    receipts,
    report: reportOf(receipts),
    catalogue: [],
    stock: [],
    version: 'w',
    seed: 1,
    threads: 1,
    codeVersion: '0',
    nowMs: 0,
    kept,
  });
  expect(second.manifest.parameters).toMatchObject({
    like: 'v',
    halfLife: 'none',
    acceptance: 'kept',
  });
  expect(new TextDecoder().decode(second.files.get('model-card.md'))).toContain(
    'how often offers are accepted',
  );
  expect(modelOf(second).acceptance).toEqual(acceptance);
  expect(modelOf(second).ranker).toEqual(modelOf(first).ranker);
  expect(second.evaluation.questions).toBe(first.evaluation.questions);
});

it('a version that does not say what it chose is refused', async () => {
  const first = await trainOn(receipts);
  const manifest = { ...first.manifest, parameters: { ridge: 1 } } as unknown as ModelManifest;
  expect(() => choicesOf(manifest, modelOf(first))).toThrow(ModelRejected);
});
