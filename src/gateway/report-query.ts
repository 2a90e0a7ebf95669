import { z } from 'zod';
import { businessDay, type NamedCalendar } from '../ledger/business-calendar.ts';
import { BASKET_SPLITS } from '../ledger/experiment.ts';
import { dayOfText, textOfDay } from '../ledger/instant.ts';
import type { ReportSelection } from '../ledger/sales-report.ts';
import { Problem } from './problem.ts';
import { channelSchema, idSchema } from './wire.ts';
import { isTimeZone, zoneCalendar } from './zone-calendar.ts';

/** Most days of one report: three years and the leap day. */
const DAYS_MAX = 1096;
/** Days of a report without a stated first day. */
const DAYS_DEFAULT = 28;
/** No report begins before this; the days it is compared with may. */
const FIRST_DAY = dayOfText('1900-01-01');

export const dateSchema = z
  .string('a day such as 2026-05-01')
  .refine((text) => !Number.isNaN(dayOfText(text)), 'a day such as 2026-05-01')
  .refine((text) => !(dayOfText(text) < FIRST_DAY), 'a day from 1900-01-01 on')
  .meta({ format: 'date' });

export const timeZoneSchema = z
  .string('a time zone such as Europe/Amsterdam')
  .max(64, 'a time zone such as Europe/Amsterdam')
  .refine(isTimeZone, 'a time zone such as Europe/Amsterdam')
  .meta({ examples: ['UTC', 'Europe/Amsterdam'] });

/** How business days are counted. */
const calendarFields = {
  tz: timeZoneSchema.default('UTC'),
  dayEnds: z.coerce
    .number<string>('a whole hour')
    .int('a whole hour')
    .min(0, 'an hour from 0')
    .max(23, 'an hour to 23')
    .default(0),
};

export const bestsQuerySchema = z.strictObject(calendarFields, {
  error: `only ${Object.keys(calendarFields).join(', ')}`,
});

const reportFields = {
  from: dateSchema.exactOptional(),
  to: dateSchema.exactOptional(),
  storeId: idSchema.exactOptional(),
  agentId: idSchema.exactOptional(),
  channel: channelSchema.exactOptional(),
  ...calendarFields,
};

const upliftFields = {
  ...reportFields,
  split: z
    .enum([...BASKET_SPLITS, 'category'], "'store', 'agent', 'channel', 'customer' or 'category'")
    .exactOptional(),
};

/** Unknown parameters are refused: a filter with a misspelt name would silently be ignored. */
export const upliftQuerySchema = z.strictObject(upliftFields, {
  error: `only ${Object.keys(upliftFields).join(', ')}`,
});

const customersFields = {
  ...reportFields,
  by: z.enum(['day', 'week', 'month', 'quarter'], "'day', 'week', 'month' or 'quarter'").default('day'),
};

export const customersQuerySchema = z.strictObject(customersFields, {
  error: `only ${Object.keys(customersFields).join(', ')}`,
});

const salesFields = {
  ...customersFields,
  split: z.enum(['store', 'agent', 'channel'], "'store', 'agent' or 'channel'").exactOptional(),
};

export const salesQuerySchema = z.strictObject(salesFields, {
  error: `only ${Object.keys(salesFields).join(', ')}`,
});

const offPolicyFields = {
  ...reportFields,
  valueWeight: policyNumber(1).describe('β of the other policy').exactOptional(),
  minValue: policyNumber(1e6)
    .describe('least expected value of an offer of the other policy')
    .exactOptional(),
};

/** The parameters of another policy; those left out are as logged. */
export const offPolicyQuerySchema = z.strictObject(offPolicyFields, {
  error: `only ${Object.keys(offPolicyFields).join(', ')}`,
});

/** The same where only these two parameters can change the policy. */
export const offPolicyChangeSchema = offPolicyQuerySchema.refine(
  ({ valueWeight, minValue }) => valueWeight !== undefined || minValue !== undefined,
  { path: ['valueWeight'], error: 'valueWeight or minValue: the policy to judge' },
);

export type OffPolicyQuery = z.infer<typeof offPolicyQuerySchema>;
export type UpliftQuery = z.infer<typeof upliftQuerySchema>;
export type CustomersQuery = z.infer<typeof customersQuerySchema>;
export type SalesQuery = z.infer<typeof salesQuerySchema>;

function policyNumber(max: number) {
  const wanted = `a number from 0 to ${max}`;
  return z.coerce.number<string>(wanted).min(0, wanted).max(max, wanted);
}

/** What every report says about what it covers; days are business days of the zone, both included. */
export interface ReportScope {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  /** Local hour at which the business day ends. */
  readonly dayEnds: number;
  readonly storeId?: string;
  readonly agentId?: string;
  readonly channel?: string;
}

export interface ReportFrame {
  readonly scope: ReportScope;
  readonly selection: ReportSelection;
  readonly calendar: NamedCalendar;
}

/** The days, zone and part of the trade that a query asks for. @throws Problem when the range is empty or too long */
export function frameReport(query: Omit<UpliftQuery, 'split'>, nowMs: number): ReportFrame {
  const { tz, dayEnds, storeId, agentId, channel } = query;
  const calendar = zoneCalendar(tz, dayEnds);
  const toDay = query.to === undefined ? businessDay(calendar, nowMs) : dayOfText(query.to);
  const fromDay =
    query.from === undefined ? Math.max(FIRST_DAY, toDay - DAYS_DEFAULT + 1) : dayOfText(query.from);
  const from = textOfDay(fromDay);
  const to = textOfDay(toDay);
  if (fromDay > toDay) throw new Problem('invalid-input', `Wanted from before to; got ${from} and ${to}.`);
  if (toDay - fromDay >= DAYS_MAX) {
    throw new Problem('invalid-input', `Wanted at most ${DAYS_MAX} days; got ${from} to ${to}.`);
  }
  const part = {
    ...(storeId !== undefined && { storeId }),
    ...(agentId !== undefined && { agentId }),
    ...(channel !== undefined && { channel }),
  };
  return {
    scope: { from, to, timeZone: tz, dayEnds, ...part },
    selection: { fromDay, toDay, ...part },
    calendar,
  };
}
