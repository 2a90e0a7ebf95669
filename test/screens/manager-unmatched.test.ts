import { beforeAll, describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import type { PageVisit } from '../support/page-visit.ts';
import { SellingClient } from '../support/selling-client.ts';

const STRAYS = 120;

describe.skipIf(!chromiumPath)('the list of what counts nowhere, where it has several pages,', () => {
  const gateway = useBrowsedGateway();

  beforeAll(async () => {
    const client = new SellingClient(gateway.url);
    const stray = { type: 'refund', at: new Date().toISOString(), currency: 'EUR' };
    const lines = [{ productId: '282', quantity: 1, unitPrice: 3.5 }];
    const events = Array.from({ length: STRAYS }, (_, n) => ({
      ...stray,
      id: `r${n}`,
      basketId: `b${n}`,
      lines,
    }));
    await client.post('/v1/events', { events });
  });

  const opened = async (locale = 'en'): Promise<PageVisit> => {
    const page = await gateway.arrive('/manager', { locale });
    await page.part('unmatched').locator('summary').click();
    await page.part('older').waitFor();
    return page;
  };
  const ids = (page: PageVisit) =>
    page.part('unmatched-list').locator('tbody tr td:last-child').allTextContents();
  const said = (page: PageVisit, text: string) =>
    page.part('unmatched-state').getByText(text, { exact: true }).waitFor();
  const newest = (count: number) => Array.from({ length: count }, (_, n) => `r${STRAYS - 1 - n}`);

  test('is read page by page with the keyboard, to its end, without losing the place', async () => {
    const page = await opened();
    await said(page, 'The newest 50.');
    expect(await ids(page)).toEqual(newest(50));
    await page.part('older').focus();
    await page.page.keyboard.press('Enter');
    await said(page, 'The newest 100.');
    expect(await ids(page)).toEqual(newest(100));
    await page.page.keyboard.press('Enter');
    await said(page, 'All 120.');
    expect(await ids(page)).toEqual(newest(120));
    expect(await page.part('older').and(page.page.locator(':focus')).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await page.page.keyboard.press('Enter');
    await said(page, 'All 120.');
    expect(await page.accessibilityFindings()).toEqual([]);
    expect(await page.smallTargets()).toEqual([]);
  });

  test('keeps its pages in another language, and begins anew when the page is loaded again', async () => {
    const page = await opened('nl');
    await said(page, 'De nieuwste 50.');
    await page.part('older').click();
    await said(page, 'De nieuwste 100.');
    await page.page.locator('.language-switch [lang=en]').click();
    await said(page, 'The newest 100.');
    expect(await ids(page)).toEqual(newest(100));
    await page.page.reload();
    await page.part('unmatched').locator('summary').click();
    await said(page, 'The newest 50.');
    expect(await ids(page)).toEqual(newest(50));
  });

  test('keeps what it has where a page fails, and asks for it again', async () => {
    const page = await opened();
    let isFailing = true;
    await page.page.route('**/v1/reports/unmatched?*before=*', (route) =>
      isFailing ? route.fulfill({ status: 500 }) : route.continue(),
    );
    await page.part('older').click();
    await said(page, 'The gateway does not answer. Reload the page to try again.');
    expect(await ids(page)).toEqual(newest(50));
    isFailing = false;
    await page.part('older').click();
    await said(page, 'The newest 100.');
    expect(await ids(page)).toEqual(newest(100));
  });
});
