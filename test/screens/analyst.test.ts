import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { PACKAGE_ROOT } from '../../src/package-facts.ts';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';
import { type PageVisit, TABLETS } from '../support/page-visit.ts';
import { publishModel } from '../support/published-model.ts';

describe.skipIf(!chromiumPath)('the analyst page', () => {
  const models = mkdtempSync(join(tmpdir(), 'basketlift-analyst-'));
  beforeAll(async () => {
    cpSync(join(PACKAGE_ROOT, 'models', 'demo'), join(models, 'demo'), { recursive: true });
    await publishModel(models, 'v2');
    await openModelRegistry(models).promote('demo');
  });
  afterAll(() => rmSync(models, { recursive: true, force: true }));
  const gateway = useBrowsedGateway({ env: { BASKETLIFT_MODELS: models } });
  let visit: PageVisit;

  const arrive = (options = {}) => gateway.arrive('/analyst', options);
  const row = (version: string) => visit.page.locator(`[data-version="${version}"]`);
  const serving = async () =>
    ((await (await fetch(`${gateway.url}/readyz`)).json()) as { modelVersion: string }).modelVersion;
  const confirmed = async () => {
    await visit.part('confirm-change').click();
    await visit
      .part('change')
      .filter({ hasText: /Done|Nothing/ })
      .waitFor();
    return visit.part('change').textContent();
  };

  beforeEach(async () => {
    visit = await arrive();
    await row('demo').waitFor();
  });

  test('shows what each version learned from and is worth, and the evaluation of the one in service', async () => {
    expect(await row('demo').getAttribute('data-serving')).toBe('true');
    expect(await row('demo').textContent()).toContain('20,530');
    const file = JSON.parse(readFileSync(join(models, 'demo', 'evaluation.json'), 'utf8'));
    const methods = visit.part('methods').locator('tbody tr');
    await methods.first().waitFor();
    expect(await methods.count()).toBe(1 + file.baselines.length);
    expect(await methods.first().textContent()).toContain(file.ours.ndcg10.toFixed(3));
    const popularity = await methods.filter({ hasText: 'popularity' }).textContent();
    expect(popularity).toContain(file.baselines[0].difference.low.toFixed(3));
    expect(await visit.page.locator('.calibration-bin').count()).toBe(
      file.calibration.bins.filter(({ count }: { count: number }) => count > 0).length,
    );
  });

  test('says so where a version has no evaluation', async () => {
    await row('v2').locator('input').check();
    await visit.part('failed').waitFor();
    expect(await visit.part('methods').count()).toBe(0);
  });

  test('puts a version in service after a question, and the one before back', async () => {
    await row('v2').locator('[data-test=promote]').click();
    await visit.part('confirm').getByText('Cancel').click();
    expect(await serving()).toBe('demo');
    await row('v2').locator('[data-test=promote]').click();
    let look = () => {};
    const isLooked = new Promise<void>((resolve) => {
      look = resolve;
    });
    await visit.page.route('**/v1/models', (route) => isLooked.then(() => route.continue()));
    expect(await confirmed()).toContain('Done');
    // The list stays while it is asked for again.
    expect(await row('demo').isVisible()).toBe(true);
    expect(await visit.part('asking').count()).toBe(0);
    look();
    expect(await serving()).toBe('v2');
    await visit.page.locator('[data-version=v2][data-serving=true]').waitFor();
    await visit.part('rollback').click();
    expect(await confirmed()).toContain('Done');
    expect(await serving()).toBe('demo');
  });

  test('says why nothing was changed', async () => {
    await publishModel(models, 'v3');
    rmSync(join(models, 'v3', 'products.json'));
    await visit.page.reload();
    await row('v3').locator('[data-test=promote]').click();
    expect(await confirmed()).toMatch(/Nothing was changed\. .*products\.json/);
    expect(await serving()).toBe('demo');
    rmSync(join(models, 'v3'), { recursive: true });
  });

  test.each(TABLETS)('fits a window of %i × %i (%s)', async (width, height, locale) => {
    visit = await arrive({ viewport: { width, height }, locale });
    await visit.part('methods').waitFor();
    const wide = await visit.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(wide).toBeLessThanOrEqual(0);
  });

  test('opens to a key of an analyst, not to one of an agent', async () => {
    const [agent, analyst] = [
      await gateway.createKey('--scope', 'agent'),
      await gateway.createKey('--scope', 'analyst'),
    ];
    for (const [{ key }, shown] of [
      [agent, 'forbidden'],
      [analyst, 'versions'],
    ] as const) {
      visit = await arrive();
      await visit.part('log-in-dialog').waitFor();
      await visit.logIn(key);
      await visit.part(shown).waitFor();
    }
  });
});
