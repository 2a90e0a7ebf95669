import { Redis } from 'ioredis';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { encodeRankedCandidates, FORMAT_VERSION } from '../../src/adapters/ranked-candidates-codec.ts';
import {
  KEY_PREFIX,
  RedisResultCache,
  type RedisResultCacheOptions,
} from '../../src/adapters/redis-result-cache.ts';
import { ask, mustNotCompute, testResultCacheContract } from '../contracts/result-cache.contract.ts';
import { rankedCandidates } from '../support/ranked-candidates.ts';
import {
  findFreePort,
  isRedisServerInstalled,
  type RedisServer,
  startRedisServer,
} from '../support/redis-server.ts';

const DEADLINE_MS = 1_000;
const WAIT = { timeout: 15_000, interval: 10 };

async function startServer(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await startRedisServer(settings);
  onTestFinished(() => server.stop());
  return server;
}

/** A cache for this test whose patience is long, so that a busy test machine looks no different from a quiet one. */
async function openCache(url: string, options: Partial<RedisResultCacheOptions> = {}) {
  const cache = new RedisResultCache({ url, commandTimeoutMs: 500, probeIntervalMs: 50, ...options });
  onTestFinished(() => cache.close());
  return cache;
}

async function openConnected(url: string, options: Partial<RedisResultCacheOptions> = {}) {
  const cache = await openCache(url, options);
  await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
  return cache;
}

async function redisClient(server: RedisServer): Promise<Redis> {
  const client = new Redis(server.url);
  onTestFinished(() => client.disconnect());
  return client;
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; tookMs: number }> {
  const startedMs = performance.now();
  const result = await work;
  return { result, tookMs: performance.now() - startedMs };
}

describe.skipIf(!isRedisServerInstalled)('redis-result-cache', () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  afterEach(() => expect(unhandled).toEqual([]));

  testResultCacheContract('redis-result-cache', async () => {
    const server = await startRedisServer();
    const cache = new RedisResultCache({ url: server.url, commandTimeoutMs: 500 });
    await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
    return { cache, release: () => server.stop() };
  });

  testResultCacheContract('redis-result-cache whose Redis is hung', async () => {
    const server = await startRedisServer();
    const cache = new RedisResultCache({ url: server.url, commandTimeoutMs: 20 });
    await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
    server.pause();
    return { cache, release: () => server.stop() };
  });

  testResultCacheContract('redis-result-cache without a Redis', async () => {
    const cache = new RedisResultCache({ url: `redis://127.0.0.1:${await findFreePort()}` });
    return { cache, release: async () => {} };
  });

  test('what one process computed another one finds, with a time to live', async () => {
    const server = await startServer();
    const redis = await redisClient(server);
    const [one, other] = [
      await openConnected(server.url, { ttlMs: 60_000 }),
      await openConnected(server.url),
    ];
    const value = rankedCandidates(40);
    expect(await one.getOrCompute('k', () => value, DEADLINE_MS)).toMatchObject({ isStoreAvailable: true });
    await vi.waitFor(async () => expect(await redis.exists(`${KEY_PREFIX}k`)).toBe(1), WAIT);
    const answer = await other.getOrCompute('k', mustNotCompute, DEADLINE_MS);
    expect(answer).toEqual({ value, source: 'hit', isStoreAvailable: true });
    expect(await redis.pttl(`${KEY_PREFIX}k`)).toBeGreaterThan(50_000);
    expect(await redis.keys('*')).toEqual([`${KEY_PREFIX}k`]);
  });

  test('a killed Redis costs no answer, is reported, and is used again once it is back', async () => {
    const server = await startServer();
    const cache = await openConnected(server.url);
    await cache.getOrCompute('near', () => rankedCandidates(3), DEADLINE_MS);
    await server.kill();
    for (let i = 0; i < 50; i++) {
      const answer = await cache.getOrCompute(`k${i}`, () => rankedCandidates(3, i), DEADLINE_MS);
      expect(answer).toMatchObject({ source: 'miss', isStoreAvailable: false });
      expect(answer.value.items[0]).toBe(i);
    }
    expect(cache.state).toBe('unavailable');
    const near = await cache.getOrCompute('near', mustNotCompute, DEADLINE_MS);
    expect(near).toMatchObject({ source: 'hit', isStoreAvailable: false });

    await server.start();
    await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
    const redis = await redisClient(server);
    const back = await cache.getOrCompute('back', () => rankedCandidates(3), DEADLINE_MS);
    expect(back).toMatchObject({ source: 'miss', isStoreAvailable: true });
    await vi.waitFor(async () => expect(await redis.exists(`${KEY_PREFIX}back`)).toBe(1), WAIT);
  });

  test('a request under way when Redis is killed is answered before its deadline', async () => {
    const server = await startServer();
    const cache = await openConnected(server.url, { commandTimeoutMs: 10_000 });
    server.pause();
    const waiting = timed(ask(cache, 'k', () => rankedCandidates(2), 10_000));
    await server.kill();
    const { result, tookMs } = await waiting;
    expect(result).toMatchObject({ source: 'miss', isStoreAvailable: false });
    expect(tookMs).toBeLessThan(5_000);
  });

  test('a hung Redis costs three requests their deadline and then nothing, until it answers again', async () => {
    const server = await startServer();
    const cache = await openConnected(server.url, { commandTimeoutMs: 60 });
    server.pause();
    const took: number[] = [];
    for (let i = 0; i < 40; i++) {
      const { result, tookMs } = await timed(ask(cache, `k${i}`, () => rankedCandidates(3), DEADLINE_MS));
      expect(result).toMatchObject({ source: 'miss', isStoreAvailable: false });
      took.push(tookMs);
    }
    expect(took.filter((ms) => ms > 40)).toHaveLength(3);
    expect(cache.state).toBe('unavailable');
    server.resume();
    await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
    expect(await cache.getOrCompute('after', () => rankedCandidates(3), DEADLINE_MS)).toMatchObject({
      isStoreAvailable: true,
    });
  });

  test('once Redis is found to hang, all waiting requests are released', async () => {
    const server = await startServer();
    const cache = await openConnected(server.url, { commandTimeoutMs: 20_000 });
    server.pause();
    const patient = Array.from({ length: 20 }, (_, i) =>
      timed(ask(cache, `patient${i}`, () => rankedCandidates(1), 20_000)),
    );
    await Promise.all([1, 2, 3].map((i) => ask(cache, `hurried${i}`, () => rankedCandidates(1), 10)));
    for (const { tookMs } of await Promise.all(patient)) expect(tookMs).toBeLessThan(10_000);
  });

  test('of concurrent calls of one key the nearest deadline counts', async () => {
    const server = await startServer();
    const cache = await openConnected(server.url, { commandTimeoutMs: 20_000 });
    server.pause();
    let computed = 0;
    const compute = () => rankedCandidates(1, ++computed);
    const patient = ask(cache, 'k', compute, 20_000);
    const { result, tookMs } = await timed(ask(cache, 'k', compute, 20));
    expect(tookMs).toBeLessThan(5_000);
    expect(result.value).toBe((await patient).value);
    expect(computed).toBe(1);
  });

  test('a Redis hung for long is found again over a new connection', async () => {
    const server = await startServer();
    const cache = await openConnected(server.url, { commandTimeoutMs: 20, probeIntervalMs: 20 });
    const connectionIds = new Set<string>();
    const redis = await redisClient(server);
    const noteConnections = async () => {
      for (const [, id] of ((await redis.client('LIST')) as string).matchAll(/id=(\d+) .*name=basketlift/g)) {
        connectionIds.add(id!);
      }
    };
    await noteConnections();
    server.pause();
    for (let i = 0; i < 5; i++) await cache.getOrCompute(`k${i}`, () => rankedCandidates(1), DEADLINE_MS);
    const pausedAtMs = performance.now();
    await vi.waitFor(() => expect(performance.now() - pausedAtMs).toBeGreaterThan(400), WAIT);
    server.resume();
    await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
    await noteConnections();
    expect(connectionIds.size).toBe(2);
  });

  test('a full Redis is still read, but reported as unavailable until it accepts a write again', async () => {
    const server = await startServer(['--maxmemory-policy', 'noeviction']);
    const redis = await redisClient(server);
    await redis.set(`${KEY_PREFIX}old`, encodeRankedCandidates(rankedCandidates(3, 9)));
    await redis.config('SET', 'maxmemory', '1');
    const troubles: string[] = [];
    const cache = await openConnected(server.url, { onTrouble: (error) => troubles.push(error.message) });
    await cache.getOrCompute('first', () => rankedCandidates(3), DEADLINE_MS);
    await vi.waitFor(() => expect(troubles.join()).toContain('OOM'), WAIT);
    expect(await cache.getOrCompute('next', () => rankedCandidates(3), DEADLINE_MS)).toMatchObject({
      source: 'miss',
      isStoreAvailable: false,
    });
    const old = await cache.getOrCompute('old', mustNotCompute, DEADLINE_MS);
    expect(old).toMatchObject({ source: 'hit', isStoreAvailable: true });
    expect(cache.state).toBe('unavailable');

    await redis.config('SET', 'maxmemory', '0');
    let calls = 0;
    await vi.waitFor(async () => {
      const again = await cache.getOrCompute(`again${calls++}`, () => rankedCandidates(3), DEADLINE_MS);
      expect(again.isStoreAvailable).toBe(true);
    }, WAIT);
  });

  test('a Redis that turns read-only is reported as unavailable throughout, with few connections', async () => {
    const server = await startServer();
    const redis = await redisClient(server);
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(await redis.info('stats'))![1]);
    const troubles: string[] = [];
    const cache = await openConnected(server.url, {
      probeIntervalMs: 25,
      onTrouble: (error) => troubles.push(error.message),
    });
    const before = await connections();
    const startedAt = performance.now();
    await redis.replicaof('127.0.0.1', 1);
    let asked = 0;
    const ask = () => cache.getOrCompute(`k${asked++}`, () => rankedCandidates(3), DEADLINE_MS);
    await ask();
    await vi.waitFor(() => expect(troubles.join()).toContain('READONLY'), WAIT);
    // It connects anew, in case another has become the master.
    await vi.waitFor(async () => expect(await connections()).toBeGreaterThan(before), WAIT);
    for (let round = 0; round < 200; round++) {
      expect(await ask()).toMatchObject({ isStoreAvailable: false });
      expect(cache.state).toBe('unavailable');
      await redis.ping();
    }
    const tries = 1 + Math.floor((performance.now() - startedAt) / 5_000);
    expect((await connections()) - before).toBeLessThanOrEqual(tries);
    await redis.replicaof('NO', 'ONE');
    await vi.waitFor(async () => expect(await ask()).toMatchObject({ isStoreAvailable: true }), WAIT);
  });

  test('after FLUSHALL another process computes again, and nobody notices more', async () => {
    const server = await startServer();
    const redis = await redisClient(server);
    const one = await openConnected(server.url);
    await one.getOrCompute('k', () => rankedCandidates(3), DEADLINE_MS);
    await vi.waitFor(async () => expect(await redis.dbsize()).toBe(1), WAIT);
    await redis.flushall();
    expect(await one.getOrCompute('k', mustNotCompute, DEADLINE_MS)).toMatchObject({ source: 'hit' });
    const other = await openConnected(server.url);
    const answer = await other.getOrCompute('k', () => rankedCandidates(3), DEADLINE_MS);
    expect(answer).toMatchObject({ source: 'miss', isStoreAvailable: true });
  });

  test('a wrong password costs no answer and is reported without the password', async () => {
    const server = await startServer(['--requirepass', 'right']);
    const troubles: Error[] = [];
    const url = `redis://:wrong-secret@127.0.0.1:${server.port}`;
    const cache = await openCache(url, { onTrouble: (error) => troubles.push(error) });
    await vi.waitFor(() => expect(cache.state).toBe('unavailable'), WAIT);
    const answer = await cache.getOrCompute('k', () => rankedCandidates(2), DEADLINE_MS);
    expect(answer).toMatchObject({ source: 'miss', isStoreAvailable: false });
    expect(troubles.map(String).join()).toContain('WRONGPASS');
    expect(troubles.map(String).join()).not.toContain('wrong-secret');
    await openConnected(`redis://:right@127.0.0.1:${server.port}`);
  });

  test('a port that refuses costs no answer: connecting, then unavailable', async () => {
    const cache = await openCache(`redis://127.0.0.1:${await findFreePort()}`);
    expect(cache.state).toBe('connecting');
    const answer = await cache.getOrCompute('k', () => rankedCandidates(2), DEADLINE_MS);
    expect(answer).toMatchObject({ source: 'miss', isStoreAvailable: false });
    await vi.waitFor(() => expect(cache.state).toBe('unavailable'), WAIT);
  });

  test.each([
    ['garbage', Buffer.from('not ours at all')],
    ['nothing', Buffer.alloc(0)],
    ['an entry of another format version', otherVersion()],
  ])('%s under our key is computed again and replaced', async (_, stored) => {
    const server = await startServer();
    const redis = await redisClient(server);
    await redis.set(`${KEY_PREFIX}k`, stored);
    const cache = await openConnected(server.url);
    const value = rankedCandidates(4);
    expect(await cache.getOrCompute('k', () => value, DEADLINE_MS)).toMatchObject({ source: 'miss' });
    await vi.waitFor(async () => {
      expect(await redis.getBuffer(`${KEY_PREFIX}k`)).toEqual(encodeRankedCandidates(value));
    }, WAIT);
  });

  test('a value of another Redis type under our key costs no answer', async () => {
    const server = await startServer();
    const redis = await redisClient(server);
    await redis.lpush(`${KEY_PREFIX}k`, 'a list');
    const cache = await openConnected(server.url);
    expect(await cache.getOrCompute('k', () => rankedCandidates(2), DEADLINE_MS)).toMatchObject({
      source: 'miss',
      isStoreAvailable: false,
    });
  });

  test('at the bound of reads under way the next request computes at once', async () => {
    const server = await startServer();
    const cache = await openConnected(server.url, { readsMax: 2, commandTimeoutMs: 20_000 });
    server.pause();
    const waiting = ['a', 'b'].map((key) => ask(cache, key, () => rankedCandidates(1), 20_000));
    const answer = cache.getOrCompute('c', () => rankedCandidates(1), 20_000);
    expect(answer).toMatchObject({ source: 'miss', isStoreAvailable: false });
    server.resume();
    await Promise.all(waiting);
  });
});

function otherVersion(): Buffer {
  const bytes = encodeRankedCandidates(rankedCandidates(3));
  bytes.writeUInt8(FORMAT_VERSION + 1, 2);
  return bytes;
}
