import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import {
  type DataFolder,
  type DataFolderOptions,
  openDataFolder,
} from '../../src/adapters/lmdb-data-folder.ts';
import { openPseudonyms } from '../../src/adapters/pseudonym-key.ts';
import { offPolicyQuerySchema, salesQuerySchema, upliftQuerySchema } from '../../src/gateway/report-query.ts';
import { runOffPolicy } from '../../src/gateway/run-off-policy.ts';
import { foldSalesReport, foldUpliftReport, runSalesReport } from '../../src/gateway/run-report.ts';
import type { DecisionCandidate, DecisionRecord } from '../../src/ledger/decision.ts';
import { SegmentLost } from '../../src/ledger/event-store.ts';
import { exploredLog } from '../support/explored-log.ts';
import { decisionRecord } from '../support/ledger-events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TENANT = 't';
const DAY_MS = 86_400_000;
const OLD_MS = Date.parse('2026-01-01T10:00:00Z');
const NEW_MS = OLD_MS + 100 * DAY_MS;
const CUT_MS = OLD_MS + 50 * DAY_MS;

function openFolder(path = temporaryFolder(), options: DataFolderOptions = {}) {
  const folder = openDataFolder(path, options);
  onTestFinished(() => folder.close());
  return { path, folder };
}

async function record(folder: DataFolder, decisions: readonly DecisionRecord[]): Promise<void> {
  for (const decision of decisions) expect(folder.events.record(decision)).toBe(true);
  await folder.events.flush();
}

async function whole({ events }: DataFolder, isWanted = (_: DecisionRecord) => true, tenant = TENANT) {
  const found: DecisionRecord[] = [];
  for await (const page of events.wholeDecisions(tenant, isWanted)) found.push(...page);
  return found;
}

const kept = ({ events }: DataFolder, tenant = TENANT) => [...events.decisions(tenant)];
const idOf = (n: number) => `018f-${String(n).padStart(6, '0')}`;

/** Decisions an hour apart, the n-th from `fromMs` on. */
function hourly(count: number, fromMs: number, first = 0): DecisionRecord[] {
  return Array.from({ length: count }, (_, n) =>
    decisionRecord(idOf(first + n), { atMs: fromMs + n * 3_600_000, basketId: `b${first + n}` }),
  );
}

const candidate: fc.Arbitrary<Omit<DecisionCandidate, 'unitValue'>> = fc.record(
  {
    productId: fc.constantFrom('A', 'B', "o'c", '"', 'é\n', ''),
    probability: fc.float({ min: 0, max: 1, noNaN: true }),
    expectedValue: fc.option(fc.float({ min: -10, max: 100, noNaN: true })),
    verdict: fc.constantFrom('suggested', 'outranked', 'out-of-stock'),
    inclusion: fc.float({ min: Math.fround(1e-6), max: 1, noNaN: true }),
    substituteGroup: fc.nat(200),
  },
  { requiredKeys: ['productId', 'probability', 'expectedValue', 'verdict'] },
);

test('whatever a decision considered comes back from the file as it was', async () => {
  const candidates = fc.uniqueArray(candidate, { selector: ({ productId }) => productId, maxLength: 6 });
  const slates = fc.array(fc.tuple(candidates, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(slates, async (slates) => {
      const { folder } = openFolder();
      const decisions = slates.map(([list, isExplored, isChanced], n) =>
        decisionRecord(idOf(n), {
          atMs: OLD_MS + n,
          candidates: list.map(({ inclusion, ...one }, at) => ({
            ...one,
            ...(isExplored && { unitValue: at % 2 === 0 ? null : 2.5 }),
            ...(isChanced && { inclusion: inclusion ?? 0 }),
          })),
          suggestions: list.slice(0, 2).map(({ productId }) => productId),
        }),
      );
      await record(folder, decisions);
      const before = kept(folder);
      await folder.seal({ beforeMs: CUT_MS });
      expect(await whole(folder)).toEqual(before);
      for (const [n, { candidates, suggestions, sealedIn }] of kept(folder).entries()) {
        expect(sealedIn).toMatch(/^candidates-/);
        expect(new Set(candidates.map(({ productId }) => productId))).toEqual(
          new Set(
            suggestions.filter((id) => before[n]!.candidates.some(({ productId }) => productId === id)),
          ),
        );
      }
      await folder.close();
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('only decisions that are old enough are sealed, each once, segment behind segment, tenant by tenant', async () => {
  const { path, folder } = openFolder();
  const all = [...hourly(25, OLD_MS), ...hourly(5, NEW_MS, 100)];
  await record(folder, all);
  await record(folder, [decisionRecord(idOf(0), { tenant: 'u', atMs: OLD_MS, basketId: 'other' })]);
  const seen: number[] = [];
  const wish = {
    beforeMs: CUT_MS,
    decisionsMax: 10,
    onSegment: (one: { decisions: number }) => seen.push(one.decisions),
  };
  const segments = await folder.seal(wish);
  expect(seen.toSorted((a, b) => a - b)).toEqual([1, 5, 10, 10]);
  expect(segments.map(({ decisions }) => decisions)).toEqual(seen);
  expect(readdirSync(join(path, 'sealed')).sort()).toEqual(segments.map((one) => one.path).sort());
  expect(kept(folder).map(({ sealedIn }) => sealedIn !== undefined)).toEqual([
    ...Array(25).fill(true),
    ...Array(5).fill(false),
  ]);
  expect((await whole(folder)).map(({ candidates }) => candidates)).toEqual(all.map((one) => one.candidates));
  expect(await folder.seal(wish)).toEqual([]);
  await record(folder, hourly(3, NEW_MS - 30 * DAY_MS, 50));
  const later = await folder.seal({ beforeMs: NEW_MS + 2 * 3_600_000 });
  // What came behind the last segment, though made before: its place among the keys decides.
  expect(later.map(({ decisions }) => decisions)).toEqual([5]);
  expect(await folder.segments.damaged()).toEqual([]);
}, 60_000);

test('a report of any kind says the same before and after', async () => {
  const { folder } = openFolder();
  const { decisions, events } = exploredLog(3000, 11);
  await record(folder, decisions);
  await folder.events.append('default', events, 1);
  const about = {
    ...{ tenant: 'default', nowMs: NEW_MS, pause: () => Promise.resolve() },
    ...{ events: folder.events, outcomes: folder.outcomes() },
  };
  const days = { from: '2026-05-01', to: '2026-05-02' };
  const reports = async () => ({
    offPolicy: await runOffPolicy(about, offPolicyQuerySchema.parse({ ...days, valueWeight: '1' })),
    sales: await foldSalesReport(about, salesQuerySchema.parse(days)),
    keptSales: await runSalesReport(about, salesQuerySchema.parse(days)),
    uplift: await foldUpliftReport(about, upliftQuerySchema.parse(days)),
  });
  const before = await reports();
  expect(before.offPolicy.decisions).toBe(3000);
  const [segment] = await folder.seal({ beforeMs: Number.POSITIVE_INFINITY });
  expect(segment?.decisions).toBe(3000);
  expect(await reports()).toEqual(before);
}, 120_000);

test('the database has room again: a copy of it is smaller, and gives back all that was considered', async () => {
  const { path, folder } = openFolder();
  const many = Array.from({ length: 50 }, (_, at) => ({
    ...{ productId: `product-${at}`, probability: 1 / (at + 2), expectedValue: at, verdict: 'outranked' },
  }));
  await record(
    folder,
    hourly(1000, OLD_MS).map((one) => ({ ...one, candidates: many })),
  );
  const sizeOf = async () => {
    const target = join(temporaryFolder(), 'copy');
    await folder.copyTo(target);
    return { target, bytes: readFileSync(join(target, 'basketlift.lmdb')).length };
  };
  const before = await sizeOf();
  const [segment] = await folder.seal({ beforeMs: NEW_MS });
  const after = await sizeOf();
  expect(after.bytes).toBeLessThan(before.bytes / 2.5);
  expect(segment!.bytes).toBeLessThan(before.bytes / 20);
  rmSync(join(path, 'sealed'), { recursive: true });
  const copy = openFolder(after.target).folder;
  expect(await copy.segments.damaged()).toEqual([]);
  expect((await whole(copy)).map(({ candidates }) => candidates.length)).toEqual(Array(1000).fill(50));
}, 60_000);

test.each(['before the segment is listed', 'between two steps of the database'])(
  'a run cut off %s is finished by the next',
  async (moment) => {
    const { path, folder } = openFolder();
    await record(folder, hourly(700, OLD_MS));
    const before = kept(folder);
    const abortAfter = moment.startsWith('before') ? 0 : 3;
    await expect(sealUntil(folder, path, abortAfter)).rejects.toThrow('cut off');
    expect(await whole(folder)).toEqual(before);
    await folder.seal({ beforeMs: CUT_MS });
    expect(kept(folder).every(({ sealedIn }) => sealedIn !== undefined)).toBe(true);
    expect(await whole(folder)).toEqual(before);
    expect(folder.segments.all().map(({ decisions }) => decisions)).toEqual([700]);
  },
  60_000,
);

test('a decision that came late for its segment keeps what it considered', async () => {
  const { folder } = openFolder();
  await record(folder, hourly(20, OLD_MS));
  const late = decisionRecord(`${idOf(5)}a`, { atMs: OLD_MS, basketId: 'late' });
  await folder.seal({ beforeMs: CUT_MS, onSegment: () => {} });
  await record(folder, [late]);
  await folder.seal({ beforeMs: CUT_MS });
  expect(kept(folder).find(({ basketId }) => basketId === 'late')).toEqual(late);
  expect(await whole(folder)).toHaveLength(21);
});

test('no file holds a pseudonym, and an erasure after sealing leaves none anywhere', async () => {
  const { path, folder } = openFolder();
  const customer = openPseudonyms(path)(TENANT, 'c1');
  await record(
    folder,
    hourly(30, OLD_MS).map((one) => ({ ...one, customer })),
  );
  await folder.seal({ beforeMs: CUT_MS });
  expect(await folder.erasures.erase(TENANT, 'c1', NEW_MS)).toEqual({ decisionsChanged: 30 });
  const [name] = new Set((await whole(folder)).map((one) => one.customer));
  expect(name).not.toBe(customer);
  expect((await whole(folder)).every(({ candidates }) => candidates.length === 2)).toBe(true);
  const target = join(temporaryFolder(), 'copy');
  await folder.copyTo(target);
  const files = [
    join(target, 'basketlift.lmdb'),
    ...readdirSync(join(path, 'sealed')).map((one) => join(path, 'sealed', one)),
  ];
  for (const file of files) expect(readFileSync(file).includes(customer)).toBe(false);
});

test('a damaged segment is found, costs only its candidates, and is named by whoever needs them', async () => {
  const { path, folder } = openFolder();
  await record(folder, hourly(20, OLD_MS));
  const [segment] = await folder.seal({ beforeMs: CUT_MS });
  const file = join(path, 'sealed', segment!.path);
  appendFileSync(file, 'x');
  expect((await folder.segments.damaged()).map((one) => one.path)).toEqual([segment!.path]);
  await expect(whole(folder)).rejects.toThrow(SegmentLost);
  rmSync(file);
  expect((await folder.segments.damaged()).map((one) => one.path)).toEqual([segment!.path]);
  await expect(whole(folder)).rejects.toThrow(segment!.path);
  // Where its candidates are not asked for, nothing is missing.
  expect(await whole(folder, () => false)).toHaveLength(20);
  expect(kept(folder)).toHaveLength(20);
});

test('a release that knows no segments does not open what was sealed, and one that does opens both', async () => {
  const formatOf = (path: string) => {
    const root = open({ path: join(path, 'basketlift.lmdb'), noSubdir: true, maxDbs: 24, pageSize: 8192 });
    const format = root.get('basketlift-format');
    return root.close().then(() => format);
  };
  const path = temporaryFolder();
  const first = openDataFolder(path);
  await record(first, hourly(2, OLD_MS));
  await first.close();
  expect(await formatOf(path)).toBe(2);
  const second = openDataFolder(path);
  await second.seal({ beforeMs: CUT_MS });
  await second.close();
  expect(await formatOf(path)).toBe(3);
  expect(kept(openFolder(path).folder)).toHaveLength(2);
  expect(existsSync(join(path, 'sealed'))).toBe(true);
});

/** Seals with a second opening of the folder whose commits fail after so many. */
async function sealUntil(folder: DataFolder, path: string, commits: number): Promise<void> {
  const { LmdbGroupCommit } = await import('../../src/adapters/lmdb-group-commit.ts');
  const ordinary = LmdbGroupCommit.prototype.commit;
  let left = commits;
  LmdbGroupCommit.prototype.commit = function <Result>(rows: number, write: () => Result) {
    if (left-- <= 0) return Promise.reject(new Error(`cut off in ${path}`));
    return ordinary.call(this, rows, write) as Promise<Result>;
  };
  try {
    await folder.seal({ beforeMs: CUT_MS });
  } finally {
    LmdbGroupCommit.prototype.commit = ordinary;
  }
}
