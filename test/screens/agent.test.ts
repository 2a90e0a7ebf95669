import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { alwaysOffering, chromiumPath, launchChromium, PageVisit, TABLETS } from './page-visit.ts';

const prompted = '[data-test=pitch]';

describe.skipIf(!chromiumPath)('the agent page', () => {
  let dataDir: string;
  let gateway: GatewayProcess;
  let browser: Browser;
  let agent: PageVisit;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'basketlift-agent-'));
    [gateway, browser] = await Promise.all([
      startGateway({ dataDir, env: alwaysOffering }),
      launchChromium(),
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    agent = await PageVisit.open(browser, `${gateway.url}/agent`);
  });

  afterEach(() => agent.leave());

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

  test("the sentence is in the customer's language, whatever the screen's", async () => {
    await agent.fillUntil(prompted);
    const english = await agent.part('pitch').textContent();
    await agent.answered(() => agent.part('pitch-language').selectOption('nl'));
    expect(await agent.part('pitch').getAttribute('lang')).toBe('nl');
    expect(await agent.part('pitch').textContent()).not.toBe(english);
    expect(await agent.page.getAttribute('html', 'lang')).toBe('en');
  });

  test.each(TABLETS)(
    'shows all of its words and controls on a tablet (%i × %i, %s)',
    async (width, height, locale) => {
      const viewport = { width, height };
      const visit = await PageVisit.open(browser, `${gateway.url}/agent`, { viewport, locale });
      await visit.fillUntil(prompted);
      expect(await visit.cutOff()).toEqual([]);
      await visit.leave();
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
      const visit = await PageVisit.open(browser, `${gateway.url}/agent`, { colorScheme, locale });
      await visit.part('tile').first().waitFor();
      expect(await visit.accessibilityFindings()).toEqual([]);
      await visit.fillUntil(prompted);
      expect(await visit.accessibilityFindings()).toEqual([]);
      await visit.page.goto(gateway.url);
      expect(await visit.accessibilityFindings()).toEqual([]);
      await visit.leave();
    },
  );

  test('is reached from the index', async () => {
    await agent.page.goto(gateway.url);
    await agent.page.locator('a[href="/agent"]').click();
    await agent.connected();
  });
});
