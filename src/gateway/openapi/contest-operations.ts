import { z } from 'zod';
import { CONTEST_METRICS } from '../../ledger/contest.ts';
import {
  ballotSchema,
  contestChangeSchema,
  contestRulesSchema,
  newContestSchema,
  standingsQuerySchema,
  wishSchema,
} from '../contest-schema.ts';
import type { ContestAnswer, StandingsAnswer } from '../present-contest.ts';
import { idSchema } from '../wire.ts';
import {
  answeredSchemas,
  jsonAnswer,
  type Operation,
  schemaOf,
  sentSchemas,
  tableAnswer,
} from './operation.ts';

sentSchemas
  .add(contestRulesSchema, { id: 'ContestRules' })
  .add(newContestSchema, { id: 'NewContest' })
  .add(contestChangeSchema, { id: 'ContestChange' })
  .add(wishSchema, { id: 'NewWish' })
  .add(ballotSchema, { id: 'Ballot' });

const publishedWishSchema = z
  .object({ id: z.string(), agentId: z.string(), text: z.string(), cost: z.number() })
  .register(answeredSchemas, { id: 'Wish' });

const settledFields = {
  settledAt: z.iso.datetime().exactOptional(),
  hash: z.string().exactOptional().describe('of the settled result and its evidence, in hexadecimal'),
};

const contestSchema = schemaOf<ContestAnswer>()(
  z.object({
    id: z.string(),
    version: z.number().describe('raised by every change, wishes and ballots too'),
    name: z.string(),
    state: z.enum(['open', 'settled']),
    budget: z.number(),
    rules: z.object({
      metric: z.enum(CONTEST_METRICS),
      currency: z.string(),
      from: z.iso.date(),
      to: z.iso.date(),
      timeZone: z.string(),
      dayEnds: z.number().describe('local hour at which the business day ends'),
      teams: z
        .array(z.object({ id: z.string(), agentIds: z.array(z.string()) }))
        .describe('of one agent each in a contest of individuals'),
      storeIds: z.array(z.string()).exactOptional().describe('absent: all stores'),
      minimumBaskets: z.number(),
      handicap: z.enum(['none', 'store-traffic']),
      splitMinutes: z.number(),
      returnDays: z.number(),
      ownCustomers: z.number().describe('how many agents are known as customers; never who'),
    }),
    wishes: z.array(publishedWishSchema),
    ballots: z.number().describe('how many there are; never whose'),
    ownBallot: z
      .array(z.string())
      .nullable()
      .exactOptional()
      .describe('of the agent whose key asks; null: none yet'),
    ...settledFields,
  }),
).register(answeredSchemas, { id: 'Contest' });

const contestsSchema = z
  .object({ contests: z.array(contestSchema) })
  .register(answeredSchemas, { id: 'Contests' });

const standingSchema = z
  .object({
    teamId: z.string(),
    agentIds: z.array(z.string()),
    rank: z.number().nullable().describe('1 is best, equal scores share a rank; null: too few transactions'),
    score: z.number().nullable().describe('numerator over denominator'),
    numerator: z.number(),
    denominator: z.number(),
    transactions: z.number(),
  })
  .register(answeredSchemas, { id: 'Standing' });

const rewardSchema = z
  .object({
    winners: z.array(z.string()).describe('teams on rank 1'),
    wish: publishedWishSchema.nullable(),
    rounds: z
      .array(
        z.object({
          votes: z.array(z.object({ candidate: z.string(), votes: z.number() })),
          dropped: z.string().nullable().describe('null in the last round'),
          isDrawn: z.boolean().describe('whether the order of the wishes had to decide'),
        }),
      )
      .describe('the instant-runoff count, by ids of wishes'),
    ballots: z.number(),
  })
  .register(answeredSchemas, { id: 'Reward' });

const standingsSchema = schemaOf<StandingsAnswer>()(
  z.object({
    contestId: z.string(),
    name: z.string(),
    metric: z.enum(CONTEST_METRICS),
    currency: z.string(),
    state: z.enum(['open', 'settled']),
    ...settledFields,
    rules: z.array(z.string()).describe('in words'),
    standings: z.array(standingSchema),
    leftOut: z
      .object({ ownBaskets: z.number(), returned: z.number(), merged: z.number() })
      .describe('receipts that do not count'),
    storeFactors: z.array(z.object({ storeId: z.string(), factor: z.number() })),
    reward: rewardSchema,
    evidence: z
      .array(
        z.object({
          agentId: z.string(),
          storeId: z.string(),
          basketIds: z.array(z.string()),
          saleIds: z.array(z.string()),
          isShown: z.boolean(),
          isAttached: z.boolean(),
          items: z.number().describe('of the part'),
          percent: z.number().describe("the agent's part of the receipts"),
          upsell: z.number(),
        }),
      )
      .exactOptional()
      .describe('the transactions that count, with `evidence=1`'),
  }),
).register(answeredSchemas, { id: 'Standings' });

const contestPath = z.object({ id: idSchema });
const examplePath = { id: '01a2144b-5c10-7d29-a4c8-0f1f5e8f7a11' };
const EVERY_STORE = 'Needs a key for every store of the contest.';
const OWN_AGENT =
  'For the agent of the key. Only a key of scope manager may name an agent; any other key that does, or that has no agent, ' +
  'is `forbidden`.';

export const CONTEST_OPERATIONS = {
  'GET /v1/contests': {
    id: 'listContests',
    tag: 'Contests',
    summary: 'The contests that the key may see',
    description: "Contests of all stores, and those of the key's stores.",
    answers: { 200: jsonAnswer('The oldest first.', contestsSchema) },
    example: {},
  },
  'POST /v1/contests': {
    id: 'holdContest',
    tag: 'Contests',
    summary: 'Create a contest',
    description: `Of individuals, by \`agentIds\`, or of \`teams\`. ${EVERY_STORE}`,
    body: newContestSchema,
    answers: { 201: jsonAnswer('The contest, on disk.', contestSchema) },
    problems: ['invalid-input', 'wrong-state', 'unavailable'],
    example: {
      body: {
        name: 'May',
        budget: 150,
        rules: {
          metric: 'attachRate',
          currency: 'USD',
          from: '2025-05-01',
          to: '2025-05-31',
          agentIds: ['ann', 'ben'],
          minimumBaskets: 20,
        },
      },
    },
  },
  'PATCH /v1/contests/:id': {
    id: 'changeContest',
    tag: 'Contests',
    summary: 'Change a contest',
    description: `Only if \`version\` is still the current one. From their first day on, the rules can no longer change. ${EVERY_STORE}`,
    path: contestPath,
    body: contestChangeSchema,
    answers: { 200: jsonAnswer('The changed contest, on disk.', contestSchema) },
    problems: ['invalid-input', 'not-found', 'conflict', 'wrong-state', 'unavailable'],
    example: { path: examplePath, body: { version: 1, name: 'Spring', budget: 200 } },
  },
  'GET /v1/contests/:id/standings': {
    id: 'getStandings',
    tag: 'Contests',
    summary: 'Where a contest stands',
    description: 'A settled contest as it was settled. CSV, one row per team, by `Accept: text/csv`.',
    path: contestPath,
    query: standingsQuerySchema,
    answers: { 200: tableAnswer('Teams, the best first, and the reward as it stands.', standingsSchema) },
    problems: ['invalid-input', 'not-found', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { path: examplePath, query: { evidence: '1' } },
  },
  'POST /v1/contests/:id/wishes': {
    id: 'addWish',
    tag: 'Contests',
    summary: 'Wish for a reward',
    description: OWN_AGENT,
    path: contestPath,
    body: wishSchema,
    answers: { 200: jsonAnswer('The contest with the wish, on disk.', contestSchema) },
    problems: ['invalid-input', 'not-found', 'wrong-state', 'unavailable'],
    example: { path: examplePath, body: { agentId: 'ann', text: 'Dinner for two', cost: 80 } },
  },
  'PUT /v1/contests/:id/ballot': {
    id: 'castBallot',
    tag: 'Contests',
    summary: 'Rank the wishes',
    description: `Replaces the agent's last ballot. ${OWN_AGENT}`,
    path: contestPath,
    body: ballotSchema,
    answers: { 200: jsonAnswer('The contest with the ballot, on disk.', contestSchema) },
    problems: ['invalid-input', 'not-found', 'wrong-state', 'unavailable'],
    example: {
      path: examplePath,
      body: { agentId: 'ben', ranking: ['01a2144b-6e02-7b5c-9d34-52b07c1a9e40'] },
    },
  },
  'POST /v1/contests/:id/settle': {
    id: 'settleContest',
    tag: 'Contests',
    summary: 'Settle a contest',
    description: `Once nothing more can be brought back. A contest that is already settled is answered as it is. ${EVERY_STORE}`,
    path: contestPath,
    answers: { 200: jsonAnswer('The frozen standings with their evidence, on disk.', standingsSchema) },
    problems: ['not-found', 'wrong-state', 'conflict', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { path: examplePath },
  },
} as const satisfies Readonly<Record<string, Operation>>;
