import { z } from 'zod';
import { timeZoneSchema } from './report-query.ts';
import { idSchema } from './wire.ts';

/** Most customers of one look-up. */
export const LOOK_UP_MAX = 500;

export const lookUpSchema = z.strictObject(
  {
    customerIds: z
      .array(idSchema, 'a list of customers')
      .min(1, 'at least one customer')
      .max(LOOK_UP_MAX, `at most ${LOOK_UP_MAX} customers`),
    timeZone: timeZoneSchema.default('UTC'),
    dayEnds: z.int('a whole hour').min(0, 'an hour from 0').max(23, 'an hour to 23').default(0),
  },
  'an object with customerIds',
);
