import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { alwaysOffering, chromiumPath, launchChromium, PageVisit } from './page-visit.ts';

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2);

describe.skipIf(!chromiumPath)('a name of one long word', () => {
  let dataDir: string;
  let gateway: GatewayProcess;
  let browser: Browser;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'basketlift-names-'));
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

  test.each([
    ['till', '[data-test=offer]', ['.tile-name', '.offer-name', '.offer-reason']],
    [
      'agent',
      '[data-test=pitch]',
      ['.tile-name', '.prompt-pitch', '.prompt-product strong', '.prompt-reasons li'],
    ],
  ])('stays within its part of the %s, which keeps its shelf', async (path, offer, parts) => {
    const viewport = { width: 1366, height: 768 };
    const visit = await PageVisit.open(browser, `${gateway.url}/${path}`, { viewport });
    onTestFinished(() => visit.leave());
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
