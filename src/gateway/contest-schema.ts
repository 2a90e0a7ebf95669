import { z } from 'zod';
import { SPLIT_MINUTES_DEFAULT } from '../ledger/agent-receipts.ts';
import { CONTEST_METRICS, type ContestRules } from '../ledger/contest.ts';
import { agentListSchema, hasEachOnce } from './list-schema.ts';
import { amountSchema, currencySchema } from './money-schema.ts';
import { dateSchema, timeZoneSchema } from './report-query.ts';
import { flagSchema, idSchema, plainText } from './wire.ts';

/** Limits of one contest. */
const TEAMS_MAX = 500;
const OWN_CUSTOMERS_MAX = 1000;
const STORES_MAX = 1000;
const WISH_CHARACTERS_MAX = 200;

const whole = (from: number, to: number) =>
  z.int('a whole number').min(from, `a number from ${from}`).max(to, `a number to ${to}`);
const text = (most: number) =>
  plainText(z.string('a text').max(most, `a text of at most ${most} characters`));

const ruleFields = {
  metric: z.enum(CONTEST_METRICS, CONTEST_METRICS.map((metric) => `'${metric}'`).join(', ')),
  currency: currencySchema,
  from: dateSchema,
  to: dateSchema,
  timeZone: timeZoneSchema.default('UTC'),
  dayEnds: whole(0, 23).default(4),
  /** A contest of individuals, or one of teams. */
  agentIds: agentListSchema.exactOptional(),
  teams: z
    .array(z.strictObject({ id: idSchema, agentIds: agentListSchema }), 'a list of teams')
    .min(1, 'at least one team')
    .max(TEAMS_MAX, `at most ${TEAMS_MAX} teams`)
    .exactOptional(),
  storeIds: z
    .array(idSchema, 'a list of stores')
    .min(1, 'at least one store')
    .max(STORES_MAX, `at most ${STORES_MAX} stores`)
    .exactOptional(),
  minimumBaskets: whole(1, 1_000_000).default(20),
  handicap: z.enum(['none', 'store-traffic'], "'none' or 'store-traffic'").default('none'),
  splitMinutes: whole(0, 24 * 60).default(SPLIT_MINUTES_DEFAULT),
  returnDays: whole(0, 100).default(14),
  ownCustomers: z
    .array(
      z.strictObject({ agentId: idSchema, customerId: idSchema }),
      'a list of agents with their customerId',
    )
    .max(OWN_CUSTOMERS_MAX, `at most ${OWN_CUSTOMERS_MAX} customers`)
    .default([]),
};

export const contestRulesSchema = z
  .strictObject(ruleFields, 'an object with metric, currency, from, to and agentIds or teams')
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'a day not before from' })
  .refine(({ agentIds, teams }) => (agentIds === undefined) !== (teams === undefined), {
    path: ['agentIds'],
    error: 'agentIds or teams, one of them',
  })
  .refine((rules) => hasEachOnce(membersOf(rules)), { path: ['teams'], error: 'each agent once' })
  .refine(({ teams }) => hasEachOnce((teams ?? []).map(({ id }) => id)), {
    path: ['teams'],
    error: 'each team once',
  })
  .refine(({ metric, handicap }) => handicap === 'none' || metric.startsWith('upsell'), {
    path: ['handicap'],
    error: "'none' for a rate: it does not grow with the traffic of a store",
  });

export const newContestSchema = z.strictObject(
  { name: text(100), budget: amountSchema, rules: contestRulesSchema },
  'an object with name, budget and rules',
);

export const contestChangeSchema = z.strictObject(
  {
    version: z.int('the version the change is based on').min(1, 'a version from 1'),
    name: text(100).exactOptional(),
    budget: amountSchema.exactOptional(),
    rules: contestRulesSchema.exactOptional(),
  },
  'an object with version, and name, budget or rules',
);

export const standingsQuerySchema = z.strictObject(
  {
    evidence: flagSchema('0'),
  },
  { error: 'only evidence' },
);

/** The agent of the key wishes or votes; only a key of scope manager or above may name another agent. */
const byAgent = { agentId: idSchema.exactOptional() };
export const wishSchema = z.strictObject(
  { ...byAgent, text: text(WISH_CHARACTERS_MAX), cost: amountSchema },
  'an object with text and cost',
);
export const ballotSchema = z.strictObject(
  {
    ...byAgent,
    ranking: z.array(idSchema, 'a list of ids of wishes, best first').max(100, 'at most 100 wishes'),
  },
  'an object with ranking',
);

interface Members {
  readonly agentIds?: readonly string[];
  readonly teams?: readonly { readonly agentIds: readonly string[] }[];
}

type WireRules = z.infer<typeof contestRulesSchema>;

/** Rules as the ledger has them: teams of one for individuals, pseudonyms for customers. */
export function readRules(
  { agentIds, teams, ownCustomers, ...rules }: WireRules,
  pseudonymise: (customerId: string) => string,
): ContestRules {
  return {
    ...rules,
    teams: teams ?? agentIds!.map((id) => ({ id, agentIds: [id] })),
    ownCustomers: ownCustomers.map(({ agentId, customerId }) => ({
      agentId,
      customer: pseudonymise(customerId),
    })),
  };
}

function membersOf({ agentIds, teams }: Members): string[] {
  return [...(agentIds ?? [])].concat((teams ?? []).flatMap((team) => team.agentIds));
}
