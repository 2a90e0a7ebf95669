import { type BusinessCalendar, businessDay } from '../ledger/business-calendar.ts';
import { profileOf, visitsOf } from '../ledger/customer-profile.ts';
import { SEGMENT_RULES } from '../ledger/customer-segment.ts';
import { textOfDay } from '../ledger/instant.ts';
import { type Access, requireEveryStore } from './access.ts';
import { lookUpSchema } from './customer-schema.ts';
import { FoldCache } from './fold-cache.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { presentCustomer } from './present-customer.ts';
import { parseInput } from './problem.ts';
import { reportSource } from './report-slots.ts';
import { CUSTOMER_RECEIPTS_MAX, type CustomerIndex, indexCustomers } from './run-customers.ts';
import { idSchema } from './wire.ts';
import { zoneCalendar } from './zone-calendar.ts';

/** Age from which the index of customers is made anew. */
export const CUSTOMER_INDEX_AGE_MS_MAX = 5 * 60_000;

export type LookUpAnswer = ReturnType<typeof answerOf>;
type Customer = ReturnType<typeof presentCustomer> | { readonly customerId: string; readonly known: false };

export function addCustomerRoutes(app: GatewayApp, parts: GatewayParts): void {
  const { erasures, nowMs, log } = parts;
  const indexes = new FoldCache<CustomerIndex>({
    ...{ nowMs, ageMsMax: CUSTOMER_INDEX_AGE_MS_MAX, weightMax: CUSTOMER_RECEIPTS_MAX },
    weigh: ({ book }) => book.receipts,
    onTrouble: (err) => log.warn({ err }, 'the index of customers could not be made anew'),
  });

  app.post('/v1/customers/look-up', async (context) => {
    const access = context.get('access');
    const { customerIds, timeZone, dayEnds } = parseInput(lookUpSchema, await readJson(context));
    const fold = () => indexCustomers(reportSource(parts, access.tenant));
    const { value: index, asOfMs } = await indexes.get(access.tenant, fold);
    const calendar = zoneCalendar(timeZone, dayEnds);
    const today = businessDay(calendar, nowMs());
    const customers: Customer[] = [];
    const source = reportSource(parts, access.tenant, context.req.raw.signal);
    for (const id of customerIds) {
      customers.push(lookUp(parts, access, index, id, { calendar, today }));
      await source.pause();
    }
    return context.json(answerOf({ asOfMs, timeZone, dayEnds, today }, customers));
  });

  app.delete('/v1/customers/:id', async (context) => {
    const access = context.get('access');
    requireEveryStore(access, 'erase a customer');
    const customerId = parseInput(idSchema, context.req.param('id'));
    return context.json(await erasures.erase(access.tenant, customerId, nowMs()));
  });
}

/** What the stores of the key have sold to the customer; one who was erased is unknown, however old the index is. */
function lookUp(
  { erasures, pseudonymise, tenant }: GatewayParts,
  access: Access,
  { book, averageSpend }: CustomerIndex,
  customerId: string,
  { calendar, today }: { readonly calendar: BusinessCalendar; readonly today: number },
): Customer {
  const unknown = { customerId, known: false } as const;
  if (erasures.isErased(access.tenant, customerId)) return unknown;
  const receipts = book
    .receiptsOf(pseudonymise(access.tenant, customerId))
    .filter(({ storeId }) => access.stores === undefined || access.stores.has(storeId!));
  if (receipts.length === 0) return unknown;
  const profile = profileOf(visitsOf(receipts, calendar), today, averageSpend);
  return presentCustomer(customerId, profile, tenant(access.tenant).serving.model);
}

function answerOf(
  asked: {
    readonly asOfMs: number;
    readonly timeZone: string;
    readonly dayEnds: number;
    readonly today: number;
  },
  customers: readonly Customer[],
) {
  const { asOfMs, today, ...calendar } = asked;
  const asOf = new Date(asOfMs).toISOString();
  return { asOf, today: textOfDay(today), ...calendar, rules: SEGMENT_RULES, customers };
}

const CUSTOMER_PATH = /^(\/v1\/customers\/)[^/]+/;

/** A path as it may be logged: without the customer's id. */
export function pathWithoutCustomer(path: string): string {
  return path.replace(CUSTOMER_PATH, '$1:id');
}
