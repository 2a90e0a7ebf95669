import { z } from 'zod';
import { COMMISSION_BASES } from '../../ledger/commission-plan.ts';
import { PAY_ENTRY_KINDS } from '../../ledger/pay-entry.ts';
import {
  commissionQuerySchema,
  type PlansDocument,
  payPeriodSchema,
  planSchema,
  plansRequestSchema,
  whatIfSchema,
} from '../plan-schema.ts';
import type { PayAnswer, WhatIfAnswer } from '../present-pay.ts';
import {
  answeredSchemas,
  jsonAnswer,
  type Operation,
  schemaOf,
  sentSchemas,
  tableAnswer,
} from './operation.ts';

sentSchemas
  .add(planSchema, { id: 'Plan' })
  .add(plansRequestSchema, { id: 'PlansRequest' })
  .add(whatIfSchema, { id: 'WhatIfRequest' });
// What is read is what was written: the schema has no defaults.
answeredSchemas.add(planSchema, { id: 'Plan' });

const plansSchema = schemaOf<PlansDocument & { readonly version: number }>()(
  z.object({
    version: z.number().describe('0 before the first'),
    timeZone: z.string(),
    dayEnds: z.number().describe('local hour at which the business day ends'),
    plans: z.array(planSchema),
  }),
).register(answeredSchemas, { id: 'Plans' });

const plansAnswerSchema = z.object({ version: z.number() }).register(answeredSchemas, { id: 'PlansAnswer' });

const payEntrySchema = z
  .object({
    key: z.string().describe('the same whenever the same thing is computed again'),
    kind: z.enum(PAY_ENTRY_KINDS),
    amount: z.number(),
    about: z.string().describe('period of the sales; for a correction, the closed period that it corrects'),
    planId: z.string(),
    events: z.array(z.string()).describe('ids of the events behind it'),
    corrects: z.string().exactOptional().describe('for a correction, key of the entry that it corrects'),
    pool: z
      .object({ amount: z.number(), members: z.number() })
      .exactOptional()
      .describe("for a part of a team's pool: by how much the whole pool changed, and how many share it"),
    upsell: z
      .object({
        basketId: z.string(),
        productId: z.string(),
        storeId: z.string(),
        decisionId: z.string(),
        of: z.enum(COMMISSION_BASES),
        percent: z.number(),
        splitPercent: z.number().describe("the agent's part of the sale"),
        base: z.number().describe("the agent's part of what the sale or refund moved"),
      })
      .exactOptional()
      .describe('for an entry about a single up-sell'),
  })
  .register(answeredSchemas, { id: 'PayEntry' });

const hash = z.string().exactOptional().describe('of a closed period, in hexadecimal');

const paySchema = schemaOf<PayAnswer>()(
  z.object({
    period: z.string(),
    timeZone: z.string(),
    dayEnds: z.number(),
    plansVersion: z.number(),
    state: z.enum(['open', 'closed']),
    closedAt: z.iso.datetime().exactOptional(),
    hash,
    previousHash: hash
      .unwrap()
      .nullable()
      .exactOptional()
      .describe('of the period closed before; null: none'),
    statements: z.array(
      z.object({
        agentId: z.string(),
        storeId: z.string().nullable().describe("where most of the agent's paid baskets were"),
        currency: z.string(),
        pay: z.number().describe('what the entries add up to'),
        sums: z.partialRecord(z.enum(PAY_ENTRY_KINDS), z.number()).describe('of the entries of each kind'),
        entryCount: z.number(),
        entries: z.array(payEntrySchema).exactOptional().describe('absent with `entries=0`'),
      }),
    ),
    unpaid: z
      .object({
        noAgent: z.number(),
        noPlan: z.number(),
        otherCurrency: z.number(),
        noRate: z.number(),
        costUnknown: z.number(),
      })
      .exactOptional()
      .describe(
        'up-sells of an open period for which one of their agents at least is not paid, by reason; only for keys that see all statements',
      ),
  }),
).register(answeredSchemas, { id: 'Pay' });

const whatIfAnswerSchema = schemaOf<WhatIfAnswer>()(
  z.object({
    from: z.string(),
    to: z.string(),
    rows: z.array(
      z.object({
        agentId: z.string(),
        currency: z.string(),
        pay: z.number().describe('under the plans in force, closed periods as they were paid'),
        whatIf: z.number(),
        difference: z.number(),
      }),
    ),
  }),
).register(answeredSchemas, { id: 'WhatIfAnswer' });

const examplePlan = {
  id: 'floor',
  from: '2025-01',
  agentIds: ['ann', 'ben'],
  currency: 'USD',
  basePay: 100,
  rates: [
    { of: 'margin', percent: 10, category: 'Snack Foods' },
    { of: 'incrementalMargin', percent: 25, category: 'Health and Hygiene' },
    { of: 'revenue', percent: 2 },
  ],
  incrementalPercent: 40,
  tiers: { of: 'revenue', on: 'excess', steps: [{ above: 1000, percent: 1 }] },
  cap: 500,
};

export const COMMISSION_OPERATIONS = {
  'GET /v1/plans': {
    id: 'getPlans',
    tag: 'Pay',
    summary: 'The commission plans in force',
    answers: { 200: jsonAnswer('All plans, their calendar and their version.', plansSchema) },
    example: {},
  },
  'PUT /v1/plans': {
    id: 'replacePlans',
    tag: 'Pay',
    summary: 'Replace all commission plans',
    description:
      'Takes effect at once, as a new version; closed periods stay as they were paid. With `version`, only if that is still the ' +
      'current one. Once a period is closed, `timeZone` and `dayEnds` can no longer change. Needs a key for every store.',
    body: plansRequestSchema,
    answers: { 200: jsonAnswer('The new version, on disk.', plansAnswerSchema) },
    problems: ['invalid-input', 'conflict', 'wrong-state', 'unavailable'],
    example: { body: { version: 0, timeZone: 'Europe/Amsterdam', plans: [examplePlan] } },
  },
  'GET /v1/commissions': {
    id: 'getCommissions',
    tag: 'Pay',
    summary: 'The pay of a period, entry by entry',
    description:
      'A key below manager sees the statement of its own agent only: a key without an agent, and a question about another agent, ' +
      'are `forbidden`. A manager with a list of stores sees those who work there. `entries=0` leaves out the entries, of which ' +
      'there may be tens of thousands. CSV, always one row per entry, by `Accept: text/csv`.',
    query: commissionQuerySchema,
    answers: { 200: tableAnswer('A closed period as it was paid, an open one as it stands.', paySchema) },
    problems: ['invalid-input', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { query: { period: '2025-05' } },
  },
  'POST /v1/commissions/:period/close': {
    id: 'closeCommissions',
    tag: 'Pay',
    summary: 'Close a pay period',
    description:
      'Freezes the pay of a period that is over, under a hash that includes the previous one. Periods are closed in order, ' +
      'from one on in which there is something to pay. What becomes known later is a correction in an open period. A period ' +
      'that is already closed is answered as it is. Needs a key for every store.',
    path: z.object({ period: payPeriodSchema }),
    answers: { 200: jsonAnswer('The closed period, on disk.', paySchema) },
    problems: ['invalid-input', 'wrong-state', 'conflict', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { path: { period: '2025-05' } },
  },
  'POST /v1/commissions/what-if': {
    id: 'askWhatIf',
    tag: 'Pay',
    summary: 'What other plans would have paid',
    description: 'At most 12 months. Changes nothing. Needs a key for every store.',
    body: whatIfSchema,
    answers: { 200: jsonAnswer('Both sums of each agent and currency.', whatIfAnswerSchema) },
    problems: ['invalid-input', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { body: { from: '2025-04', to: '2025-06', plans: [{ ...examplePlan, cap: 300 }] } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
