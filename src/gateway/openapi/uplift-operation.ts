import { z } from 'zod';
import { UPLIFT_NOTES } from '../../ledger/uplift-notes.ts';
import { upliftQuerySchema } from '../report-query.ts';
import type { UpliftAnswer } from '../run-report.ts';
import { answeredSchemas, type Operation, schemaOf, tableAnswer } from './operation.ts';
import { intervalSchema, scopeFields } from './report-fields.ts';

const incrementsSchema = z
  .object({
    marginPer100Baskets: intervalSchema.nullable(),
    revenuePer100Baskets: intervalSchema.nullable(),
    itemsPer100Baskets: intervalSchema.nullable(),
    holdingSavedPer100Baskets: intervalSchema
      .nullable()
      .describe('holding cost of stock beyond its target cover'),
    incrementalShare: intervalSchema.nullable().describe('of the up-sell margin'),
  })
  .register(answeredSchemas, { id: 'Increments' });

const customerFiguresSchema = z
  .object({
    customers: z.object({ treatment: z.number(), holdout: z.number() }),
    incremental: z.object({
      basketsPer100Customers: intervalSchema
        .nullable()
        .describe('how many more baskets they came with, or fewer'),
      marginPer100Customers: intervalSchema.nullable(),
      revenuePer100Customers: intervalSchema.nullable(),
      itemsPer100Customers: intervalSchema.nullable(),
      holdingSavedPer100Customers: intervalSchema.nullable(),
    }),
  })
  .register(answeredSchemas, { id: 'CustomerFigures' });

const drawCheck = z.object({ ok: z.boolean(), p: z.number() });

const upliftFigures = {
  baskets: z.object({ treatment: z.number(), holdout: z.number() }),
  sampleRatio: drawCheck.describe('whether the sizes of the arms fit the draw, in baskets or customers'),
  balance: drawCheck.describe(
    'whether baskets, or customers, of both arms were alike before the first offer',
  ),
  trusted: z.boolean().describe('false: the draw failed one of its checks, and no figure means anything'),
  currency: z.string().nullable(),
  costKnownShare: z.number(),
  stockKnownShare: z
    .number()
    .describe('share of the revenue with known stock, which is what the holding cost saved is about'),
  upsellMarginPer100Baskets: z
    .number()
    .nullable()
    .describe('of accepted suggestions that were paid, whatever they replaced; per 100 baskets with offers'),
  incremental: incrementsSchema,
  anytime: incrementsSchema,
  notes: z.array(z.string()),
  noteCodes: z.array(z.enum(UPLIFT_NOTES)).describe('what each note is about'),
};

const upliftPartSchema = z
  .object({
    part: z
      .string()
      .nullable()
      .describe('store, agent, channel, new or existing customers, or the first step of a category'),
    ...upliftFigures,
    q: z
      .number()
      .nullable()
      .describe(
        'of the margin: of the parts called different at 0.05 or below, on average at most 5 % are not',
      ),
    anytimeQ: z.number().nullable().describe('the same, valid however often you look'),
  })
  .register(answeredSchemas, { id: 'UpliftPart' });

const upliftSchema = schemaOf<UpliftAnswer>()(
  z.object({
    ...scopeFields,
    split: upliftQuerySchema.shape.split,
    ...upliftFigures,
    parts: z.array(upliftPartSchema).exactOptional(),
    customers: customerFiguresSchema
      .exactOptional()
      .describe(
        'where arms are drawn for customers: all customers drawn up to the last day, by the place of their first basket, with ' +
          'those baskets that began with their name; 95 % intervals for one look',
      ),
    method: z.string(),
  }),
).register(answeredSchemas, { id: 'UpliftReport' });

export const UPLIFT_OPERATION = {
  'GET /v1/reports/uplift': {
    id: 'reportUplift',
    tag: 'Reports',
    summary: 'What offers earned over the holdout',
    description:
      'Per 100 baskets, with 95 % intervals, and for each part by itself with `split`. An existing customer is one who had paid ' +
      'on a business day before the first decision on this basket, which has to name the customer. Categories are those of the ' +
      'catalogue in service, the thirty with the most revenue; each counts all baskets, with the margin, revenue and items of ' +
      'its own products, so it shows where offers take from one category what they bring to another. Where BASKETLIFT_HOLDOUT_BY ' +
      'is customer, `customers` states the same per 100 customers, later baskets included. CSV by `Accept: text/csv`.',
    query: upliftQuerySchema,
    answers: { 200: tableAnswer('The report.', upliftSchema) },
    problems: ['invalid-input', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { query: { from: '2026-05-01', to: '2026-07-31', split: 'store' } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
