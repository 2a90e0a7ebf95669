import { z } from 'zod';
import { SEGMENTS } from '../../ledger/customer-segment.ts';
import { lookUpSchema } from '../customer-schema.ts';
import type { LookUpAnswer } from '../present-customer.ts';
import { idSchema } from '../wire.ts';
import { answeredSchemas, jsonAnswer, type Operation, schemaOf, sentSchemas } from './operation.ts';

sentSchemas.add(lookUpSchema, { id: 'LookUpRequest' });

const erasureSchema = z
  .object({ decisionsChanged: z.number().describe('decisions that no longer lead to the customer') })
  .register(answeredSchemas, { id: 'Erasure' });

const customerSchema = z
  .object({
    customerId: z.string(),
    known: z.literal(true),
    firstVisit: z.iso.date(),
    lastVisit: z.iso.date(),
    visits: z.number().describe('business days with a receipt'),
    transactions: z.number(),
    usualGapDays: z.number().nullable().describe('median of the days between visits; null with one visit'),
    daysSinceLast: z.number(),
    gapsSinceLast: z
      .number()
      .describe('days since the last visit, divided by the usual gap as the rules count it'),
    dueOn: z.iso.date(),
    segment: z.enum(SEGMENTS),
    spend: z.array(z.object({ currency: z.string(), revenue: z.number().describe('less refunds') })),
    buysAgain: z.array(
      z.object({
        productId: z.string(),
        name: z.string().nullable(),
        visits: z.number(),
        lastOn: z.iso.date(),
        goesWith: z.array(z.object({ productId: z.string(), name: z.string() })),
      }),
    ),
  })
  .register(answeredSchemas, { id: 'KnownCustomer' });

export const segmentRulesSchema = z
  .object({
    gapDaysMin: z.number().describe('a shorter usual gap counts as this many days'),
    gapDaysOfOneVisit: z.number().describe('usual gap of a customer with one visit'),
    dueGaps: z.number().describe('due this many usual gaps after the last visit'),
    atRiskGaps: z.number().describe('at risk above this many'),
    lapsedGaps: z.number().describe('lapsed above this many'),
    windowDays: z.number().describe('days whose visits count, for customers who are not due'),
    loyalVisits: z.number().describe('loyal with at least this many visits; new with fewer'),
    championVisits: z.number().describe('champion with at least this many visits, and'),
    championSpend: z.number().describe("at least this many times the average known customer's net spend"),
  })
  .register(answeredSchemas, { id: 'SegmentRules' });

const lookUpAnswerSchema = schemaOf<LookUpAnswer>()(
  z.object({
    asOf: z.iso.datetime().describe('when the ledger was read'),
    today: z.iso.date(),
    timeZone: z.string(),
    dayEnds: z.number(),
    rules: segmentRulesSchema,
    customers: z.array(
      z.union([customerSchema, z.object({ customerId: z.string(), known: z.literal(false) })]),
    ),
  }),
).register(answeredSchemas, { id: 'LookUpAnswer' });

export const CUSTOMER_OPERATIONS = {
  'POST /v1/customers/look-up': {
    id: 'lookUpCustomers',
    tag: 'Customers',
    summary: 'When customers come, what they buy again, and who is due',
    description:
      'The ledger knows customers by pseudonyms only, so the caller says whom to look up. Customers are known who had agreed to ' +
      'it when they bought and have not been erased. With a key for a list of stores, only the receipts of these stores count. ' +
      'The average spend, which decides who is a champion, may be five minutes old. A name with more than 5,000 receipts is not ' +
      'taken for a person.',
    body: lookUpSchema,
    answers: { 200: jsonAnswer('In the order asked.', lookUpAnswerSchema) },
    problems: ['invalid-input', 'too-much', 'busy', 'unavailable'],
    example: { body: { customerIds: ['c-1042', 'c-7'], timeZone: 'Europe/Amsterdam', dayEnds: 4 } },
  },
  'DELETE /v1/customers/:id': {
    id: 'eraseCustomer',
    tag: 'Customers',
    summary: 'Forget a customer for good',
    description:
      'Takes effect at once in every process; reports stay as they are. Erasing a customer again, or an unknown one, is not an ' +
      'error. What names the id later is kept without a customer. Needs a key for every store.',
    path: z.object({ id: idSchema }),
    answers: { 200: jsonAnswer('On disk.', erasureSchema) },
    problems: ['invalid-input', 'unavailable'],
    example: { path: { id: 'c-1042' } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
