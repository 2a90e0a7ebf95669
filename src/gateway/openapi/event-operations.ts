import { z } from 'zod';
import type { DecisionRecord } from '../../ledger/decision.ts';
import type { EventAnswer } from '../accept-events.ts';
import { EVENTS_MAX, eventSchema } from '../event-schema.ts';
import { idSchema } from '../wire.ts';
import { answeredSchemas, jsonAnswer, type Operation, schemaOf, sentSchemas } from './operation.ts';

sentSchemas.add(eventSchema, { id: 'Event' });

const eventsSchema = z
  .object({ events: z.array(eventSchema).min(1).max(EVENTS_MAX) })
  .register(sentSchemas, { id: 'EventsRequest' });

export const eventAnswerSchema = schemaOf<EventAnswer>()(
  z.object({
    id: z.string().nullable().describe('null where none could be read'),
    status: z
      .enum(['stored', 'duplicate', 'rejected'])
      .describe('stored and duplicate mean that it is on disk'),
    reason: z.string().exactOptional(),
  }),
);
answeredSchemas.add(eventAnswerSchema, { id: 'EventAnswer' });

const eventsAnswerSchema = z
  .object({ results: z.array(eventAnswerSchema) })
  .register(answeredSchemas, { id: 'EventsAnswer' });

type DecisionAnswer = Omit<DecisionRecord, 'tenant' | 'atMs'> & { readonly at: string };

const decisionSchema = schemaOf<DecisionAnswer>()(
  z.object({
    decisionId: z.string(),
    basketId: z.string(),
    storeId: z.string().exactOptional(),
    channel: z.string().exactOptional(),
    agentId: z.string().exactOptional(),
    customer: z.string().exactOptional().describe("a pseudonym, never the customer's own id"),
    at: z.iso.datetime(),
    arm: z.enum(['treatment', 'holdout']),
    holdoutShare: z.number().exactOptional(),
    isDrawnForCustomer: z
      .literal(true)
      .exactOptional()
      .describe(
        'the arm was drawn for the customer, with all baskets; absent where it was drawn for this basket alone',
      ),
    modelVersion: z.string(),
    rulesVersion: z.number(),
    stockEpoch: z.number(),
    objective: z.enum(['value', 'probability']),
    language: z.string().exactOptional(),
    basket: z.array(
      z.object({ productId: z.string(), quantity: z.number(), unitPrice: z.number().exactOptional() }),
    ),
    candidates: z.array(
      z.object({
        productId: z.string(),
        probability: z.number(),
        expectedValue: z.number().nullable(),
        verdict: z.string(),
        unitValue: z
          .number()
          .nullable()
          .exactOptional()
          .describe('value of one more unit sold now; null where no margin is known'),
        inclusion: z
          .number()
          .exactOptional()
          .describe('chance of being suggested; absent: 1 for a suggestion, else 0'),
        substituteGroup: z
          .number()
          .exactOptional()
          .describe('candidates of the same number are never in one answer'),
      }),
    ),
    candidatesForgotten: z
      .number()
      .exactOptional()
      .describe('how many candidates that were not suggested are no longer kept; absent where all are kept'),
    suggestions: z.array(z.string()).describe('in the holdout, those that would have been offered'),
    slate: z
      .object({
        limit: z.number(),
        pinned: z.number().describe('how many of the first suggestions a rule had pinned'),
        valueWeight: z.number(),
        expectedValueMin: z.number(),
        referenceValue: z.number().nullable(),
        exploration: z
          .object({
            share: z.number(),
            draw: z.number().describe('where it is below the share, the last place was drawn'),
            explored: z.string().nullable().describe('suggested in place of the ordinary one'),
          })
          .exactOptional(),
      })
      .exactOptional(),
    degraded: z.array(z.string()),
  }),
).register(answeredSchemas, { id: 'Decision' });

export const EVENT_OPERATIONS = {
  'POST /v1/events': {
    id: 'storeEvents',
    tag: 'Events',
    summary: 'Report what was shown, answered, sold and brought back',
    description:
      'Each event is judged by itself: one that is not of the form described is `rejected` with a reason, and the others are ' +
      'kept. `stored` means on disk. When in doubt, send an event again with the same id: it is kept only once.',
    body: eventsSchema,
    answers: { 200: jsonAnswer('What became of each event, in their order.', eventsAnswerSchema) },
    problems: ['invalid-input', 'unavailable'],
    example: {
      body: {
        events: [
          {
            id: 'e-1',
            type: 'sale',
            at: '2026-05-01T10:00:00+02:00',
            basketId: 'b-17',
            storeId: 's6',
            currency: 'USD',
            lines: [{ productId: '282', quantity: 2, unitPrice: 3.5, unitCost: 2 }],
          },
        ],
      },
    },
  },
  'GET /v1/decisions/:id': {
    id: 'getDecision',
    tag: 'Events',
    summary: 'One logged decision',
    path: z.object({ id: idSchema }),
    answers: { 200: jsonAnswer('The decision as it was recorded.', decisionSchema) },
    problems: ['not-found'],
    example: { path: { id: '01a2144b-174b-7740-8b98-179e64a788cb' } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
