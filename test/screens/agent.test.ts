import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readingMs } from '../../src/screens/answer-pace.ts';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import { type PageVisit, TABLETS } from '../support/page-visit.ts';
import { SellingClient } from '../support/selling-client.ts';

const prompted = '[data-test=pitch]';

describe.skipIf(!chromiumPath)('the agent page', () => {
  const gateway = useBrowsedGateway();
  let agent: PageVisit;

  beforeEach(async () => {
    agent = await gateway.open('/agent');
  });

  test('shows the sentence to say with its reasons', async () => {
    await agent.fillUntil(prompted);
    expect(await agent.part('pitch').textContent()).not.toBe('');
    expect(await agent.page.locator('[data-test=reasons] li').count()).toBeGreaterThan(0);
  });

  test.each([
    ['n', 'declined'],
    ['s', 'not offered'],
  ])('key %s records %s, and that product is not prompted again', async (key) => {
    await agent.fillUntil(prompted);
    const [first] = await agent.offered();
    await agent.answered(() => agent.page.keyboard.press(key));
    expect(await agent.offered()).not.toContain(first);
    await agent.answered(() => agent.searchAndTap('coffee'));
    expect(await agent.offered()).not.toContain(first);
    await agent.nothingQueued();
  });

  test('a held key answers one prompt, and so does a button pressed twice', async () => {
    await agent.fillUntil(prompted);
    const { keyboard } = agent.page;
    await agent.answered(() => keyboard.down('n'));
    const answeredAt = await agent.page.evaluate(() => performance.now());
    await keyboard.down('n');
    await keyboard.up('n');
    await keyboard.press('+');
    await expect.poll(async () => (await agent.lines()).join()).toContain('× 2');
    expect(agent.told('outcome')).toHaveLength(1);
    await agent.answered(() => agent.searchAndTap('soup'));
    if (!(await agent.part('pitch').isVisible())) await agent.fillUntil(prompted);
    // Sooner after an answer nobody has read the next prompt, and neither press would count.
    await agent.page.waitForFunction((atMs) => performance.now() >= atMs, answeredAt + readingMs);
    await agent.answered(() => agent.part('answer-s').dblclick());
    await agent.nothingQueued();
    expect(agent.told('outcome')).toHaveLength(2);
  });

  test('a scan adds its product, wherever the focus is, and answers nothing', async () => {
    await agent.fillUntil(prompted);
    await agent.answered(() => agent.part('answer-s').click());
    const { products } = (await (await fetch(`${gateway.url}/v1/products?limit=40`)).json()) as {
      products: { id: string; barcode: string }[];
    };
    for (const { id, barcode } of products.slice(-2)) {
      await agent.scan(barcode);
      await expect.poll(() => agent.lines()).toContain(`${id} × 1`);
      await agent.part('search').focus();
    }
    await agent.part('search').press('Escape');
    await agent.scan('SYN-42');
    await agent.part('missing').filter({ hasText: 'SYN-42' }).waitFor();
    expect(agent.told('outcome')).toHaveLength(1);
  });

  test('key y adds the product, and the order is placed with F9', async () => {
    await agent.fillUntil(prompted);
    const [first] = await agent.offered();
    await agent.answered(() => agent.page.keyboard.press('y'));
    expect((await agent.lines()).at(-1)).toBe(`${first} × 1`);
    await agent.page.keyboard.press('F9');
    await agent.part('receipt').waitFor();
    await agent.nothingQueued();
  });

  test('keys typed into a field are text, not answers', async () => {
    await agent.fillUntil(prompted);
    const before = await agent.offered();
    await agent.part('customer').pressSequentially('yns');
    expect(await agent.part('customer').inputValue()).toBe('yns');
    expect(await agent.offered()).toEqual(before);
    expect((await agent.queued()).filter((event) => event.type === 'outcome')).toEqual([]);
  });

  test('consent goes with its customer, and a number typed before F9 belongs to that order only', async () => {
    await agent.searchAndTap('milk');
    await agent.part('customer').fill('alice');
    await agent.part('customer').press('Tab');
    await agent.part('consent').check();
    await agent.part('customer').fill('bob');
    await agent.part('customer').press('Tab');
    expect(await agent.part('consent').isChecked()).toBe(false);
    await agent.part('customer').fill('dave');
    await agent.part('customer').press('F9');
    await agent.part('receipt').waitFor();
    const named = agent.sent.filter(({ customerId }) => customerId !== undefined);
    expect(named.map(({ customerId, consent }) => [customerId, consent])).toEqual([
      ['alice', { personalise: false }],
      ['alice', { personalise: true }],
      ['bob', { personalise: false }],
      ['dave', { personalise: false }],
    ]);
    expect(await agent.part('customer').inputValue()).toBe('');
  });

  test("the sentence is in the customer's language, whatever the screen's", async () => {
    await agent.fillUntil(prompted);
    const english = await agent.part('pitch').textContent();
    await agent.answered(() => agent.part('pitch-language').selectOption('nl'));
    expect(await agent.part('pitch').getAttribute('lang')).toBe('nl');
    expect(await agent.part('pitch').textContent()).not.toBe(english);
    expect(await agent.page.getAttribute('html', 'lang')).toBe('en');
    await agent.page.reload();
    await agent.part('pitch').waitFor();
    expect(await agent.part('pitch-language').inputValue()).toBe('nl');
    expect(await agent.part('pitch').getAttribute('lang')).toBe('nl');
  });

  test('a sentence about another basket is not shown while the gateway is down', async () => {
    await agent.fillUntil(prompted);
    await gateway.kill();
    await agent.disconnected();
    expect(await agent.part('pitch').count()).toBe(1);
    await agent.page.keyboard.press('Delete');
    await agent.part('quiet').filter({ hasText: 'No prompts while offline.' }).waitFor();
    expect(await agent.part('answer-y').isDisabled()).toBe(true);
    await gateway.comeBack();
    await agent.connected();
  });

  describe('with a customer who agreed to be known, and an agent with a record', () => {
    beforeAll(async () => {
      const client = new SellingClient(gateway.url);
      for (const day of ['2026-01-05', '2026-01-15', '2026-01-25']) {
        const basketId = `known-${day}`;
        const who = { basketId, storeId: 's6', agentId: 'a77' };
        const lines = [{ productId: '282', unitPrice: 3.5, quantity: 1 }];
        const named = { customerId: 'c77', consent: { personalise: true } };
        await client.post('/v1/suggestions', { ...who, ...named, basket: lines });
        const at = `${day}T12:00:00Z`;
        await client.tell([{ id: `${basketId}-paid`, type: 'sale', ...who, at, currency: 'EUR', lines }]);
      }
    });

    const name = async (visit: PageVisit) => {
      await visit.part('tile').first().waitFor();
      for (const [field, value] of [
        ['agent', 'a77'],
        ['customer', 'c77'],
      ] as const) {
        await visit.part(field).fill(value);
        await visit.part(field).press('Tab');
      }
      await visit.page.locator('.caller .check input').check();
    };

    test('shows when the customer comes and what is bought again, and the own best day', async () => {
      await name(agent);
      await agent.part('customer-card').locator('summary').click();
      const card = await agent.part('customer-card').textContent();
      expect(card).toMatch(/Lapsed.*due 4 Feb.*last here 25 Jan.*usually every 10 days/);
      expect(await agent.part('customer-card').locator('li').first().textContent()).toMatch(/bought 3 times/);
      await agent.part('bests').waitFor();
      expect(await agent.part('bests').textContent()).toMatch(/^Your best day: 1 order \(.*\), today 0\./);
      await agent.page.locator('.caller .check input').uncheck();
      await agent.part('customer-card').waitFor({ state: 'detached' });
    });

    test('prompts while the gateway is still looking up the customer, and even if it never answers', async () => {
      await agent.page.route('**/v1/customers/look-up', () => {});
      await agent.page.route('**/v1/agents/*/bests*', (route) => route.fulfill({ status: 503 }));
      await name(agent);
      await agent.fillUntil(prompted);
      expect(await agent.part('customer-card').count()).toBe(0);
      expect(await agent.part('bests').count()).toBe(0);
    });

    test.each([...TABLETS, [1280, 1000, 'en'] as const, [390, 844, 'nl'] as const])(
      'has no barrier that axe-core finds, and cuts nothing off (%i × %i, %s)',
      async (width, height, locale) => {
        const visit = await gateway.open('/agent', {
          viewport: { width, height },
          locale,
        });
        await name(visit);
        await visit.fillUntil(prompted);
        await visit.part('customer-card').waitFor();
        await visit.part('bests').waitFor();
        expect(await visit.accessibilityFindings()).toEqual([]);
        if (width > 760) expect(await visit.cutOff()).toEqual([]);
      },
    );
  });

  test.each(TABLETS)(
    'shows all of its words and controls on a tablet (%i × %i, %s)',
    async (width, height, locale) => {
      const viewport = { width, height };
      const visit = await gateway.open('/agent', { viewport, locale });
      await visit.fillUntil(prompted);
      expect(await visit.cutOff()).toEqual([]);
    },
  );

  test('has targets of at least 44 pixels', async () => {
    await agent.fillUntil(prompted);
    expect(await agent.smallTargets()).toEqual([]);
  });

  test('fits on a phone, and what to say stays in sight as the basket grows', async () => {
    await agent.page.setViewportSize({ width: 390, height: 844 });
    await agent.fillUntil(prompted);
    expect(await agent.page.evaluate('scrollY')).toBe(0);
    expect(await agent.smallTargets()).toEqual([]);
    const width = await agent.page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
  });

  test.each([
    ['light', 'en'],
    ['light', 'nl'],
    ['dark', 'en'],
    ['dark', 'nl'],
  ] as const)(
    'has no barrier that axe-core finds, nor has the index (%s, %s)',
    async (colorScheme, locale) => {
      const visit = await gateway.open('/agent', { colorScheme, locale });
      await visit.part('tile').first().waitFor();
      expect(await visit.accessibilityFindings()).toEqual([]);
      await visit.fillUntil(prompted);
      expect(await visit.accessibilityFindings()).toEqual([]);
      await visit.page.goto(gateway.url);
      expect(await visit.accessibilityFindings()).toEqual([]);
    },
  );

  test('is reached from the index', async () => {
    await agent.page.goto(gateway.url);
    await agent.page.locator('a[href="/agent"]').click();
    await agent.connected();
  });
});
