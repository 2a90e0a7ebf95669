import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { damage, publishModel } from '../support/published-model.ts';
import { smallModel } from '../support/small-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function start(dataDir: string, env = {}): Promise<GatewayProcess> {
  const gateway = await startGateway({ dataDir, env: { BASKETLIFT_LOG_LEVEL: 'warn', ...env } });
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
      method,
      headers,
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

test('a tenant with a registry of its own is served from it alone and changes it without effect on others', async () => {
  const [dataDir, models] = [temporaryFolder(), temporaryFolder()];
  const env = { BASKETLIFT_MODELS: models };
  const ownModels = join(models, 'tenants', 'north');
  await publishModel(models, 'v1');
  await openModelRegistry(models).promote('v1');
  const [north, south] = [await callerOf(dataDir, 'north'), await callerOf(dataDir, 'south')];
  const gateway = await start(dataDir, env);
  const question = (basketId: string) => ({ storeId: 's1', basket: [{ productId: 'phone' }], basketId });
  const versionFor = async (ask: typeof north, basketId: string) =>
    (await ask(gateway, 'POST', '/v1/suggestions', question(basketId))).body.modelVersion;
  expect(await versionFor(north, 'begun')).toBe('v1');
  expect((await north(gateway, 'POST', '/v1/models/v1/promote')).status).toBe(403);

  mkdirSync(ownModels, { recursive: true });
  for (const version of ['n1', 'n2']) await publishModel(ownModels, version);
  await vi.waitFor(
    async () => expect((await north(gateway, 'GET', '/v1/models')).body.models).toHaveLength(2),
    { timeout: 20_000, interval: 50 },
  );
  expect(await versionFor(north, 'not yet promoted')).toBe('v1');
  expect(await north(gateway, 'POST', '/v1/models/n1/promote')).toEqual({
    status: 200,
    body: { modelVersion: 'n1', previousVersion: null },
  });
  expect(await versionFor(north, 'begun')).toBe('v1');
  expect(await versionFor(north, 'new')).toBe('n1');
  expect(await versionFor(south, 'new')).toBe('v1');
  expect((await south(gateway, 'GET', '/v1/models')).body.models).toMatchObject([{ version: 'v1' }]);
  for (const path of ['n1/promote', 'n2/promote', 'v1/promote'])
    expect((await south(gateway, 'POST', `/v1/models/${path}`)).status).toBe(403);
  expect((await north(gateway, 'POST', '/v1/models/v1/promote')).status).toBe(404);

  expect((await north(gateway, 'POST', '/v1/models/n2/promote')).body.previousVersion).toBe('n1');
  expect((await north(gateway, 'POST', '/v1/models/rollback')).body.modelVersion).toBe('n1');
  const { parts } = (await (await fetch(`${gateway.url}/readyz`)).json()) as {
    parts: Record<string, string>;
  };
  expect(parts).toMatchObject({ model: 'v1 serves', 'model of north': 'n1 serves' });
  await gateway.stop();

  const again = await start(dataDir, env);
  const answer = await north(again, 'POST', '/v1/suggestions', question('after the restart'));
  expect(answer.body.modelVersion).toBe('n1');
  await again.stop();
  damage(ownModels, 'n1');
  await expect(start(dataDir, env)).rejects.toThrow(
    /model of north: .*n1 does not: .*differs from its checksum/,
  );
});

test('a tenant’s own model has its own opening stock and search, and the shared model keeps its own', async () => {
  const [dataDir, models] = [temporaryFolder(), temporaryFolder()];
  await publishModel(models, 'v1');
  await openModelRegistry(models).promote('v1');
  const own = join(models, 'tenants', 'north');
  mkdirSync(own, { recursive: true });
  const { products, ...rest } = smallModel();
  const renamed = products.map((product) =>
    product.id === 'case' ? { ...product, name: 'Sleeve' } : product,
  );
  const openingStock = [{ storeId: 's1', productId: 'case', onHand: 3, asOfMs: Date.parse('2026-05-01') }];
  await publishModel(own, 'n1', { model: { ...rest, products: renamed }, openingStock });
  await openModelRegistry(own).promote('n1');
  const [north, shop] = [await callerOf(dataDir, 'north'), await callerOf(dataDir, 'default')];
  const gateway = await start(dataDir, { BASKETLIFT_MODELS: models });
  const found = async (ask: typeof north) =>
    (await ask(gateway, 'GET', '/v1/products?q=sleeve&storeId=s1')).body.products;
  expect(await found(north)).toMatchObject([{ id: 'case', stock: { onHand: 3 } }]);
  expect(await found(shop)).toEqual([]);
});
