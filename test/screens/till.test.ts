import { beforeEach, describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import { type PageVisit, TABLETS } from '../support/page-visit.ts';

describe.skipIf(!chromiumPath)('the till', () => {
  const gateway = useBrowsedGateway();
  let till: PageVisit;

  beforeEach(async () => {
    till = await gateway.open('/till');
  });

  test('finds products as the cashier types, and adds them by touch', async () => {
    const milk = await till.searchAndTap('milk');
    const coffee = await till.searchAndTap('coffee');
    expect(await till.lines()).toEqual([`${milk} × 1`, `${coffee} × 1`]);
    await till.part('tile').first().click();
    expect(await till.lines()).toHaveLength(3);
  });

  test('adds the product whose exact id is typed', async () => {
    const known = (await till.part('tile').first().getAttribute('data-product'))!;
    await till.part('search').fill(known);
    await till.part('search').press('Enter');
    await till.part('line').waitFor();
    expect(await till.lines()).toEqual([`${known} × 1`]);
  });

  test('offers at most two products, each with a reason, never one that is in the basket', async () => {
    await till.fillUntil('[data-test=offer]');
    const offered = await till.offered();
    expect(offered.length).toBeLessThanOrEqual(2);
    const inBasket = (await till.lines()).map((line) => line.split(' × ')[0]);
    expect(offered.filter((id) => inBasket.includes(id))).toEqual([]);
    for (const reason of await till.page.locator('.offer-reason').allTextContents()) {
      expect(reason).not.toBe('');
      expect(reason).not.toMatch(/stock|margin/i);
    }
  });

  test('accepts, declines and pays by touch, and everything is stored', async () => {
    await till.fillUntil('[data-test=offer]');
    const [accepted] = await till.offered();
    await till.answered(() => till.part('accept').first().click());
    expect((await till.lines()).at(-1)).toBe(`${accepted} × 1`);
    if ((await till.offered()).length === 0) await till.fillUntil('[data-test=offer]');
    const [declined] = await till.offered();
    await till.answered(() => till.part('decline').first().click());
    expect(await till.offered()).not.toContain(declined);
    await till.part('pay').click();
    await till.part('receipt').waitFor();
    expect(await till.lines()).toEqual([]);
    await till.nothingQueued();
  });

  test('is used by keyboard alone', async () => {
    const { keyboard } = till.page;
    await keyboard.type('milk');
    await till.part('result').first().waitFor();
    await keyboard.press('ArrowDown');
    await till.answered(() => keyboard.press('Enter'));
    await keyboard.press('+');
    await expect.poll(async () => (await till.lines())[0]).toMatch(/ × 2$/);
    for (const word of ['coffee', 'cheese', 'soup', 'juice']) {
      if ((await till.offered()).length > 0) break;
      await keyboard.press('/');
      await keyboard.type(word);
      await till
        .part('result')
        .filter({ hasText: new RegExp(word, 'i') })
        .first()
        .waitFor();
      await till.answered(() => keyboard.press('Enter'));
    }
    await till.offersTakeAnswers();
    const place = await till.part('offer').first().locator('.offer-key').textContent();
    const [first] = await till.offered();
    await till.answered(() => keyboard.press(`Shift+Digit${place}`));
    expect(await till.offered()).not.toContain(first);
    await keyboard.press('F9');
    await till.part('receipt').waitFor();
    await keyboard.press('?');
    await till.page.locator('dialog[open]').waitFor();
    await keyboard.press('Escape');
  });

  test('lists the stores in the order people count, and remembers the one chosen', async () => {
    const names = await till.part('store').locator('option').allTextContents();
    const numbers = names.map((name) => Number(/\d+/.exec(name)?.[0]));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    await till.part('store').selectOption('s13');
    await till.page.reload();
    await till.connected();
    await expect.poll(() => till.part('store').inputValue()).toBe('s13');
  });

  test('keeps its basket through a reload', async () => {
    await till.searchAndTap('milk');
    const before = await till.lines();
    await till.page.reload();
    await till.connected();
    expect(await till.lines()).toEqual(before);
  });

  test('opened twice, sells and keeps its basket in the page opened last, until the other takes it back', async () => {
    await till.searchAndTap('milk');
    const other = await till.another();
    expect(await other.lines()).toEqual(await till.lines());
    await till.part('taken-over').waitFor();
    expect(await till.accessibilityFindings()).toEqual([]);
    await till.page.keyboard.press('F9');
    await other.page.keyboard.press('F9');
    await other.part('receipt').waitFor();
    await other.part('tile').first().click();
    const open = await other.lines();
    await till.page.reload();
    await till.connected();
    await other.part('taken-over').waitFor();
    expect(await till.lines()).toEqual(open);
    await other.part('use-here').click();
    await till.part('taken-over').waitFor();
    await other.connected();
    await other.nothingQueued();
    expect([...till.told('sale'), ...other.told('sale')]).toHaveLength(1);
  });

  test('continues to sell while the gateway is down, and loses nothing', async () => {
    await till.fillUntil('[data-test=offer]');
    const seen = (await till.part('tile').first().getAttribute('data-product'))!;
    await till.nothingQueued();
    await gateway.kill();
    await till.disconnected();

    const before = await till.lines();
    await till.part('tile').first().click();
    await till.searchAndTap('milk');
    expect((await till.lines()).length).toBeGreaterThan(before.length);
    expect((await till.lines()).join()).toContain(seen);
    await till.part('pay').click();
    await till.part('receipt').waitFor();
    const sale = (await till.queued()).find((event) => event.type === 'sale');
    expect(sale).toBeDefined();
    await till.part('tile').first().click();
    const open = await till.lines();

    await gateway.comeBack();
    await till.connected();
    await till.nothingQueued();
    expect(await till.lines()).toEqual(open);
    expect(await sendAgain(gateway.url, sale!)).toBe('duplicate');
    await till.fillUntil('[data-test=offer]');
  });

  test('is readable and fits on a phone', async () => {
    await till.page.setViewportSize({ width: 390, height: 844 });
    await till.fillUntil('[data-test=offer]');
    const width = await till.page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    await till.page.locator('.phone-bar button').click();
    await till.part('pay').waitFor();
  });
});

describe.skipIf(!chromiumPath)('the till, to someone who cannot see or point well,', () => {
  const gateway = useBrowsedGateway();

  test.each([
    ['light', 'en'],
    ['light', 'nl'],
    ['dark', 'en'],
    ['dark', 'nl'],
  ] as const)('has no barrier that axe-core finds (%s, %s)', async (colorScheme, locale) => {
    const till = await gateway.open('/till', { colorScheme, locale });
    expect(await till.page.getAttribute('html', 'lang')).toBe(locale);
    await till.part('tile').first().waitFor();
    expect(await till.accessibilityFindings()).toEqual([]);
    await till.fillUntil('[data-test=offer]');
    expect(await till.accessibilityFindings()).toEqual([]);
    await till.part('search').fill('coffee');
    await till.part('result').first().waitFor();
    await till.part('search').press('ArrowDown');
    expect(await till.accessibilityFindings()).toEqual([]);
    await till.part('search').press('Escape');
    await till.page.keyboard.press('?');
    expect(await till.accessibilityFindings()).toEqual([]);
  });

  test.each(TABLETS)(
    'shows all of its words and controls on a tablet (%i × %i, %s)',
    async (width, height, locale) => {
      const viewport = { width, height };
      const till = await gateway.open('/till', { viewport, locale });
      await till.part('store').selectOption('s13');
      await till.fillUntil('[data-test=offer]');
      expect(await till.cutOff()).toEqual([]);
    },
  );

  test('has targets of at least 44 pixels', async () => {
    const till = await gateway.open('/till');
    await till.fillUntil('[data-test=offer]');
    expect(await till.smallTargets()).toEqual([]);
  });
});

async function sendAgain(url: string, event: { readonly id: string }): Promise<string | undefined> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events: [event] }),
  });
  const { results } = (await response.json()) as { results: { status: string }[] };
  return results[0]?.status;
}
