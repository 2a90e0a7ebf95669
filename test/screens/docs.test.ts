import { beforeEach, describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import { openApi } from '../support/documented.ts';
import type { PageVisit } from '../support/page-visit.ts';

describe.skipIf(!chromiumPath)('the description page', () => {
  const gateway = useBrowsedGateway();
  let visit: PageVisit;

  beforeEach(async () => {
    visit = await gateway.arrive('/docs');
    await visit.part('suggest').waitFor();
  });

  test('has every operation, and asks nobody but the gateway', async () => {
    const asked: string[] = [];
    visit.page.on('request', (request) => asked.push(request.url()));
    await visit.page.reload();
    for (const item of Object.values(openApi.paths))
      for (const { operationId } of Object.values(item)) await visit.part(operationId).waitFor();
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.filter((url) => !url.startsWith(gateway.url))).toEqual([]);
  });

  test('shows an example to copy, and leads to the fields of a body', async () => {
    await visit.part('suggest').locator('summary').click();
    expect(await visit.part('suggest').locator('pre').textContent()).toContain(
      `'${gateway.url}/v1/suggestions'`,
    );
    await visit.part('suggest').getByRole('link', { name: 'SuggestionRequest' }).click();
    await visit.page.locator('#SuggestionRequest').getByText('budgetMs').waitFor();
  });

  test('opens the schema that a link names, also where the page is open already', async () => {
    await visit.page.goto('about:blank');
    for (const name of ['Plan', 'Stores']) {
      await visit.page.goto(`${gateway.url}/docs#${name}`);
      await visit.page.locator(`#${name} table`).waitFor();
      const top = await visit.page.locator(`#${name}`).evaluate((card) => card.getBoundingClientRect().top);
      expect(top).toBeLessThan(800);
    }
  });

  test('is in English for readers of any language', async () => {
    const dutch = await gateway.arrive('/docs', { locale: 'nl' });
    await dutch.part('suggest').waitFor();
    expect(await dutch.page.getAttribute('html', 'lang')).toBe('en');
  });

  test.each(['light', 'dark'] as const)('has no barrier that axe-core finds (%s)', async (colorScheme) => {
    await visit.page.emulateMedia({ colorScheme });
    await visit.part('replaceRules').locator('summary').click();
    expect(await visit.accessibilityFindings()).toEqual([]);
  });

  test('fits on a phone', async () => {
    await visit.page.setViewportSize({ width: 390, height: 844 });
    await visit.part('reportSales').locator('summary').click();
    const width = await visit.page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
  });
});
