import { z } from 'zod';
import { SEGMENTS } from '../../ledger/customer-segment.ts';
import { UNMATCHED_REASONS } from '../../ledger/unmatched-events.ts';
import { customersQuerySchema, offPolicyChangeSchema, salesQuerySchema } from '../report-query.ts';
import type { CustomersAnswer } from '../run-customers.ts';
import type { OffPolicyAnswer } from '../run-off-policy.ts';
import type { SalesAnswer } from '../run-report.ts';
import { type UnmatchedAnswer, unmatchedQuerySchema } from '../run-unmatched.ts';
import { segmentRulesSchema } from './customer-operations.ts';
import { answeredSchemas, type Operation, schemaOf, tableAnswer } from './operation.ts';
import { intervalSchema, scopeFields } from './report-fields.ts';
import { UPLIFT_OPERATION } from './uplift-operation.ts';

const moneySchema = z
  .object({
    currency: z.string(),
    transactions: z.number(),
    revenue: z.number().describe('less refunds'),
    refunded: z.number(),
    averageTransactionValue: z.number(),
    margin: z.number().nullable().describe('of the part whose cost is known; null where none is'),
    costKnownShare: z
      .number()
      .describe(
        'share of the revenue whose cost is known; without any revenue 1 where some cost is known, else 0',
      ),
    upsellRevenue: z.number(),
    upsellMargin: z.number().nullable(),
  })
  .register(answeredSchemas, { id: 'SalesMoney' });

const rate = z.number().nullable().describe('null where the divisor is zero');

const salesRowSchema = z
  .object({
    period: z.string().exactOptional().describe('absent in the total'),
    part: z.string().nullable().exactOptional().describe('store, agent or channel of a split'),
    baskets: z
      .number()
      .describe(
        'a fraction, as all counts but that of customers, where agents share sales by a stated split',
      ),
    knownCustomers: z.number(),
    transactions: z.number().describe('paid receipts, also those of which everything came back'),
    items: z.number(),
    itemsPerTransaction: rate,
    transactionsShown: z.number(),
    transactionsAttached: z.number(),
    attachRate: rate,
    shown: z.number(),
    accepted: z.number(),
    declined: z.number(),
    notOffered: z.number(),
    acceptance: rate,
    notOfferedShare: rate,
    money: z.array(moneySchema).describe('by currency; different ones are never added up'),
  })
  .register(answeredSchemas, { id: 'SalesRow' });

const spanTotalSchema = z
  .object({ from: z.iso.date(), to: z.iso.date(), total: salesRowSchema })
  .register(answeredSchemas, { id: 'SpanTotal' });

const trendSchema = z
  .object({
    periods: z.number().describe('whole periods, those that are over; at least 8'),
    perPeriod: intervalSchema.describe(
      'change from one period to the next: Theil–Sen slope with a 95 % interval',
    ),
    unusual: z
      .array(z.object({ period: z.string(), value: z.number(), expected: z.number() }))
      .describe(
        'periods with a modified z-score beyond 3.5; days are compared with others of the same weekday',
      ),
  })
  .nullable()
  .register(answeredSchemas, { id: 'Trend' });

const unmatchedCountsSchema = z
  .object({
    suggestionEvents: z.number(),
    refunds: z.number(),
    receipts: z
      .number()
      .describe('counted with an earlier one of the same basketId, of another store or day'),
  })
  .describe('stored events that count nowhere or not by themselves, of all days and stores');

const salesSchema = schemaOf<SalesAnswer>()(
  z.object({
    ...scopeFields,
    by: salesQuerySchema.shape.by.unwrap(),
    split: salesQuerySchema.shape.split,
    rows: z.array(salesRowSchema),
    total: salesRowSchema,
    comparison: z.object({
      previous: spanTotalSchema.describe('as many days, or whole months, just before'),
      yearBefore: spanTotalSchema.describe(
        '52 weeks before; by month and quarter the same dates a year before',
      ),
    }),
    trend: z.object({
      transactions: trendSchema,
      revenue: z.array(z.object({ currency: z.string(), trend: trendSchema })),
    }),
    unmatched: unmatchedCountsSchema,
  }),
).register(answeredSchemas, { id: 'SalesReport' });

const customersRowSchema = z
  .object({
    period: z.string().exactOptional().describe('absent in the total'),
    customers: z.number(),
    figures: z
      .object({
        newCustomers: z.number().describe('customers whose very first visit is in the period'),
        existingCustomers: z.number(),
        repeatShare: z.number().describe('existing customers / customers'),
        gainedBack: z.number().describe('customers with a visit after more than the at-risk gap'),
        transactions: z.number(),
        daysBetweenVisits: z
          .object({ lowerQuartile: z.number(), median: z.number(), upperQuartile: z.number() })
          .nullable(),
        money: z.array(
          z.object({
            currency: z.string(),
            revenue: z.number().describe('less refunds'),
            newRevenue: z.number().nullable(),
            existingRevenue: z.number().nullable(),
          }),
        ),
      })
      .nullable()
      .describe('null for fewer than five customers'),
  })
  .register(answeredSchemas, { id: 'CustomersRow' });

const customersSchema = schemaOf<CustomersAnswer>()(
  z.object({
    ...scopeFields,
    by: customersQuerySchema.shape.by.unwrap(),
    rules: segmentRulesSchema,
    rows: z.array(customersRowSchema),
    total: customersRowSchema,
    segments: z
      .array(
        z.object({
          segment: z.enum(SEGMENTS),
          customers: z.number(),
          money: z.array(z.object({ currency: z.string(), revenue: z.number() })).nullable(),
        }),
      )
      .nullable(),
    unknownTransactions: z.number().describe('paid baskets whose customer is not known'),
  }),
).register(answeredSchemas, { id: 'CustomersReport' });

const policyEstimateSchema = z.object({
  value: intervalSchema,
  difference: intervalSchema.describe('less what the logged policy earned'),
});

const offPolicyFiguresSchema = z
  .object({
    logged: intervalSchema.describe('as it was earned'),
    snips: policyEstimateSchema,
    doublyRobust: policyEstimateSchema,
    isBetter: z.boolean().describe('the lower bounds of both differences are above zero'),
  })
  .nullable()
  .describe('null where no figure may be stated; notes say why')
  .register(answeredSchemas, { id: 'OffPolicyFigures' });

const offPolicySchema = schemaOf<OffPolicyAnswer>()(
  z.object({
    ...scopeFields,
    policy: z.object({
      valueWeight: z.number().exactOptional(),
      minValue: z.number().exactOptional(),
      candidate: z.string().exactOptional(),
    }),
    decisions: z.number(),
    leftOut: z
      .number()
      .describe(
        'offers without a full ranking or without a record of how they were chosen, and all from before the candidates that are ' +
          'still kept',
      ),
    suggestions: z.number(),
    clusters: z.number().describe('customers, and baskets of unknown customers'),
    effectiveSampleSize: z.number(),
    overlap: z.number().describe("share of the other policy's suggestions that could have been shown"),
    raisedShown: z
      .number()
      .describe(
        'explored suggestions that the other policy would make without exploring: what the difference is learned from',
      ),
    stated: z.boolean().describe('false: too little is known for a figure'),
    currency: z.string().nullable(),
    costKnownShare: z.number(),
    marginPer100Decisions: offPolicyFiguresSchema,
    acceptancesPer100Decisions: offPolicyFiguresSchema,
    notes: z.array(z.string()),
    assumption: z.string(),
    method: z.string(),
  }),
).register(answeredSchemas, { id: 'OffPolicyReport' });

const unmatchedSchema = schemaOf<UnmatchedAnswer>()(
  z.object({
    counts: unmatchedCountsSchema,
    events: z.array(
      z.object({
        id: z.string(),
        type: z.enum(['shown', 'outcome', 'sale', 'refund']),
        at: z.iso.datetime({ offset: true }),
        receivedAt: z.iso.datetime(),
        reason: z.enum(UNMATCHED_REASONS),
        detail: z.string(),
        productIds: z.array(z.string()).describe('the first ten'),
        products: z.number().describe('how many there are'),
        decisionId: z.string().exactOptional(),
        basketId: z.string().exactOptional(),
        storeId: z.string().exactOptional(),
        agentId: z.string().exactOptional(),
      }),
    ),
    next: z.number().exactOptional().describe('`before` of the next page; absent on the last one'),
  }),
).register(answeredSchemas, { id: 'UnmatchedEvents' });

export const REPORT_OPERATIONS = {
  'GET /v1/reports/sales': {
    id: 'reportSales',
    tag: 'Reports',
    summary: 'What was sold, by period',
    description:
      'Added up from outcomes that are kept between reports and brought up to date first, so late events and refunds are ' +
      'included. A key below analyst sees the figures of its own agent only: a key without an agent, and a question about ' +
      'another agent, are `forbidden`. CSV by `Accept: text/csv`.',
    query: salesQuerySchema,
    answers: { 200: tableAnswer('The report.', salesSchema) },
    problems: ['invalid-input', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { query: { from: '2026-05-01', to: '2026-05-31', by: 'week', split: 'agent' } },
  },
  ...UPLIFT_OPERATION,
  'GET /v1/reports/customers': {
    id: 'reportCustomers',
    tag: 'Reports',
    summary: 'New and existing customers, how they come back, and segments',
    description:
      'Counts of customers who agreed to be known, never a single one: of a group of fewer than five, only the number is stated. ' +
      'The filters choose receipts (one that agents share is whole that of each of them); whether a customer is new or gained back, and the segment, follow from all receipts up to ' +
      'the last day. Receipts of one business day are one visit; a receipt that was brought back whole is none. CSV by `Accept: ' +
      'text/csv`.',
    query: customersQuerySchema,
    answers: { 200: tableAnswer('The report.', customersSchema) },
    problems: ['invalid-input', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { query: { from: '2026-05-01', to: '2026-07-31', by: 'month' } },
  },
  'GET /v1/reports/off-policy': {
    id: 'reportOffPolicy',
    tag: 'Reports',
    summary: 'What another policy would have earned',
    description:
      'Another β or threshold, judged by the logged decisions and their chances (`BASKETLIFT_EXPLORE_SHARE`). States no figure ' +
      'when the effective sample size is below 1,000, the overlap is below 0.8, or fewer than 200 explored suggestions were ' +
      'shown that the other policy would make without exploring. For another model: `basketlift report off-policy --candidate`. ' +
      'CSV by `Accept: text/csv`.',
    query: offPolicyChangeSchema,
    answers: { 200: tableAnswer('The report.', offPolicySchema) },
    problems: ['invalid-input', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { query: { from: '2026-05-01', to: '2026-07-31', valueWeight: '0.7' } },
  },
  'GET /v1/reports/unmatched': {
    id: 'reportUnmatched',
    tag: 'Reports',
    summary: 'Stored events that count nowhere or not by themselves, and why',
    description:
      'Words on offers and refunds for which the ledger has no offer or receipt, and receipts whose basketId was used before, the newest first. Those that lack something begin to count by ' +
      'themselves once it comes, and are then no longer listed. Of all stores, so only for keys of all stores. CSV by `Accept: text/csv`.',
    query: unmatchedQuerySchema,
    answers: { 200: tableAnswer('A page of events.', unmatchedSchema) },
    problems: ['invalid-input', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { query: { limit: '20' } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
