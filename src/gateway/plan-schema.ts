import { z } from 'zod';
import { toBasisPoints } from '../ledger/apportion.ts';
import {
  COMMISSION_BASES,
  type CommissionPlan,
  paysIncremental,
  rivalPlans,
} from '../ledger/commission-plan.ts';
import { agentListSchema, hasEachOnce } from './list-schema.ts';
import { amountSchema, currencySchema, percentSchema, readAmount } from './money-schema.ts';
import { Problem } from './problem.ts';
import { timeZoneSchema } from './report-query.ts';
import { flagSchema, idSchema } from './wire.ts';

/** Limits of one tenant's plans. */
const PLANS_MAX = 100;
const RATES_MAX = 200;
const STEPS_MAX = 20;
const PRODUCTS_MAX = 10_000;
/** Night work belongs to the day on which it began. */
const DAY_ENDS_DEFAULT = 4;

/** A pay period: a calendar month of business days. */
export const payPeriodSchema = z
  .string('a month such as 2026-05')
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2026-05')
  .meta({ examples: ['2026-04', '2026-05'] });

const base = z.enum(COMMISSION_BASES, "'revenue', 'margin' or 'incrementalMargin'");

const rateSchema = z.strictObject(
  {
    of: base,
    percent: percentSchema,
    productIds: z
      .array(idSchema, 'a list of ids')
      .min(1, 'at least one id')
      .max(PRODUCTS_MAX, `at most ${PRODUCTS_MAX} ids`)
      .exactOptional(),
    category: z
      .string('a category path')
      .min(1, 'a category path')
      .max(500, 'a category path')
      .exactOptional(),
  },
  'a rate with of and percent',
);

const tiersSchema = z
  .strictObject(
    {
      of: base,
      on: z.enum(['excess', 'all'], "'excess' or 'all'"),
      steps: z
        .array(z.strictObject({ above: amountSchema, percent: percentSchema }), 'a list of steps')
        .min(1, 'at least one step')
        .max(STEPS_MAX, `at most ${STEPS_MAX} steps`),
    },
    'tiers with of, on and steps',
  )
  .refine(({ steps }) => steps.every(({ above }, at) => at === 0 || above > steps[at - 1]!.above), {
    path: ['steps'],
    error: 'steps by rising above',
  });

export const planSchema = z
  .strictObject(
    {
      id: idSchema,
      from: payPeriodSchema,
      until: payPeriodSchema.exactOptional(),
      agentIds: agentListSchema.exactOptional(),
      currency: currencySchema,
      basePay: amountSchema.exactOptional(),
      rates: z.array(rateSchema, 'a list of rates').max(RATES_MAX, `at most ${RATES_MAX} rates`),
      tiers: tiersSchema.exactOptional(),
      incrementalPercent: percentSchema
        .describe(
          'share of the up-sell margin that counts as incremental; see incrementalShare of the uplift report',
        )
        .exactOptional(),
      cap: amountSchema.exactOptional(),
      teamPercent: percentSchema
        .describe(
          "part of each agent's commission, after tiers and cap, that all agents of the plan share equally",
        )
        .exactOptional(),
    },
    'a plan with id, from, currency and rates',
  )
  .refine(({ from, until }) => until === undefined || until >= from, {
    path: ['until'],
    error: 'a month not before from',
  })
  .refine(({ basePay, agentIds }) => basePay === undefined || agentIds !== undefined, {
    path: ['agentIds'],
    error: 'the agents who get the basePay',
  })
  .refine(({ agentIds }) => agentIds === undefined || hasEachOnce(agentIds), {
    path: ['agentIds'],
    error: 'each agent once',
  })
  .refine(({ teamPercent, agentIds }) => teamPercent === undefined || (agentIds?.length ?? 0) > 1, {
    path: ['agentIds'],
    error: 'the agents, at least two, who share the teamPercent',
  })
  .refine(
    ({ incrementalPercent, rates, tiers }) =>
      paysIncremental(rates, tiers) === (incrementalPercent !== undefined),
    {
      path: ['incrementalPercent'],
      error: 'a percentage just where a rate or the tiers are of incrementalMargin',
    },
  );

const planList = z
  .array(planSchema, 'a list of plans')
  .max(PLANS_MAX, `at most ${PLANS_MAX} plans`)
  .refine((plans) => hasEachOnce(plans.map(({ id }) => id)), 'each id once');

/** The plans of a tenant, and the calendar that decides to which period a sale belongs. */
export const plansRequestSchema = z.strictObject(
  {
    version: z.int('the version the change is based on').min(0, 'a version from 0').exactOptional(),
    timeZone: timeZoneSchema.default('UTC'),
    dayEnds: z
      .int('a whole hour')
      .min(0, 'an hour from 0')
      .max(23, 'an hour to 23')
      .default(DAY_ENDS_DEFAULT),
    plans: planList,
  },
  'an object with plans',
);

export const whatIfSchema = z
  .strictObject(
    { from: payPeriodSchema, to: payPeriodSchema, plans: planList },
    'an object with from, to and plans',
  )
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'a month not before from' });

export const commissionQuerySchema = z.strictObject(
  { period: payPeriodSchema, agentId: idSchema.exactOptional(), entries: flagSchema('1') },
  { error: 'only period, agentId, entries' },
);

export type WirePlan = z.infer<typeof planSchema>;
export type WhatIfQuestion = z.infer<typeof whatIfSchema>;
export type PlansDocument = Omit<z.infer<typeof plansRequestSchema>, 'version'>;

/** The calendar and plans of a tenant that never stated any. */
export const NO_PLANS: PlansDocument = { timeZone: 'UTC', dayEnds: DAY_ENDS_DEFAULT, plans: [] };

/** Plans in minor units. @throws Problem for an amount that is not valid in its currency, and for two rival plans */
export function readPlans(wire: readonly WirePlan[]): CommissionPlan[] {
  const plans = wire.map(readPlan);
  const rivals = rivalPlans(plans);
  if (!rivals) return plans;
  const [{ id, from }, { id: other }] = rivals;
  throw new Problem(
    'invalid-input',
    `Wanted one plan from ${from} on for each agent; got '${id}' and '${other}'.`,
  );
}

function readPlan(wire: WirePlan): CommissionPlan {
  const { basePay, cap, rates, tiers, incrementalPercent, teamPercent, ...plan } = wire;
  const minor = (value: number, what: string) =>
    readAmount(value, plan.currency, `${what} of plan '${plan.id}'`);
  return {
    ...plan,
    rates: rates.map(({ percent, ...rate }) => ({ ...rate, basisPoints: toBasisPoints(percent) })),
    ...(basePay !== undefined && { basePayMinor: minor(basePay, 'basePay') }),
    ...(incrementalPercent !== undefined && { incrementalBasisPoints: toBasisPoints(incrementalPercent) }),
    ...(cap !== undefined && { capMinor: minor(cap, 'cap') }),
    ...(teamPercent !== undefined && { teamBasisPoints: toBasisPoints(teamPercent) }),
    ...(tiers && {
      tiers: {
        of: tiers.of,
        on: tiers.on,
        steps: tiers.steps.map(({ above, percent }) => ({
          aboveMinor: minor(above, 'tiers'),
          basisPoints: toBasisPoints(percent),
        })),
      },
    }),
  };
}
