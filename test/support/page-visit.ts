import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Sizes between a phone and a desk, each in both languages. */
export const TABLETS = [
  [768, 1024, 'en'],
  [768, 1024, 'nl'],
  [962, 700, 'nl'],
  [1024, 600, 'nl'],
  [1110, 700, 'nl'],
] as const;

/** One browser window on one page; everything the browser complained about is kept. */
export class PageVisit {
  readonly page: Page;
  readonly complaints: string[] = [];
  /** What the page told the gateway over its sockets. */
  readonly sent: Record<string, unknown>[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => this.sent.push(JSON.parse(String(payload)))),
    );
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) this.complaints.push(message.text());
    });
  }

  static async arrive(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<PageVisit> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const visit = new PageVisit(page);
    await page.goto(url);
    return visit;
  }

  /** Types a key into the log-in dialog. */
  async logIn(key: string): Promise<void> {
    await this.part('key').fill(key);
    await this.part('key').press('Enter');
  }

  /** The same page once more, in another tab of the same browser. */
  async another(): Promise<PageVisit> {
    const page = await this.page.context().newPage();
    page.setDefaultTimeout(10_000);
    const visit = new PageVisit(page);
    await page.goto(this.page.url());
    await visit.connected();
    return visit;
  }

  /** The events of a type that the page has told the gateway. */
  told(type: string): Record<string, unknown>[] {
    const events = this.sent.flatMap(({ event }) => (event ? [event as Record<string, unknown>] : []));
    return events.filter((event) => event.type === type);
  }

  part(name: string) {
    return this.page.locator(`[data-test=${name}]`);
  }

  async connected(): Promise<void> {
    await this.page.locator('[data-test=connection][data-status=connected]').waitFor();
  }

  async disconnected(): Promise<void> {
    await this.page.locator('[data-test=connection]:not([data-status=connected])').waitFor();
  }

  /** Does something and waits for the answer to the basket it leaves behind. */
  async answered(act: () => Promise<unknown>): Promise<void> {
    const before = await this.page.locator('[data-decision]').getAttribute('data-decision');
    await act();
    await this.page.locator(`[data-decision]:not([data-decision="${before}"])`).waitFor();
  }

  /** What a barcode scanner does: keys and Enter, with no pause between them however busy the machine is. */
  async scan(code: string): Promise<void> {
    await this.page.evaluate(`(async () => {
      for (const key of ${JSON.stringify([...code, 'Enter'])}) {
        const code = /\\d/.test(key) ? 'Digit' + key : '';
        const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true });
        const isLeft = document.activeElement.dispatchEvent(event);
        if (isLeft && key !== 'Enter') document.execCommand('insertText', false, key);
        if (isLeft && key === 'Enter' && document.activeElement.matches('button')) document.activeElement.click();
        await null;
      }
    })()`);
  }

  /** Finds products whose name contains `word` and adds the first by touch. */
  async searchAndTap(word: string): Promise<string> {
    await this.part('search').fill(word);
    const first = this.part('result')
      .filter({ hasText: new RegExp(word, 'i') })
      .first();
    await first.waitFor();
    const id = (await first.getAttribute('data-product'))!;
    await first.click();
    return id;
  }

  /** Adds everyday products until something is offered, `selector` being what an offer looks like. */
  async fillUntil(selector: string): Promise<void> {
    const offer = this.page.locator(selector).first();
    for (const word of ['milk', 'coffee', 'cheese', 'soup', 'juice', 'cookies', 'rice', 'chips']) {
      await this.answered(() => this.searchAndTap(word));
      if (await offer.isVisible()) return;
    }
    throw new Error('eight everyday products, and nothing was offered');
  }

  async lines(): Promise<string[]> {
    const rows = await this.part('line').all();
    return Promise.all(
      rows.map(async (row) => {
        const quantity = await row.locator('[data-test=quantity]').textContent();
        return `${await row.getAttribute('data-product')} × ${quantity}`;
      }),
    );
  }

  async offered(): Promise<string[]> {
    const ids = await this.page.locator('[data-test=offer], [data-test=prompt] [data-product]').all();
    return Promise.all(ids.map(async (offer) => (await offer.getAttribute('data-product'))!));
  }

  /** Waits until the offers that have just appeared take an answer: their animation outlasts the guard. */
  async offersTakeAnswers(): Promise<void> {
    await this.page.evaluate(`(async () => {
      const offers = [...document.querySelectorAll('[data-test=offer]')];
      const arrivals = offers.flatMap((offer) => offer.getAnimations());
      await Promise.allSettled(arrivals.map(({ finished }) => finished));
    })()`);
  }

  /** The events this browser has not got stored yet. */
  queued(): Promise<{ id: string; type: string }[]> {
    return this.page.evaluate(`Object.keys(localStorage)
      .filter((key) => key.startsWith('basketlift.event.'))
      .map((key) => JSON.parse(localStorage.getItem(key)))`);
  }

  async nothingQueued(): Promise<void> {
    await expect.poll(() => this.queued(), { timeout: 10_000 }).toEqual([]);
  }

  private async stillness(): Promise<void> {
    await this.page.evaluate('Promise.all(document.getAnimations().map((a) => a.finished))');
  }

  /** axe-core's findings on what is on the screen now, once nothing moves. */
  async accessibilityFindings(): Promise<string[]> {
    await this.stillness();
    await this.page.evaluate(axeSource());
    const found: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[] =
      await this.page.evaluate(
        'axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)',
      );
    return found.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
    );
  }

  /** What can be pressed and is smaller than a finger. */
  smallTargets(): Promise<string[]> {
    return this.page.evaluate(`[...document.querySelectorAll('button, select, a, input')]
      .map((e) => e.closest('.search, .check') ?? e)
      .filter((e) => e.getClientRects().length > 0)
      .filter((e) => { const b = e.getBoundingClientRect(); return b.width < 44 || b.height < 44; })
      .map((e) => e.outerHTML)`);
  }

  /** What cannot be read or pressed whole: text that leaves its button or its box, controls that lie on one another. */
  async cutOff(): Promise<string[]> {
    await this.stillness();
    return this.page.evaluate(`(() => {
      const isShown = (e) => e.getClientRects().length > 0;
      const name = (e) => e.getAttribute('aria-label') ?? e.textContent.trim();
      const sticksOut = (e) => {
        const text = document.createRange();
        text.selectNodeContents(e);
        const [inner, outer, style] = [text.getBoundingClientRect(), e.getBoundingClientRect(), getComputedStyle(e)];
        return inner.left < outer.left + parseFloat(style.paddingLeft) - 1
          || inner.right > outer.right - parseFloat(style.paddingRight) + 1;
      };
      const isCovered = (e) => {
        const { left, top, width, height } = e.getBoundingClientRect();
        return [0.2, 0.5, 0.8].some((at) => !e.contains(document.elementFromPoint(left + at * width, top + height / 2)));
      };
      const shown = (selector) => [...document.querySelectorAll(selector)].filter(isShown);
      return [
        ...shown('header button, header select, .button').filter(isCovered).map((e) => 'covered: ' + name(e)),
        ...shown('.button').filter(sticksOut).map((e) => 'sticks out: ' + name(e)),
        ...shown('[data-test=pitch]').filter((e) => e.scrollHeight > e.clientHeight).map((e) => 'cut off: ' + name(e)),
      ];
    })()`);
  }

  async leave(): Promise<void> {
    await this.page.context().close();
    expect(this.complaints).toEqual([]);
  }
}

function axeSource(): string {
  return readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
}
