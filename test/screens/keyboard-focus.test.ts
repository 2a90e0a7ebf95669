import { beforeEach, describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import type { PageVisit } from '../support/page-visit.ts';

describe.skipIf(!chromiumPath)('to somebody without a mouse, with high contrast,', () => {
  const gateway = useBrowsedGateway();
  let till: PageVisit;

  beforeEach(async () => {
    till = await gateway.open('/till', { forcedColors: 'active' });
  });

  /** What sets a part apart where there are no shadows and few colours. */
  const look = (selector: string) =>
    till.page.locator(selector).evaluate((part) => {
      const styleOf = (of: typeof part) => of.ownerDocument.defaultView!.getComputedStyle(of);
      let painted = part;
      while (/, 0\)$/.test(styleOf(painted).backgroundColor) && painted.parentElement)
        painted = painted.parentElement;
      return `${styleOf(part).outlineStyle} ${styleOf(painted).backgroundColor}`;
    });

  test('the selected search field, result and line look different', async () => {
    const untouched = await look('.search');
    await till.searchAndTap('milk');
    await till.searchAndTap('coffee');
    expect(await look('.line-selected')).not.toBe(await look('.line:not(.line-selected)'));
    await till.part('search').fill('milk');
    expect(await look('.search')).not.toBe(untouched);
    await till.part('result').nth(1).waitFor();
    await till.part('search').press('ArrowDown');
    const other = '.result[aria-selected=false] >> nth=0';
    expect(await look('.result[aria-selected=true]')).not.toBe(await look(other));
  });

  test.each(['.chip', '.language-switch button'])('the pressed %s looks different', async (button) => {
    await till.part('tile').first().waitFor();
    const other = `${button}[aria-pressed=false] >> nth=0`;
    expect(await look(`${button}[aria-pressed=true]`)).not.toBe(await look(other));
  });

  test.each(['.segments button', '.tile-figure'])(
    'the pressed %s of the manager page looks different',
    async (button) => {
      await till.searchAndTap('milk');
      await till.part('pay').click();
      await till.nothingQueued();
      await till.page.goto(`${gateway.url}/manager`);
      await till.page.locator(`[data-test=sales] .tile-figure`).first().waitFor();
      const [pressed, other] = [true, false].map(
        (is) => `[data-test=sales] ${button}[aria-pressed=${is}] >> nth=0`,
      );
      expect(await look(pressed!)).not.toBe(await look(other!));
    },
  );

  test('the focus stays in the basket when a line of it is removed', async () => {
    await till.searchAndTap('milk');
    await till.searchAndTap('coffee');
    for (const left of [1, 0]) {
      await till.page.locator('.line-remove').first().focus();
      await till.page.keyboard.press('Enter');
      await expect.poll(() => till.part('line').count()).toBe(left);
      expect(await focused()).toBe('basket');
    }
  });

  test('the focus stays with the offers when one of them is answered', async () => {
    await till.fillUntil('[data-test=offer]');
    await till.offersTakeAnswers();
    await till.part('decline').first().focus();
    await till.answered(() => till.page.keyboard.press('Enter'));
    expect(await focused()).toMatch(/^strip/);
  });

  const focused = () => till.page.evaluate<string>('document.activeElement.className');
});
