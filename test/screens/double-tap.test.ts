import { beforeEach, describe, expect, test } from 'vitest';
import { guardMs, repeatMs } from '../../src/screens/offer-guard.ts';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import type { PageVisit } from '../support/page-visit.ts';

/** When the second press comes, after the next offer has appeared: as in a slow double tap. */
const SECOND_PRESS_MS = 280;
/** Later than this after the appearance, on a busy machine, a press is no early one. */
const TOO_LATE_MS = 380;
const ATTEMPTS = 5;

/** What lies under the finger is pressed, whatever it is. */
const tapAt = `(x, y) => document.elementFromPoint(x, y).click()`;
const keyOne = `() => dispatchEvent(new KeyboardEvent('keydown', { key: '1', code: 'Digit1', bubbles: true }))`;

const WAYS = [
  ['tap', tapAt],
  ['tap with reduced motion', tapAt],
  ['key', keyOne],
] as const;

describe.skipIf(!chromiumPath)('a second press where an offer was', () => {
  const gateway = useBrowsedGateway();
  let till: PageVisit;

  beforeEach(async () => {
    till = await gateway.open('/till');
    await till.fillUntil('[data-test=offer] ~ [data-test=offer]');
    await till.offersTakeAnswers();
  });

  const outcomes = () => till.told('outcome').map(({ productId, result }) => ({ productId, result }));

  test.each(WAYS)('does nothing to the next offer that has just appeared there: %s', async (how, press) => {
    await arriveBy(how);
    const { first, next, told } = await pressed(
      press,
      [SECOND_PRESS_MS],
      ([secondMs]) => secondMs! <= TOO_LATE_MS,
    );
    expect(told).toEqual([{ productId: first, result: 'accepted' }]);
    expect(await till.offered()).toContain(next);
    await till.answered(() => till.part('accept').first().click());
    expect(outcomes().at(-1)).toEqual({ productId: next, result: 'accepted' });
  });

  test.each(WAYS)('and those that follow it at once do nothing to it: %s', async (how, press) => {
    await arriveBy(how);
    const pressesMs = [200, guardMs + 40];
    const isInTime = ([earlyMs, nextMs]: readonly number[]) =>
      earlyMs! <= TOO_LATE_MS && nextMs! - earlyMs! < repeatMs && nextMs! >= guardMs;
    const { first, next, told } = await pressed(press, pressesMs, isInTime);
    expect(told).toEqual([{ productId: first, result: 'accepted' }]);
    expect(await till.offered()).toContain(next);
  });

  test.each(WAYS)('that came too early keeps no later one from answering: %s', async (how, press) => {
    await arriveBy(how);
    const pressesMs = [200, 200 + repeatMs + 40];
    // Later than that, a wait that had begun anew with the early press would be over too.
    const isInTime = ([earlyMs, nextMs]: readonly number[]) =>
      earlyMs! <= TOO_LATE_MS && nextMs! - earlyMs! < guardMs;
    const { first, next, told } = await pressed(press, pressesMs, isInTime);
    expect(told).toEqual([
      { productId: first, result: 'accepted' },
      { productId: next, result: 'accepted' },
    ]);
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

  async function arriveBy(how: (typeof WAYS)[number][0]): Promise<void> {
    if (how === 'tap with reduced motion') await till.page.emulateMedia({ reducedMotion: 'reduce' });
    await till.offersTakeAnswers();
  }

  /**
   * Answers the offer in the first place and presses there again, so many milliseconds after the next has appeared, until the machine was
   * quick enough for that: `isInTime` gets the times that came of it.
   */
  async function pressed(
    press: string,
    pressesMs: readonly number[],
    isInTime: (atMs: readonly number[]) => boolean,
  ) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = outcomes().length;
      const [first] = await till.offered();
      const { atMs, next } = await pressAgain(press, pressesMs);
      await till.page.waitForTimeout(guardMs);
      await till.offersTakeAnswers();
      if (isInTime(atMs)) return { first, next, told: outcomes().slice(before) };
    }
    throw new Error('the machine is too busy to press in time');
  }

  /** Presses now, and again after another offer has appeared in the first place; `press` is the text of a function in the page. */
  function pressAgain(
    press: string,
    pressesMs: readonly number[],
  ): Promise<{ atMs: number[]; next: string }> {
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
      const atMs = [];
      for (const pressMs of ${JSON.stringify(pressesMs)}) {
        await new Promise((resolve) => setTimeout(resolve, appearedAt + pressMs - performance.now()));
        atMs.push(performance.now() - appearedAt);
        press();
      }
      return { atMs, next };
    })()`);
  }
});
