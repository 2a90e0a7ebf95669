import { join } from 'node:path';
import fc from 'fast-check';
import { open, type RootDatabase } from 'lmdb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { LmdbGroupCommit } from '../../src/adapters/lmdb-group-commit.ts';
import { digestKey } from '../../src/adapters/lmdb-keys.ts';
import { LmdbStockStore } from '../../src/adapters/lmdb-stock-store.ts';
import type { AbsoluteStockRow, StockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function openFolder(path = temporaryFolder()): { folder: DataFolder; path: string } {
  const folder = openDataFolder(path);
  onTestFinished(() => folder.close());
  return { folder, path };
}

function openStore(nowMs?: () => number): { root: RootDatabase; stock: LmdbStockStore } {
  const path = join(temporaryFolder(), 'stock.lmdb');
  const root = open({ path, noSubdir: true });
  onTestFinished(() => root.close());
  return { root, stock: new LmdbStockStore(root, new LmdbGroupCommit(root, path), nowMs) };
}

const row = (productId: string, asOfMs: number, onHand = asOfMs): AbsoluteStockRow => ({
  storeId: 's',
  productId,
  onHand,
  asOfMs,
});
const change = (onHandDelta: number, asOfMs: number, changeId: string): StockRow => ({
  ...{ storeId: 's', productId: 'A', onHandDelta, asOfMs, changeId },
});
const NOTHING = new StockBook();
const byProduct = ({ stock }: DataFolder, tenant: string) =>
  new Map([...stock.loadAll(tenant)].map(({ revision: _, ...kept }) => [kept.productId, kept]));

test('what is answered is on disk, tenants apart', async () => {
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

test('rows that machines agreed on: the newest asOf wins in whatever order they come; of equal ones the later', async () => {
  const { folder } = openFolder();
  let tenants = 0;
  const adopted = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.nat({ max: 5 })), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(adopted, async (rows) => {
      const tenant = `t${tenants++}`;
      const newest = new Map<string, object>();
      for (const [i, [productId, asOfMs]] of rows.entries()) {
        const agreed = row(productId, asOfMs, i);
        const before = newest.get(productId) as { asOfMs: number } | undefined;
        if (before === undefined || before.asOfMs <= asOfMs) newest.set(productId, agreed);
        await folder.stock.adopt(tenant, [agreed]);
      }
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

test('changes of two processes at once add up, one told to both counts once', async () => {
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

test('a change is laid over what is known beside the disk, where that is newer', async () => {
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

test('a change with an id counts once for its store and product, however many come between, for three days at least', async () => {
  const day = 24 * 3600 * 1000;
  let nowMs = 1000 * day;
  const { root, stock } = openStore(() => nowMs);
  const verdictOf = async (...said: StockRow[]) =>
    (await stock.state('t', said, NOTHING)).map(({ verdict }) => verdict).join();
  await stock.state('t', [row('A', 1, 1000), row('B', 1, 1000)], NOTHING);
  expect(await verdictOf(change(-1, 2, 'x'), change(-1, 2, 'x'))).toBe('applied,repeated');
  for (let at = 0; at < 500; at++) await stock.state('t', [change(0, 3, `other-${at}`)], NOTHING);
  expect(await verdictOf({ ...change(-1, 2, 'x'), productId: 'B' })).toBe('applied');
  nowMs += 3 * day;
  expect(await verdictOf(change(-1, 2, 'x'))).toBe('repeated');
  // What is older goes, a little at a time.
  nowMs += 3 * day;
  expect(await verdictOf(change(-1, 2, 'y'))).toBe('applied');
  const ids = root.openDB({ name: 'stock-changes' });
  await vi.waitFor(() => expect(ids.getKeysCount()).toBe(1));
  expect(await verdictOf(change(-1, 2, 'x'))).toBe('applied');
});

test('a change that does not count may be told again', async () => {
  const { folder } = openFolder();
  expect((await folder.stock.state('t', [change(-1, 2, 'x')], NOTHING))[0]?.verdict).toBe('no-base');
  await folder.stock.state('t', [row('A', 1)], NOTHING);
  expect((await folder.stock.state('t', [change(-1, 2, 'x')], NOTHING))[0]?.verdict).toBe('applied');
});

test('a row of an older data folder counts, and lies there once when it is stated again', async () => {
  const { root, stock } = openStore();
  const rows = root.openDB({ name: 'stock' });
  await rows.put([digestKey('t'), digestKey('t', 's', 'A')], row('A', 5, 10));
  const book = new StockBook();
  for (const each of stock.loadAll('t')) book.apply(each);
  await stock.state('t', [change(-1, 5, 'x')], book);
  expect([...stock.loadAll('t')]).toEqual([{ ...row('A', 5, 9), revision: 1 }]);
});
