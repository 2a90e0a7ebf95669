import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { metricOf } from '../support/metric.ts';
import {
  findFreePort,
  isRedisServerInstalled,
  type RedisServer,
  startRedisServer,
} from '../support/redis-server.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** Of the gateway, and for a machine that is busy with other tests; together no more than the slowest reply of Redis. */
const BUDGET_MS = 250;
const MARGIN_MS = 250;
const WAIT = { timeout: 15_000, interval: 50 };

const folder = mkdtempSync(join(tmpdir(), 'basketlift-redis-gateway-'));
let productIds: string[];
let redis: RedisServer;
let admin: Redis;
/** Between the gateway and Redis. */
let proxy: TcpProxy;
let gateway: GatewayProcess;
let baskets = 0;

interface Answer {
  readonly suggestions: readonly unknown[];
  readonly degraded: readonly string[];
  readonly cache: string;
  readonly tookMs: number;
}

async function start(redisUrl: string): Promise<GatewayProcess> {
  const env = { BASKETLIFT_REDIS_URL: redisUrl, BASKETLIFT_LOG_LEVEL: 'error' };
  return startGateway({ dataDir: folder, env });
}

async function ask(basket: readonly string[], to = gateway): Promise<Answer> {
  // By probability alone, because by value silence may be the right answer.
  const request = {
    storeId: 's1',
    objective: 'probability',
    budgetMs: BUDGET_MS,
    basket: basket.map((productId) => ({ productId })),
  };
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(request) };
  const response = await fetch(`${to.url}/v1/suggestions`, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

/** A basket that nobody asked about before, so that no memory in front of Redis knows it. */
function newBasket(): string[] {
  const n = baskets++;
  const at = (place: number) => productIds[place % productIds.length]!;
  return [at(n), at(n + 1 + Math.floor(n / productIds.length)), at(7 * n + 3)];
}

/** Asks about new baskets, several at once; all have to be answered well, in time and with suggestions. */
async function askMany(count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let asked = 0; asked < count; asked += 4) {
    answers.push(...(await Promise.all([1, 2, 3, 4].map(() => ask(newBasket())))));
  }
  for (const { tookMs, suggestions, degraded } of answers) {
    expect(tookMs).toBeLessThan(BUDGET_MS + MARGIN_MS);
    expect(suggestions.length).toBeGreaterThan(0);
    expect(degraded.filter((reason) => reason !== 'cache')).toEqual([]);
  }
  return answers;
}

/** Meanwhile asks on and on. */
async function whileAsking(act: () => unknown): Promise<void> {
  const during = askMany(40);
  await act();
  await during;
}

async function expectDegraded(degraded: string[]): Promise<void> {
  await vi.waitFor(async () => {
    const answers = await askMany(4);
    expect(answers.map((answer) => answer.degraded)).toEqual(Array(4).fill(degraded));
    const response = await fetch(`${gateway.url}/readyz`);
    expect(response.status).toBe(200);
    const body = (await response.json()) as { status: string; degraded: string[] };
    expect(body.status).toBe('ready');
    // What becomes of the bus over the same Redis is tried in bus.test.ts.
    expect(body.degraded.filter((part) => part !== 'bus')).toEqual(degraded);
  }, WAIT);
}

describe.runIf(isRedisServerInstalled)('a gateway with Redis behind it', () => {
  beforeAll(async () => {
    redis = await startRedisServer();
    admin = new Redis(redis.url);
    admin.on('error', () => {});
    proxy = await openTcpProxy(redis.port);
    gateway = await start(`redis://127.0.0.1:${proxy.port}`);
    const response = await fetch(`${gateway.url}/v1/products?storeId=s1&limit=100`);
    const { products } = (await response.json()) as { products: { id: string }[] };
    productIds = products.map(({ id }) => id);
  });

  beforeEach(() => expectDegraded([]));

  // Else one failure would be that of all tests after it.
  afterEach(() => {
    proxy.trouble = 'none';
  });

  afterAll(async () => {
    admin.disconnect();
    await gateway.stop();
    await proxy.close();
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('shares what it ranked with another gateway', async () => {
    const other = await start(redis.url);
    try {
      // A start takes the processors, and the cache has but a few milliseconds to answer in: what it missed is not in it.
      const basket = await vi.waitFor(async () => {
        const asked = newBasket();
        expect(await ask(asked)).toMatchObject({ cache: 'miss', degraded: [] });
        return asked;
      }, WAIT);
      await vi.waitFor(async () => expect((await ask(basket, other)).cache).toBe('hit'), WAIT);
      const [mine, others] = await Promise.all([ask(basket), ask(basket, other)]);
      expect(others.suggestions).toEqual(mine.suggestions);
    } finally {
      await other.stop();
    }
  });

  test('answers everything in time while Redis is killed, reports it, and recovers', async () => {
    await whileAsking(() => redis.kill());
    await expectDegraded(['cache']);
    await whileAsking(() => redis.start());
    await expectDegraded([]);
  });

  test('answers everything in time while Redis hangs, reports it, and recovers', async () => {
    await whileAsking(() => redis.pause());
    await expectDegraded(['cache']);
    await whileAsking(() => redis.resume());
    await expectDegraded([]);
  });

  test('answers everything in time while Redis is full, reports it, and recovers', async () => {
    await whileAsking(() => admin.config('SET', 'maxmemory', '1'));
    await expectDegraded(['cache']);
    await whileAsking(() => admin.config('SET', 'maxmemory', '0'));
    await expectDegraded([]);
  });

  test('answers everything in time while Redis is emptied, and has nothing to report', async () => {
    await whileAsking(async () => {
      for (let i = 0; i < 20; i++) await admin.flushall();
    });
    await expectDegraded([]);
  });

  test.each([
    ['answers 500 ms late', { delayMs: 500 }],
    ['resets each connection in the middle of a reply', 'reset'],
    ['takes what it is sent and never replies', 'swallow'],
  ] as const)('answers everything in time while Redis %s, reports it, and recovers', async (_, trouble) => {
    await whileAsking(() => {
      proxy.trouble = trouble;
    });
    await expectDegraded(['cache']);
    expect(await metricOf(gateway.url, 'basketlift_degraded_total{reason="cache"}')).toBeGreaterThan(0);
    await whileAsking(() => {
      proxy.trouble = 'none';
    });
    await expectDegraded([]);
  });

  test('answers everything in time while Redis wants another password, reports it, and recovers', async () => {
    await whileAsking(async () => {
      await admin.config('SET', 'requirepass', 'another');
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    });
    await expectDegraded(['cache']);
    await whileAsking(() => admin.config('SET', 'requirepass', ''));
    await expectDegraded([]);
  });

  test('stores no answer in Redis without an expiry, and none that names a product', async () => {
    await askMany(20);
    const keys = await vi.waitFor(async () => {
      const [, found] = await admin.scan('0', 'COUNT', 10_000);
      const answers = found.filter((key) => !key.startsWith('basketlift:{bus:'));
      expect(answers.length).toBeGreaterThanOrEqual(20);
      return answers;
    }, WAIT);
    for (const key of keys) {
      expect(key).toMatch(/^basketlift:/);
      expect(await admin.pttl(key)).toBeGreaterThan(0);
    }
  });

  test('starts without Redis, and finds it when it comes', async () => {
    await gateway.stop();
    const late = await findFreePort();
    gateway = await start(`redis://127.0.0.1:${late}`);
    await expectDegraded(['cache']);
    await gateway.stop();
    await redis.kill();
    gateway = await start(redis.url);
    await expectDegraded(['cache']);
    await redis.start();
    await expectDegraded([]);
  });
});
