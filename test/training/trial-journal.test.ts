import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Axis, searchCoordinates } from '../../src/training/coordinate-search.ts';
import { openTrialJournal } from '../../src/training/trial-journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Setting {
  readonly ridge: number;
  readonly halfLife: number;
}

const START: Setting = { ridge: 1, halfLife: 1 };
const AXES: readonly Axis<Setting>[] = [
  { values: [1, 2, 3, 4, 5].map((ridge) => ({ ridge })), isOrdered: true },
  { values: [1, Number.POSITIVE_INFINITY, 0.5].map((halfLife) => ({ halfLife })), isOrdered: false },
];
/** Best at ridge 4 without ageing. */
const quality = ({ ridge, halfLife }: Setting) =>
  1 / (1 + (ridge - 4) ** 2) + (Number.isFinite(halfLife) ? 0 : 1 / 3);

const FACTS = { fingerprint: 'f', seed: 1 };

/** Searches with the journal of a registry; the process ends in its `judgesMax`-th judgement. */
async function search(registry: string, judgesMax = Number.POSITIVE_INFINITY, facts: object = FACTS) {
  const journal = openTrialJournal(registry, { ...facts });
  let judged = 0;
  const judge = (setting: Setting) => {
    if (++judged > judgesMax) throw new Error('killed');
    return quality(setting);
  };
  const found = await searchCoordinates('a search', START, AXES, judge, { journal }).catch(() => undefined);
  return { found, judged, journal };
}

const journalFile = (registry: string) =>
  join(registry, '.tuning', readdirSync(join(registry, '.tuning'))[0]!);

describe('a search that was cut off', () => {
  it('continues where it was, with the same trials and result as one that was not cut off', async () => {
    const whole = await search(temporaryFolder());
    expect(whole.found!.best).toEqual({ ridge: 4, halfLife: Number.POSITIVE_INFINITY });
    const registry = temporaryFolder();
    expect((await search(registry, 3)).found).toBeUndefined();
    const resumed = await search(registry);
    expect(resumed.found).toEqual(whole.found);
    expect(resumed.journal.found).toBe(3);
    expect(resumed.judged).toBe(whole.judged - 3);
  });

  it('loses the trial whose line was cut off, and no other', async () => {
    const registry = temporaryFolder();
    const whole = await search(registry);
    const text = readFileSync(journalFile(registry), 'utf8');
    writeFileSync(journalFile(registry), text.slice(0, -9));
    const resumed = await search(registry);
    expect(resumed.found).toEqual(whole.found);
    expect(resumed.judged).toBe(1);
    appendFileSync(journalFile(registry), '["a search",{"ridge":{}},1]\nnonsense\n');
    const again = await search(registry);
    expect([again.found, again.judged]).toEqual([whole.found, 0]);
  });

  it('is not used for other receipts or seeds', async () => {
    const registry = temporaryFolder();
    await search(registry);
    for (const facts of [
      { ...FACTS, seed: 2 },
      { ...FACTS, fingerprint: 'g' },
    ])
      expect((await search(registry, undefined, facts)).journal.found).toBe(0);
  });

  it('leaves nothing once its journal is removed', async () => {
    const registry = temporaryFolder();
    const { journal } = await search(registry);
    const other = await search(registry, undefined, { seed: 9 });
    journal.remove();
    expect(readdirSync(join(registry, '.tuning'))).toHaveLength(1);
    other.journal.remove();
    expect(existsSync(join(registry, '.tuning'))).toBe(false);
    openTrialJournal(registry, {}).remove();
  });
});

describe('the progress of a search', () => {
  it('rises trial by trial and ends at 1', async () => {
    const shares: number[] = [];
    await searchCoordinates('a search', START, AXES, quality, { onProgress: (share) => shares.push(share) });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(new Set(shares).size).toBeGreaterThan(5);
    expect(shares.at(-1)).toBe(1);
  });
});
