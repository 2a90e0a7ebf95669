import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/chromium.ts';
import type { Json } from '../support/selling-client.ts';
import { useSellingShop } from './selling-shop.ts';

const CUSTOMERS = 260;
const VISITS = 3;

describe.skipIf(!chromiumPath)('whole customers held out, on the manager page', () => {
  const shop = useSellingShop({ BASKETLIFT_HOLDOUT_BY: 'customer' }, async (client) => {
    const events: Json[] = [];
    for (let n = 0; n < CUSTOMERS * VISITS; n++) {
      events.push(
        ...(await client.serve({
          basketId: `b${n}`,
          storeId: 's6',
          agentId: 'a1',
          at: new Date().toISOString(),
          accepts: true,
          customerId: `c${n % CUSTOMERS}`,
          basket: [{ productId: '282', unitPrice: 3 + (n % 5) / 10 }],
        })),
      );
    }
    return events;
  });

  test('all visits of a customer are on one side, and the page states what 100 customers bring', async () => {
    const { client, visitManager } = shop();
    const sides = new Map<string, Set<string>>();
    for (let n = 0; n < 40; n++) {
      const customerId = `c${n % 8}`;
      const asked = {
        basket: [{ productId: '282' }],
        storeId: 's6',
        customerId,
        consent: { personalise: true },
      };
      const { arm } = await client.post('/v1/suggestions', { basketId: `again-${n}`, ...asked });
      sides.set(customerId, (sides.get(customerId) ?? new Set()).add(arm));
    }
    expect([...sides.values()].map(({ size }) => size)).toEqual(new Array(8).fill(1));
    expect(new Set([...sides.values()].flatMap((arms) => [...arms])).size).toBe(2);

    const { customers, baskets, currency } = await client.get('/v1/reports/uplift');
    expect(customers.customers.treatment + customers.customers.holdout).toBe(CUSTOMERS);
    expect(baskets.treatment).toBeGreaterThanOrEqual(VISITS * customers.customers.treatment);
    expect(customers.incremental.marginPer100Customers.low).toBeGreaterThan(0);
    expect(currency).toBe('EUR');

    const page = await visitManager();
    const panel = page.part('uplift-customers');
    await panel.waitFor();
    const texts = await panel.locator('li').allTextContents();
    for (const [at, [metric, digits]] of [
      ['basketsPer100Customers', 1],
      ['marginPer100Customers', 2],
      ['revenuePer100Customers', 2],
    ].entries() as IterableIterator<[number, [string, number]]>)
      expect(texts[at]).toContain(Math.abs(customers.incremental[metric].estimate).toFixed(digits));
    const { treatment, holdout } = customers.customers;
    expect(await panel.textContent()).toContain(`${treatment} customers with offers, ${holdout} held out`);
  });
});
