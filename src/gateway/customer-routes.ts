import type { AverageSpend } from '../ledger/average-spend.ts';
import { requireEveryStore } from './access.ts';
import { askedSource } from './asked-source.ts';
import { lookUpSchema } from './customer-schema.ts';
import { FoldCache } from './fold-cache.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { type LookedUp, presentCustomer, presentLookUp } from './present-customer.ts';
import { parseInput } from './problem.ts';
import { takingTurns } from './turns.ts';
import { idSchema } from './wire.ts';

/** Most look-ups made at once. */
export const LOOK_UPS_MAX = 20;
/** Age from which the average spend is added up anew. */
const AVERAGE_AGE_MS_MAX = 5 * 60_000;
/** Most tenants whose average is kept. */
const TENANTS_MAX = 1_000;

export function addCustomerRoutes(app: GatewayApp, parts: GatewayParts): void {
  const { erasures, nowMs, log } = parts;
  const averages = new FoldCache<AverageSpend>({
    nowMs,
    ageMsMax: AVERAGE_AGE_MS_MAX,
    failureMsMax: 0,
    weightMax: TENANTS_MAX,
    weigh: () => 1,
    onTrouble: (err) => log.warn({ err }, 'the average spend of customers could not be updated'),
  });

  const takeTurn = takingTurns({ what: 'look-ups', atOnce: LOOK_UPS_MAX });

  app.post('/v1/customers/look-up', async (context) => {
    const access = context.get('access');
    const { customerIds, ...calendar } = parseInput(lookUpSchema, await readJson(context));
    const { tenant, stores } = access;
    const addUp = () => askedSource(parts, tenant).ask('averageSpend', undefined);
    const { value: averageSpend } = await averages.get(tenant, addUp);
    const source = askedSource(parts, tenant, context.req.raw.signal);
    const customers = customerIds.map((id) => parts.pseudonymise(tenant, id));
    const question = { customers, ...calendar, averageSpend, ...(stores && { storeIds: [...stores] }) };
    const profiles = await takeTurn(() => source.ask('lookUp', question));
    const { model } = parts.tenant(tenant).serving;
    const lookedUp: LookedUp[] = [];
    for (const [at, customerId] of customerIds.entries()) {
      const profile = erasures.isErased(tenant, customerId) ? undefined : profiles[at];
      lookedUp.push(profile ? presentCustomer(customerId, profile, model) : { customerId, known: false });
      await source.pause();
    }
    return context.json(presentLookUp({ ...calendar, nowMs: source.nowMs }, lookedUp));
  });

  app.delete('/v1/customers/:id', async (context) => {
    const access = context.get('access');
    requireEveryStore(access, 'erase a customer');
    const customerId = parseInput(idSchema, context.req.param('id'));
    return context.json(await erasures.erase(access.tenant, customerId, nowMs()));
  });
}

const CUSTOMER_PATH = /^(\/v1\/customers\/)[^/]+/;

/** A path as it may be logged: without the customer's id. */
export function pathWithoutCustomer(path: string): string {
  return path.replace(CUSTOMER_PATH, '$1:id');
}
