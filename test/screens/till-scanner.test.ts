import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import type { PageVisit } from '../support/page-visit.ts';

describe.skipIf(!chromiumPath)('the keys and the scanner of the till', () => {
  const gateway = useBrowsedGateway();
  let till: PageVisit;
  let barcodes: string[];

  beforeAll(async () => {
    const { products } = (await (await fetch(`${gateway.url}/v1/products?limit=40`)).json()) as {
      products: { barcode: string }[];
    };
    barcodes = products.slice(30).map(({ barcode }) => barcode);
  });

  beforeEach(async () => {
    till = await gateway.open('/till');
  });

  test('a held key answers one offer', async () => {
    await till.fillUntil('[data-test=offer]');
    await till.offersTakeAnswers();
    const place = await till.part('offer').first().locator('.offer-key').textContent();
    const { keyboard } = till.page;
    await keyboard.down('Shift');
    await till.answered(() => keyboard.down(`Digit${place}`));
    await keyboard.down(`Digit${place}`);
    await keyboard.up(`Digit${place}`);
    await keyboard.up('Shift');
    await keyboard.press('+');
    await expect.poll(async () => (await till.lines()).join()).toContain('× 2');
    expect(till.told('outcome')).toHaveLength(1);
  });

  test('a code is never taken for shortcuts, and says so where it is no product', async () => {
    await till.fillUntil('[data-test=offer]');
    const before = { lines: await till.lines(), offered: await till.offered() };
    const unknown = ['12AB345', '12-34-5678', '71053C', '4006381333931'];
    for (const code of unknown) {
      await till.scan(code);
      await till.part('missing').filter({ hasText: code }).waitFor();
    }
    expect({ lines: await till.lines(), offered: await till.offered() }).toEqual(before);
    expect(till.told('outcome')).toEqual([]);
    await till.scan(barcodes[0]!);
    await expect.poll(() => till.lines()).toHaveLength(before.lines.length + 1);
    for (const code of unknown) expect(await till.part('missing').textContent()).toContain(code);
    expect(await till.accessibilityFindings()).toEqual([]);
    await till.part('missing').locator('button').click();
    await till.part('missing').waitFor({ state: 'detached' });
  });

  test('none is lost where the gateway answers late, whatever stood in the search field', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await till.page.route('**/v1/products?*', async (route) => {
      await released;
      await route.continue();
    });
    await till.part('search').fill('milk');
    await till.scan(barcodes[0]!);
    expect(await till.part('search').inputValue()).toBe('');
    await till.part('search').focus();
    await till.scan(barcodes[1]!);
    await till.scan(barcodes[2]!);
    await till.page.keyboard.press('F9');
    release();
    await till.part('receipt').waitFor();
    await till.nothingQueued();
    expect(till.told('sale').map(({ lines }) => (lines as unknown[]).length)).toEqual([3]);
  });
});
