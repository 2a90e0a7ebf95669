import { z } from 'zod';
import type { FileModelRegistry } from '../adapters/file-model-registry.ts';
import { ModelRejected } from '../adapters/model-rejected.ts';
import type { ModelEvaluation } from '../gateway/model-keeper.ts';

const quality = z.object({
  name: z.string(),
  hitRate: z.object({ 1: z.number(), 3: z.number(), 10: z.number() }),
  ndcg10: z.number(),
  mrr: z.number(),
  coverage: z.number(),
});

const baseline = quality.extend({
  difference: z.object({ estimate: z.number(), low: z.number(), high: z.number() }),
});

const bin = z.object({ count: z.number(), stated: z.number(), observed: z.number() });
const cut = z.object({ questions: z.number(), hitRate: z.object({ 10: z.number() }), ndcg10: z.number() });

/** As much of `evaluation.json` as is shown. */
const evaluationSchema = z.object({
  questions: z.number(),
  ours: quality,
  baselines: z.array(baseline),
  calibration: z.object({ error: z.number(), bins: z.array(bin) }),
  byBasketLength: z.record(z.string(), cut),
});

/** Resolves with undefined for a version that is damaged, or has no evaluation that can be read. */
export async function readEvaluation(
  registry: Pick<FileModelRegistry, 'read'>,
  version: string,
): Promise<ModelEvaluation | undefined> {
  const bytes = await registry.read(version, 'evaluation.json').catch(unlessRejected);
  const { data } = evaluationSchema.safeParse(bytes && JSON.parse(new TextDecoder().decode(bytes)));
  if (!data) return undefined;
  const { questions, ours, baselines, calibration, byBasketLength } = data;
  return {
    version,
    questions,
    methods: [ours, ...baselines],
    calibration,
    byBasketLength: Object.entries(byBasketLength).map(([length, { questions, hitRate, ndcg10 }]) => {
      return { length, questions, hitRate10: hitRate[10], ndcg10 };
    }),
  };
}

function unlessRejected(error: unknown): undefined {
  if (!(error instanceof ModelRejected)) throw error;
}
