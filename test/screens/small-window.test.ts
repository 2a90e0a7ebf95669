import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';

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
  const gateway = useBrowsedGateway();

  const cases = PAGES.flatMap(([path, offer]) =>
    SIZES.map(([width, height]) => ({ path, offer, width, height })),
  );

  test.each(cases)(
    'the $path shows whole tiles, results and lines ($width × $height)',
    async ({ path, offer, width, height }) => {
      const viewport = { width, height };
      const visit = await gateway.open(`/${path}`, { viewport });
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
