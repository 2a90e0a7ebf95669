import { join } from 'node:path';
import fc from 'fast-check';
import { open } from 'lmdb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { LmdbGroupCommit } from '../../src/adapters/lmdb-group-commit.ts';
import { digestKey } from '../../src/adapters/lmdb-keys.ts';
import { LmdbStockStore, type LmdbStockStoreOptions } from '../../src/adapters/lmdb-stock-store.ts';
import { EventStoreUnavailable } from '../../src/ledger/event-store.ts';
import type { AbsoluteStockRow, StockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import { nextFact, startEventWriter } from '../support/event-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function openFolder(path = temporaryFolder()): { folder: DataFolder; path: string } {
  const folder = openDataFolder(path);
  onTestFinished(() => folder.close());
  return { folder, path };
}

function openStore(options: LmdbStockStoreOptions = {}) {
  const path = join(temporaryFolder(), 'stock.lmdb');
  const root = open({ path, noSubdir: true });
  onTestFinished(() => root.close());
  const commits = new LmdbGroupCommit(root, path);
  return { root, commits, stock: new LmdbStockStore(root, commits, options) };
}

const row = (productId: string, asOfMs: number, onHand = asOfMs): AbsoluteStockRow => ({
  storeId: 's',
  productId,
  onHand,
  asOfMs,
});
const change = (onHandDelta: number, asOfMs: number, changeId: string): StockRow => ({
  storeId: 's',
  productId: 'A',
  onHandDelta,
  asOfMs,
  changeId,
});
const NOTHING = new StockBook();
const byProduct = ({ stock }: DataFolder, tenant: string) =>
  new Map([...stock.loadAll(tenant)].map(({ revision: _, ...kept }) => [kept.productId, kept]));

test('what was confirmed is on disk, separately for each tenant', async () => {
  const { folder, path } = openFolder();
  const stated = await folder.stock.state(
    't',
    [row('A', 1), { ...row('B', 1), protectionLevel: 2 }],
    NOTHING,
  );
  expect(stated.map(({ verdict }) => verdict)).toEqual(['applied', 'applied']);
  await folder.stock.state('u', [row('A', 5)], NOTHING);
  // Another process, while this one has it open.
  const { folder: beside } = openFolder(path);
  expect(byProduct(beside, 't')).toEqual(
    new Map([
      ['A', row('A', 1)],
      ['B', { ...row('B', 1), protectionLevel: 2 }],
    ]),
  );
  expect(byProduct(beside, 'u')).toEqual(new Map([['A', row('A', 5)]]));
});

test('of rows that machines agreed on, the newest asOf wins in any order, and of equal ones the later', async () => {
  const { folder } = openFolder();
  let tenants = 0;
  const adopted = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.nat({ max: 5 }), fc.boolean()), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(adopted, async (rows) => {
      const tenant = `t${tenants++}`;
      const newest = new Map<string, object>();
      for (const [i, [productId, asOfMs, isFlushed]] of rows.entries()) {
        const agreed = row(productId, asOfMs, i);
        const before = newest.get(productId) as { asOfMs: number } | undefined;
        if (before === undefined || before.asOfMs <= asOfMs) newest.set(productId, agreed);
        folder.stock.adopt(tenant, [agreed]);
        if (isFlushed) await folder.stock.flush();
      }
      await folder.stock.flush();
      expect(byProduct(folder, tenant)).toEqual(newest);
    }),
    { numRuns: 30 },
  );
});

test('ten thousand rows come back', async () => {
  const { folder } = openFolder();
  const rows = Array.from({ length: 10_000 }, (_, i) => row(`P${i}`, 1));
  await folder.stock.state('t', rows, NOTHING);
  expect(byProduct(folder, 't')).toEqual(new Map(rows.map((each) => [each.productId, each])));
});

test('concurrent changes of two processes add up, and one sent to both counts once', async () => {
  const { folder: one, path } = openFolder();
  const { folder: two } = openFolder(path);
  await one.stock.state('t', [row('A', 1, 1000)], NOTHING);
  const told = Array.from({ length: 200 }, (_, at) => [
    one.stock.state('t', [change(-1, 2, `one-${at}`)], NOTHING),
    two.stock.state('t', [change(-2, 2, `two-${at}`)], NOTHING),
  ]).flat();
  const last = change(-5, 3, 'both');
  told.push(one.stock.state('t', [last], NOTHING), two.stock.state('t', [last], NOTHING));
  const verdicts = (await Promise.all(told)).map(([stated]) => stated!.verdict);
  expect(verdicts.filter((verdict) => verdict === 'applied')).toHaveLength(401);
  expect(verdicts.filter((verdict) => verdict === 'repeated')).toHaveLength(1);
  expect(byProduct(one, 't').get('A')?.onHand).toBe(1000 - 200 - 400 - 5);
});

test('a change is applied to what is known apart from the disk, if that is newer', async () => {
  const { folder } = openFolder();
  const book = new StockBook();
  book.apply(row('A', 4, 50));
  await folder.stock.state('t', [change(-1, 5, 'x')], book);
  expect(byProduct(folder, 't').get('A')).toMatchObject({ onHand: 49, asOfMs: 5, onHandAsOfMs: 4 });
  // Of the same time the disk has the last word: another process wrote it.
  book.apply(row('A', 5, 7));
  const [stated] = await folder.stock.state('t', [change(-1, 5, 'y')], book);
  expect(stated?.row).toMatchObject({ onHand: 48, revision: 2 });
});

test('a change with an id counts once even if the clock goes back to the days before', async () => {
  const hour = 3600 * 1000;
  let nowMs = 999 * 24 * hour;
  const { stock } = openStore({ nowMs: () => nowMs });
  const verdictOf = async (said: StockRow) => (await stock.state('t', [said], NOTHING))[0]!.verdict;
  await stock.state('t', [row('A', 1, 1000)], NOTHING);
  expect(await verdictOf(change(-1, 2, 'x'))).toBe('applied');
  nowMs -= hour;
  expect(await verdictOf(change(-1, 2, 'x'))).toBe('repeated');
  expect(await verdictOf(change(-1, 2, 'y'))).toBe('applied');
  nowMs += hour;
  expect(await verdictOf(change(-1, 2, 'x'))).toBe('repeated');
  expect(await verdictOf(change(-1, 2, 'y'))).toBe('repeated');
});

test('a change with an id counts once per store and product for at least three days', async () => {
  const day = 24 * 3600 * 1000;
  let nowMs = 1000 * day;
  const { root, stock } = openStore({ nowMs: () => nowMs });
  const verdictOf = async (...said: StockRow[]) =>
    (await stock.state('t', said, NOTHING)).map(({ verdict }) => verdict).join();
  await stock.state('t', [row('A', 1, 1000), row('B', 1, 1000)], NOTHING);
  expect(await verdictOf(change(-1, 2, 'x'), change(-1, 2, 'x'))).toBe('applied,repeated');
  for (let at = 0; at < 500; at++) await stock.state('t', [change(0, 3, `other-${at}`)], NOTHING);
  expect(await verdictOf({ ...change(-1, 2, 'x'), productId: 'B' })).toBe('applied');
  nowMs += 3 * day;
  expect(await verdictOf(change(-1, 2, 'x'))).toBe('repeated');
  // What is older goes.
  nowMs += 3 * day;
  expect(await verdictOf(change(-1, 2, 'y'))).toBe('applied');
  const ids = [0, 1, 2].map((at) => root.openDB({ name: `stock-changes-${at}` }).getKeysCount());
  expect(ids.sort()).toEqual([0, 0, 1]);
  expect(await verdictOf(change(-1, 2, 'x'))).toBe('applied');
});

test('a change that does not count may be told again', async () => {
  const { folder } = openFolder();
  expect((await folder.stock.state('t', [change(-1, 2, 'x')], NOTHING))[0]?.verdict).toBe('no-base');
  await folder.stock.state('t', [row('A', 1)], NOTHING);
  expect((await folder.stock.state('t', [change(-1, 2, 'x')], NOTHING))[0]?.verdict).toBe('applied');
});

test('a change is added to the count in the book even if the disk has a newer row without a count', async () => {
  const { folder } = openFolder();
  const book = new StockBook();
  book.apply(row('A', 4, 50));
  await folder.stock.state('t', [{ storeId: 's', productId: 'A', protectionLevel: 2, asOfMs: 6 }], NOTHING);
  const [stated] = await folder.stock.state('t', [change(-1, 7, 'x')], book);
  expect(stated).toMatchObject({ verdict: 'applied', row: { onHand: 49, protectionLevel: 2, asOfMs: 7 } });
});

test('statements beyond what may wait are refused as overloaded, and leave room for sales', async () => {
  const { stock } = openStore({ statedMax: 3 });
  const first = stock.state('t', [row('A', 1), row('B', 1)], NOTHING);
  const refused = stock.state('t', [row('C', 1), row('D', 1)], NOTHING);
  await expect(refused).rejects.toMatchObject({ reason: 'overloaded', retryAfterS: 1 });
  await first;
  await expect(stock.state('t', [row('C', 1), row('D', 1)], NOTHING)).resolves.toHaveLength(2);
});

test('rows of an older data folder are moved to the current keys, once', async () => {
  const path = temporaryFolder();
  const root = open({ path: join(path, 'basketlift.lmdb'), noSubdir: true, maxDbs: 24, pageSize: 8_192 });
  const rows = root.openDB({ name: 'stock' });
  const named = ['A', 'B', 'C'].map((productId) => row(productId, 5, 10));
  for (const each of named) await rows.put([digestKey('t'), digestKey('t', 's', each.productId)], each);
  await root.put('basketlift-format', 4);
  await root.close();
  const { folder } = openFolder(path);
  expect(byProduct(folder, 't')).toEqual(new Map(named.map((each) => [each.productId, each])));
  await folder.stock.state('t', [change(-1, 5, 'x')], NOTHING);
  expect([...folder.stock.loadAll('t')]).toHaveLength(3);
  expect(byProduct(folder, 't').get('A')?.onHand).toBe(9);
});

test('rows from other machines count while the disk refuses, and are stored once it accepts them', async () => {
  const { root, commits, stock } = openStore();
  const refusing = vi
    .spyOn(commits, 'commit')
    .mockRejectedValue(new EventStoreUnavailable('store-full', 'no space left'));
  expect(stock.adopt('t', [row('A', 5), row('B', 5)])).toBe(0);
  await expect(stock.flush()).rejects.toThrow('no space left');
  expect(stock.adopt('t', [row('A', 6)])).toBe(0);
  expect([...stock.loadAll('t')]).toEqual([]);
  refusing.mockRestore();
  await stock.flush();
  expect(new Map([...stock.loadAll('t')].map((each) => [each.productId, each.asOfMs]))).toEqual(
    new Map([
      ['A', 6],
      ['B', 5],
    ]),
  );
  expect(root.openDB({ name: 'stock' }).getKeysCount()).toBe(2);
});

test('statements that the disk stores after a timeout are told late; those it never stores are not', async () => {
  const path = temporaryFolder();
  const folder = openDataFolder(path, { commits: { commitTimeoutMs: 100 } });
  onTestFinished(() => folder.close());
  const writer = startEventWriter(['hold', path, '']);
  await nextFact(writer.lines);
  const late: unknown[] = [];
  const told = (productId: string) =>
    folder.stock.state('t', [row(productId, 1)], NOTHING, (judged) => late.push(...judged));
  await expect(told('A')).rejects.toMatchObject({ reason: 'unavailable' });
  await expect(told('B')).rejects.toMatchObject({ reason: 'unavailable' });
  expect(late).toEqual([]);
  writer.child.kill('SIGKILL');
  await writer.exited;
  await vi.waitFor(() => expect(late).toMatchObject([{ verdict: 'applied', row: row('A', 1) }]));
  expect(await told('C')).toMatchObject([{ verdict: 'applied' }]);
  expect(late).toHaveLength(1);
});
