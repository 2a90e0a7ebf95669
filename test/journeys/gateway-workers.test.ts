import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway, workersOf } from '../support/gateway-process.ts';
import { LiveClient } from '../support/live-client.ts';
import { publishModel } from '../support/published-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const WORKERS = 3;
/** Connections go round the workers, so that as many fresh ones reach each. */
const ROUNDS = 2 * WORKERS;

function startWorkers(models: string, dataDir: string): Promise<GatewayProcess> {
  const env = { BASKETLIFT_MODELS: models, BASKETLIFT_WORKERS: String(WORKERS) };
  return startGateway({ dataDir, env: { ...env, BASKETLIFT_LOG_LEVEL: 'error' } });
}

/** For one test alone. */
async function start(): Promise<GatewayProcess> {
  const models = temporaryFolder();
  await publishTwo(models);
  const gateway = await startWorkers(models, temporaryFolder());
  onTestFinished(() => gateway.kill());
  return gateway;
}

async function publishTwo(models: string): Promise<void> {
  for (const version of ['v1', 'v2']) await publishModel(models, version);
  await openModelRegistry(models).promote('v1');
}

async function ask(gateway: GatewayProcess, path: string, body?: object, method = 'POST') {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const init = body ? { method, headers, body: JSON.stringify(body) } : { headers };
  // A connection of a moment without workers may never be answered.
  const response = await fetch(gateway.url + path, { ...init, signal: AbortSignal.timeout(5_000) });
  expect(response.status).toBe(200);
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
  return (await response.json()) as any;
}

/** What every worker answers. */
function askAll(gateway: GatewayProcess, path: string, body?: object) {
  return Promise.all(Array.from({ length: ROUNDS }, () => ask(gateway, path, body)));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const live = (gateway: GatewayProcess) =>
  ask(gateway, '/readyz').then(({ parts, degraded }) => ({ workers: parts.workers, degraded }));
const ALL_LIVE = { workers: `${WORKERS} of ${WORKERS} live`, degraded: [] };

const question = { basket: [{ productId: 'phone' }], basketId: 'b', storeId: 's1', limit: 10 };
const productIds = ({ suggestions }: { suggestions: { productId: string }[] }) =>
  suggestions.map(({ productId }) => productId);

describe('several workers answer as one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'basketlift-workers-'));
  const models = join(folder, 'models');
  let gateway: GatewayProcess;

  beforeAll(async () => {
    await publishTwo(models);
    gateway = await startWorkers(models, join(folder, 'data'));
  });

  afterAll(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true });
  });

  test('with one set of addresses and the number that lives', async () => {
    expect(gateway.said.filter((line) => line.includes('is ready at'))).toHaveLength(1);
    expect(workersOf(gateway)).toHaveLength(WORKERS);
    expect(await live(gateway)).toEqual(ALL_LIVE);
  });

  test('about stock, rules and refusals, whichever of them was told', async () => {
    const row = { storeId: 's1', productId: 'case', onHand: 77, asOf: new Date().toISOString() };
    await ask(gateway, '/v1/stock', { rows: [row] });
    await vi.waitFor(async () => {
      const products = await askAll(gateway, '/v1/products/case?storeId=s1');
      expect(products.map(({ stock }) => stock?.onHand)).toEqual(Array(ROUNDS).fill(77));
    }, WAIT);
    const rules = [{ id: 'r', action: 'exclude', productIds: ['charger'] }];
    await ask(gateway, '/v1/rules', { version: 0, rules }, 'PUT');
    await vi.waitFor(async () => {
      for (const answer of await askAll(gateway, '/v1/suggestions', question))
        expect(productIds(answer)).not.toContain('charger');
    }, WAIT);
    const { decisionId, suggestions } = await ask(gateway, '/v1/suggestions', question);
    const refused = suggestions[0].productId;
    const event = { id: 'e', type: 'outcome', at: new Date().toISOString(), decisionId, productId: refused };
    await ask(gateway, '/v1/events', { events: [{ ...event, result: 'declined' }] });
    await vi.waitFor(async () => {
      for (const answer of await askAll(gateway, '/v1/suggestions', question))
        expect(productIds(answer)).not.toContain(refused);
    }, WAIT);
  });

  test('about concurrent changes of stock, counting each once', async () => {
    const row = { storeId: 's1', productId: 'case' };
    const state = (figures: object) =>
      ask(gateway, '/v1/stock', { rows: [{ ...row, ...figures, asOf: new Date().toISOString() }] });
    await state({ onHand: 1000 });
    const told = Array.from({ length: 60 }, (_, at) =>
      state({ onHandDelta: -1, changeId: `sold-${at >> 1}` }),
    );
    const answers = await Promise.all(told);
    expect(answers.filter(({ applied }) => applied === 1)).toHaveLength(30);
    expect(answers.filter(({ repeated }) => repeated === 1)).toHaveLength(30);
    await vi.waitFor(async () => {
      const products = await askAll(gateway, '/v1/products/case?storeId=s1');
      expect(products.map(({ stock }) => stock?.onHand)).toEqual(Array(ROUNDS).fill(970));
    }, WAIT);
  });

  test('about a basket whose socket broke: each of them continues it', async () => {
    for (let seq = 1; seq <= ROUNDS; seq++) {
      // It may come back before the word of it has gone round.
      const client = await vi.waitFor(() => resume(seq - 1), WAIT);
      if (seq === 1) client.send({ type: 'basket', seq, ...question });
      else client.send({ type: 'change', basketId: 'b', seq, add: [{ productId: 'gum' }] });
      await client.hear({ type: 'suggestions', seq });
      await client.close();
    }
  });

  test('in one count of what they did', async () => {
    const answered = async () => {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      expect(text).toMatch(/^basketlift_workers 3$/m);
      return Number(/request_seconds_count\{route="POST \/v1\/suggestions",.+ (\d+)/.exec(text)?.[1] ?? 0);
    };
    const before = await answered();
    await askAll(gateway, '/v1/suggestions', question);
    expect((await answered()) - before).toBe(ROUNDS);
  });

  test('from the champion, also when SIGHUP asks for it', async () => {
    await ask(gateway, '/v1/models/v2/promote', {});
    const serve = async (version: string) =>
      vi.waitFor(async () => {
        const states = await askAll(gateway, '/readyz');
        expect(states.map(({ modelVersion }) => modelVersion)).toEqual(Array(ROUNDS).fill(version));
      }, WAIT);
    await serve('v2');
    await openModelRegistry(models).rollback();
    gateway.child.kill('SIGHUP');
    await serve('v1');
  });

  /** A socket that continues the basket where it was. */
  async function resume(lastSeq: number): Promise<LiveClient> {
    const client = await LiveClient.connect(gateway.url);
    client.send({ type: 'hello', resume: ['b'] });
    const { resumed } = await client.hear({ type: 'hello' });
    if (resumed[0]?.seq === (lastSeq || undefined)) return client;
    await client.close();
    throw new Error(`wanted basket b as of ${lastSeq}, got ${JSON.stringify(resumed)}`);
  }
});

describe('a worker', () => {
  test('that is killed goes unnoticed: the others answer, and another one replaces it', async () => {
    const gateway = await start();
    const [first] = workersOf(gateway) as [number];
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(isRunning(first)).toBe(false), WAIT);
    await askAll(gateway, '/v1/suggestions', question);
    await vi.waitFor(async () => expect(await live(gateway)).toEqual(ALL_LIVE), WAIT);
    expect(workersOf(gateway)).not.toContain(first);
  });

  test('that dies before telling others what it wrote leaves it to them on the disk', async () => {
    const models = temporaryFolder();
    await publishTwo(models);
    const dataDir = temporaryFolder();
    const gateway = await startWorkers(models, dataDir);
    onTestFinished(() => gateway.kill());
    const onHand = async () =>
      (await askAll(gateway, '/v1/products/case?storeId=s1')).map(({ stock }) => stock?.onHand);
    const row = { storeId: 's1', productId: 'case', onHand: 50 };
    await ask(gateway, '/v1/stock', { rows: [{ ...row, asOf: new Date().toISOString() }] });
    await vi.waitFor(async () => expect(await onHand()).toEqual(Array(ROUNDS).fill(50)), WAIT);
    // By then they have read once more what came while they started.
    await pause(3_000);
    const folder = openDataFolder(dataDir);
    await folder.stock.state('default', [{ ...row, onHand: 7, asOfMs: Date.now() }], new StockBook());
    await folder.close();
    expect(await onHand()).toEqual(Array(ROUNDS).fill(50));
    process.kill(workersOf(gateway)[0]!, 'SIGKILL');
    await vi.waitFor(async () => expect(await onHand()).toEqual(Array(ROUNDS).fill(7)), WAIT);
  });

  test('that hangs is ended and replaced', { timeout: 60_000 }, async () => {
    const gateway = await start();
    const [first] = workersOf(gateway) as [number];
    process.kill(first, 'SIGSTOP');
    await vi.waitFor(() => expect(isRunning(first)).toBe(false), { timeout: 40_000, interval: 200 });
    await vi.waitFor(async () => expect(await live(gateway)).toEqual(ALL_LIVE), WAIT);
  });

  test('that dies with all the others comes back on the same port', async () => {
    const gateway = await start();
    for (const pid of workersOf(gateway)) process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await live(gateway)).toEqual(ALL_LIVE), WAIT);
  });

  test('that is still starting stops with the primary process', async () => {
    const gateway = await start();
    const [first] = workersOf(gateway) as [number];
    process.kill(first, 'SIGKILL');
    const pids = await vi.waitFor(() => {
      const replaced = workersOf(gateway);
      expect(replaced).toHaveLength(WORKERS);
      expect(replaced).not.toContain(first);
      return replaced;
    }, WAIT);
    await gateway.kill();
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), WAIT);
  });

  test('stops when the primary process is killed', async () => {
    const gateway = await start();
    const pids = workersOf(gateway);
    await gateway.kill();
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), WAIT);
  });
});

describe('told to stop', () => {
  test('all workers finish, and the whole ends with 0', async () => {
    const gateway = await start();
    const client = await LiveClient.connect(gateway.url);
    const pids = workersOf(gateway);
    const exited = once(gateway.child, 'exit');
    gateway.child.kill('SIGTERM');
    expect(await client.closed).toEqual({ code: 1001, reason: 'the gateway is stopping' });
    expect(await exited).toEqual([0, null]);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('twice ends all at once', async () => {
    const gateway = await start();
    const pids = workersOf(gateway);
    // A worker that does not hear of it keeps the first stop from ending.
    process.kill(pids[0]!, 'SIGSTOP');
    const exited = once(gateway.child, 'exit');
    gateway.child.kill('SIGTERM');
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([pids[0]]), WAIT);
    gateway.child.kill('SIGTERM');
    expect(await exited).toEqual([null, 'SIGKILL']);
    await vi.waitFor(() => expect(isRunning(pids[0]!)).toBe(false), WAIT);
  });
});

describe('workers that cannot start end the whole with the reason, once', () => {
  const serve = (env: Record<string, string>, ...args: string[]) =>
    runCli(['serve', '--workers', '3', ...args], { env: { ...env, BASKETLIFT_DATA: temporaryFolder() } });

  test('with 1 when the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { code, stdout, stderr } = await serve({}, '--port', String(port));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.match(/Cannot listen on/g)).toHaveLength(1);
  });

  test('with 2 when the configuration is to blame', async () => {
    const { code, stderr } = await serve({ BASKETLIFT_HOST: '0.0.0.0' }, '--port', '0');
    expect(code).toBe(2);
    expect(stderr.match(/wanted a loopback address/g)).toHaveLength(1);
  });

  test('with 2 when the number of workers is none', async () => {
    for (const workers of ['0', '65', 'many', '1.5']) {
      const { code, stderr } = await runCli(['serve', '--workers', workers, '--port', '0']);
      expect(code).toBe(2);
      expect(stderr).toContain('--workers: wanted');
    }
  });
});
