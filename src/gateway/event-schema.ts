import { z } from 'zod';
import { toBasisPoints } from '../ledger/apportion.ts';
import { hasEachOnce } from './list-schema.ts';
import { currencySchema, percentSchema } from './money-schema.ts';
import {
  BASKET_LINES_MAX,
  channelSchema,
  idSchema,
  instantSchema,
  priceSchema,
  quantitySchema,
} from './wire.ts';

export const EVENTS_MAX = 1000;
const SPLIT_AGENTS_MAX = 10;

const eventFields = {
  id: idSchema,
  at: instantSchema,
  basketId: idSchema.exactOptional(),
  agentId: idSchema.exactOptional(),
  storeId: idSchema.exactOptional(),
  channel: channelSchema.exactOptional(),
};

const receiptLines = z
  .array(
    z.object({
      productId: idSchema,
      quantity: quantitySchema,
      unitPrice: priceSchema,
      discount: priceSchema.exactOptional(),
      unitCost: priceSchema.exactOptional(),
    }),
    'a list of lines',
  )
  .min(1, 'at least one line')
  .max(BASKET_LINES_MAX, `at most ${BASKET_LINES_MAX} lines`);

const saleSplit = z
  .array(
    z.object({ agentId: idSchema, percent: percentSchema.positive('a percentage above 0') }),
    'a list of agents',
  )
  .min(1, 'at least one agent')
  .max(SPLIT_AGENTS_MAX, `at most ${SPLIT_AGENTS_MAX} agents`)
  .refine((shares) => hasEachOnce(shares.map(({ agentId }) => agentId)), 'each agent once')
  .refine(
    (shares) => shares.reduce((sum, { percent }) => sum + toBasisPoints(percent), 0) === 10_000,
    'percentages that come to 100',
  );

export const eventSchema = z.discriminatedUnion(
  'type',
  [
    z.object({ ...eventFields, type: z.literal('shown'), decisionId: idSchema, productId: idSchema }),
    z.object({
      ...eventFields,
      type: z.literal('outcome'),
      decisionId: idSchema,
      productId: idSchema,
      result: z.enum(['accepted', 'declined', 'not-offered'], "'accepted', 'declined' or 'not-offered'"),
    }),
    z.object({
      ...eventFields,
      type: z.literal('sale'),
      basketId: idSchema,
      storeId: idSchema,
      currency: currencySchema,
      lines: receiptLines,
      split: saleSplit.exactOptional(),
    }),
    z.object({
      ...eventFields,
      type: z.literal('refund'),
      basketId: idSchema,
      currency: currencySchema,
      lines: receiptLines,
    }),
  ],
  "an event of type 'shown', 'outcome', 'sale' or 'refund'",
);

/** Only the list is checked here, and each event later by itself, so that one bad event does not refuse the others. */
export const eventsRequestSchema = z.object(
  {
    events: z
      .array(z.unknown(), 'a list of events')
      .min(1, 'at least one event')
      .max(EVENTS_MAX, `at most ${EVENTS_MAX} events`),
  },
  'an object with events',
);
