import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli-run.ts';
import { startGateway } from '../support/gateway-process.ts';
import { SellingClient } from '../support/selling-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the ledger of a running gateway is exported, and train learns from the export', {
  timeout: 120_000,
}, async () => {
  const dataDir = temporaryFolder();
  const gateway = await startGateway({ dataDir, env: { BASKETLIFT_MIN_VALUE: '0' } });
  onTestFinished(() => gateway.kill());
  const client = new SellingClient(gateway.url);
  const { products } = await client.get('/v1/products?q=&limit=12');
  const id = (n: number): string => products[n % products.length].id;
  for (let n = 0; n < 60; n++) {
    const basket = [id(n), id(n + 1), id(n + 3)].map((productId) => ({ productId, unitPrice: 2.5 }));
    const at = new Date(Date.now() - (60 - n) * 3_600_000).toISOString();
    await client.tell(
      await client.serve({
        basketId: `b${n}`,
        storeId: 's6',
        agentId: 'a1',
        at,
        basket,
        accepts: n % 2 === 0,
      }),
    );
  }
  await expect.poll(async () => JSON.stringify(await client.get('/readyz'))).toContain('0 pending');
  const env = { BASKETLIFT_DATA: dataDir };
  const folder = join(temporaryFolder(), 'ledger');
  const { code, stdout } = await runCli(['export', folder], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/receipts +\d+ rows\n/);
  expect(stdout).toMatch(/_ledger\/decisions +60 rows\n/);

  const registry = join(temporaryFolder(), 'models');
  const learn = ['train', folder, '--outcomes', folder, '--out', registry, '--version', 'own', '--json'];
  const trained = await runCli(learn, { env });
  expect(trained.code).toBe(0);
  expect(trained.stderr).toMatch(/outcomes: \d+ offers read, 3\d accepted/);
  const { acceptance } = JSON.parse(trained.stdout).evaluation;
  expect(acceptance.offers + total(acceptance.leftOut)).toBe(Number(/(\d+) offers/.exec(trained.stderr)![1]));
  // The receipts alone: refunds and suggestions name baskets and products too.
  const receipts = JSON.parse((await runCli(['export', `${folder}2`, '--json'], { env })).stdout).files[0];
  expect(JSON.parse(trained.stdout).data).toMatchObject({ baskets: 60, lines: receipts.rows });
  expect(readdirSync(registry)).toContain('own');

  expect(await runCli(['export', folder], { env })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is not empty'),
  });
  for (const [outcomes, options, reason] of [
    [`${folder}4`, [], /holds no complete export/],
    [folder, ['--tenant', 'other'], /wanted an export of tenant 'other'; got one of tenant 'default'/],
  ] as const) {
    const refused = await runCli(['train', folder, '--outcomes', outcomes, '--out', registry, ...options], {
      env,
    });
    expect(refused.code).toBeGreaterThan(0);
    expect(refused.stderr).toMatch(reason);
  }
  const other = await runCli(['export', `${folder}3`, '--tenant', 'other'], { env });
  expect(other.stdout).toMatch(/receipts +0 rows\n/);
});

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
