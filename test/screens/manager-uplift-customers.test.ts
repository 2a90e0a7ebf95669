import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { type Json, SellingClient } from '../support/selling-client.ts';
import { alwaysOffering, chromiumPath, launchChromium, PageVisit } from './page-visit.ts';

const CUSTOMERS = 260;
const VISITS = 3;

describe.skipIf(!chromiumPath)('whole customers held out, on the manager page', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'basketlift-uplift-customers-'));
  let gateway: GatewayProcess;
  let browser: Browser;
  let client: SellingClient;

  beforeAll(async () => {
    writeFileSync(join(dataDir, 'holdout.key'), Buffer.alloc(32, 7));
    const env = { ...alwaysOffering, BASKETLIFT_HOLDOUT_SHARE: '0.5', BASKETLIFT_HOLDOUT_BY: 'customer' };
    [gateway, browser] = await Promise.all([startGateway({ dataDir, env }), launchChromium()]);
    client = new SellingClient(gateway.url);
    const events: Json[] = [];
    for (let n = 0; n < CUSTOMERS * VISITS; n++) {
      events.push(
        ...(await client.serve({
          ...{ basketId: `b${n}`, storeId: 's6', agentId: 'a1', at: new Date().toISOString(), accepts: true },
          ...{ customerId: `c${n % CUSTOMERS}`, basket: [{ productId: '282', unitPrice: 3 + (n % 5) / 10 }] },
        })),
      );
    }
    await client.tell(events);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('all visits of a customer are on one side, and it is said what 100 customers bring', async () => {
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

    const page = await PageVisit.arrive(browser, `${gateway.url}/manager`);
    onTestFinished(() => page.leave());
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
