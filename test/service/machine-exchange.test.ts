import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { BUS_KEYS } from '../../src/adapters/redis-bus-script.ts';
import { type Machine, startMachine } from '../support/machine.ts';
import { isRedisServerInstalled, type RedisServer, startRedisServer } from '../support/redis-server.ts';

const WAIT = { timeout: 15_000, interval: 20 };
const FAST = { timeout: 30_000 };

const row = (productId: string, onHand: number, asOfMs: number) => ({
  storeId: 's1',
  productId,
  onHand,
  asOfMs,
});
const change = (productId: string, onHandDelta: number, asOfMs: number) => ({
  storeId: 's1',
  productId,
  onHandDelta,
  asOfMs,
});

let redis: RedisServer;
let admin: Redis;

async function start(count: number, url = redis.url): Promise<Machine[]> {
  const machines = await Promise.all(Array.from({ length: count }, () => startMachine(url)));
  await Promise.all(machines.map(isConnected));
  return machines;
}

function isConnected({ exchange }: Machine): Promise<void> {
  return vi.waitFor(() => expect(exchange.facts).toMatchObject({ isConnected: true, pending: 0 }), WAIT);
}

function isDisconnected({ exchange }: Machine): Promise<void> {
  return vi.waitFor(() => expect(exchange.facts.isConnected).toBe(false), WAIT);
}

/** All agree on what is on hand, and have it on disk. */
async function agree(
  machines: readonly Machine[],
  productId: string,
  onHand: number | undefined,
  tenant?: string,
) {
  await vi.waitFor(() => {
    for (const machine of machines) expect(machine.onHand(productId, tenant)).toBe(onHand);
  }, WAIT);
}

describe.runIf(isRedisServerInstalled)('machines with a Redis between them', FAST, () => {
  beforeAll(async () => {
    redis = await startRedisServer();
    admin = new Redis(redis.url);
    admin.on('error', () => {});
  });

  beforeEach(async () => {
    await admin.flushall();
  });

  afterAll(async () => {
    admin.disconnect();
    await redis.stop();
  });

  test('agree on stock, each tenant by itself', async () => {
    const machines = await start(3);
    const [one, two, three] = machines as [Machine, Machine, Machine];
    await one.state(row('case', 7, 5));
    await two.state(row('case', 9, 6), 'north');
    await three.state(row('gum', 3, 5));
    await agree(machines, 'case', 7);
    await agree(machines, 'case', 9, 'north');
    await agree(machines, 'gum', 3);
    await agree(machines, 'gum', undefined, 'north');
  });

  test('add up concurrent changes of what is on hand, counting each once', async () => {
    const machines = await start(2);
    const [one, two] = machines as [Machine, Machine];
    await one.state(row('case', 1000, 1));
    await agree(machines, 'case', 1000);
    for (let at = 2; at < 102; at++) {
      await one.state(change('case', -1, at));
      await two.state(change('case', -2, at));
    }
    await agree(machines, 'case', 700);
    await Promise.all(machines.map(isConnected));
    await agree(machines, 'case', 700);
  });

  test('keep what others said over a restart, and hear what they missed while they were away', async () => {
    const machines = await start(2);
    const [one, two] = machines as [Machine, Machine];
    await one.state(row('case', 7, 5));
    await agree(machines, 'case', 7);
    await two.stop();
    await one.state(row('gum', 4, 6));
    await one.state(change('case', -2, 6));
    await isConnected(one);
    const back = await startMachine(redis.url, two);
    expect(back.onHand('case')).toBe(7);
    await agree([back], 'gum', 4);
    await agree([back], 'case', 5);
    expect(back.exchange.facts.resyncs).toBe(0);
  });

  test('read the state where the stream was trimmed while they were away', async () => {
    const [one, two] = (await start(2)) as [Machine, Machine];
    await one.state(row('case', 7, 5));
    await agree([two], 'case', 7);
    await two.stop();
    await one.state(row('case', 6, 6));
    one.memory.decline('default', { decisionId: 'd', basketId: 'b', productId: 'gum' });
    await one.tenants.of('default').rules.replace([{ id: 'r', action: 'exclude', productIds: ['case'] }], 0);
    await vi.waitFor(async () => {
      await isConnected(one);
      expect(await admin.hlen(BUS_KEYS.rules)).toBe(1);
    }, WAIT);
    await admin.xtrim(BUS_KEYS.stream, 'MAXLEN', 0);
    const back = await startMachine(redis.url, two);
    await agree([back], 'case', 6);
    await vi.waitFor(() => {
      expect(back.memory.declinedIn('default', 'b')).toEqual(new Set(['gum']));
      expect(back.tenants.of('default').rules.current().version).toBe(1);
      expect(back.exchange.facts.resyncs).toBe(1);
    }, WAIT);
  });

  test('give a Redis that lost its data all they know, and continue', async () => {
    const machines = await start(2);
    const [one, two] = machines as [Machine, Machine];
    await one.state(row('case', 7, 5));
    await agree(machines, 'case', 7);
    await admin.flushall();
    await vi.waitFor(async () => expect(await admin.hlen(BUS_KEYS.stock)).toBe(1), WAIT);
    await two.state(change('case', -3, 6));
    await agree(machines, 'case', 4);
    const third = await startMachine(redis.url);
    await agree([third], 'case', 4);
  });

  test('continue while their disk fails, report it, and tell all once it is read again', async () => {
    const [one] = (await start(1)) as [Machine];
    await one.state(row('case', 7, 5));
    const refusing = [
      vi.spyOn(one.folder.stock, 'loadAll').mockImplementation(() => {
        throw new Error('MDB_READERS_FULL');
      }),
      vi.spyOn(one.folder.busPosition, 'put').mockImplementation(() => {
        throw new Error('no space left');
      }),
    ];
    await admin.flushall();
    const said = () => one.lines.map(({ message, facts }) => `${message}: ${(facts.err as Error)?.message}`);
    await vi.waitFor(() => {
      expect(said()).toContainEqual(
        expect.stringMatching(/^no exchange of changes .* could not be read .* again in 1 s/),
      );
      expect(said()).toContainEqual(
        expect.stringMatching(/^could not store on disk how far .*: no space left/),
      );
    }, WAIT);
    for (const spy of refusing) spy.mockRestore();
    await vi.waitFor(async () => expect(await admin.hlen(BUS_KEYS.stock)).toBe(1), WAIT);
    await vi.waitFor(() => expect(one.folder.busPosition.get()?.isAllTold).toBe(true), WAIT);
  });

  test('keep on disk that all was told only when all that they had to tell again was told', async () => {
    const [one] = (await start(1)) as [Machine];
    await one.state(row('case', 7, 5));
    await vi.waitFor(() => expect(one.folder.busPosition.get()?.isAllTold).toBe(true), WAIT);
    const put = vi.spyOn(one.folder.busPosition, 'put');
    await admin.flushall();
    await vi.waitFor(async () => expect(await admin.hlen(BUS_KEYS.stock)).toBe(1), WAIT);
    await vi.waitFor(() => expect(one.folder.busPosition.get()?.isAllTold).toBe(true), WAIT);
    // Heard that Redis is empty, and told nothing yet.
    const meanwhile = put.mock.calls.map(([kept]) => kept).filter(({ heard }) => heard?.id === '');
    expect(meanwhile).toContainEqual(expect.objectContaining({ isAllTold: false }));
    expect(meanwhile).not.toContainEqual(expect.objectContaining({ isAllTold: true }));
  });

  test('continue while Redis is killed, report it, and afterwards send what changed in the meantime', async () => {
    const own = await startRedisServer();
    onTestFinished(() => own.stop());
    const machines = await start(2, own.url);
    const [one, two] = machines as [Machine, Machine];
    await one.state(row('case', 100, 5));
    await agree(machines, 'case', 100);
    await own.kill();
    await Promise.all(machines.map(isDisconnected));
    await one.state(change('case', -1, 6));
    await two.state(change('case', -10, 7));
    await two.state(row('gum', 3, 7));
    expect(two.onHand('case')).toBe(90);
    expect(two.exchange.facts.pending).toBe(2);
    expect(two.exchange.facts.lagSeconds).toBeGreaterThan(0);
    await own.start();
    await agree(machines, 'case', 89);
    await agree(machines, 'gum', 3);
    await Promise.all(machines.map(isConnected));
  });

  test('agree on the first of two changes to the same version of the rules', async () => {
    const [one, two] = (await start(2)) as [Machine, Machine];
    const rules = (id: string) => [{ id, action: 'exclude' as const, productIds: ['case'] }];
    await Promise.all([
      one.tenants.of('default').rules.replace(rules('one'), 0),
      two.tenants.of('default').rules.replace(rules('two'), 0),
    ]);
    await vi.waitFor(() => {
      const [mine, others] = [one, two].map(({ tenants }) => tenants.of('default').rules.current());
      expect(mine!.version).toBe(2);
      expect(others).toEqual(mine);
      expect(two.tenants.servingFor('default', undefined).rules().version).toBe(2);
    }, WAIT);
  });

  test('promote what another machine promoted, if they have the version', async () => {
    const [one, two] = (await start(2)) as [Machine, Machine];
    await one.registry.promote('v2');
    await vi.waitFor(async () => expect(await two.registry.champion()).toBe('v2'), WAIT);
    await two.registry.rollback();
    await vi.waitFor(async () => expect(await one.registry.champion()).toBe('v1'), WAIT);
  });

  test('keep the latest promotion, even if the clock of its machine is an hour behind', async () => {
    const [one, two] = (await start(2)) as [Machine, Machine];
    await one.registry.promote('v2');
    await vi.waitFor(async () => expect(await two.registry.champion()).toBe('v2'), WAIT);
    const now = Date.now.bind(Date);
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    onTestFinished(() => clock.mockRestore());
    await two.registry.promote('v1');
    await vi.waitFor(async () => expect(await one.registry.champion()).toBe('v1'), WAIT);
    expect(await two.registry.champion()).toBe('v1');
    expect((await admin.get(BUS_KEYS.champion))?.split('\n')[1]).toBe('v1');
  });

  test('skip entries that are none of theirs or damaged, count them, and hear what follows', async () => {
    const machines = await start(2);
    const [one, two] = machines as [Machine, Machine];
    await one.state(row('case', 7, 5));
    await agree(machines, 'case', 7);
    await admin.xadd(BUS_KEYS.stream, '*', 'somebody', 'else');
    await admin.xadd(
      BUS_KEYS.stream,
      '*',
      'sender',
      'x',
      'after',
      (await admin.get(BUS_KEYS.last))!,
      'changes',
      '[["stock",',
    );
    await admin.hset(BUS_KEYS.stock, 'default\n2\ns1gum', 'no row');
    await one.state(row('case', 8, 6));
    await one.state(row('gum', 2, 6));
    await agree(machines, 'case', 8);
    await agree(machines, 'gum', 2);
    expect(two.exchange.facts.skipped).toBeGreaterThanOrEqual(2);
  });
});
