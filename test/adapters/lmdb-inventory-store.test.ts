import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { dayOfText, textOfDay } from '../../src/ledger/instant.ts';
import { INVENTORY_DAYS_KEPT } from '../../src/ledger/inventory-store.ts';
import { inventoryDay } from '../support/inventory-builder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function openStore(path = temporaryFolder()) {
  const folder = openDataFolder(path);
  onTestFinished(() => folder.close());
  return { path, folder, inventory: folder.inventory };
}

const all = ['0000-01-01', '9999-12-31'] as const;

test('days survive reopening, in order, separately for each tenant, whatever a store is called', async () => {
  const { path, folder, inventory } = openStore();
  const days = [
    inventoryDay('2026-05-02'),
    inventoryDay('2026-05-01', { storeId: '__proto__' }),
    inventoryDay('2026-05-01', { storeId: 's'.repeat(128), currency: null }),
  ];
  for (const day of days) await inventory.put('t', day);
  await folder.close();
  const again = openStore(path).inventory;
  const kept = [...again.days('t', ...all)];
  expect(kept.map(({ day }) => day)).toEqual(['2026-05-01', '2026-05-01', '2026-05-02']);
  expect(kept).toEqual(expect.arrayContaining(days));
  expect([...again.days('t', '2026-05-02', '2026-05-02')]).toEqual([days[0]]);
  expect(again.day('t', '__proto__', '2026-05-01')).toEqual(days[1]);
  expect([[...again.days('u', ...all)], again.day('t', 's1', '2026-05-01')]).toEqual([[], undefined]);
});

test('the newest record of a day and store wins, in any order of arrival', async () => {
  const looks = fc.uniqueArray(fc.nat(50), { minLength: 1, maxLength: 6 });
  const { inventory } = openStore();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(looks, async (times) => {
      const storeId = `s${run++}`;
      for (const atMs of times) await inventory.put('t', inventoryDay('2026-05-01', { storeId, atMs }));
      expect(inventory.day('t', storeId, '2026-05-01')?.atMs).toBe(Math.max(...times));
    }),
    { numRuns: 20 },
  );
});

test('another process on the folder sees what was put', async () => {
  const { path, inventory } = openStore();
  const other = openStore(path).inventory;
  expect(other.day('t', 's1', '2026-05-01')).toBeUndefined();
  await inventory.put('t', inventoryDay('2026-05-01'));
  expect(other.day('t', 's1', '2026-05-01')).toEqual(inventoryDay('2026-05-01'));
});

test('no more days are kept than the limit, per tenant', async () => {
  const { inventory } = openStore();
  const first = dayOfText('2020-01-01');
  const put = (tenant: string, day: number) => inventory.put(tenant, inventoryDay(textOfDay(first + day)));
  for (const day of [0, 1, 2]) await put('t', day);
  await put('u', 0);
  await put('t', INVENTORY_DAYS_KEPT);
  const kept = [...inventory.days('t', ...all)].map(({ day }) => dayOfText(day) - first);
  expect(kept).toEqual([1, 2, INVENTORY_DAYS_KEPT]);
  expect([...inventory.days('u', ...all)]).toHaveLength(1);
});
