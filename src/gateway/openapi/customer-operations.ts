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
    gapsSinceLast: z.number().describe('days since the last visit over the gap that the rules go by'),
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
    gapDaysMin: z.number().describe('a shorter usual gap counts as so many days'),
    gapDaysOfOneVisit: z.number().describe('counts as the usual gap of a customer with one visit'),
    dueGaps: z.number().describe('due from so many usual gaps after the last visit on'),
    atRiskGaps: z.number().describe('at risk above so many'),
    lapsedGaps: z.number().describe('lapsed above so many'),
    windowDays: z.number().describe('visits of the last so many days count, of who is not due'),
    loyalVisits: z.number().describe('loyal from so many visits on; new below'),
    championVisits: z.number().describe('champion from so many visits on, and'),
    championSpend: z.number().describe("from so many times the average known customer's net spend on"),
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
      'The ledger knows customers by a pseudonym only, so the list of whom to look up comes from the caller. Known are those who had ' +
      'agreed to be when they bought; who was erased is not. Of a key with a list of stores only their receipts count. The average ' +
      'spend, by which champions are told, may be five minutes old. A name with more than 5,000 receipts is no person.',
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
      'At once in every process; reports stay as they are. Again, or for somebody unknown, it is no error. Whatever names the id ' +
      'later is kept as of nobody. Wants a key for every store.',
    path: z.object({ id: idSchema }),
    answers: { 200: jsonAnswer('On disk.', erasureSchema) },
    problems: ['invalid-input', 'unavailable'],
    example: { path: { id: 'c-1042' } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
