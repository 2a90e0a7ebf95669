import { requireEveryStore } from './access.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { parseInput } from './problem.ts';
import { idSchema } from './wire.ts';

export function addCustomerRoutes(app: GatewayApp, { erasures, nowMs }: GatewayParts): void {
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
