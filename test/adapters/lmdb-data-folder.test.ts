import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import { TABLES } from '../../src/adapters/data-folder-tables.ts';
import { toDecisionRows } from '../../src/adapters/decision-row.ts';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { digestKey } from '../../src/adapters/lmdb-keys.ts';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import type { RecordedEvent } from '../../src/ledger/events.ts';
import { recordEvent } from '../../src/ledger/recorded-event.ts';
import { decisionOfFormat2 } from '../support/decision-of-format-2.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';

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

test('the files of the data folder, and of a copy, are accessible only to their owner', async () => {
  const path = makePath();
  const folder = openDataFolder(path);
  onTestFinished(() => folder.close());
  await folder.copyTo(join(path, 'copy'));
  for (const file of [FILE, `${FILE}-lock`, join('copy', FILE)]) {
    expect(statSync(join(path, file)).mode & 0o777).toBe(0o600);
  }
});

test('a file in place of the data folder is reported with its path and what to do', () => {
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
  expect(() => openDataFolder(path)).toThrow('is not an LMDB database, or is damaged');
});

test('an empty file in the place of the database is filled', async () => {
  const path = makePath();
  writeFileSync(join(path, FILE), '');
  await openDataFolder(path).close();
  await openDataFolder(path).close();
});

test('a data folder holds the tables that are listed, and no others', async () => {
  const path = makePath();
  await openDataFolder(path).close();
  const root = open({ path: join(path, FILE), noSubdir: true, overlappingSync: false, pageSize: 8192 });
  const names = [...root.getKeys()].filter((key) => key !== 'basketlift-format');
  await root.close();
  const listed = Object.values(TABLES).flatMap((table): readonly { name: string }[] =>
    'name' in table ? [table] : table,
  );
  expect(names.sort()).toEqual(listed.map(({ name }) => name).sort());
});

test.each([
  [2, decisionOfFormat2],
  [3, (decision: DecisionRecord) => [...toDecisionRows(decision).row.slice(0, 21)]],
])('data of format %i can be read, and new data is written beside it', async (format, toRow) => {
  const path = makePath();
  const suggestions = ['C', 'D'];
  const decision = decisionRecord('d1', { tenant: 't', customer: 'anna', suggestions });
  const event = saleEvent('e1');
  const before = open({
    path: join(path, FILE),
    noSubdir: true,
    overlappingSync: false,
    maxDbs: 24,
    pageSize: 8192,
  });
  const tenantKey = digestKey('t');
  const recorded = recordEvent(event) as RecordedEvent;
  const stored = { event: recorded, receivedAtMs: 7, tenant: 't', schemaVersion: 1 };
  await before.put('basketlift-format', format);
  await before.openDB({ name: 'events' }).put([tenantKey, 0], stored);
  await before.openDB({ name: 'counters' }).put('next-arrival', 1);
  await before.openDB({ name: 'decisions' }).put([tenantKey, 'd1'], toRow(decision));
  await before.close();
  const folder = openDataFolder(path);
  await folder.events.append('t', [saleEvent('e2')], 8);
  folder.events.record(decisionRecord('d2', { tenant: 't' }));
  await folder.events.flush();
  expect([...folder.events.events('t')].map((one) => [one.event.id, one.receivedAtMs])).toEqual([
    ['e1', 7],
    ['e2', 8],
  ]);
  expect([...folder.events.events('t')][0]).toEqual(stored);
  expect(folder.events.decision('t', 'd1')).toEqual(decision);
  expect([...folder.events.decisions('t')].map(({ decisionId }) => decisionId)).toEqual(['d1', 'd2']);
  const outcomes = folder.outcomes();
  while (outcomes.advance());
  expect(outcomes.progress()).toEqual({ taken: 4, total: 4 });
  await folder.close();
  await openDataFolder(path).close();
  // So that an earlier build refuses it.
  const after = open({ path: join(path, FILE), noSubdir: true, readOnly: true });
  expect(after.get('basketlift-format')).toBe(5);
  await after.close();
});

test("another program's database is refused", async () => {
  const path = makePath();
  const other = open({ path: join(path, FILE), noSubdir: true, overlappingSync: false });
  await other.put('theirs', 1);
  await other.close();
  expect(() => openDataFolder(path)).toThrow(
    /wanted Basketlift data of format 5, got the database of another program/,
  );
});

test('data of a later format is refused with both formats', async () => {
  const path = makePath();
  const later = open({ path: join(path, FILE), noSubdir: true, overlappingSync: false });
  await later.put('basketlift-format', 6);
  await later.close();
  expect(() => openDataFolder(path)).toThrow('wanted Basketlift data of format 5, got format 6');
});

test.skipIf(process.getuid?.() === 0)('a folder of another user is told', () => {
  const path = join(makePath(), 'locked');
  mkdirSync(path);
  chmodSync(path, 0o500);
  expect(() => openDataFolder(path)).toThrow(/can read and write.*EACCES/);
});
