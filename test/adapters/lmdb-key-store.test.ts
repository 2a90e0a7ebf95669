import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import type { KeyRecord } from '../../src/ledger/key-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function openKeys(path = temporaryFolder()) {
  const folder = openDataFolder(path, { keys: { sessionsMax: 3 } });
  onTestFinished(() => folder.close());
  return { folder, path, keys: folder.keys };
}

const key = (id: string, more: Partial<KeyRecord> = {}): KeyRecord => ({
  id,
  digest: Buffer.alloc(32, id),
  label: 'till 4',
  tenant: 'default',
  scope: 'terminal',
  createdAtMs: 1,
  ...more,
});

test('a key is read back unchanged, even after reopening, and its id is never reused', async () => {
  const { folder, path, keys } = openKeys();
  const kept = key('a', { stores: ['s1', 's2'], expiresAtMs: 5, label: 'kassa é' });
  expect(keys.find('a')).toBeUndefined();
  expect(await keys.add(kept)).toBe(true);
  expect(await keys.add(key('a', { scope: 'admin' }))).toBe(false);
  await folder.close();
  const again = openKeys(path).keys;
  expect(again.find('a')).toEqual(kept);
  expect(again.hasUnrevoked()).toBe(true);
});

test('keys are listed in the order they were created', async () => {
  const { keys } = openKeys();
  await keys.add(key('z', { createdAtMs: 1 }));
  await keys.add(key('m', { createdAtMs: 3 }));
  await keys.add(key('a', { createdAtMs: 2 }));
  expect(keys.list().map(({ id }) => id)).toEqual(['z', 'a', 'm']);
});

test('a key stays revoked since the first revocation, and the unrevoked keys are counted correctly', async () => {
  const { keys } = openKeys();
  expect(keys.hasUnrevoked()).toBe(false);
  expect(await keys.revoke('a', 7)).toBeUndefined();
  await Promise.all([keys.add(key('a')), keys.add(key('a')), keys.add(key('b'))]);
  expect(await keys.revoke('a', 7)).toEqual(key('a', { revokedAtMs: 7 }));
  expect(await keys.revoke('a', 9)).toEqual(key('a', { revokedAtMs: 7 }));
  expect(keys.hasUnrevoked()).toBe(true);
  await keys.revoke('b', 9);
  expect(keys.hasUnrevoked()).toBe(false);
  expect(keys.list()).toHaveLength(2);
});

test('a session is known by its digest until it is ended', async () => {
  const { keys } = openKeys();
  const digest = Buffer.alloc(32, 1);
  await keys.openSession(digest, { keyId: 'a', expiresAtMs: 10 }, 1);
  expect(keys.findSession(digest)).toEqual({ keyId: 'a', expiresAtMs: 10 });
  expect(keys.findSession(Buffer.alloc(32, 2))).toBeUndefined();
  await keys.endSession(digest);
  expect(keys.findSession(digest)).toBeUndefined();
});

test('sessions that are over are forgotten when another is opened', async () => {
  const { keys } = openKeys();
  await keys.openSession(Buffer.alloc(32, 1), { keyId: 'a', expiresAtMs: 10 }, 1);
  await keys.openSession(Buffer.alloc(32, 2), { keyId: 'a', expiresAtMs: 20 }, 10);
  expect(keys.findSession(Buffer.alloc(32, 1))).toBeUndefined();
});

test('of too many sessions the first to end makes room', async () => {
  const { keys } = openKeys();
  const digest = (number: number) => Buffer.alloc(32, number);
  for (const [number, expiresAtMs] of [50, 10, 40, 30].entries())
    await keys.openSession(digest(number), { keyId: 'a', expiresAtMs }, 1);
  expect([0, 1, 2, 3].map((number) => keys.findSession(digest(number))?.expiresAtMs)).toEqual([
    50,
    undefined,
    40,
    30,
  ]);
});

test('the log-ins of one tenant throw out none of another', async () => {
  const { keys } = openKeys();
  await keys.add(key('ours'));
  await keys.add(key('theirs', { tenant: 'theirs' }));
  const digest = (number: number) => Buffer.alloc(32, number);
  await keys.openSession(digest(0), { keyId: 'ours', expiresAtMs: 10 }, 1);
  for (const number of [1, 2, 3, 4]) {
    await keys.openSession(digest(number), { keyId: 'theirs', expiresAtMs: 10 + number }, 1);
  }
  expect([0, 1, 2, 3, 4].filter((number) => keys.findSession(digest(number)))).toEqual([0, 2, 3, 4]);
  await keys.endSession(digest(2));
  await keys.openSession(digest(5), { keyId: 'theirs', expiresAtMs: 20 }, 1);
  expect([0, 1, 2, 3, 4, 5].filter((number) => keys.findSession(digest(number)))).toEqual([0, 3, 4, 5]);
});

test('log-ins of a release that kept them in no order make room like any other', async () => {
  const { folder, path, keys } = openKeys();
  await keys.add(key('a'));
  await folder.close();
  const digest = (number: number) => Buffer.alloc(32, number);
  const root = open({ path: join(path, 'basketlift.lmdb'), noSubdir: true, maxDbs: 24 });
  const before = root.openDB({ name: 'key-sessions', keyEncoding: 'binary' });
  for (const number of [1, 2, 3]) await before.put(digest(number), { keyId: 'a', expiresAtMs: 10 * number });
  await root.close();
  const again = openKeys(path).keys;
  await again.openSession(digest(4), { keyId: 'a', expiresAtMs: 40 }, 1);
  expect([1, 2, 3, 4].filter((number) => again.findSession(digest(number)))).toEqual([2, 3, 4]);
  await again.openSession(digest(5), { keyId: 'a', expiresAtMs: 50 }, 30);
  expect([1, 2, 3, 4, 5].filter((number) => again.findSession(digest(number)))).toEqual([4, 5]);
});
