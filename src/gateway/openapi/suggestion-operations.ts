import { z } from 'zod';
import type { Reason } from '../../recommender/reasons.ts';
import { VERDICTS } from '../../recommender/verdict.ts';
import type { SuggestionAnswer } from '../present-answer.ts';
import { basketLineSchema, suggestionRequestSchema } from '../wire.ts';
import { answeredSchemas, jsonAnswer, type Operation, schemaOf, sentSchemas } from './operation.ts';

sentSchemas.add(basketLineSchema, { id: 'BasketLine' });
sentSchemas.add(suggestionRequestSchema, { id: 'SuggestionRequest' });

const reasonSchema = schemaOf<Reason>()(
  z.discriminatedUnion('code', [
    z.object({ code: z.literal('bought-together'), withProductId: z.string(), share: z.number() }),
    z.object({ code: z.literal('similar-baskets'), share: z.number() }),
    z.object({ code: z.literal('goes-with'), withProductId: z.string() }),
    z.object({ code: z.literal('bought-before'), baskets: z.number() }),
    z.object({ code: z.literal('popular'), share: z.number() }),
    z.object({ code: z.literal('slow-stock'), daysOfSupply: z.number() }),
    z.object({ code: z.literal('pinned'), ruleId: z.string() }),
  ]),
).register(answeredSchemas, { id: 'Reason' });

const valueSchema = z
  .object({
    margin: z.number(),
    holding: z.number().describe('holding cost saved'),
    writeOff: z.number().describe('write-off avoided'),
    scarcity: z.number().describe('what the unit would have earned anyway'),
    unknown: z.array(z.string()).describe('terms that lack a fact and count as 0'),
  })
  .describe('What one more unit sold now is worth, in money; for keys of scope agent or above.')
  .register(answeredSchemas, { id: 'Value' });

const expectedValue = z.number().nullable().describe('null where no product has a known margin');

const suggestionSchema = z
  .object({
    productId: z.string(),
    name: z.string(),
    unitPrice: z.number().exactOptional(),
    probability: z.number().min(0).max(1).describe('calibrated chance that it is taken'),
    expectedValue: expectedValue.exactOptional(),
    value: valueSchema.exactOptional(),
    reasons: z.array(reasonSchema).describe('the strongest first'),
    pitch: z.string().describe('the sentence to say'),
    rules: z.array(z.string()).exactOptional(),
    explored: z
      .literal(true)
      .exactOptional()
      .describe(
        'drawn to learn what it is worth, in place of the ordinary suggestion; for keys of scope analyst or above',
      ),
  })
  .register(answeredSchemas, { id: 'Suggestion' });

const explainedSchema = z
  .object({
    productId: z.string(),
    name: z.string(),
    verdict: z.enum(VERDICTS),
    probability: z.number(),
    expectedValue,
    value: valueSchema,
    daysOfSupply: z.number().nullable(),
    available: z.number().nullable(),
    inclusion: z
      .number()
      .exactOptional()
      .describe('chance of being suggested; absent where nothing is explored'),
  })
  .register(answeredSchemas, { id: 'ExplainedCandidate' });

export const suggestionAnswerSchema = schemaOf<SuggestionAnswer>()(
  z.object({
    decisionId: z.string(),
    basketId: z.string(),
    arm: z.enum(['treatment', 'holdout']).describe('holdout: nothing is offered, to prove what offers earn'),
    modelVersion: z.string(),
    suggestions: z.array(suggestionSchema),
    unknownProducts: z.array(z.string()),
    degraded: z
      .array(z.string())
      .describe(
        'what had to be left out, or (`stock`, `bus`) is older than the operator allows; empty for a full answer',
      ),
    cache: z.enum(['hit', 'miss']),
    tookMs: z.number(),
    explain: z.array(explainedSchema).exactOptional(),
  }),
).register(answeredSchemas, { id: 'SuggestionAnswer' });

export const SUGGESTION_OPERATIONS = {
  'POST /v1/suggestions': {
    id: 'suggest',
    tag: 'Suggestions',
    summary: 'What to offer with a basket',
    description:
      'Takes the whole basket. An unknown product is not an error: the answer lists it and covers the others. `objective: ' +
      "'probability'` and `explain` need scope analyst.",
    query: z.object({
      explain: z.string().exactOptional().describe('1 lists every candidate with its verdict and value'),
    }),
    body: suggestionRequestSchema,
    answers: { 200: jsonAnswer('A decision, logged under its id.', suggestionAnswerSchema) },
    problems: ['invalid-input'],
    example: {
      body: {
        storeId: 's6',
        channel: 'till',
        basketId: 'b-17',
        basket: [{ productId: '282', quantity: 2 }, { productId: '1164' }],
        limit: 2,
        budgetMs: 20,
        declined: ['598'],
      },
    },
  },
} as const satisfies Readonly<Record<string, Operation>>;
