import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type DataFolderOptions, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { type Contest, changed, withBallot, withWish } from '../../src/ledger/contest.ts';
import { CONTEST_RULES } from '../support/contest-rules.ts';

function openStore(
  options: DataFolderOptions = {},
  path = mkdtempSync(join(tmpdir(), 'basketlift-contests-')),
) {
  const folder = openDataFolder(path, options);
  onTestFinished(async () => {
    await folder.close();
    rmSync(path, { recursive: true, force: true });
  });
  return { path, folder, contests: folder.contests };
}

const contest = (id: string): Contest => ({
  id,
  version: 1,
  name: id,
  budgetMinor: 1000,
  wishes: [],
  ballots: [],
  rules: { ...CONTEST_RULES, teams: [{ id: 'a1', agentIds: ['a1'] }] },
});
const wish = (id: string) => ({ id, agentId: 'a1', text: id, costMinor: 1 });

test('contests survive reopening, in the order of their ids, separately for each tenant', async () => {
  const { path, folder, contests } = openStore();
  for (const id of ['c2', 'c1', '__proto__']) expect(await contests.add('t', contest(id))).toBe(true);
  await folder.close();
  const again = openStore({}, path).contests;
  expect(again.contests('t')).toEqual([contest('__proto__'), contest('c1'), contest('c2')]);
  expect(again.contest('t', 'c1')).toEqual(contest('c1'));
  expect([again.contests('u'), again.contest('u', 'c1')]).toEqual([[], undefined]);
});

test('concurrent changes are made one after another, and a refused one stores nothing', async () => {
  const { contests } = openStore();
  await contests.add('t', contest('c'));
  const ids = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6'];
  const results = await Promise.all(
    ids.map((id) => contests.change('t', 'c', (now) => withWish(now, wish(id)))),
  );
  const refusal = { reason: 'wrong-state', detail: 'Wanted at most 5 wishes of an agent.' };
  expect(results.at(-1)).toEqual(refusal);
  expect(contests.contest('t', 'c')).toMatchObject({
    version: 6,
    wishes: ids.slice(0, 5).map((id) => ({ id })),
  });
  expect(await contests.change('t', 'none', (now) => now)).toBeUndefined();
});

test('a contest is settled once, as it was seen, and then never changes', async () => {
  const { contests } = openStore();
  await contests.add('t', contest('c'));
  const settlement = { settledAtMs: 5, hash: 'h' };
  expect(await contests.settle('t', { ...contest('c'), version: 2 }, settlement, '{}')).toBeUndefined();
  expect(contests.result('t', 'c')).toBeUndefined();
  const settled = changed(contest('c'), { settled: settlement });
  expect(await contests.settle('t', contest('c'), settlement, '{"a":1}')).toEqual(settled);
  expect(await contests.settle('t', settled, settlement, '{}')).toBeUndefined();
  expect(contests.result('t', 'c')).toBe('{"a":1}');
  const late = await contests.change('t', 'c', (now) => withBallot(now, { agentId: 'a1', ranking: [] }));
  expect(late).toMatchObject({ reason: 'wrong-state', detail: 'Wanted a contest that is not settled.' });
});

test('each tenant has a limit on its contests', async () => {
  const { contests } = openStore({ contests: { contestsMax: 2 } });
  const added = [];
  for (const id of ['c1', 'c2', 'c3']) added.push(await contests.add('t', contest(id)));
  expect(added).toEqual([true, true, false]);
  expect(await contests.add('u', contest('c1'))).toBe(true);
});
