import { beforeEach, describe, expect, test } from 'vitest';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import { type PageVisit, TABLETS } from '../support/page-visit.ts';

describe.skipIf(!chromiumPath)('the practice page', () => {
  const gateway = useBrowsedGateway();
  let visit: PageVisit;

  const remarks = () =>
    visit.page
      .locator('[data-test=talk] [data-remark]')
      .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-remark')));
  const press = async (key: string) => {
    const before = (await remarks()).length;
    await visit.page.keyboard.press(key);
    await expect.poll(async () => (await remarks()).length).toBeGreaterThan(before);
  };
  const prompted = () => visit.page.locator('[data-test=prompt] [data-product]').getAttribute('data-product');
  /** Waits for the next prompt: a key that follows at once is taken for a scanned code. */
  const record = async (key: string) => {
    const before = await prompted();
    await visit.page.keyboard.press(key);
    await expect.poll(prompted).not.toBe(before);
  };
  const kept = () =>
    visit.page
      .locator('[data-rule]')
      .evaluateAll((rules) =>
        Object.fromEntries(
          rules.map((rule) => [rule.getAttribute('data-rule'), rule.getAttribute('data-kept')]),
        ),
      );
  const begin = async (temper: string) => {
    await visit.part(`temper-${temper}`).click();
    await visit.part('pitch').waitFor();
  };

  beforeEach(async () => {
    visit = await gateway.open('/practice');
  });

  test('plays a whole call by keys, and says which rules were kept', async () => {
    await begin('hesitant');
    await press('p');
    expect((await remarks()).at(-1)).toBe('why');
    await press('r');
    const answer = (await remarks()).at(-1);
    expect(['yes', 'no']).toContain(answer);
    // Nobody hears of stock or margin.
    expect(await visit.part('talk').textContent()).not.toMatch(/supply|margin/i);
    await record(answer === 'yes' ? 'y' : 'n');
    for (const _ of [1, 2, 3]) await press('a');
    expect((await remarks()).at(-1)).toBe('done');
    expect(await visit.page.locator('[data-test=line]').count()).toBe(answer === 'yes' ? 4 : 3);
    await visit.page.keyboard.press('F9');
    await visit.part('feedback').waitFor();
    expect(await kept()).toEqual({
      'reason-given': 'true',
      'one-is-enough': answer === 'yes' ? 'true' : 'null',
      'recorded-right': 'true',
      'let-finish': 'true',
      'kept-on-the-line': 'true',
    });
    await visit.part('again').click();
    await visit.part('temper-angry').waitFor();
  });

  test('loses the customer who is pressed, and says what was not kept', async () => {
    await begin('angry');
    await visit.part('act-p').click();
    expect((await remarks()).at(-1)).toBe('unheard');
    await record('y');
    await visit.part('act-p').click();
    await visit.part('feedback').waitFor();
    expect((await remarks()).at(-1)).toBe('hung-up');
    expect(await kept()).toMatchObject({
      'heard-first': 'false',
      'recorded-right': 'false',
      'let-finish': 'null',
      'kept-on-the-line': 'false',
    });
  });

  test('keeps to itself who calls where that is to be found out', async () => {
    await visit.part('surprise').click();
    await visit.part('pitch').waitFor();
    const reacts = visit.page.getByText('How this customer reacts');
    expect(await reacts.isVisible()).toBe(false);
    await visit.page.keyboard.press('F9');
    await reacts.waitFor();
  });

  test('tells the gateway nothing but practice questions, and touches no basket of another page', async () => {
    const told: string[] = [];
    visit.page.on('request', (request) => {
      if (request.method() !== 'GET') told.push(`${new URL(request.url()).pathname} ${request.postData()}`);
    });
    const shared = await visit.page.evaluate<string>('JSON.stringify({ ...localStorage })');
    await begin('hurried');
    await press('p');
    await record((await remarks()).at(-1) === 'yes' ? 'y' : 'n');
    await visit.page.keyboard.press('F9');
    await visit.part('feedback').waitFor();
    expect(visit.sent).toEqual([]);
    expect(told.length).toBeGreaterThan(0);
    for (const one of told) expect(one).toMatch(/^\/v1\/suggestions .*"practice":true/);
    expect(await visit.page.evaluate<string>('JSON.stringify({ ...localStorage })')).toBe(shared);
  });

  test('goes on in Dutch when that is chosen in the middle of a call', async () => {
    await begin('hurried');
    const said = visit.part('pitch');
    const before = await said.textContent();
    await visit.page.getByRole('button', { name: 'NL Nederlands' }).click();
    await expect.poll(() => said.textContent()).not.toBe(before);
    expect(await visit.part('talk').textContent()).toContain('Snel alstublieft');
  });

  test.each(TABLETS)('fits a window of %i × %i (%s)', async (width, height, locale) => {
    visit = await gateway.open('/practice', {
      viewport: { width, height },
      locale,
    });
    await begin('angry');
    await press('l');
    await press('a');
    expect(await visit.cutOff()).toEqual([]);
  });
});
