import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { type Json, SellingClient } from '../support/selling-client.ts';
import { alwaysOffering, launchChromium, PageVisit } from './page-visit.ts';

/** Half of a shop's baskets, or customers, are held out, in every run the same. */
const HALF_HELD_OUT = { ...alwaysOffering, BASKETLIFT_HOLDOUT_SHARE: '0.5' };

export interface SellingShop {
  readonly client: SellingClient;
  /** On the manager page, until the test ends. */
  visitManager(options?: BrowserContextOptions): Promise<PageVisit>;
}

/**
 * A gateway of its own with a browser, for the tests of a `describe`, in which some baskets were sold before.
 *
 * @param sell serves them, one after the other, and answers their events
 */
export function useSellingShop(
  env: Readonly<Record<string, string>>,
  sell: (client: SellingClient) => Promise<Json[]>,
): () => SellingShop {
  let dataDir: string;
  let gateway: GatewayProcess;
  let browser: Browser;
  let shop: SellingShop;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'basketlift-shop-'));
    writeFileSync(join(dataDir, 'holdout.key'), Buffer.alloc(32, 7));
    [gateway, browser] = await Promise.all([
      startGateway({ dataDir, env: { ...HALF_HELD_OUT, ...env } }),
      launchChromium(),
    ]);
    const client = new SellingClient(gateway.url);
    const visitManager = async (options: BrowserContextOptions = {}) => {
      const page = await PageVisit.arrive(browser, `${gateway.url}/manager`, options);
      onTestFinished(() => page.leave());
      return page;
    };
    shop = { client, visitManager };
    await client.tell(await sell(client));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return () => shop;
}
