import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import {
  type DataFolder,
  type DataFolderOptions,
  openDataFolder,
} from '../../src/adapters/lmdb-data-folder.ts';

function openFolder(options: DataFolderOptions = {}): { folder: DataFolder; path: string } {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-data-'));
  const folder = openDataFolder(path, options);
  onTestFinished(async () => {
    await folder.close();
    rmSync(path, { recursive: true });
  });
  return { folder, path };
}

const row = (productId: string, asOfMs: number, onHand = asOfMs) => ({
  storeId: 's',
  productId,
  onHand,
  asOfMs,
});

test('rows put are written by themselves soon and outlive closing, tenants apart', async () => {
  const { folder, path } = openFolder({ stock: { delayMs: 5 } });
  expect(folder.stock.put('t', [row('A', 1), { ...row('B', 1), protectionLevel: 2 }])).toBe(0);
  folder.stock.put('u', [row('A', 5)]);
  await expect.poll(() => folder.stock.pending()).toBe(0);
  await folder.close();
  const again = openDataFolder(path);
  onTestFinished(() => again.close());
  expect([...again.stock.loadAll('t')].sort((a, b) => (a.productId < b.productId ? -1 : 1))).toEqual([
    row('A', 1),
    { ...row('B', 1), protectionLevel: 2 },
  ]);
  expect([...again.stock.loadAll('u')]).toEqual([row('A', 5)]);
});

test('the newest asOf wins, in whatever order and batches rows come; of equal ones the later put', async () => {
  const { folder } = openFolder();
  let tenants = 0;
  const puts = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.nat({ max: 5 }), fc.boolean()), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(puts, async (rows) => {
      const tenant = `t${tenants++}`;
      const newest = new Map<string, object>();
      for (const [i, [productId, asOfMs, isFlushed]] of rows.entries()) {
        const put = row(productId, asOfMs, i);
        const before = newest.get(productId) as { asOfMs: number } | undefined;
        if (before === undefined || before.asOfMs <= asOfMs) newest.set(productId, put);
        folder.stock.put(tenant, [put]);
        if (isFlushed) await folder.stock.flush();
      }
      await folder.stock.flush();
      const stored = [...folder.stock.loadAll(tenant)];
      expect(new Map(stored.map((kept) => [kept.productId, kept]))).toEqual(newest);
    }),
    { numRuns: 30 },
  );
});

test('rows beyond the bound are refused and counted; a newer row of one that waits is taken', () => {
  const { folder } = openFolder({ stock: { rowsMax: 2 } });
  expect(folder.stock.put('t', [row('A', 1), row('B', 1), row('C', 1), row('A', 2)])).toBe(1);
  expect(folder.stock.pending()).toBe(2);
});

test('ten thousand rows come back', async () => {
  const { folder } = openFolder();
  folder.stock.put(
    't',
    Array.from({ length: 10_000 }, (_, i) => row(`P${i}`, 1)),
  );
  await folder.stock.flush();
  expect(new Set([...folder.stock.loadAll('t')].map(({ productId }) => productId)).size).toBe(10_000);
});

test('a row that waits here gives way to one that another process keeps, and no other does', async () => {
  const { folder } = openFolder({ stock: { delayMs: 60_000 } });
  folder.stock.put('t', [row('A', 5, 1), row('B', 5, 1)]);
  folder.stock.correct('t', [row('A', 5, 2), row('B', 4, 2), row('C', 5, 2)]);
  await folder.stock.flush();
  const kept = [...folder.stock.loadAll('t')].map(({ productId, onHand }) => [productId, onHand]);
  expect(kept.sort()).toEqual([
    ['A', 2],
    ['B', 1],
  ]);
});
