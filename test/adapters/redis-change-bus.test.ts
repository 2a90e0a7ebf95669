import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { BUS_KEYS } from '../../src/adapters/redis-bus-script.ts';
import { RedisChangeBus } from '../../src/adapters/redis-change-bus.ts';
import type { SharedChange } from '../../src/recommender/shared-change.ts';
import { stateStock } from '../../src/recommender/state-stock.ts';
import type { StockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import { isRedisServerInstalled, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { openTcpProxy } from '../support/tcp-proxy.ts';

const WAIT = { timeout: 20_000, interval: 5 };
const PRODUCTS = ['case', 'gum'];

/** A machine's bus with the stock books of its tenants. */
class Hearer {
  readonly #books = new Map<string, StockBook>();
  readonly bus: RedisChangeBus;

  constructor(url: string) {
    this.bus = new RedisChangeBus({
      url,
      from: undefined,
      mustTellAll: false,
      onTrouble() {},
      all: () => [],
      hear: async (changes) => this.#hear(changes),
    });
    this.bus.start();
  }

  book(tenant: string): StockBook {
    const book = this.#books.get(tenant) ?? new StockBook();
    this.#books.set(tenant, book);
    return book;
  }

  state(tenant: string, row: StockRow): void {
    const book = this.book(tenant);
    const stated = stateStock(book.row(row.storeId, row.productId), row);
    if (stated.verdict !== 'applied') return;
    book.apply(stated.row!);
    this.bus.tell({ kind: 'stock', tenant, rows: [stated.row!], stated: [row] });
  }

  held(tenant: string) {
    return PRODUCTS.map((productId) => this.book(tenant).row('s', productId));
  }

  #hear(changes: readonly SharedChange[]): void {
    for (const change of changes)
      if (change.kind === 'stock') for (const row of change.rows) this.book(change.tenant).apply(row);
  }
}

const figure = fc.option(fc.nat(50), { nil: undefined });
/** At one of three machines; `pause` lets the others hear first. */
const statement = fc.record({
  machine: fc.nat(2),
  pause: fc.boolean(),
  row: fc.record({
    storeId: fc.constant('s'),
    productId: fc.constantFrom(...PRODUCTS),
    asOfMs: fc.integer({ min: 1, max: 12 }),
    onHand: figure,
    onHandDelta: figure,
    reserved: figure,
  }),
});

type Statement = typeof statement extends fc.Arbitrary<infer Value> ? Value : never;

/** Without what is not stated; a count and a change are not stated together. */
function stated({ onHand, onHandDelta, reserved, ...row }: Statement['row']): StockRow {
  return {
    ...row,
    ...(onHand !== undefined && { onHand }),
    ...(onHand === undefined && onHandDelta !== undefined && { onHandDelta }),
    ...(reserved !== undefined && { reserved }),
  };
}

describe.runIf(isRedisServerInstalled)('three machines on a bus', () => {
  let redis: RedisServer;
  let admin: Redis;
  let hearers: [Hearer, Hearer, Hearer];
  let runs = 0;

  beforeAll(async () => {
    redis = await startRedisServer();
    admin = new Redis(redis.url);
    hearers = [new Hearer(redis.url), new Hearer(redis.url), new Hearer(redis.url)];
    await vi.waitFor(() => {
      for (const { bus } of hearers) expect(bus.facts.isConnected).toBe(true);
    }, WAIT);
  });

  afterAll(async () => {
    for (const { bus } of hearers) await bus.close(0);
    admin.disconnect();
    await redis.stop();
  });

  function allIsHeard(): Promise<void> {
    return vi.waitFor(async () => {
      for (const { bus } of hearers) expect(bus.facts.pending).toBe(0);
      const last = (await admin.get(BUS_KEYS.last)) ?? '';
      for (const { bus } of hearers) expect(bus.position?.id).toBe(last);
    }, WAIT);
  }

  test('hold the same in the end, whatever each of them was told and in any order', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 30 }), async (statements) => {
        const tenant = `t${++runs}`;
        for (const { machine, pause, row } of statements) {
          hearers[machine]!.state(tenant, stated(row));
          if (pause) await admin.ping();
        }
        await allIsHeard();
        const [one, two, three] = hearers.map((hearer) => hearer.held(tenant));
        expect(two).toEqual(one);
        expect(three).toEqual(one);
      }),
      { numRuns: 60 },
    ),
  );

  test('hold what came with a change that was older than a count elsewhere', async () => {
    const tenant = `t${++runs}`;
    const gum = { storeId: 's', productId: 'gum' };
    hearers[0].state(tenant, { ...gum, asOfMs: 2, onHand: 0 });
    hearers[2].state(tenant, { ...gum, asOfMs: 1, onHand: 0 });
    hearers[2].state(tenant, { ...gum, asOfMs: 1, onHandDelta: 0, reserved: 3 });
    await allIsHeard();
    for (const hearer of hearers)
      expect(hearer.held(tenant)[1]).toMatchObject({ asOfMs: 2, onHand: 0, reserved: 3 });
  });

  test('hold what was counted and every change since, each once', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.integer({ min: -5, max: 5 }), fc.integer({ min: 2, max: 9 })), {
          maxLength: 40,
        }),
        async (changes) => {
          const tenant = `t${++runs}`;
          const product = { storeId: 's', productId: 'case' };
          hearers[0].state(tenant, { ...product, onHand: 1000, asOfMs: 1 });
          await allIsHeard();
          for (const [machine, onHandDelta, asOfMs] of changes)
            hearers[machine]!.state(tenant, { ...product, onHandDelta, asOfMs });
          await allIsHeard();
          const sum = changes.reduce((total, [, delta]) => total + delta, 1000);
          for (const hearer of hearers) expect(hearer.held(tenant)[0]?.onHand).toBe(sum);
        },
      ),
      { numRuns: 40 },
    ),
  );

  test('count a change with an id once even if two of them were told', async () => {
    const product = { storeId: 's', productId: 'case' };
    hearers[0].state('ids', { ...product, onHand: 1000, asOfMs: 1 });
    await allIsHeard();
    const sold = { ...product, onHandDelta: -1, changeId: 'receipt-1', asOfMs: 2 };
    hearers[0].state('ids', sold);
    await allIsHeard();
    // They do not know, and count it again until they hear how it stands, also where it is told of a later time.
    hearers[1].state('ids', sold);
    hearers[2].state('ids', { ...sold, asOfMs: 7 });
    hearers[2].state('ids', { ...sold, changeId: 'receipt-2' });
    await allIsHeard();
    for (const hearer of hearers) expect(hearer.held('ids')[0]?.onHand).toBe(998);
    expect(await admin.zcard(BUS_KEYS.changes)).toBe(2);
  });

  test('count a change once even if its answer was lost and it was sent again', async () => {
    const product = { storeId: 's', productId: 'case' };
    const proxy = await openTcpProxy(redis.port);
    const behind = new Hearer(`redis://127.0.0.1:${proxy.port}`);
    onTestFinished(async () => {
      await behind.bus.close(0);
      await proxy.close();
    });
    hearers[0].state('lost', { ...product, onHand: 1000, asOfMs: 1 });
    await vi.waitFor(() => expect(behind.held('lost')[0]?.onHand).toBe(1000), WAIT);
    proxy.trouble = 'reset';
    behind.state('lost', { ...product, onHandDelta: -1, asOfMs: 2 });
    // It was taken, and who told it does not know.
    await vi.waitFor(() => expect(hearers[0].held('lost')[0]?.onHand).toBe(999), WAIT);
    expect(behind.bus.facts.pending).toBe(1);
    proxy.trouble = 'none';
    await vi.waitFor(() => expect(behind.bus.facts).toMatchObject({ pending: 0, isConnected: true }), WAIT);
    await allIsHeard();
    for (const hearer of [...hearers, behind]) expect(hearer.held('lost')[0]?.onHand).toBe(999);
  });

  test('count a change once even if it is still on its way when everything on disk is sent again', async () => {
    const row = { storeId: 's', productId: 'case', onHand: 9, asOfMs: 1 };
    const stated = [{ ...row, onHand: undefined, onHandDelta: -1 }] as unknown as StockRow[];
    let isTold = false;
    const late: RedisChangeBus = new RedisChangeBus({
      url: redis.url,
      from: undefined,
      mustTellAll: true,
      onTrouble() {},
      hear: async () => {},
      *all() {
        if (!isTold) setTimeout(() => late.tell({ kind: 'stock', tenant: 'late', rows: [row], stated }), 300);
        isTold = true;
        yield { kind: 'stock', tenant: 'late', rows: [row] };
      },
    });
    onTestFinished(() => late.close(0));
    late.start();
    await vi.waitFor(() => expect(hearers[0].held('late')[0]?.onHand).toBe(9), WAIT);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await allIsHeard();
    for (const hearer of hearers) expect(hearer.held('late')[0]?.onHand).toBe(9);
  });

  test('hear everything sent together with changes that Redis cannot read, which are counted', async () => {
    const row = (productId: string) => ({ storeId: 's', productId, onHand: 3, asOfMs: 1 });
    const [teller] = hearers;
    const { dropped } = teller.bus.facts;
    const rows = [row('case'), row('\ud800'), row('gum')];
    teller.bus.tell({ kind: 'stock', tenant: 'halves', rows, stated: rows });
    await allIsHeard();
    for (const hearer of hearers) expect(hearer.held('halves')).toMatchObject([{ onHand: 3 }, { onHand: 3 }]);
    expect(teller.bus.facts.dropped).toBe(dropped + 1);
  });

  test('skip a damaged row of the state, and read the rest', async () => {
    hearers[0].state('damaged', { storeId: 's', productId: 'case', onHand: 3, asOfMs: 1 });
    await allIsHeard();
    await admin.hset(BUS_KEYS.stock, 'damaged\n1\nsgum', '{"onHand":');
    const late = new Hearer(redis.url);
    await vi.waitFor(() => expect(late.held('damaged')[0]?.onHand).toBe(3), WAIT);
    await vi.waitFor(() => expect(late.bus.facts).toMatchObject({ skipped: 1, resyncs: 1 }), WAIT);
    await late.bus.close(0);
  });
});

test.runIf(isRedisServerInstalled)(
  'tells nothing again once it is closed, whatever its reader still hears',
  async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.stop());
    const first = new Hearer(redis.url);
    first.bus.tell({ kind: 'champion', version: 'v1', isOld: false });
    await vi.waitFor(() => expect(first.bus.position?.id).toBeTruthy(), WAIT);
    await vi.waitFor(() => expect(first.bus.facts.pending).toBe(0), WAIT);
    await first.bus.close(0);
    let goOn = () => {};
    const closed = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let hasHeard = false;
    let read = 0;
    const bus = new RedisChangeBus({
      url: redis.url,
      from: undefined,
      mustTellAll: false,
      onTrouble() {},
      hear: async () => {
        hasHeard = true;
        await closed;
      },
      all: () => {
        read++;
        return [];
      },
    });
    bus.start();
    await vi.waitFor(() => expect(hasHeard).toBe(true), WAIT);
    await bus.close(0);
    goOn();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(read).toBe(0);
  },
);
