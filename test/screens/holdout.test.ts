import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { holdoutUnder } from '../../src/adapters/holdout-draw.ts';
import { useBrowsedGateway } from '../support/browsed-gateway.ts';
import { chromiumPath } from '../support/chromium.ts';

const key = Buffer.alloc(32, 7);
const share = 0.5;
const heldOutId = Array.from({ length: 100 }, (_, i) => `basket-${i}`).find(
  (id) => holdoutUnder(key, { share })('default', { basketId: id }).arm === 'holdout',
)!;

describe.skipIf(!chromiumPath)('a basket that is held out', () => {
  const gateway = useBrowsedGateway({
    env: { BASKETLIFT_HOLDOUT_SHARE: String(share) },
    prepare: (dataDir) => writeFileSync(join(dataDir, 'holdout.key'), key),
  });

  test.each([
    ['till', 'Nothing worth offering with this basket.'],
    ['agent', 'Nothing worth offering. Just serve the customer.'],
  ])(
    'looks on the %s page like one for which there is nothing to offer, and is paid as usual',
    async (page, quiet) => {
      const channel = page === 'till' ? 'till' : 'call';
      const kept = JSON.stringify({ state: { basketId: heldOutId, lines: [] }, seq: 0 });
      const storageState = {
        cookies: [],
        origins: [
          { origin: gateway.url, localStorage: [{ name: `basketlift.${channel}.basket`, value: kept }] },
        ],
      };
      const visit = await gateway.open(`/${page}`, { storageState });
      for (const word of ['milk', 'coffee', 'cheese']) await visit.answered(() => visit.searchAndTap(word));
      expect(await visit.part('quiet').textContent()).toContain(quiet);
      expect(await visit.page.locator('[data-test=offer], [data-test=pitch]').count()).toBe(0);
      expect(await visit.page.locator('body').textContent()).not.toMatch(/hold.?out|experiment/i);
      await visit.page.keyboard.press('F9');
      await visit.part('receipt').waitFor();
      await visit.nothingQueued();
    },
  );
});
