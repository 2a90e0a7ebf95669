import { beforeAll, describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import type { PageVisit } from '../support/page-visit.ts';
import { SellingClient } from '../support/selling-client.ts';

describe.skipIf(!chromiumPath)('the manager page, to somebody with a key of some stores,', () => {
  const gateway = useBrowsedGateway();

  beforeAll(async () => {
    const client = new SellingClient(gateway.url);
    const basket = [{ productId: '282', unitPrice: 3.5 }];
    for (const [n, storeId] of ['s6', 's7', 's7', 'annex'].entries()) {
      const at = new Date().toISOString();
      const sold = { basketId: `b${n}`, storeId, agentId: 'a1', at, basket, accepts: false };
      await client.tell(await client.serve(sold));
    }
  });

  const visit = async (stores: readonly string[], locale = 'en'): Promise<PageVisit> => {
    const own = stores.length > 0 ? ['--store', stores.join(',')] : [];
    const { key } = await gateway.createKey('--scope', 'manager', ...own);
    const page = await gateway.arrive('/manager', { locale });
    await page.logIn(key);
    await page.part('figure-transactions').waitFor();
    return page;
  };
  const transactions = (page: PageVisit) => page.part('figure-transactions').locator('strong').textContent();
  const stores = (page: PageVisit) =>
    page
      .part('store')
      .locator('option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('value')));
  const noticed = (page: PageVisit, panel: string) =>
    page.part(panel).locator('[data-test=of-all-stores]').allTextContents();

  test('opens with the figures of the only store, which is the only choice', async () => {
    const page = await visit(['s7']);
    expect(await transactions(page)).toBe('2');
    expect(await page.part('store').inputValue()).toBe('s7');
    expect(await stores(page)).toEqual(['s7']);
    for (const panel of ['uplift', 'customers', 'stock'])
      expect(await page.part(panel).locator('[data-test=forbidden]').count()).toBe(0);
    expect(await noticed(page, 'pay')).toEqual([]);
  });

  test('opens with the first of several, also where the model does not know it', async () => {
    const page = await visit(['s6', 'attic']);
    expect(await transactions(page)).toBe('1');
    expect(await stores(page)).toEqual(['s6', 'attic']);
    await page.part('store').selectOption('attic');
    await page.part('sales').getByText('No sales in this time.').waitFor();
  });

  test('may choose, of all stores, also one that the model does not know', async () => {
    const page = await visit([]);
    await page.part('store').locator('option[value=annex]').waitFor({ state: 'attached' });
    expect(await transactions(page)).toBe('4');
    await page.part('store').selectOption('annex');
    await page.part('figure-transactions').getByText('1', { exact: true }).waitFor();
    expect(await page.part('store').inputValue()).toBe('annex');
  });

  test.each([
    ['en', 'Of all stores that you may see, not of the chosen one alone.'],
    ['nl', 'Van alle winkels die u mag zien, niet alleen van de gekozen winkel.'],
  ])('says on the panels of contests and pay that they are of all stores (%s)', async (locale, text) => {
    const page = await visit([], locale);
    expect(await noticed(page, 'contests')).toEqual([]);
    await page.part('store').selectOption('s7');
    for (const panel of ['contests', 'pay']) expect(await noticed(page, panel)).toEqual([text]);
  });
});
