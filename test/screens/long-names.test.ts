import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2);

describe.skipIf(!chromiumPath)('a name of one long word', () => {
  const gateway = useBrowsedGateway();

  test.each([
    ['till', '[data-test=offer]', ['.tile-name', '.offer-name', '.offer-reason']],
    [
      'agent',
      '[data-test=pitch]',
      ['.tile-name', '.prompt-pitch', '.prompt-product strong', '.prompt-reasons li'],
    ],
  ])('stays within its part of the %s, which keeps its shelf', async (path, offer, parts) => {
    const viewport = { width: 1366, height: 768 };
    const visit = await gateway.open(`/${path}`, { viewport });
    await visit.fillUntil(offer);
    for (const part of parts) await visit.page.locator(part).first().evaluate(write, LONG);
    for (const part of parts) expect(await isWithin(visit.page.locator(part).first())).toBe(true);
    const tile = (await visit.part('tile').first().boundingBox())!;
    const shelf = (await visit.part('shelf').boundingBox())!;
    expect(shelf.height).toBeGreaterThan(tile.height);
    await visit.part('search').fill('milk');
    await visit.page.locator('.result-name').first().evaluate(write, LONG);
    expect(await isWithin(visit.page.locator('.result-name').first())).toBe(true);
  });
});

function write(part: { textContent: string | null }, text: string): void {
  part.textContent = text;
}

function isWithin(part: Locator): Promise<boolean> {
  return part.evaluate((element) => {
    const right = element.parentElement!.getBoundingClientRect().right;
    return element.scrollWidth <= element.clientWidth && element.getBoundingClientRect().right <= right;
  });
}
