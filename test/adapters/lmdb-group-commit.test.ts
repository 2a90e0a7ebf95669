import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { LmdbGroupCommit } from '../../src/adapters/lmdb-group-commit.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A disk whose commits end when the test says so. */
function slowRoot(): { readonly root: RootDatabase; endCommit(): void } {
  const ends: (() => void)[] = [];
  const childTransaction = async (write: () => unknown) => {
    await new Promise<void>((resolve) => ends.push(resolve));
    return write();
  };
  return { root: { childTransaction } as unknown as RootDatabase, endCommit: () => ends.shift()!() };
}

test('a part that fails when told that it is on disk after all keeps no other from being told', async () => {
  const { root, endCommit } = slowRoot();
  const faults: unknown[] = [];
  const commits = new LmdbGroupCommit(root, '/data/file', { commitTimeoutMs: 20 }, (fault) =>
    faults.push(fault),
  );
  const late: unknown[] = [];
  const fault = new Error('a slip in the program');
  const parts = [
    {
      rows: 1,
      write: () => 'first',
      onLate: () => {
        throw fault;
      },
    },
    { rows: 1, write: () => 'second', onLate: (result: string) => late.push(result) },
  ];
  await expect(commits.commitParts(parts)).rejects.toThrow('did not commit within 20 ms');
  endCommit();
  await vi.waitFor(() => expect(faults).toEqual([fault]));
  expect(late).toEqual(['second']);
  // The disk is not to blame.
  expect(commits.trouble?.message).toContain('did not commit within 20 ms');
  const next = commits.commit(1, () => 'third');
  endCommit();
  expect(await next).toBe('third');
});

test('a part whose writing fails is undone and rejected alone; those written with it are on disk', async () => {
  const path = join(temporaryFolder(), 'group.lmdb');
  const root = open<string, string>({ path, noSubdir: true });
  onTestFinished(() => root.close());
  const commits = new LmdbGroupCommit(root, path);
  const first = commits.commit(1, () => root.putSync('first', 'kept'));
  const together = [
    commits.commit(1, () => root.putSync('second', 'kept')),
    commits.commit(1, () => {
      root.putSync('third', 'undone');
      throw new Error('a slip in the program');
    }),
    commits.commit(1, () => root.putSync('fourth', 'kept')),
  ];
  const settled = await Promise.allSettled([first, ...together]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect([...root.getKeys()]).toEqual(['first', 'fourth', 'second']);
});
