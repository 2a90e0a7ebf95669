import { z } from 'zod';
import type { FileModelRegistry } from '../adapters/file-model-registry.ts';
import { ModelRejected } from '../adapters/model-rejected.ts';
import type { ModelEvaluation, ModelVersion } from '../gateway/model-keeper.ts';

const headline = z.object({
  hitRate: z.object({ 10: z.number() }),
  ndcg10: z.number(),
  mrr: z.number(),
  coverage: z.number(),
});

const quality = headline.extend({
  name: z.string(),
  hitRate: z.object({ 1: z.number(), 3: z.number(), 10: z.number() }),
});

const baseline = quality.extend({
  difference: z.object({ estimate: z.number(), low: z.number(), high: z.number() }),
});

const bin = z.object({ count: z.number(), stated: z.number(), observed: z.number() });
const cut = z.object({ questions: z.number(), hitRate: z.object({ 10: z.number() }), ndcg10: z.number() });

/** As much of `evaluation.json` as is listed. */
const summarySchema = z.object({ questions: z.number(), ours: headline });

/** As much of it as is shown. */
const evaluationSchema = summarySchema.extend({
  ours: quality,
  baselines: z.array(baseline),
  calibration: z.object({ error: z.number(), bins: z.array(bin) }),
  byBasketLength: z.record(z.string(), cut),
});

type Registry = Pick<FileModelRegistry, 'read'>;

/** Resolves with undefined for a version that is damaged, or has no evaluation that can be read. */
export async function readEvaluation(
  registry: Registry,
  version: string,
): Promise<ModelEvaluation | undefined> {
  const data = await readAs(evaluationSchema, registry, version).catch(unlessRejected);
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

/** What a list of versions says of an evaluation; resolves with null where it cannot be read. */
export async function readEvaluationSummary(
  registry: Registry,
  version: string,
): Promise<ModelVersion['evaluation']> {
  const data = await readAs(summarySchema, registry, version).catch(() => undefined);
  if (!data) return null;
  const { questions, ours } = data;
  const { hitRate, ndcg10, mrr, coverage } = ours;
  return { questions, hitRate10: hitRate[10], ndcg10, mrr, coverage };
}

/** Resolves with undefined where the file does not hold what is asked for. */
async function readAs<Data>(
  schema: z.ZodType<Data>,
  registry: Registry,
  version: string,
): Promise<Data | undefined> {
  const bytes = await registry.read(version, 'evaluation.json');
  return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
}

function unlessRejected(error: unknown): undefined {
  if (!(error instanceof ModelRejected)) throw error;
}
