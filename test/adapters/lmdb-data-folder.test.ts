import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { outcomeEvent } from '../support/ledger-events.ts';

const FILE = 'basketlift.lmdb';

function makePath(): string {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-data-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('a data folder that does not exist is made, with its parents', async () => {
  const path = join(makePath(), 'a', 'b');
  const folder = openDataFolder(path);
  expect(await folder.events.append('t', [outcomeEvent('e1')], 1)).toEqual([{ id: 'e1', status: 'stored' }]);
  await folder.close();
  await folder.close();
});

test('a file in the place of the data folder is told with its path and what to do', () => {
  const path = join(makePath(), 'file');
  writeFileSync(path, 'x');
  expect(() => openDataFolder(path)).toThrow(/wanted a folder.*got .*file.*BASKETLIFT_DATA/s);
});

test.each([
  ['shorter than a page', Buffer.from('not a database')],
  ['of many pages', Buffer.alloc(40_960, 'not a database ')],
])('a foreign file %s under our name is refused, not overwritten', (_, content) => {
  const path = makePath();
  writeFileSync(join(path, FILE), content);
  expect(() => openDataFolder(path)).toThrow(/data folder: wanted .*got .*BASKETLIFT_DATA/s);
});

test('a damaged database is refused', async () => {
  const path = makePath();
  await openDataFolder(path).close();
  const descriptor = openSync(join(path, FILE), 'r+');
  writeSync(descriptor, Buffer.alloc(100, 7), 0, 100, 8_192);
  closeSync(descriptor);
  expect(() => openDataFolder(path)).toThrow('no LMDB database, or a damaged one');
});

test('an empty file in the place of the database is filled', async () => {
  const path = makePath();
  writeFileSync(join(path, FILE), '');
  await openDataFolder(path).close();
  await openDataFolder(path).close();
});

test("another program's database is refused", async () => {
  const path = makePath();
  const other = open({ path: join(path, FILE), noSubdir: true, overlappingSync: false });
  await other.put('theirs', 1);
  await other.close();
  expect(() => openDataFolder(path)).toThrow(
    /wanted Basketlift data of format 2, got a database of another program/,
  );
});

test('data of a later format is refused with both formats', async () => {
  const path = makePath();
  const later = open({ path: join(path, FILE), noSubdir: true, overlappingSync: false });
  await later.put('basketlift-format', 3);
  await later.close();
  expect(() => openDataFolder(path)).toThrow('wanted Basketlift data of format 2, got format 3');
});

test.skipIf(process.getuid?.() === 0)('a folder of another user is told', () => {
  const path = join(makePath(), 'locked');
  mkdirSync(path);
  chmodSync(path, 0o500);
  expect(() => openDataFolder(path)).toThrow(/can read and write.*EACCES/);
});
