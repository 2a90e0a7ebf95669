import { beforeEach, describe, expect, test } from 'vitest';
import { guardMs } from '../../src/screens/offer-guard.ts';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import type { PageVisit } from '../support/page-visit.ts';

/** When the second press comes, after the next offer has appeared: as in a slow double tap. */
const SECOND_PRESS_MS = 280;
/** Later than this after the appearance, on a busy machine, the second press proves nothing. */
const TOO_LATE_MS = 380;
const ATTEMPTS = 5;

/** What lies under the finger is pressed, whatever it is. */
const tapAt = `(x, y) => document.elementFromPoint(x, y).click()`;
const keyOne = `() => dispatchEvent(new KeyboardEvent('keydown', { key: '1', code: 'Digit1', bubbles: true }))`;

describe.skipIf(!chromiumPath)('a second press where an offer was', () => {
  const gateway = useBrowsedGateway();
  let till: PageVisit;

  beforeEach(async () => {
    till = await gateway.open('/till');
    await till.fillUntil('[data-test=offer] ~ [data-test=offer]');
    await till.offersTakeAnswers();
  });

  const outcomes = () => till.told('outcome').map(({ productId, result }) => ({ productId, result }));

  test.each([
    ['tap', tapAt],
    ['tap with reduced motion', tapAt],
    ['key', keyOne],
  ] as const)('does nothing to the next offer that has just appeared there: %s', async (how, press) => {
    if (how === 'tap with reduced motion') await till.page.emulateMedia({ reducedMotion: 'reduce' });
    await till.offersTakeAnswers();
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = outcomes().length;
      const [first] = await till.offered();
      const { pressedAfterMs, next } = await pressTwice(press);
      // A press before its time makes the next one wait as long.
      await till.page.waitForTimeout(guardMs);
      await till.offersTakeAnswers();
      if (pressedAfterMs > TOO_LATE_MS) continue;
      expect(outcomes().slice(before)).toEqual([{ productId: first, result: 'accepted' }]);
      expect(await till.offered()).toContain(next);
      await till.answered(() => till.part('accept').first().click());
      expect(outcomes().slice(before + 1)).toEqual([{ productId: next, result: 'accepted' }]);
      return;
    }
    throw new Error('the machine is too busy to press in time');
  });

  test('counts where it is meant for the other offer, however fast', async () => {
    const [first, second] = await till.offered();
    await till.page.evaluate(
      `for (const accept of document.querySelectorAll('[data-test=accept]')) accept.click()`,
    );
    await expect.poll(outcomes).toEqual([
      { productId: first, result: 'accepted' },
      { productId: second, result: 'accepted' },
    ]);
  });

  /** Presses now and again after another offer has appeared in the first place; `press` is the text of a function in the page. */
  function pressTwice(press: string): Promise<{ pressedAfterMs: number; next: string }> {
    return till.page.evaluate(`(async () => {
      const place = () => document.querySelector('.strip-slots').children[0];
      const button = place().querySelector('[data-test=accept]').getBoundingClientRect();
      const press = () => (${press})(button.x + button.width / 2, button.y + button.height / 2);
      const before = place().dataset.product;
      press();
      const next = await new Promise((resolve) => {
        const look = () => {
          const { product } = place().dataset;
          if (product !== undefined && product !== before) resolve(product);
        };
        new MutationObserver(look).observe(document.querySelector('[data-test=strip]'), { childList: true, subtree: true });
      });
      const appearedAt = performance.now();
      await new Promise((resolve) => setTimeout(resolve, ${SECOND_PRESS_MS}));
      const pressedAfterMs = performance.now() - appearedAt;
      press();
      return { pressedAfterMs, next };
    })()`);
  }
});
