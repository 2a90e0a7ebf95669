import { z } from 'zod';
import { STOCK_ROWS_MAX, stockRowSchema } from '../wire.ts';
import { answeredSchemas, jsonAnswer, type Operation, sentSchemas } from './operation.ts';

sentSchemas.add(stockRowSchema, { id: 'StockRow' });

const stockSchema = z
  .object({ rows: z.array(stockRowSchema).min(1).max(STOCK_ROWS_MAX) })
  .register(sentSchemas, { id: 'StockRequest' });

const stockAnswerSchema = z
  .object({
    applied: z.number(),
    stale: z.number().describe('rows older than what is known'),
    repeated: z.number().describe('changes whose `changeId` counts already'),
    rejected: z.array(z.object({ row: z.number(), reason: z.string() })),
    stockEpoch: z.number(),
  })
  .register(answeredSchemas, { id: 'StockAnswer' });

export const STOCK_OPERATIONS = {
  'POST /v1/stock': {
    id: 'stateStock',
    tag: 'Stock',
    summary: 'State live stock',
    description:
      'The newest `asOf` wins. `onHand` or `onHandDelta`, not both. Each row is judged by itself: one that cannot be applied is ' +
      'listed with its reason; the others are applied and change the next answer. With status 200 they are on disk. After any ' +
      'other answer, or none, send everything again: an `onHandDelta` with a `changeId` counts once for its store and product ' +
      'within three days.',
    body: stockSchema,
    answers: { 200: jsonAnswer('What was applied.', stockAnswerSchema) },
    problems: ['invalid-input', 'unavailable'],
    example: {
      body: {
        rows: [{ storeId: 's6', productId: '282', onHand: 40, asOf: '2026-05-01T10:00:00+02:00' }],
      },
    },
  },
} as const satisfies Readonly<Record<string, Operation>>;
