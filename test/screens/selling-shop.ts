import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { beforeAll } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import type { PageVisit } from '../support/page-visit.ts';
import { type Json, SellingClient } from '../support/selling-client.ts';

/** Half of a shop's baskets, or customers, are held out, in every run the same. */
const HALF_HELD_OUT = { BASKETLIFT_HOLDOUT_SHARE: '0.5' };

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
  const gateway = useBrowsedGateway({
    env: { ...HALF_HELD_OUT, ...env },
    prepare: (dataDir) => writeFileSync(join(dataDir, 'holdout.key'), Buffer.alloc(32, 7)),
  });
  let client: SellingClient;
  beforeAll(async () => {
    client = new SellingClient(gateway.url);
    await client.tell(await sell(client));
  }, 120_000);
  return () => ({ client, visitManager: (options) => gateway.arrive('/manager', options) });
}
