import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import type { CompleteEvent } from '../../src/ledger/event-store.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Four events of two tenants and a decision, in a folder that is closed. */
async function writeLedger(): Promise<string> {
  const path = temporaryFolder();
  const folder = openDataFolder(path);
  folder.events.record(decisionRecord('d1', { tenant: 't' }));
  await folder.events.flush();
  const withSaved: CompleteEvent = (event) =>
    event.type === 'sale'
      ? { ...event, lines: event.lines.map((line) => ({ ...line, holdingSavedMinor: 1.5 })) }
      : event;
  await folder.events.append('t', [saleEvent('s1'), outcomeEvent('o1')], 0, withSaved);
  await folder.events.append('u', [saleEvent('s1'), { ...saleEvent('r1'), type: 'refund' }], 0);
  await folder.close();
  return path;
}

function opened(path: string): DataFolder {
  const folder = openDataFolder(path);
  onTestFinished(() => folder.close());
  return folder;
}

type Rows = ReturnType<RootDatabase<Buffer, [string, string | number]>['openDB']>;

/** Changes the bytes of a table behind the back of the store. */
async function tamper(path: string, name: string, change: (rows: Rows) => void): Promise<void> {
  const root = open({ path: join(path, 'basketlift.lmdb'), noSubdir: true, maxDbs: 24 });
  change(root.openDB({ name, encoding: 'binary' }) as Rows);
  await root.close();
}
const keyOf = (rows: Rows, arrival: number) =>
  [...rows.getKeys()].find((key) => (key as [string, number])[1] === arrival)!;
/** No row of MessagePack: an array of 65,535 values that are not there. */
const BROKEN = Buffer.from([0xdc, 0xff, 0xff]);

test('a ledger as it was stored is sound, with what the gateway added to its events', async () => {
  const folder = opened(await writeLedger());
  expect(folder.checkLedger()).toEqual({ events: 4, decisions: 1, damaged: 0, examples: [] });
});

test('an event that differs from what was stored is found and named', async () => {
  const path = await writeLedger();
  await tamper(path, 'events', (rows) => {
    const key = keyOf(rows, 2);
    const row = Buffer.from(rows.get(key) as unknown as Buffer);
    row[row.indexOf('EUR')] = 'X'.charCodeAt(0);
    rows.putSync(key, row as never);
  });
  const { damaged, examples } = opened(path).checkLedger();
  expect([damaged, examples]).toEqual([1, ["event 2 (sale 's1') differs from what was stored"]]);
});

test('rows that cannot be read, and events that are missing, are found', async () => {
  const path = await writeLedger();
  await tamper(path, 'events', (rows) => {
    rows.putSync(keyOf(rows, 1), BROKEN as never);
    rows.removeSync(keyOf(rows, 3));
  });
  await tamper(path, 'decisions', (rows) => {
    rows.putSync([...rows.getKeys()][0]!, BROKEN as never);
  });
  const { damaged, examples } = opened(path).checkLedger();
  expect(damaged).toBe(3);
  expect(examples).toEqual([
    expect.stringMatching(/^event 1 cannot be read \(/),
    expect.stringMatching(/^decision \S+ cannot be read \(/),
    '1 events are missing although their ids are known',
  ]);
});
