import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openRedisConnection, reconnect } from '../../src/adapters/redis-connection.ts';
import { KEY_PREFIX, RedisResultCache } from '../../src/adapters/redis-result-cache.ts';
import { ask, mustNotCompute, testResultCacheContract } from '../contracts/result-cache.contract.ts';
import { rankedCandidates } from '../support/ranked-candidates.ts';
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { type RedisSentinels, startRedisSentinels } from '../support/redis-sentinels.ts';
import { isRedisServerInstalled, type RedisServer } from '../support/redis-server.ts';

const DEADLINE_MS = 1_000;
/** Time for a second vote of the sentinels, where the first one fails. */
const WAIT = { timeout: 50_000, interval: 50 };
/** Between two questions of a till. */
const PACE_MS = 5;
const KEYS_HELD = 60;
const keyOf = (at: number) => `key-${at}`;

async function openConnected(url: string): Promise<RedisResultCache> {
  const cache = new RedisResultCache({ url, commandTimeoutMs: 500, probeIntervalMs: 50 });
  onTestFinished(() => cache.close());
  await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
  return cache;
}

async function openCluster(): Promise<RedisCluster> {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster.stop());
  return cluster;
}

async function openSentinels(): Promise<RedisSentinels> {
  const sentinels = await startRedisSentinels();
  onTestFinished(() => sentinels.stop());
  return sentinels;
}

async function onServer<Result>(
  server: RedisServer,
  act: (client: Redis) => Promise<Result>,
): Promise<Result> {
  const client = new Redis(server.url);
  client.on('error', () => {});
  return act(client).finally(() => client.disconnect());
}

const keysOf = (server: RedisServer) => onServer(server, (client) => client.keys('*'));
const empty = (server: RedisServer) => onServer(server, (client) => client.flushall());
const roleOf = (server: RedisServer) =>
  onServer(server, async (client) => ((await client.call('ROLE')) as unknown[])[0]);

/** So that no key is asked for twice: what is in memory is not asked of Redis. */
let asked = 0;

/** Asks for new keys, one after the other, until the act is over; each has to be answered, with or without Redis. */
async function whileAsking(cache: RedisResultCache, act: () => Promise<unknown>): Promise<void> {
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const at = asked++;
      const { value } = await ask(cache, `during-${at}`, () => rankedCandidates(1, at), DEADLINE_MS);
      expect(value.items[0]).toBe(at);
      await pause(PACE_MS);
    }
  })();
  await act().finally(() => {
    isOver = true;
  });
  await asking;
}

/**
 * Asks for new keys until Redis holds enough: what a busy Redis does not take in time is not written, and nobody waits for it.
 * Gives the numbers of the keys held, each the first item of its value.
 */
async function fill(cache: RedisResultCache, masters: readonly RedisServer[]): Promise<number[]> {
  let asked = 0;
  let wanted = KEYS_HELD;
  return vi.waitFor(async () => {
    for (; wanted > 0; wanted--, asked++)
      await ask(cache, keyOf(asked), () => rankedCandidates(2, asked), DEADLINE_MS);
    const keys = (await Promise.all(masters.map(keysOf))).flat();
    const held = Array.from({ length: asked }, (_, at) => at).filter((at) =>
      keys.includes(KEY_PREFIX + keyOf(at)),
    );
    wanted = KEYS_HELD - held.length;
    expect(held.length).toBeGreaterThanOrEqual(KEYS_HELD);
    expect(held).toHaveLength(keys.length);
    return held;
  }, WAIT);
}

/** Each key with the value that was written, read from Redis: in no memory in front of it, and never computed. */
async function findsAll(url: string, held: readonly number[]): Promise<void> {
  const cache = await openConnected(url);
  for (const at of held)
    await vi.waitFor(async () => {
      const { value } = await ask(cache, keyOf(at), mustNotCompute, DEADLINE_MS);
      expect(value).toEqual(rankedCandidates(2, at));
    }, WAIT);
}

/** Until a value that one cache computes is found by another through Redis. */
async function shares(url: string, prefix: string): Promise<void> {
  const [one, other] = [await openConnected(url), await openConnected(url)];
  let tries = 0;
  await vi.waitFor(async () => {
    const key = `${prefix}-${tries++}`;
    const value = rankedCandidates(3, tries);
    expect((await ask(one, key, () => value, DEADLINE_MS)).isStoreAvailable).toBe(true);
    await vi.waitFor(
      async () => expect((await ask(other, key, mustNotCompute, DEADLINE_MS)).value).toEqual(value),
      {
        timeout: 2_000,
        interval: 20,
      },
    );
  }, WAIT);
}

describe.skipIf(!isRedisServerInstalled)('the result cache', { timeout: 120_000 }, () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  afterEach(() => expect(unhandled).toEqual([]));

  describe('on a cluster of three masters', () => {
    let cluster: RedisCluster;
    beforeAll(async () => {
      cluster = await startRedisCluster();
    });
    afterAll(() => cluster.stop());

    testResultCacheContract('redis-result-cache on a cluster', async () => {
      await Promise.all(cluster.masters.map(empty));
      return { cache: await openConnected(cluster.url), release: async () => {} };
    });

    test('shares what it ranked, spread over all three', async () => {
      const { url, masters } = await openCluster();
      const held = await fill(await openConnected(url), masters);
      for (const keys of await Promise.all(masters.map(keysOf))) expect(keys.length).toBeGreaterThan(0);
      await findsAll(url, held);
    });

    test('continues while slots move to another master, and finds there what it wrote', async () => {
      const { url, masters, moveSlots } = await openCluster();
      const [from, to] = masters as [RedisServer, RedisServer];
      const one = await openConnected(url);
      const held = await fill(one, masters);
      await whileAsking(one, () => moveSlots(from, to, 1_000));
      await vi.waitFor(() => expect(one.state).toBe('connected'), WAIT);
      await findsAll(url, held);
    });

    test('reconnects after learning of a node while it was dropping all of them', async () => {
      const { url, masters } = await openCluster();
      const connection = openRedisConnection(url);
      connection.on('error', () => {});
      onTestFinished(() => connection.disconnect());
      await vi.waitFor(() => expect(connection.status).toBe('ready'), WAIT);
      reconnect(connection);
      // As a reply of MOVED does that is read by now.
      const { connectionPool } = connection as unknown as {
        connectionPool: { findOrCreate(node: object): Redis };
      };
      await connectionPool.findOrCreate({ host: '127.0.0.1', port: masters[0]!.port }).connect();
      await pause(500);
      expect(connection.status).toBe('disconnecting');
      reconnect(connection);
      await vi.waitFor(() => expect(connection.status).toBe('ready'), WAIT);
      expect(await connection.set('k', 'v')).toBe('OK');
    });

    test('continues without a master that dies, reports it, and recovers with it', async () => {
      const { url, masters } = await openCluster();
      const cache = await openConnected(url);
      await whileAsking(cache, async () => {
        await masters[1]!.kill();
        await vi.waitFor(() => expect(cache.state).toBe('unavailable'), WAIT);
      });
      await whileAsking(cache, async () => {
        await masters[1]!.start();
        await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
      });
      await shares(url, 'after');
    });
  });

  describe('behind three sentinels', () => {
    let sentinels: RedisSentinels;
    beforeAll(async () => {
      sentinels = await startRedisSentinels();
    });
    afterAll(() => sentinels.stop());

    testResultCacheContract('redis-result-cache behind sentinels', async () => {
      await empty(sentinels.master);
      return { cache: await openConnected(sentinels.url), release: async () => {} };
    });

    test('continues through a forced fail-over and writes to the new master', async () => {
      const { url, master, replica, failOver } = await openSentinels();
      const cache = await openConnected(url);
      await whileAsking(cache, async () => {
        await failOver();
        // Until the old one is told, it takes writes that nobody will find again.
        await vi.waitFor(async () => expect(await roleOf(master)).toBe('slave'), WAIT);
      });
      expect(await roleOf(replica)).toBe('master');
      await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
      await shares(url, 'after');
      expect((await keysOf(replica)).some((key) => key.startsWith(`${KEY_PREFIX}after`))).toBe(true);
    });

    test('continues when the master is killed, reports it, and finds the new one by itself', async () => {
      const { url, master, replica } = await openSentinels();
      const cache = await openConnected(url);
      await whileAsking(cache, async () => {
        await master.kill();
        await vi.waitFor(() => expect(cache.state).toBe('unavailable'), WAIT);
        await vi.waitFor(() => expect(cache.state).toBe('connected'), WAIT);
      });
      expect(await roleOf(replica)).toBe('master');
      await shares(url, 'after');
    });
  });
});
