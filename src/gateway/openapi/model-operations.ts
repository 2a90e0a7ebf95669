import { z } from 'zod';
import type { ModelEvaluation, ModelVersion } from '../model-keeper.ts';
import { idSchema } from '../wire.ts';
import { answeredSchemas, jsonAnswer, type Operation, schemaOf } from './operation.ts';

const modelSchema = schemaOf<ModelVersion>()(
  z.object({
    version: z.string(),
    isServing: z.boolean(),
    createdAt: z.string().nullable(),
    data: z
      .object({
        baskets: z.number(),
        products: z.number(),
        from: z.string().nullable(),
        to: z.string().nullable(),
      })
      .nullable()
      .describe('receipts it was learned from'),
    evaluation: z
      .object({
        questions: z.number(),
        hitRate10: z.number(),
        ndcg10: z.number(),
        mrr: z.number(),
        coverage: z.number(),
      })
      .nullable()
      .describe('on baskets it had not seen'),
  }),
).register(answeredSchemas, { id: 'Model' });

const modelsSchema = z.object({ models: z.array(modelSchema) }).register(answeredSchemas, { id: 'Models' });

const currentModelSchema = z
  .object({
    modelVersion: z.string(),
    notice: z.string().nullable(),
    currency: z.string().nullable(),
    products: z.number(),
    knownProducts: z.number().describe('those on receipts that it was learned from'),
    rememberedBaskets: z.number().describe('baskets paid since the version was learned that it knows by now'),
  })
  .register(answeredSchemas, { id: 'CurrentModel' });

const qualitySchema = z.object({
  name: z.string(),
  hitRate: z
    .object({ 1: z.number(), 3: z.number(), 10: z.number() })
    .describe('share of questions whose product was among the first 1, 3, 10'),
  ndcg10: z.number(),
  mrr: z.number(),
  coverage: z.number().describe('share of the products suggested at all'),
  difference: z
    .object({ estimate: z.number(), low: z.number(), high: z.number() })
    .exactOptional()
    .describe('by how much the NDCG@10 of the version is higher, with its 95 % paired interval'),
});

const evaluationSchema = schemaOf<ModelEvaluation>()(
  z.object({
    version: z.string(),
    questions: z.number(),
    methods: z.array(qualitySchema).describe('the version first, then what it is compared with'),
    byBasketLength: z.array(
      z.object({ length: z.string(), questions: z.number(), hitRate10: z.number(), ndcg10: z.number() }),
    ),
    calibration: z.object({
      error: z.number().describe('mean distance between stated and observed probability'),
      bins: z.array(z.object({ count: z.number(), stated: z.number(), observed: z.number() })),
    }),
  }),
).register(answeredSchemas, { id: 'ModelEvaluation' });

const modelChangeSchema = z
  .object({
    modelVersion: z.string(),
    previousVersion: z.string().nullable().describe('null: the tenant had none of its own before'),
  })
  .register(answeredSchemas, { id: 'ModelChange' });

const OWNER =
  "Needs a key for every store, of the tenant 'default' or of one with models of its own: all others share those of 'default'.";

export const MODEL_OPERATIONS = {
  'GET /v1/models': {
    id: 'listModels',
    tag: 'Models',
    summary: 'The versions of the registry',
    answers: { 200: jsonAnswer('The newest first; what cannot be read of one is null.', modelsSchema) },
    example: {},
  },
  'GET /v1/models/:version/evaluation': {
    id: 'getModelEvaluation',
    tag: 'Models',
    summary: 'How well a version ranks',
    path: z.object({ version: idSchema }),
    answers: {
      200: jsonAnswer('On baskets it had not seen, compared with simpler methods.', evaluationSchema),
    },
    problems: ['not-found', 'invalid-input'],
    example: { path: { version: 'demo' } },
  },
  'GET /v1/models/current': {
    id: 'getCurrentModel',
    tag: 'Models',
    summary: 'The model in service',
    answers: { 200: jsonAnswer('Its version and size.', currentModelSchema) },
    example: {},
  },
  'POST /v1/models/:version/promote': {
    id: 'promoteModel',
    tag: 'Models',
    summary: 'Put a version in service',
    description: `The version is checked and warmed up while the one in service goes on answering, which also answers its open baskets to their end. ${OWNER}`,
    path: z.object({ version: idSchema }),
    answers: { 200: jsonAnswer('It serves, here and in every gateway on the registry.', modelChangeSchema) },
    problems: ['not-found', 'model-refused', 'model-fixed', 'busy', 'unavailable'],
    example: { path: { version: 'demo' } },
  },
  'POST /v1/models/rollback': {
    id: 'rollBackModel',
    tag: 'Models',
    summary: 'Put the previous version back in service',
    description: OWNER,
    answers: { 200: jsonAnswer('It serves, here and in every gateway on the registry.', modelChangeSchema) },
    problems: ['not-found', 'model-refused', 'model-fixed', 'busy', 'unavailable'],
    example: {},
  },
} as const satisfies Readonly<Record<string, Operation>>;
