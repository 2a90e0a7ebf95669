import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/chromium.ts';
import type { PageVisit } from '../support/page-visit.ts';
import { useSellingShop } from './selling-shop.ts';

const DAY_MS = 86_400_000;

/** Noon of a day so many days ago: in the middle of its business day everywhere near. */
const daysAgo = (days: number) => {
  const day = new Date(Date.now() - days * DAY_MS);
  return `${day.toISOString().slice(0, 10)}T12:00:00Z`;
};

describe.skipIf(!chromiumPath)('the sales of a shop that sells little', () => {
  const shop = useSellingShop({}, async (client) => {
    const basket = [{ productId: '282', unitPrice: 3 }];
    const sold = { storeId: 's6', agentId: 'a1', basket, accepts: false };
    const days = [await client.serve({ ...sold, basketId: 'b1', at: daysAgo(1) })];
    days.push(await client.serve({ ...sold, basketId: 'b2', at: daysAgo(36) }));
    return days.flat();
  });

  const visitSales = async (grain: 'day' | 'week' | 'month'): Promise<PageVisit> => {
    const page = await shop().visitManager();
    await page.part(`by-${grain}`).click();
    await page.part(`by-${grain}`).and(page.page.locator('[aria-pressed=true]')).waitFor();
    await page.part('figure-transactions').click();
    await page.part('sales').locator('[data-test=trend]').waitFor();
    return page;
  };

  test.each([
    ['week', 12],
    ['month', 12],
  ] as const)('have a place for every %s, also for one without a sale', async (grain, least) => {
    const page = await visitSales(grain);
    expect(await page.part('sales').locator('circle').count()).toBeGreaterThanOrEqual(least);
  });

  test('are counted on an axis of whole numbers, each named once', async () => {
    const page = await visitSales('day');
    const levels = page.part('sales').locator('.trend-text[text-anchor=end]');
    expect(await levels.allTextContents()).toEqual(['0', '1']);
  });

  test.each(['week', 'month'] as const)('by %s have every label of the chart whole', async (grain) => {
    const page = await visitSales(grain);
    const cut = await page.page.evaluate(`(() => {
      const edge = document.querySelector('[data-test=sales] [data-test=trend]').getBoundingClientRect().right;
      return [...document.querySelectorAll('[data-test=sales] .trend-text')]
        .filter((label) => label.getBoundingClientRect().right > edge)
        .map((label) => label.textContent);
    })()`);
    expect(cut).toEqual([]);
  });

  test('are compared with a time that is told apart by its years', async () => {
    const page = await visitSales('month');
    const spans = await page.part('comparison').locator('small').allTextContents();
    expect(spans[0]).toMatch(/^\d+ \w+ \d{4} to \d+ \w+ \d{4}$/);
  });

  test.each(['en', 'nl'])(
    'and the parts of the uplift are chosen whole on a small phone (%s)',
    async (locale) => {
      const page = await shop().visitManager({ locale, viewport: { width: 360, height: 740 } });
      await page.part('trusted').waitFor();
      const clipped = await page.page.evaluate(
        "[...document.querySelectorAll('.segments')].filter((e) => e.scrollWidth > e.clientWidth).length",
      );
      expect(clipped).toBe(0);
      expect(await page.smallTargets()).toEqual([]);
    },
  );
});
