import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { alwaysOffering, chromiumPath, launchChromium, PageVisit } from './page-visit.ts';

const PAGES = [
  ['till', '[data-test=offer]'],
  ['agent', '[data-test=pitch]'],
] as const;
/** Screens of a desk and a tablet, enlarged to 200 %, and small ones as they are. */
const SIZES = [
  [960, 540],
  [853, 480],
  [640, 360],
  [1024, 600],
  [1366, 768],
  [360, 740],
] as const;

describe.skipIf(!chromiumPath)('in a small window', () => {
  let dataDir: string;
  let gateway: GatewayProcess;
  let browser: Browser;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'basketlift-small-'));
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

  const cases = PAGES.flatMap(([path, offer]) =>
    SIZES.map(([width, height]) => ({ path, offer, width, height })),
  );

  test.each(cases)(
    'the $path shows whole tiles, results and lines ($width × $height)',
    async ({ path, offer, width, height }) => {
      const viewport = { width, height };
      const visit = await PageVisit.open(browser, `${gateway.url}/${path}`, { viewport });
      onTestFinished(() => visit.leave());
      for (let words = 0; (await visit.page.locator(offer).count()) === 0; words++) {
        await visit.part('search').fill(['milk', 'coffee', 'cheese', 'soup', 'juice'][words]!);
        await visit.part('result').first().waitFor();
        await visit.answered(() => visit.part('search').press('Enter'));
      }
      expect(await isWholeInSight(visit.part('tile').first())).toBe(true);
      await visit.part('search').fill('milk');
      await visit.part('result').nth(1).waitFor();
      await visit.part('search').press('ArrowDown');
      await visit.part('search').press('ArrowDown');
      expect(await isWholeInSight(visit.part('result').and(visit.page.locator('[aria-selected=true]')))).toBe(
        true,
      );
      await visit.part('search').press('Escape');
      if (width <= 760 && path === 'till') await visit.page.locator('.phone-bar button').click();
      expect(await isWholeInSight(visit.part('line').first())).toBe(true);
      expect(await isWholeInSight(visit.part('pay'))).toBe(true);
      expect(await visit.page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
    },
  );
});

/** Whether nothing lies over it or cuts it off, once it is scrolled to. */
function isWholeInSight(part: Locator): Promise<boolean> {
  return part.evaluate((element) => {
    element.scrollIntoView({ block: 'nearest' });
    const { left, top, bottom, width } = element.getBoundingClientRect();
    return [top + 3, bottom - 3].every((y) =>
      element.contains(element.ownerDocument.elementFromPoint(left + width / 2, y)),
    );
  });
}
