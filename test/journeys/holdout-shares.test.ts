import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startGateway } from '../support/gateway-process.ts';
import { SellingClient } from '../support/selling-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a gateway holds out what its stores and channels say', async () => {
  const dataDir = temporaryFolder();
  writeFileSync(join(dataDir, 'holdout.key'), Buffer.alloc(32, 7));
  const env = {
    BASKETLIFT_HOLDOUT_SHARE: '0.5',
    BASKETLIFT_HOLDOUT_SHARES: '{"stores":{"s7":0,"S6":0.1},"channels":{"call":0.9}}',
  };
  const gateway = await startGateway({ dataDir, env });
  onTestFinished(async () => void (await gateway.stop()));
  const client = new SellingClient(gateway.url);
  const warned = /"stores":\["S6"\].*names stores that the model does not know/;
  await vi.waitFor(() => expect(gateway.said.join('\n')).toMatch(warned));
  const heldOut = async (question: object) => {
    const arms = [];
    for (let n = 0; n < 40; n++) {
      const basket = { basketId: `b${n}`, basket: [{ productId: '282' }], ...question };
      arms.push((await client.post('/v1/suggestions', basket)).arm);
    }
    return arms.filter((arm) => arm === 'holdout').length;
  };
  expect(await heldOut({ storeId: 's7', channel: 'call' })).toBe(0);
  expect(await heldOut({ storeId: 's6', channel: 'call' })).toBeGreaterThan(30);
  const plain = await heldOut({ storeId: 's6' });
  expect(plain).toBeGreaterThan(8);
  expect(plain).toBeLessThan(32);
});
