import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { metricOf } from '../support/metric.ts';
import { publishModel } from '../support/published-model.ts';
import { isRedisServerInstalled, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const SLOW = { timeout: 60_000 };
/** Fresh connections that reach every worker. */
const ROUNDS = 4;
/** Changes told at once, each twice: far more are refused by a busy machine as more than it can do. */
const AT_ONCE = 20;

let redis: RedisServer;
let admin: Redis;
/** Between the first gateway and Redis. */
let proxy: TcpProxy;
/** A gateway behind the proxy, and one of two workers that is not: each a machine with a data folder of its own. */
let one: GatewayProcess;
let crew: GatewayProcess;
let gateways: GatewayProcess[];
const folder = mkdtempSync(join(tmpdir(), 'basketlift-machines-'));
const models = join(folder, 'models');

// biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
type Json = any;

async function send({ url }: GatewayProcess, path: string, body?: object, method = 'POST'): Promise<Json> {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const init = body ? { method, headers, body: JSON.stringify(body) } : { headers };
  const response = await fetch(url + path, { ...init, signal: AbortSignal.timeout(15_000) });
  expect(response.status).toBe(200);
  return response.json();
}

function start(redisUrl: string, more: Record<string, string> = {}): Promise<GatewayProcess> {
  const env = { BASKETLIFT_REDIS_URL: redisUrl, BASKETLIFT_MODELS: models, BASKETLIFT_LOG_LEVEL: 'error' };
  return startGateway({ dataDir: mkdtempSync(join(folder, 'data-')), env: { ...env, ...more } });
}

async function busOf(gateway: GatewayProcess): Promise<{ isWell: boolean; state: string }> {
  const { degraded, parts } = await send(gateway, '/readyz');
  return { isWell: !degraded.includes('bus'), state: parts.bus };
}

function isHeard(gateway: GatewayProcess): Promise<void> {
  return vi.waitFor(async () => expect((await busOf(gateway)).state).toMatch(/^connected/), WAIT);
}

function isNotHeard(gateway: GatewayProcess): Promise<void> {
  return vi.waitFor(async () => expect(await busOf(gateway)).toMatchObject({ isWell: false }), WAIT);
}

function state(gateway: GatewayProcess, figures: object, asOfMs = Date.now()): Promise<Json> {
  const row = { storeId: 's1', productId: 'case', ...figures, asOf: new Date(asOfMs).toISOString() };
  return send(gateway, '/v1/stock', { rows: [row] });
}

/** All workers of both. */
function agree(gateways: readonly GatewayProcess[], onHand: number): Promise<void> {
  return vi.waitFor(async () => {
    for (const gateway of gateways)
      for (let round = 0; round < ROUNDS; round++)
        expect((await send(gateway, '/v1/products/case?storeId=s1')).stock.onHand).toBe(onHand);
  }, WAIT);
}

describe.runIf(isRedisServerInstalled)('gateways of several machines', SLOW, () => {
  beforeAll(async () => {
    redis = await startRedisServer();
    admin = new Redis(redis.url);
    admin.on('error', () => {});
    proxy = await openTcpProxy(redis.port);
    for (const version of ['v1', 'v2']) await publishModel(models, version);
    await openModelRegistry(models).promote('v1');
    one = await start(`redis://127.0.0.1:${proxy.port}`, { BASKETLIFT_BUS_LAG_MAX: '1' });
    crew = await start(redis.url, { BASKETLIFT_WORKERS: '2' });
    gateways = [one, crew];
  }, 60_000);

  beforeEach(async () => {
    for (const gateway of gateways) await isHeard(gateway);
  });

  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    admin.disconnect();
    await proxy.close();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  test('agree on stock, rules and refusals, whichever worker was told', async () => {
    await state(one, { onHand: 77 });
    await agree(gateways, 77);
    await Promise.all(Array.from({ length: 10 }, () => state(crew, { onHandDelta: -2 })));
    await state(one, { onHandDelta: -1 });
    await agree(gateways, 56);
    const rules = [{ id: 'r', action: 'exclude', productIds: ['charger'] }];
    await send(crew, '/v1/rules', { version: 0, rules }, 'PUT');
    await vi.waitFor(async () => expect((await send(one, '/v1/rules')).rules).toEqual(rules), WAIT);
    const question = { basket: [{ productId: 'phone' }], basketId: 'b', storeId: 's1', limit: 10 };
    const { decisionId, suggestions } = await send(one, '/v1/suggestions', question);
    const refused = suggestions[0].productId;
    const event = { id: 'e', type: 'outcome', at: new Date().toISOString(), decisionId, productId: refused };
    // The machine that did not make the decision: the one that did knows the basket, and tells all.
    await send(crew, '/v1/events', { events: [{ ...event, result: 'declined' }] });
    await vi.waitFor(async () => {
      for (const gateway of [one, crew, crew]) {
        const answer = await send(gateway, '/v1/suggestions', question);
        expect(answer.suggestions.map(({ productId }: Json) => productId)).not.toContain(refused);
      }
    }, WAIT);
  });

  test('count a change once that two workers, and then another machine, were told', async () => {
    await state(one, { onHand: 5_000 });
    await agree(gateways, 5_000);
    const sold = Array.from({ length: 300 }, (_, at) => ({ onHandDelta: -1, changeId: `sold-${at}` }));
    for (let from = 0; from < sold.length; from += AT_ONCE) {
      const some = sold.slice(from, from + AT_ONCE);
      const told = await Promise.all(some.flatMap((change) => [state(crew, change), state(crew, change)]));
      const sum = (count: 'applied' | 'repeated') => told.reduce((total, one) => total + one[count], 0);
      expect([sum('applied'), sum('repeated')]).toEqual([some.length, some.length]);
    }
    await agree(gateways, 4_700);
    await Promise.all(sold.slice(0, 50).map((change) => state(one, change)));
    await agree(gateways, 4_700);
  });

  test.each([
    ['takes what it is sent and never replies', 'swallow'],
    ['resets each connection in the middle of a reply', 'reset'],
  ] as const)('continue while Redis %s, report it, and agree afterwards', async (_, trouble) => {
    await state(one, { onHand: 50 });
    await agree(gateways, 50);
    proxy.trouble = trouble;
    await isNotHeard(one);
    await state(one, { onHandDelta: -1 });
    await state(crew, { onHandDelta: -10 });
    await agree([one], 49);
    expect(await metricOf(one.url, 'basketlift_bus_connected')).toBe(0);
    proxy.trouble = 'none';
    await agree(gateways, 39);
    await vi.waitFor(async () => expect(await metricOf(one.url, 'basketlift_bus_connected')).toBe(1), WAIT);
  });

  test('continue while Redis is killed, report it, and give the new one all they know', async () => {
    const ask = () => send(one, '/v1/suggestions', { basket: [{ productId: 'phone' }], storeId: 's1' });
    expect((await ask()).degraded).not.toContain('bus');
    await state(one, { onHand: 50 });
    await agree(gateways, 50);
    await redis.kill();
    await Promise.all(gateways.map(isNotHeard));
    await state(one, { onHandDelta: -1 });
    await state(crew, { onHandDelta: -10 });
    await vi.waitFor(async () => expect((await ask()).degraded).toContain('bus'), WAIT);
    await redis.start();
    await agree(gateways, 39);
    await vi.waitFor(async () => expect((await ask()).degraded).toEqual([]), WAIT);
  });

  test('agree after FLUSHALL, and one that joins then knows the stock', async () => {
    await state(one, { onHand: 50 });
    await agree(gateways, 50);
    await admin.flushall();
    await state(crew, { onHandDelta: -4 });
    await agree(gateways, 46);
    const third = await start(redis.url);
    onTestFinished(() => third.stop());
    await agree([third], 46);
  });

  test('serve what one of them promoted', async () => {
    await send(one, '/v1/models/v2/promote', {});
    await vi.waitFor(async () => {
      for (const gateway of gateways) expect((await send(gateway, '/readyz')).modelVersion).toBe('v2');
    }, WAIT);
  });
});
