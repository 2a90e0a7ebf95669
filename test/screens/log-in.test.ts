import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import { type PageVisit, TABLETS } from '../support/page-visit.ts';

describe.skipIf(!chromiumPath)('a page of a gateway with keys', () => {
  const gateway = useBrowsedGateway();
  let key: string;
  let visit: PageVisit;

  beforeAll(async () => {
    ({ key } = await gateway.createKey('--scope', 'agent'));
  });

  beforeEach(async () => {
    visit = await gateway.arrive('/till');
    await visit.part('log-in-dialog').waitFor();
  });

  test('asks for a key once, and then works as usual: products, suggestions, sales', async () => {
    await visit.logIn(key);
    await visit.connected();
    await visit.fillUntil('[data-test=offer]');
    await visit.page.keyboard.press('F9');
    await visit.part('receipt').waitFor();
    await visit.nothingQueued();
    expect(await visit.part('log-in-dialog').isVisible()).toBe(false);
    await visit.page.goto(`${gateway.url}/agent`);
    await visit.connected();
    expect(await visit.part('log-in-dialog').isVisible()).toBe(false);
  });

  test('asks on the practice page too, and shows its products afterwards', async () => {
    await visit.page.goto(`${gateway.url}/practice`);
    await visit.part('log-in-dialog').waitFor();
    expect(await visit.part('temper-angry').isEnabled()).toBe(false);
    await visit.logIn(key);
    await visit.connected();
    await visit.part('temper-angry').click();
    await visit.part('pitch').waitFor();
  });

  test('says so when the key is not valid, and lets it be typed again', async () => {
    for (const wrong of [`bl_${'A'.repeat(43)}`, 'no key at all']) {
      await visit.logIn(wrong);
      await visit
        .part('log-in-trouble')
        .filter({ hasText: 'This key is not valid, or no longer.' })
        .waitFor();
    }
    await visit.logIn(key);
    await visit.connected();
  });

  test('leaves the key nowhere that a script of the page could read it', async () => {
    await visit.logIn(key);
    await visit.connected();
    const readable = await visit.page.evaluate<string>(
      `JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, location.href,
        document.documentElement.outerHTML, [...document.querySelectorAll('input')].map((i) => i.value)])`,
    );
    expect(readable).not.toContain(key);
    expect(readable).not.toContain('basketlift_session');
    const [cookie] = await visit.page.context().cookies();
    expect(cookie).toMatchObject({ name: 'basketlift_session', httpOnly: true, sameSite: 'Strict' });
  });

  test('logs out by its button, and then asks again', async () => {
    await visit.logIn(key);
    await visit.connected();
    await visit.part('log-out').click();
    await visit.part('log-in-dialog').waitFor();
    expect(await visit.page.context().cookies()).toEqual([]);
  });

  test('asks again when the key is revoked, keeps selling, and sends the sales after the next log-in', async () => {
    const { id, key: brief } = await gateway.createKey('--scope', 'terminal');
    await visit.logIn(brief);
    await visit.connected();
    await visit.searchAndTap('milk');
    await visit.part('offer').first().waitFor();
    await visit.nothingQueued();
    await gateway.revokeKey(id);
    await visit.part('tile').first().click();
    await visit.part('log-in-dialog').waitFor();
    await visit.part('later').click();
    await visit.part('tile').nth(1).click();
    expect(await visit.lines()).toHaveLength(3);
    await visit.page.keyboard.press('F9');
    await visit.part('receipt').waitFor();
    expect((await visit.queued()).map(({ type }) => type)).toContain('sale');
    await visit.part('log-in').click();
    await visit.logIn(key);
    await visit.connected();
    await visit.nothingQueued();
  });

  test.each(TABLETS)(
    'shows all of its words and controls on a tablet (%i × %i, %s)',
    async (width, height, locale) => {
      for (const path of ['/till', '/agent']) {
        const tablet = await gateway.arrive(path, {
          viewport: { width, height },
          locale,
        });
        await tablet.part('later').click();
        expect(await tablet.cutOff()).toEqual([]);
        await tablet.part('log-in').click();
        await tablet.logIn(key);
        await tablet.connected();
        await tablet.part('log-out').waitFor();
        await tablet.part('tile').first().waitFor();
        expect(await tablet.cutOff()).toEqual([]);
      }
    },
  );

  test.each([
    ['light', 'en', 'Log in'],
    ['dark', 'nl', 'Inloggen'],
  ] as const)('has no barrier that axe-core finds (%s, %s)', async (colorScheme, locale, title) => {
    const other = await gateway.arrive('/agent', { colorScheme, locale });
    await other.part('log-in-dialog').waitFor();
    expect(await other.page.locator('#log-in-title').textContent()).toBe(title);
    expect(await other.accessibilityFindings()).toEqual([]);
    expect(await other.smallTargets()).toEqual([]);
    await other.part('later').click();
    expect(await other.accessibilityFindings()).toEqual([]);
  });
});
