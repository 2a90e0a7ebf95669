import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/chromium.ts';
import type { PageVisit } from '../support/page-visit.ts';
import type { Json } from '../support/selling-client.ts';
import { useSellingShop } from './selling-shop.ts';

const BASKETS = 800;
const STORES = ['s6', 's7'];

describe.skipIf(!chromiumPath)('the uplift on the manager page', () => {
  const shop = useSellingShop({}, async (client) => {
    const events: Json[] = [];
    for (let n = 0; n < BASKETS; n++) {
      const [storeId, at] = [STORES[n % 2]!, new Date().toISOString()];
      const basket = [{ productId: '282', unitPrice: 3 + (n % 5) / 10 }];
      // Offers are taken in the first store only.
      events.push(
        ...(await client.serve({
          basketId: `b${n}`,
          storeId,
          agentId: 'a1',
          at,
          basket,
          accepts: storeId === STORES[0],
        })),
      );
    }
    return events;
  });

  const report = (split: string): Promise<Json> => shop().client.get(`/v1/reports/uplift?split=${split}`);
  const arrive = async (): Promise<PageVisit> => {
    const page = await shop().visitManager();
    await page.part('trusted').waitFor();
    return page;
  };
  const money = (value: number) => value.toFixed(2);

  test('is stated for each store by itself, and says where it differs from zero', async () => {
    const page = await arrive();
    expect(await page.part('uplift').textContent()).toContain('Incremental part of the up-sell margin');
    await page.part('uplift-by-store').click();
    const rows = page.part('uplift-parts').locator('li');
    await rows.first().waitFor();
    const { parts } = await report('store');
    expect(parts.map(({ part }: Json) => part)).toEqual(STORES);
    expect(parts[0].anytimeQ).toBeLessThan(0.05);
    const texts = await rows.allTextContents();
    for (const [at, { anytime, baskets }] of parts.entries()) {
      expect(texts[at]).toContain(money(Math.abs(anytime.marginPer100Baskets.estimate)));
      expect(texts[at]).toContain(`${baskets.treatment} baskets with offers, ${baskets.holdout} held out`);
    }
    expect(texts[0]).toContain('The offers earned here.');
    expect(texts[1]).toContain('Not told from nothing yet.');
  });

  test('is stated for each category, and by store no longer once a store is chosen', async () => {
    const page = await arrive();
    await page.part('uplift-by-category').click();
    const rows = page.part('uplift-parts').locator('li');
    await rows.first().waitFor();
    const { parts } = await report('category');
    const names = await rows.locator('span').allTextContents();
    expect(names).toEqual(parts.map(({ part }: Json) => part ?? 'Not known'));
    await page.part('uplift-by-store').click();
    await page.part('store').selectOption(STORES[0]!);
    await page.part('uplift-by-store').waitFor({ state: 'detached' });
    await page.part('uplift-parts').waitFor({ state: 'detached' });
    expect(await page.part('uplift-by-whole').getAttribute('aria-pressed')).toBe('true');
  });
});
