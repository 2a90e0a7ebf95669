import { z } from 'zod';
import { toBasisPoints } from '../ledger/apportion.ts';
import { toMinorUnits } from '../ledger/money.ts';
import { Problem } from './problem.ts';

export const currencySchema = z
  .string('an ISO 4217 code')
  .regex(/^[A-Z]{3}$/, 'an ISO 4217 code of three capital letters')
  .meta({ examples: ['EUR', 'JPY'] });

/** An amount whose currency is stated beside it; `readAmount` checks that it is valid in that currency. */
export const amountSchema = z.number('an amount').min(0, 'an amount from 0').max(1e9, 'an amount to 1e9');

/** Percentages of at most two decimals, so that basis points are whole numbers. */
export const percentSchema = z
  .number('a percentage')
  .min(0, 'a percentage from 0')
  .max(100, 'a percentage to 100')
  .refine((percent) => Number.isInteger(toBasisPoints(percent)), 'a percentage of at most two decimals');

/** Minor units. @throws Problem 'invalid-input' for an amount that is not valid in the currency */
export function readAmount(value: number, currency: string, what: string): number {
  const minor = toMinorUnits(value, currency);
  if (typeof minor === 'number') return minor;
  throw new Problem('invalid-input', `At ${what}: ${minor.refused}.`);
}
