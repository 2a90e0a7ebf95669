import { z } from 'zod';
import { inventoryQuerySchema } from '../inventory-query.ts';
import type { InventoryAnswer } from '../present-inventory.ts';
import { answeredSchemas, type Operation, schemaOf, tableAnswer } from './operation.ts';
import { scopeFields } from './report-fields.ts';

const count = z.number();
const money = z.number().nullable().describe('null where no cost is known');
const known = z.number().nullable();
const time = z.iso.datetime().nullable();
const unknownIn = (what: string) => z.number().describe(`products without ${what}`);

const sumFields = {
  products: count.describe('with a stock statement'),
  stockOuts: count.describe('products with nothing available'),
  onHand: count.describe('units'),
  reserved: count,
  demandPerDay: count.describe('units, of products where it is known'),
  stockValue: money,
  daysOfSupply: known.describe('mean weighted by value, each product up to daysOfSupplyMax'),
  excessUnits: count.describe('beyond the target cover'),
  excessValue: money,
  excessShare: known.describe('excessValue / stockValue, of products with a known demand'),
  holdingCostPerDay: money,
  holdingCostPerYear: money.describe('holdingRatePerYear · stockValue'),
  unitsAtRisk: known.describe('expected to be left over when they expire; null where no expiry is known'),
  valueAtRisk: money,
  unknown: z.object({
    onHand: unknownIn('a stock level'),
    cost: unknownIn('a cost'),
    demand: unknownIn('a demand'),
  }),
  oldestAsOf: time.describe('time of the oldest stock statement'),
  newestAsOf: time,
};

const totalsSchema = z.object(sumFields).register(answeredSchemas, { id: 'InventoryTotals' });
const storeSchema = z
  .object({ storeId: z.string(), ...sumFields })
  .register(answeredSchemas, { id: 'StoreInventory' });

const productSchema = z
  .object({
    storeId: z.string(),
    productId: z.string(),
    name: z.string().nullable().describe('null where the model does not know the product'),
    onHand: count,
    reserved: count,
    demandPerDay: known.describe('as the stock states it, else from the receipts'),
    daysOfSupply: known.describe('null where nothing sells, or the demand is not known'),
    targetCoverDays: z.number(),
    excessUnits: known,
    stockValue: money,
    holdingCostPerDay: money,
    holdingCostPerYear: money,
    unitsAtRisk: known.describe('null where no expiry, or no demand, is known'),
    expiresAt: time,
    asOf: z.iso.datetime(),
    ageDays: z.number().describe('of the stock statement'),
    unknown: z.array(z.enum(['cost', 'demand'])),
  })
  .register(answeredSchemas, { id: 'WaitingProduct' });

const rowFields = {
  storeDays: count.describe('days of stores whose stock is known'),
  averageValue: money.describe('at cost: the sum over stores of the mean over their known days'),
  daysOfSupply: known,
  excessShare: known,
  holdingCost: money.describe('of the known days'),
  holdingCostPerDay: money,
  stockOutDays: count.describe('products with nothing available, once for each day'),
  stockOutShare: known,
  costOfGoodsSold: money.describe('less what was brought back'),
  costKnownShare: known.describe('share of the revenue whose cost is on the receipt'),
  turnover: known.describe('times a year: 365 / days · costOfGoodsSold / averageValue, by store'),
  daysInventoryOutstanding: known.describe('365 / turnover'),
};

const rowSchema = z
  .object({ period: z.string().exactOptional().describe('absent in the total'), ...rowFields })
  .register(answeredSchemas, { id: 'InventoryRow' });
const previousSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    period: z.string().exactOptional(),
    ...rowFields,
  })
  .register(answeredSchemas, { id: 'PreviousInventory' });

const inventorySchema = schemaOf<InventoryAnswer>()(
  z.object({
    ...scopeFields,
    by: inventoryQuerySchema.shape.by.unwrap(),
    currency: z.string().nullable(),
    holdingRatePerYear: z.number(),
    daysOfSupplyMax: z.number(),
    daysKept: z.number().describe('how many business days the history reaches back'),
    now: z.object({
      at: z.iso.datetime(),
      total: totalsSchema,
      stores: z.array(storeSchema),
      products: z.array(productSchema).describe('products on hand, those that wait longest first'),
    }),
    rows: z.array(rowSchema).describe('a period about which nothing is known has no row'),
    total: rowSchema,
    previous: previousSchema.describe('as many days before the first'),
    otherCurrencies: z.array(z.string()).describe('currencies of sales that no figure includes'),
    otherCalendarDays: count.describe('days recorded under another calendar than tz and dayEnds'),
  }),
).register(answeredSchemas, { id: 'InventoryReport' });

export const INVENTORY_OPERATIONS = {
  'GET /v1/reports/inventory': {
    id: 'reportInventory',
    tag: 'Reports',
    summary: 'How long stock waits, what it costs, and whether that gets better',
    description:
      'The stock now, and what was recorded of each business day by the calendar of the plans. CSV by `Accept: text/csv`.',
    query: inventoryQuerySchema,
    answers: { 200: tableAnswer('The report.', inventorySchema) },
    problems: ['invalid-input', 'too-much', 'incomplete', 'busy', 'unavailable'],
    example: { query: { from: '2026-05-01', to: '2026-05-31', by: 'week', storeId: 's6', limit: '10' } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
