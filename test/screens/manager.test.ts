import { beforeAll, describe, expect, test, vi } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import { type PageVisit, TABLETS } from '../support/page-visit.ts';
import { SellingClient } from '../support/selling-client.ts';

const today = new Date().toISOString().slice(0, 10);
const month = today.slice(0, 7);
const plan = {
  id: 'floor',
  from: '2020-01',
  agentIds: ['a1', 'a2'],
  currency: 'EUR',
  basePay: 100,
  rates: [{ of: 'revenue', percent: 50 }],
};

/** A4 between its margins, in the pixels of a page. */
const PAPER = { width: 703, height: 1017 };

describe.skipIf(!chromiumPath)('the manager page', () => {
  const gateway = useBrowsedGateway();
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    const client = new SellingClient(gateway.url);
    const basket = [{ productId: '282', unitPrice: 3.5 }];
    for (let n = 0; n < 12; n++) {
      const who = { storeId: 's6', agentId: `a${1 + (n % 3)}`, at: new Date().toISOString() };
      const sold = { basketId: `b${n}`, ...who, basket, accepts: n % 2 === 0 };
      await client.tell(await client.serve({ ...sold, ...(n < 6 && { customerId: `c${n}` }) }));
    }
    const stray = { type: 'refund', at: new Date().toISOString(), basketId: 'gone', currency: 'EUR' };
    const back = { id: 'r-gone', ...stray, lines: [{ productId: '282', quantity: 1, unitPrice: 3.5 }] };
    await client.post('/v1/events', { events: [back] });
    await client.put('/v1/plans', { timeZone: 'UTC', dayEnds: 0, plans: [plan] });
    const rules = {
      metric: 'upsellRevenue',
      currency: 'EUR',
      from: today,
      to: today,
      dayEnds: 0,
      minimumBaskets: 1,
    };
    const contest = { name: 'Today', budget: 50, rules: { ...rules, agentIds: ['a1', 'a2', 'a3'] } };
    const { id } = await client.post('/v1/contests', contest);
    await client.post(`/v1/contests/${id}/wishes`, { agentId: 'a1', text: 'Cinema', cost: 15 });
    // The first look at the stock comes two seconds after the start.
    await vi.waitFor(async () => expect((await client.get('/v1/reports/inventory')).rows).toHaveLength(1), {
      timeout: 20_000,
      interval: 200,
    });
    // Pages of a gateway without keys ask for none: the keys come last.
    keys.manager = (await gateway.createKey('--scope', 'manager')).key;
    keys.agent = (await gateway.createKey('--scope', 'agent', '--agent', 'a1')).key;
  });

  async function visit(key: string, options = {}): Promise<PageVisit> {
    const page = await gateway.arrive('/manager', options);
    await page.logIn(key);
    await page.part('log-out').waitFor();
    return page;
  }
  const figure = (page: PageVisit, name: string) =>
    page.part(`figure-${name}`).locator('strong').textContent();
  const trend = (page: PageVisit, panel: string) => page.part(panel).locator('[data-test=trend]');
  /** All panels have their answer. */
  const filled = async (page: PageVisit) => {
    for (const part of ['trusted', 'segments', 'stock-now', 'standings', 'statements'])
      await page.part(part).waitFor();
    for (const panel of ['sales', 'stock']) await trend(page, panel).waitFor();
  };

  test('shows the same figures as the API: sales, uplift, standings and pay', async () => {
    const page = await visit(keys.manager!);
    await filled(page);
    const client = new SellingClient(gateway.url, { authorization: `Bearer ${keys.manager}` });
    const { total } = await client.get(`/v1/reports/sales?from=${today}&to=${today}`);
    expect(await figure(page, 'revenue')).toBe(`€${total.money[0].revenue.toFixed(2)}`);
    expect(await figure(page, 'transactions')).toBe('12');
    expect(await page.part('sales').textContent()).toContain('also one of which everything came back');
    expect(await figure(page, 'attachRate')).toBe('50%');
    // All twelve are of today: nothing before, and no trend yet.
    expect(await page.part('comparison').locator('dt').allInnerTexts()).toEqual(['Before', 'A year before']);
    expect(await page.part('comparison').locator('dd').first().textContent()).toMatch(/^–/);
    const { statements } = await client.get(`/v1/commissions?period=${month}`);
    const rows = await page.part('statements').locator('tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split(/\s+/)[2])).toEqual(
      statements.map(({ pay }: { pay: number }) => `€${pay.toFixed(2)}`),
    );
    const { contests } = await client.get('/v1/contests');
    const { standings } = await client.get(`/v1/contests/${contests[0].id}/standings`);
    const places = await page.part('standings').locator('tbody tr').allInnerTexts();
    expect(places.map((row) => row.split(/\s+/)[1])).toEqual(
      standings.map(({ teamId }: { teamId: string }) => teamId),
    );
    // Twelve baskets, none held out: there is nothing to state, and the page says so.
    expect(await page.part('uplift').textContent()).toContain('Too few baskets for an interval yet.');
    expect(await page.part('trusted').textContent()).toBe('No basket was in the experiment.');
  });

  test('has the notes of the report in the language of the page', async () => {
    const page = await visit(keys.manager!, { locale: 'nl' });
    await filled(page);
    expect(await page.part('uplift-note').allTextContents()).toEqual([
      'Te weinig mandjes in een van de groepen. Neem een langere tijd, of een grotere BASKETLIFT_HOLDOUT_SHARE.',
      'Geen mandje van het experiment is betaald: er is geen geld te vergelijken.',
    ]);
  });

  test('counts the customers who agreed to be known, by segment and month, as the API does', async () => {
    const page = await visit(keys.manager!);
    await filled(page);
    const client = new SellingClient(gateway.url, { authorization: `Bearer ${keys.manager}` });
    const { total, segments } = await client.get(`/v1/reports/customers?from=${today}&to=${today}`);
    expect(total).toMatchObject({ customers: 6, figures: { newCustomers: 6 } });
    expect(await page.part('customers-known').locator('strong').textContent()).toBe('6');
    expect(await page.part('customers-new').locator('strong').textContent()).toBe('6');
    const rows = await page.part('segments').locator('tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split('\t')[1])).toEqual(
      segments.map(({ customers }: { customers: number }) => String(customers)),
    );
    expect(rows[2]).toContain(`€${total.figures.money[0].revenue.toFixed(2)}`);
    await page.part('customers').locator('summary').click();
    expect(await page.part('customer-months').locator('tbody tr').count()).toBe(1);
  });

  test('asks again where other reports are under way', async () => {
    const page = await gateway.arrive('/manager');
    let refused = 0;
    await page.page.route('**/v1/commissions?*', (route) =>
      refused++ < 2 ? route.fulfill({ status: 503, headers: { 'retry-after': '5' } }) : route.continue(),
    );
    await page.logIn(keys.manager!);
    await page.part('log-out').waitFor();
    await filled(page);
    expect(refused).toBe(3);
  });

  test('lists what counts nowhere, and says why', async () => {
    const page = await visit(keys.manager!);
    await filled(page);
    const summary = page.part('unmatched').locator('summary');
    const list = page.part('unmatched-list').locator('tbody tr');
    expect(await summary.textContent()).toBe(
      'Counted nowhere: 0 words on offers, 1 refund. Counted with an earlier receipt: 0',
    );
    await summary.click();
    await list.first().waitFor();
    expect(await list.allInnerTexts()).toEqual([
      expect.stringMatching(/Refund\tThe receipt is not in the ledger \(yet\)\.\tgone\t282\tr-gone$/),
    ]);
  });

  test('draws another figure, other periods and one store, and opens the entries of an agent', async () => {
    const page = await visit(keys.manager!);
    await filled(page);
    await page.part('figure-attachRate').click();
    expect(await trend(page, 'sales').getAttribute('aria-label')).toMatch(/^Attach rate from /);
    await page.part('by-month').click();
    await page.part('by-month').and(page.page.locator('[aria-pressed=true]')).waitFor();
    await trend(page, 'sales').waitFor();
    await page.part('store').selectOption('s7');
    await page.part('sales').getByText('No sales in this time.').waitFor();
    await page.part('entries').first().locator('summary').click();
    await page.part('entries').first().getByText('b0').waitFor();
  });

  test('shows what the API says of stock: kept days, this moment, what waits longest, each store', async () => {
    const page = await visit(keys.manager!);
    await filled(page);
    const client = new SellingClient(gateway.url, { authorization: `Bearer ${keys.manager}` });
    const { total, now, otherCurrencies } = await client.get('/v1/reports/inventory?by=day');
    const dollars = (amount: number) =>
      new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(amount);
    const tile = (name: string) => page.part(`stock-${name}`).locator('strong').textContent();
    expect(await tile('averageValue')).toBe(dollars(total.averageValue));
    expect(await tile('daysOfSupply')).toBe(total.daysOfSupply.toFixed(1));
    // Sold in euros, stocked in dollars: the one says nothing about the other.
    expect(otherCurrencies).toEqual(['EUR']);
    expect(await tile('turnover')).toBe('–');
    expect(await page.part('stock').textContent()).toContain('Not in these amounts: EUR.');
    expect(await page.part('stock-now').textContent()).toContain(dollars(now.total.stockValue));
    const rows = (part: string) => page.part(part).locator('tbody tr');
    expect(await rows('waiting').locator('th').allTextContents()).toEqual(
      now.products.map(({ name }: { name: string }) => name),
    );
    expect(await rows('stock-stores').count()).toBe(now.stores.length);
    await page.part('stock-excessShare').click();
    expect(await trend(page, 'stock').getAttribute('aria-label')).toMatch(/^Above target cover from /);
    await page.part('store').selectOption('s6');
    await page.part('stock').getByText('products of 1 store.').waitFor();
    await page.part('stock-by-month').click();
    await page.part('stock-by-month').and(page.page.locator('[aria-pressed=true]')).waitFor();
    await trend(page, 'stock').waitFor();
  });

  test('shows an agent their own figures, pay and contests, and says that the rest is not accessible', async () => {
    const page = await visit(keys.agent!);
    await page.part('statements').waitFor();
    expect(await page.part('statements').locator('tbody th').allInnerTexts()).toEqual(['a1']);
    await page.part('standings').waitFor();
    expect(await figure(page, 'transactions')).toBe('4');
    for (const panel of ['uplift', 'stock'])
      expect(await page.part(panel).locator('[data-test=forbidden]').textContent()).toMatch(/does not open/);
  });

  test.each([
    ['light', 'en', 1280, 800],
    ['dark', 'nl', 1280, 800],
    ['dark', 'en', 390, 844],
  ] as const)(
    'has no barrier that axe-core finds (%s, %s, %i px)',
    async (colorScheme, locale, width, height) => {
      const page = await visit(keys.manager!, { colorScheme, locale, viewport: { width, height } });
      await filled(page);
      for (const summary of await page.page.locator('summary').all()) await summary.click();
      for (const entries of await page.part('entries').all()) await entries.locator('table').waitFor();
      expect(await page.accessibilityFindings()).toEqual([]);
      expect(await page.smallTargets()).toEqual([]);
      expect(await page.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      );
    },
  );

  test.each(TABLETS)(
    'shows all of its words and controls on a tablet (%i × %i, %s)',
    async (width, height, locale) => {
      const page = await visit(keys.manager!, { viewport: { width, height }, locale });
      await filled(page);
      expect(await page.cutOff()).toEqual([]);
      expect(await page.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      );
    },
  );

  test.each(['en', 'nl'])(
    'on paper holds the figures, what was chosen and when, and nothing to press (%s)',
    async (locale) => {
      const page = await visit(keys.manager!, { locale, colorScheme: 'dark', viewport: PAPER });
      await filled(page);
      const table = page.part('sales').locator('table');
      expect(await table.isVisible()).toBe(false);
      await page.page.emulateMedia({ media: 'print' });
      // As a browser does, while the click is still being worked on.
      await page.page.evaluate(
        "window.print = () => { dispatchEvent(new Event('beforeprint')); window.onPaper = document.querySelector('[data-test=print-heading]').textContent; }",
      );
      await page.page.evaluate("document.querySelector('[data-test=print]').click()");
      await table.waitFor();
      const store = locale === 'nl' ? 'Alle winkels' : 'All stores';
      expect(await page.page.evaluate('window.onPaper')).toMatch(
        new RegExp(`^${store} · .* ${new Date().getFullYear()} `),
      );
      for (const part of ['print', 'store', 'theme', 'by-week', 'log-out'])
        expect(await page.part(part).isVisible()).toBe(false);
      expect(await page.part('by-day').isVisible()).toBe(true);
      expect(await page.page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
        'rgb(255, 255, 255)',
      );
      const right = await page.page.evaluate<number>(
        "Math.max(...[...document.querySelectorAll('table, .tiles, svg')].map((part) => part.getBoundingClientRect().right))",
      );
      expect(right).toBeLessThanOrEqual(PAPER.width);
      await page.page.evaluate("dispatchEvent(new Event('afterprint'))");
      expect(await table.isVisible()).toBe(false);
    },
  );

  test('is reached from the index', async () => {
    const page = await gateway.arrive('/');
    await page.page.locator('a[href="/manager"]').click();
    await page.part('log-in-dialog').waitFor();
  });
});
