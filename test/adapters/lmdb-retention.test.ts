import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { openPseudonyms } from '../../src/adapters/pseudonym-key.ts';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import { DAY_MS } from '../../src/ledger/instant.ts';
import { decisionRecord } from '../support/ledger-events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NOW_MS = Date.parse('2026-05-01T10:00:00Z');
const always = () => true;

function openFolder(path = temporaryFolder()) {
  const folder = openDataFolder(path);
  onTestFinished(() => folder.close());
  return folder;
}

/** Decisions of a tenant, one a day up to now, in the order of their ids. */
function decisions(tenant: string, days: number): DecisionRecord[] {
  return Array.from({ length: days }, (_, day) =>
    decisionRecord(`${tenant}-${String(day).padStart(4, '0')}`, {
      tenant,
      atMs: NOW_MS - (days - 1 - day) * DAY_MS,
    }),
  );
}

const forgotten = (decision: DecisionRecord): DecisionRecord => ({
  ...decision,
  candidates: decision.candidates.slice(0, 1),
  candidatesForgotten: 1,
});

test('old decisions of every tenant lose the candidates that were not suggested; others keep them', async () => {
  const folder = openFolder();
  const [mine, theirs] = [decisions('a', 350), decisions('b', 40)];
  for (const decision of [...mine, ...theirs]) folder.events.record(decision);
  await folder.events.flush();
  const beforeMs = NOW_MS - 30 * DAY_MS;
  expect(await folder.retention.forgetCandidates(beforeMs, always)).toBe(319 + 9);
  expect([...folder.events.decisions('a')]).toEqual([
    ...mine.slice(0, 319).map(forgotten),
    ...mine.slice(319),
  ]);
  expect([...folder.events.decisions('b')]).toEqual([
    ...theirs.slice(0, 9).map(forgotten),
    ...theirs.slice(9),
  ]);
  expect(folder.events.decision('a', mine[0]!.decisionId)).toEqual(forgotten(mine[0]!));
  expect(await folder.retention.forgetCandidates(beforeMs, always)).toBe(0);
  // The first of an id stays, whatever comes later.
  folder.events.record(mine[0]!);
  await folder.events.flush();
  expect(folder.events.decision('a', mine[0]!.decisionId)).toEqual(forgotten(mine[0]!));
});

test('it stops between two steps when it is no longer wanted, and later continues where it was', async () => {
  const folder = openFolder();
  const all = decisions('a', 350);
  for (const decision of all) folder.events.record(decision);
  await folder.events.flush();
  let steps = 0;
  expect(await folder.retention.forgetCandidates(NOW_MS, () => steps++ < 2)).toBe(200);
  expect(await folder.retention.forgetCandidates(NOW_MS, always)).toBe(149);
});

test.each(['before', 'after'])(
  'a customer who is erased %s the candidates are forgotten is gone, and they are',
  async (when) => {
    const path = temporaryFolder();
    const folder = openFolder(path);
    const customer = openPseudonyms(path)('a', 'c1');
    folder.events.record(decisionRecord('d1', { tenant: 'a', customer, atMs: NOW_MS - DAY_MS }));
    await folder.events.flush();
    if (when === 'before') await folder.erasures.erase('a', 'c1', NOW_MS);
    expect(await folder.retention.forgetCandidates(NOW_MS, always)).toBe(1);
    if (when === 'after') await folder.erasures.erase('a', 'c1', NOW_MS);
    const kept = folder.events.decision('a', 'd1')!;
    expect(kept).toMatchObject({ candidatesForgotten: 1, suggestions: ['C'] });
    expect(kept.customer).not.toBe(customer);
    expect(kept.customer).toMatch(/^[\w-]{22}$/);
  },
);

test('space is reused: a ledger that forgets after a day grows only by what it keeps', async () => {
  const sizeAfter = async (forgets: boolean) => {
    const path = temporaryFolder();
    const folder = openFolder(path);
    const candidates = Array.from({ length: 50 }, (_, i) => ({
      productId: `product-${i}`,
      probability: 1 / (i + 2),
      expectedValue: i / 7,
      verdict: 'outranked',
    }));
    for (let day = 0; day < 10; day++) {
      const atMs = NOW_MS + day * DAY_MS;
      for (let i = 0; i < 400; i++)
        folder.events.record(
          decisionRecord(`d${day}-${String(i).padStart(3, '0')}`, {
            candidates,
            suggestions: ['product-0'],
            atMs,
          }),
        );
      await folder.events.flush();
      if (forgets) await folder.retention.forgetCandidates(atMs, always);
    }
    await folder.close();
    return statSync(join(path, 'basketlift.lmdb')).size;
  };
  expect(await sizeAfter(true)).toBeLessThan(0.6 * (await sizeAfter(false)));
});
