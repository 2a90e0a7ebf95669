import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function start(dataDir: string): Promise<GatewayProcess> {
  const gateway = await startGateway({ dataDir, env: { BASKETLIFT_LOG_LEVEL: 'warn' } });
  onTestFinished(() => gateway.kill());
  return gateway;
}

/** Asks a gateway with a key of one tenant. */
async function callerOf(dataDir: string, tenant: string) {
  const asked = ['keys', 'create', '--scope', 'admin', '--tenant', tenant];
  const { stdout } = await runCli(asked, { env: { BASKETLIFT_DATA: dataDir } });
  const headers = { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' };
  return async ({ url }: GatewayProcess, method: string, path: string, body?: object) => {
    const response = await fetch(url + path, {
      ...{ method, headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
    return { status: response.status, body: (await response.json()) as any };
  };
}

test('tenants of one gateway have stock and rules of their own, also after a restart', async () => {
  const dataDir = temporaryFolder();
  const [shop, north, south] = [
    await callerOf(dataDir, 'default'),
    await callerOf(dataDir, 'north'),
    await callerOf(dataDir, 'south'),
  ];
  const first = await start(dataDir);
  const { body: opening } = await shop(first, 'GET', '/v1/products?storeId=s6&limit=1');
  const { id: productId, stock } = opening.products[0];
  const productPath = `/v1/products/${productId}?storeId=s6`;
  expect(stock.onHand).toBeGreaterThan(0);
  // The opening stock of the model is the default tenant's.
  expect((await north(first, 'GET', productPath)).body).not.toHaveProperty('stock');

  const rows = [{ storeId: 's6', productId, onHand: 7, asOf: new Date().toISOString() }];
  expect((await north(first, 'POST', '/v1/stock', { rows })).body).toMatchObject({ applied: 1 });
  const rules = [{ id: 'none of it', action: 'exclude', productIds: [productId] }];
  expect((await north(first, 'PUT', '/v1/rules', { rules })).body).toEqual({ version: 1 });
  const question = { storeId: 's6', basket: [{ productId: '282' }] };
  for (const ask of [shop, north, south])
    expect((await ask(first, 'POST', '/v1/suggestions', question)).body.cache).toBe('miss');
  await first.stop();

  const second = await start(dataDir);
  expect((await north(second, 'GET', productPath)).body.stock.onHand).toBe(7);
  expect((await shop(second, 'GET', productPath)).body.stock).toEqual(stock);
  expect((await south(second, 'GET', productPath)).body).not.toHaveProperty('stock');
  expect((await north(second, 'GET', '/v1/rules')).body).toEqual({ version: 1, rules });
  for (const ask of [shop, south])
    expect((await ask(second, 'GET', '/v1/rules')).body).toEqual({ version: 0, rules: [] });
});
