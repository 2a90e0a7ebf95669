import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { LiveClient } from '../support/live-client.ts';
import { damage, publishModel } from '../support/published-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WAIT = { timeout: 20_000, interval: 50 };
let models: string;

beforeEach(async () => {
  models = temporaryFolder();
  for (const version of ['v1', 'v2']) await publishModel(models, version);
  await openModelRegistry(models).promote('v1');
});

async function start(...options: string[]): Promise<GatewayProcess> {
  const gateway = await startGateway({
    dataDir: temporaryFolder(),
    env: { BASKETLIFT_MODELS: models, BASKETLIFT_LOG_LEVEL: 'error' },
    command: [process.execPath, 'dist/cli.js', 'serve', ...options],
  });
  onTestFinished(() => gateway.kill());
  return gateway;
}

async function post(gateway: GatewayProcess, path: string, body: object = {}) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function versionFor(gateway: GatewayProcess, basketId: string): Promise<unknown> {
  const basket = [{ productId: 'phone' }];
  const { status, body } = await post(gateway, '/v1/suggestions', { basket, basketId, storeId: 's1' });
  expect(status).toBe(200);
  return body.modelVersion;
}

async function readyz(gateway: GatewayProcess) {
  return (await (await fetch(`${gateway.url}/readyz`)).json()) as {
    modelVersion: string;
    degraded: string[];
    parts: Record<string, string>;
  };
}

function follows(gateway: GatewayProcess, version: string): Promise<void> {
  return vi.waitFor(async () => expect((await readyz(gateway)).modelVersion).toBe(version), WAIT);
}

const cli = (...args: string[]) => runCli(['models', ...args, '--models', models]);

describe('a running gateway', () => {
  test('serves what is promoted and rolled back over HTTP, and a second one on the folder follows', async () => {
    const [first, second] = [await start(), await start()];
    expect(await versionFor(first, 'begun')).toBe('v1');
    expect(await post(first, '/v1/models/v2/promote')).toEqual({
      status: 200,
      body: { modelVersion: 'v2', previousVersion: 'v1' },
    });
    expect(await versionFor(first, 'new')).toBe('v2');
    expect(await versionFor(first, 'begun')).toBe('v1');
    await follows(second, 'v2');
    expect((await post(second, '/v1/models/rollback')).body).toMatchObject({ modelVersion: 'v1' });
    await follows(first, 'v1');
    expect((await cli('list')).stdout).toMatch(/^\* v1/m);
  });

  test('follows the command line, and answers each basket from one version throughout', async () => {
    const gateway = await start();
    let isOver = false;
    const answered = new Map<string, Set<unknown>>();
    const till = async (name: number) => {
      for (let basket = 0; !isOver; basket++) {
        const basketId = `${name}-${basket}`;
        const versions = new Set<unknown>();
        for (let line = 0; line < 5; line++) versions.add(await versionFor(gateway, basketId));
        answered.set(basketId, versions);
      }
    };
    const tills = Promise.all([1, 2, 3, 4].map(till));
    for (const version of ['v2', 'v1']) {
      expect((await cli(...(version === 'v2' ? ['promote', 'v2'] : ['rollback']))).code).toBe(0);
      await follows(gateway, version);
    }
    isOver = true;
    await tills;
    expect([...answered.values()].filter((versions) => versions.size > 1)).toEqual([]);
    expect(new Set([...answered.values()].flatMap((versions) => [...versions]))).toEqual(
      new Set(['v1', 'v2']),
    );
  });

  test('answers a basket on a socket to its end by one version, and new ones by the next', async () => {
    const gateway = await start();
    const client = await LiveClient.connect(gateway.url);
    const basket = [{ productId: 'phone' }];
    client.send({ type: 'basket', basketId: 'begun', seq: 1, basket });
    expect(await client.hear({ basketId: 'begun', seq: 1 })).toMatchObject({ modelVersion: 'v1' });
    await post(gateway, '/v1/models/v2/promote');
    client.send({ type: 'change', basketId: 'begun', seq: 2, add: [{ productId: 'gum' }] });
    client.send({ type: 'basket', basketId: 'new', seq: 1, basket });
    expect(await client.hear({ basketId: 'begun', seq: 2 })).toMatchObject({ modelVersion: 'v1' });
    expect(await client.hear({ basketId: 'new', seq: 1 })).toMatchObject({ modelVersion: 'v2' });
  });

  test('never serves a damaged version, and reports it in the answer and in /readyz', async () => {
    const gateway = await start();
    damage(models, 'v2');
    const refused = await post(gateway, '/v1/models/v2/promote');
    expect(refused).toMatchObject({ status: 422, body: { detail: expect.stringContaining('checksum') } });
    expect((await readyz(gateway)).degraded).toEqual([]);
    await publishModel(models, 'v3');
    await openModelRegistry(models).promote('v3', async () => damage(models, 'v3'));
    await vi.waitFor(async () => expect((await readyz(gateway)).degraded).toEqual(['model']), WAIT);
    const { modelVersion, parts } = await readyz(gateway);
    expect(modelVersion).toBe('v1');
    expect(parts.model).toMatch(/^v1 serves; v3 does not: .+checksum/);
    expect(await versionFor(gateway, 'new')).toBe('v1');
  });

  test('lives through SIGHUP and takes the champion then', async () => {
    const gateway = await start();
    await openModelRegistry(models).promote('v2');
    gateway.child.kill('SIGHUP');
    await follows(gateway, 'v2');
  });

  test('started with --model keeps it, and says so when a version is promoted', async () => {
    const gateway = await start('--model', 'v1');
    const { status, body } = await post(gateway, '/v1/models/v2/promote');
    expect(status).toBe(409);
    expect(body.detail).toContain('--model v1');
    expect(await versionFor(gateway, 'new')).toBe('v1');
  });
});
