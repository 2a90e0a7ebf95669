import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TABLES } from '../../src/adapters/data-folder-tables.ts';
import { contentDigest, eventIdKey, writeIdEntry } from '../../src/adapters/event-id.ts';
import {
  type DataFolder,
  type DataFolderOptions,
  openDataFolder,
} from '../../src/adapters/lmdb-data-folder.ts';
import type { RecordedEvent } from '../../src/ledger/events.ts';
import { recordEvent } from '../../src/ledger/recorded-event.ts';
import { testEventStoreContract } from '../contracts/event-store.contract.ts';
import { nextFact, startEventWriter } from '../support/event-writer.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';

testEventStoreContract('lmdb-event-store', async () => {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-data-'));
  let folder: DataFolder | undefined;
  return {
    open: async () => {
      folder = openDataFolder(path);
      return folder.events;
    },
    close: async () => folder?.close(),
    remove: async () => rmSync(path, { recursive: true }),
  };
});

function makePath(): string {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-data-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function openFolder(path: string, options: DataFolderOptions = {}): DataFolder {
  const folder = openDataFolder(path, options);
  onTestFinished(() => folder.close());
  return folder;
}

const idsIn = (folder: DataFolder) => [...folder.events.events('t')].map(({ event }) => event.id);

describe('lmdb-event-store from its end', () => {
  test.each([0, 1, 100, 101, 250])('tells %i events, each once, the newest first', async (count) => {
    const { events } = openFolder(makePath());
    const sent = Array.from({ length: count }, (_, at) => outcomeEvent(`e${at}`));
    await events.append('u', [outcomeEvent('of another')], 1);
    if (count > 0) await events.append('t', sent, 1);
    await events.append('u', [outcomeEvent('of another, later')], 1);
    expect([...events.newestEvents('t')].map(({ event }) => event.id)).toEqual(
      sent.map(({ id }) => id).reverse(),
    );
    expect([...events.newestEvents('u')]).toHaveLength(2);
    const before = events.lastArrival('u')!;
    await events.append('u', [outcomeEvent('the newest')], 1);
    expect(events.lastArrival('u')).toBeGreaterThan(before);
    expect(events.lastArrival('t') === undefined).toBe(count === 0);
  });
});

test('an event that an earlier release stored is a duplicate, also where it would be refused today', async () => {
  const path = makePath();
  await openDataFolder(path).close();
  const sent = saleEvent('s1', {
    lines: [{ productId: 'A', quantity: 1, unitPrice: 1, discount: 2 }],
  });
  const content = contentDigest(recordEvent(sent) as RecordedEvent);
  const earlier = open({
    path: join(path, 'basketlift.lmdb'),
    noSubdir: true,
    overlappingSync: false,
    pageSize: 8192,
  });
  const entry = writeIdEntry({ arrival: 0, content });
  await earlier.openDB<Buffer, Buffer>(TABLES.eventIds).put(eventIdKey('t', 's1'), entry);
  await earlier.close();
  const { events } = openFolder(path);
  expect(await events.append('t', [sent], 1)).toEqual([{ id: 's1', status: 'duplicate' }]);
  const [other] = await events.append('t', [{ ...sent, storeId: 'elsewhere' }], 1);
  expect(other).toMatchObject({ status: 'rejected', reason: expect.stringContaining('already stored') });
});

describe('lmdb-event-store and the disk', () => {
  test('whatever a process reported as stored survives its being killed at any moment', async () => {
    const path = makePath();
    for (const round of [1, 2, 3]) {
      const writer = startEventWriter(['append', path, `r${round}`]);
      const said: string[] = [];
      writer.lines.on('line', (line) => {
        said.push(...(JSON.parse(line) as { stored: string[] }).stored);
        if (said.length >= 60 * round) writer.child.kill('SIGKILL');
      });
      await writer.exited;
      const folder = openDataFolder(path);
      const kept = idsIn(folder);
      expect(said.length).toBeGreaterThanOrEqual(60 * round);
      expect(said.filter((id) => !kept.includes(id))).toEqual([]);
      expect(new Set(kept).size).toBe(kept.length);
      const again = await folder.events.append(
        't',
        said.slice(-1).map((id) => outcomeEvent(id)),
        9,
      );
      expect(again[0]?.status).not.toBe('stored');
      await folder.close();
    }
  });

  test('two processes share a folder: every event once, each in its order, seen by the other', async () => {
    const path = makePath();
    const folder = openFolder(path);
    const writer = startEventWriter(['append', path, 'other']);
    const said: string[] = [];
    writer.lines.on('line', (line) => said.push(...(JSON.parse(line) as { stored: string[] }).stored));
    const own: string[] = [];
    for (let i = 0; said.length < 100; i++) {
      const [result] = await folder.events.append('t', [outcomeEvent(`own-${i}`)], i);
      expect(result?.status).toBe('stored');
      own.push(`own-${i}`);
    }
    writer.child.kill('SIGKILL');
    await writer.exited;
    const kept = idsIn(folder);
    expect(kept.filter((id) => id.startsWith('own-'))).toEqual(own);
    expect(kept.filter((id) => id.startsWith('other-')).slice(0, said.length)).toEqual(said);
    expect(new Set(kept).size).toBe(kept.length);
  });

  test('a process that hangs in a transaction makes the others unavailable, not stuck, until it ends', async () => {
    const path = makePath();
    const folder = openFolder(path, { commits: { commitTimeoutMs: 100 } });
    const writer = startEventWriter(['hold', path, '']);
    await nextFact(writer.lines);
    const refused = { name: 'EventStoreUnavailable', reason: 'unavailable', retryAfterS: 5 };
    await expect(folder.events.append('t', [outcomeEvent('e1')], 1)).rejects.toMatchObject(refused);
    await expect(folder.events.append('t', [outcomeEvent('e2')], 1)).rejects.toMatchObject(refused);
    writer.child.kill('SIGKILL');
    await writer.exited;
    await expect
      .poll(() => folder.events.append('t', [outcomeEvent('e2')], 2).catch(() => []), { timeout: 10_000 })
      .toHaveLength(1);
    expect(idsIn(folder)).toEqual(['e1', 'e2']);
  });

  test('a failing disk is reported as store-full or unavailable, without loss and without a crash', async () => {
    const path = makePath();
    const writer = startEventWriter(['fill', path, 'f'], 2_048);
    const { stored, refusal } = (await nextFact(writer.lines)) as { stored: string[]; refusal: object };
    expect(refusal).toMatchObject({
      name: 'EventStoreUnavailable',
      reason: expect.stringMatching(/^(store-full|unavailable)$/),
      message: expect.stringContaining(path),
    });
    expect(await writer.exited).toBe(0);
    expect(stored.length).toBeGreaterThan(5);
    const folder = openFolder(path);
    expect(idsIn(folder)).toEqual(stored);
    const [result] = await folder.events.append('t', [outcomeEvent('after')], 1);
    expect(result?.status).toBe('stored');
  });

  test('more waiting appends than allowed are refused as overloaded, and the accepted ones are stored', async () => {
    const folder = openFolder(makePath(), { commits: { pendingRowsMax: 50 } });
    const batch = (n: number) => Array.from({ length: 10 }, (_, i) => outcomeEvent(`${n}-${i}`));
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => folder.events.append('t', batch(n), n)),
    );
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(15);
    for (const answer of refused)
      expect(answer).toMatchObject({ reason: { reason: 'overloaded', retryAfterS: 1 } });
    expect(idsIn(folder)).toHaveLength(50);
    expect(folder.events.pending()).toBe(0);
  });

  test('a batch larger than the bound is taken when nothing else waits', async () => {
    const folder = openFolder(makePath(), { commits: { pendingRowsMax: 5 } });
    const batch = Array.from({ length: 30 }, (_, i) => outcomeEvent(`${i}`));
    expect(await folder.events.append('t', batch, 1)).toHaveLength(30);
  });

  test('decisions beyond the bound are refused, and taken again once there is room', async () => {
    const { events } = openFolder(makePath(), { events: { decisionsMax: 3 } });
    const taken = ['d1', 'd2', 'd3', 'd4'].map((id) => events.record(decisionRecord(id)));
    expect(taken).toEqual([true, true, true, false]);
    await events.flush();
    expect(events.record(decisionRecord('d4'))).toBe(true);
    expect(events.decision('t', 'd4')).toBeDefined();
  });

  test('a decision that cannot be encoded costs the events that wait with it nothing', async () => {
    const troubles: Error[] = [];
    const { events } = openFolder(makePath(), { events: { onTrouble: (error) => troubles.push(error) } });
    const bad = decisionRecord('bad', { basket: (() => {}) as never });
    events.record({
      ...bad,
      get modelVersion(): string {
        throw new Error('not readable');
      },
    });
    const flushed = events.flush();
    const appended = events.append('t', [outcomeEvent('e1')], 1);
    await expect(flushed).rejects.toMatchObject({ name: 'EventStoreUnavailable' });
    expect(await appended).toEqual([{ id: 'e1', status: 'stored' }]);
  });
});
