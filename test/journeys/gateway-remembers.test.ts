import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { buildRanker } from '../support/model-builder.ts';
import { publishModel } from '../support/published-model.ts';
import { smallModel } from '../support/small-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const execute = promisify(execFile);
const WAIT = { timeout: 20_000, interval: 50 };

/** A small shop whose ranker heeds neighbours. */
async function smallRegistry(): Promise<string> {
  const models = temporaryFolder();
  const ranker = buildRanker({ ease: 10, popularity: 1, neighbours: 1 });
  await publishModel(models, 'v1', { model: { ...smallModel(), ranker } });
  await openModelRegistry(models).promote('v1');
  return models;
}

async function start(models: string, dataDir: string, minutes: string): Promise<GatewayProcess> {
  const env = { BASKETLIFT_MODELS: models, BASKETLIFT_REMEMBER_MINUTES: minutes };
  const gateway = await startGateway({ dataDir, env });
  onTestFinished(() => gateway.kill());
  return gateway;
}

async function post(gateway: GatewayProcess, path: string, body: object) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as { suggestions: { productId: string; probability: number }[] };
}

/** What nobody has bought together before. */
async function sellCableWithCereal(gateway: GatewayProcess, receipts: number): Promise<void> {
  const lines = ['cable', 'cereal'].map((productId) => ({ productId, quantity: 1, unitPrice: 2 }));
  const facts = { type: 'sale', at: new Date().toISOString(), storeId: 's1', currency: 'EUR', lines };
  const events = Array.from({ length: receipts }, (_, n) => ({
    ...facts,
    id: `e${n}`,
    basketId: `sold${n}`,
  }));
  await post(gateway, '/v1/events', { events });
}

async function chanceOfCable(gateway: GatewayProcess, basketId: string): Promise<number> {
  const asked = {
    basketId,
    storeId: 's1',
    basket: [{ productId: 'cereal' }],
    limit: 10,
    customer: { age: 30 },
  };
  const { suggestions } = await post(gateway, '/v1/suggestions', asked);
  return suggestions.find(({ productId }) => productId === 'cable')?.probability ?? 0;
}

async function stateOfModel(gateway: GatewayProcess): Promise<string | undefined> {
  const { parts } = (await (await fetch(`${gateway.url}/readyz`)).json()) as {
    parts: Record<string, string>;
  };
  return parts.model;
}

const knows = (gateway: GatewayProcess, receipts: number) =>
  vi.waitFor(
    async () => expect(await stateOfModel(gateway)).toBe(`v1 serves with ${receipts} baskets sold since`),
    WAIT,
  );

describe('what is paid', () => {
  test('counts in new baskets without a training, also after a restart', async () => {
    const [models, dataDir] = [await smallRegistry(), temporaryFolder()];
    const gateway = await start(models, dataDir, '0.01');
    const before = await chanceOfCable(gateway, 'begun');
    await sellCableWithCereal(gateway, 60);
    await knows(gateway, 60);
    const current = await (await fetch(`${gateway.url}/v1/models/current`)).json();
    expect(current).toMatchObject({ modelVersion: 'v1', rememberedBaskets: 60 });
    const after = await chanceOfCable(gateway, 'new');
    expect(before).toBeGreaterThan(0);
    expect(after).toBeGreaterThan(2 * before);
    expect(await chanceOfCable(gateway, 'begun')).toBe(before);
    await gateway.stop();
    const again = await start(models, dataDir, '0.01');
    await knows(again, 60);
    expect(await chanceOfCable(again, 'newer')).toBe(after);
  });

  test('counts no sooner than is wished', async () => {
    const gateway = await start(await smallRegistry(), temporaryFolder(), '0');
    const before = await chanceOfCable(gateway, 'a');
    await sellCableWithCereal(gateway, 60);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await stateOfModel(gateway)).toBe('v1 serves');
    expect(await chanceOfCable(gateway, 'b')).toBe(before);
  });

  test('keeps no version from serving where the ledger cannot be read', async () => {
    const models = await smallRegistry();
    const noFolder = join(models, 'v1', 'stores.json');
    const script = join(import.meta.dirname, '../support/load-version.mjs');
    const { stdout } = await execute(process.execPath, [script, join(models, 'v1'), noFolder]);
    expect(JSON.parse(stdout)).toEqual({
      products: 12,
      trouble: expect.stringMatching(/^data folder: wanted/),
    });
  });
});
