import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { RedisChangeBus } from '../../src/adapters/redis-change-bus.ts';
import type { SharedChange } from '../../src/recommender/shared-change.ts';
import { type Machine, startMachine } from '../support/machine.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startRedisSentinels } from '../support/redis-sentinels.ts';
import { isRedisServerInstalled, type RedisServer, startRedisServer } from '../support/redis-server.ts';

const WAIT = { timeout: 25_000, interval: 20 };
const SLOW = { timeout: 60_000 };

const row = (productId: string, onHand: number, asOfMs: number) => ({
  storeId: 's1',
  productId,
  onHand,
  asOfMs,
});

async function startTwo(url: string): Promise<[Machine, Machine]> {
  const machines = [await startMachine(url), await startMachine(url)] as [Machine, Machine];
  for (const { exchange } of machines)
    await vi.waitFor(() => expect(exchange.facts).toMatchObject({ isConnected: true, pending: 0 }), WAIT);
  return machines;
}

async function sizeOf({ url }: RedisServer): Promise<number> {
  const client = new Redis(url);
  return client.dbsize().finally(() => client.disconnect());
}

function errorsOf({ lines }: Machine): string[] {
  return lines.map(({ facts }) => String((facts as { err?: Error }).err?.message));
}

function agree(machine: Machine, productId: string, onHand: number): Promise<void> {
  return vi.waitFor(() => expect(machine.onHand(productId)).toBe(onHand), WAIT);
}

describe.runIf(isRedisServerInstalled)('machines agree', SLOW, () => {
  test('through a cluster, also when the slots of the bus move to another master', async () => {
    const cluster = await startRedisCluster();
    onTestFinished(() => cluster.stop());
    const [one, two] = await startTwo(cluster.url);
    await one.state(row('case', 7, 5));
    await agree(two, 'case', 7);
    const sizes = await Promise.all(cluster.masters.map(sizeOf));
    const owner = sizes.findIndex((size) => size > 0);
    await cluster.moveSlots(cluster.masters[owner]!, cluster.masters[(owner + 1) % 3]!, 5462);
    expect(await sizeOf(cluster.masters[owner]!)).toBe(0);
    await two.state({ storeId: 's1', productId: 'case', onHandDelta: -3, asOfMs: 6 });
    await agree(one, 'case', 4);
    await agree(two, 'case', 4);
  });

  test('through sentinels, also when another master takes over', async () => {
    const sentinels = await startRedisSentinels();
    onTestFinished(() => sentinels.stop());
    const [one, two] = await startTwo(sentinels.url);
    await one.state(row('case', 7, 5));
    await agree(two, 'case', 7);
    await sentinels.failOver();
    await one.state({ storeId: 's1', productId: 'case', onHandDelta: -3, asOfMs: 6 });
    await two.state({ storeId: 's1', productId: 'case', onHandDelta: -2, asOfMs: 7 });
    await agree(one, 'case', 2);
    await agree(two, 'case', 2);
  });

  test('once the password is right: until then they continue, and report that they hear nothing', async () => {
    const redis = await startRedisServer(['--requirepass', 'secret']);
    onTestFinished(() => redis.stop());
    const wrong = redis.url.replace('//', '//:wrong@');
    const machine = await startMachine(wrong);
    await machine.state(row('case', 7, 5));
    expect(machine.onHand('case')).toBe(7);
    await vi.waitFor(() => expect(errorsOf(machine).join()).toMatch(/WRONGPASS|NOAUTH/), WAIT);
    expect(machine.exchange.facts).toMatchObject({ isConnected: false, pending: expect.any(Number) });
    // An error is logged with all it has, and ioredis puts the command on it.
    expect(JSON.stringify(machine.lines)).not.toContain('"wrong"');
    const admin = new Redis(redis.url.replace('//', '//:secret@'));
    await admin.config('SET', 'requirepass', 'wrong');
    admin.disconnect();
    const other = await startMachine(wrong);
    await agree(other, 'case', 7);
  });

  test('after a backlog larger than what may wait: the rest is read from the disk and told again', async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.stop());
    const PRODUCTS = 3_000;
    const rows = Array.from({ length: PRODUCTS }, (_, at) => row(`p${at}`, at, 5));
    const heard = new Map<string, number | undefined>();
    const options = { url: redis.url, from: undefined, mustTellAll: false, onTrouble() {} };
    const bus = new RedisChangeBus({
      ...options,
      pendingMax: 1_000,
      hear: async () => {},
      *all(): Iterable<SharedChange> {
        for (const each of rows) yield { kind: 'stock', tenant: 'default', rows: [each] };
      },
    });
    onTestFinished(() => bus.close(0));
    await redis.kill();
    for (const each of rows) bus.tell({ kind: 'stock', tenant: 'default', rows: [each], stated: [each] });
    expect(bus.facts).toMatchObject({ pending: 1_000, dropped: PRODUCTS - 1_000, isConnected: false });
    await redis.start();
    bus.start();
    const reader = new RedisChangeBus({
      ...options,
      all: () => [],
      async hear(changes) {
        for (const change of changes)
          if (change.kind === 'stock')
            for (const { productId, onHand } of change.rows) heard.set(productId, onHand);
      },
    });
    onTestFinished(() => reader.close(0));
    reader.start();
    await vi.waitFor(() => expect(heard.size).toBe(PRODUCTS), WAIT);
    for (const { productId, onHand } of rows) expect(heard.get(productId)).toBe(onHand);
  });
});
