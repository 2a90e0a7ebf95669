import { z } from 'zod';
import type { BestsAnswer } from '../present-bests.ts';
import { bestsQuerySchema } from '../report-query.ts';
import { idSchema } from '../wire.ts';
import { answeredSchemas, type Operation, schemaOf, tableAnswer } from './operation.ts';

const bestSchema = z.object({ period: z.string(), value: z.number() }).nullable();

const periodSchema = z
  .object({
    now: z
      .object({
        period: z.string().describe('day or ISO week of today'),
        transactions: z.number(),
        transactionsShown: z.number(),
        attachRate: z.number().nullable(),
        upsell: z.array(z.object({ currency: z.string(), revenue: z.number() })),
      })
      .describe('where it stands'),
    best: z
      .object({
        transactions: bestSchema,
        attachRate: bestSchema,
        upsell: z.array(z.object({ currency: z.string(), period: z.string(), revenue: z.number() })),
      })
      .describe('the record, with the period in which it was first reached; null where there is none'),
  })
  .register(answeredSchemas, { id: 'PeriodBests' });

const bestsSchema = schemaOf<BestsAnswer>()(
  z.object({
    agentId: z.string(),
    timeZone: z.string(),
    dayEnds: z.number(),
    asOf: z.iso.datetime().describe('when the ledger was read; what came later may be missing'),
    rules: z.array(z.string()).describe('what counts, in full'),
    day: periodSchema,
    week: periodSchema,
  }),
).register(answeredSchemas, { id: 'Bests' });

export const AGENT_OPERATIONS = {
  'GET /v1/agents/:id/bests': {
    id: 'agentBests',
    tag: 'Contests',
    summary: "An agent's own records by day and week",
    description:
      'Counted by the rules of contests, less what was brought back. A key below manager sees its own agent; one with a list of ' +
      'stores sees the agents who work there. Updated every five minutes; `asOf` says when. CSV by `Accept: text/csv`.',
    path: z.object({ id: idSchema }),
    query: bestsQuerySchema,
    answers: { 200: tableAnswer('The records.', bestsSchema) },
    problems: ['invalid-input', 'too-much', 'busy', 'unavailable'],
    example: { path: { id: 'a4' }, query: { tz: 'Europe/Amsterdam', dayEnds: '4' } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
