import { z } from 'zod';
import { salesQuerySchema } from './report-query.ts';

/** Products that an answer lists by default, and at most. */
const PRODUCTS_DEFAULT = 20;
const PRODUCTS_MAX = 1000;

const { from, to, storeId, by, ...calendar } = salesQuerySchema.shape;
const OF_THE_PLANS = 'default: that of the plans, by which days of stock are kept';

const inventoryFields = {
  from,
  to,
  storeId,
  by,
  tz: calendar.tz.unwrap().exactOptional().describe(OF_THE_PLANS),
  dayEnds: calendar.dayEnds.unwrap().exactOptional().describe(OF_THE_PLANS),
  limit: z.coerce
    .number<string>('a whole number')
    .int('a whole number')
    .min(0, 'a number from 0')
    .max(PRODUCTS_MAX, `a number to ${PRODUCTS_MAX}`)
    .default(PRODUCTS_DEFAULT)
    .describe('products listed, those that wait longest first'),
  table: z
    .enum(['periods', 'stores', 'products'], "'periods', 'stores' or 'products'")
    .default('periods')
    .describe('which part comes as CSV; JSON has all of them'),
};

export const inventoryQuerySchema = z.strictObject(inventoryFields, {
  error: `only ${Object.keys(inventoryFields).join(', ')}`,
});

export type InventoryQuery = z.infer<typeof inventoryQuerySchema>;
