import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { open, type RootDatabase } from 'lmdb';
import { expect, test } from 'vitest';
import type { DataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { openPseudonyms } from '../../src/adapters/pseudonym-key.ts';
import { clearTables, openTables } from '../../src/adapters/roll-up-tables.ts';
import { runStandings } from '../../src/gateway/run-contest.ts';
import { runUpliftReport } from '../../src/gateway/run-report.ts';
import type { BasketBook } from '../../src/ledger/basket-book.ts';
import type { Contest } from '../../src/ledger/contest.ts';
import { DAY_MS } from '../../src/ledger/instant.ts';
import { OutcomesLost } from '../../src/ledger/outcome-store.ts';
import {
  afterEachPart,
  bothWays,
  makePath,
  manyBaskets,
  NOW_MS,
  openFolder,
  QUERIES,
  TENANT,
  wholeBook,
  write,
  writeAll,
} from '../support/kept-and-folded.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';
import { anyLedger, type LedgerEntry } from '../support/random-ledger.ts';

test('every report equals that of a plain fold, in any order of arrival and of requests', async () => {
  await afterEachPart(async (folder) => {
    const { kept, folded } = await bothWays(folder);
    expect(kept).toEqual(folded);
  });
}, 120_000);

test('a basket folded by itself equals the same basket in a fold of the whole ledger, in any order', async () => {
  await fc.assert(
    fc.asyncProperty(anyLedger, fc.constantFrom(3, 100), async (entries, stepRows) => {
      const folder = openFolder(makePath(), { outcomes: { stepRows } });
      await write(folder, entries);
      expect(foldsOf(keptBooks(folder))).toEqual(foldsOf([wholeBook(folder)]));
      await folder.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);

/** Of each basket by itself. */
function keptBooks(folder: DataFolder): BasketBook[] {
  const outcomes = folder.outcomes();
  while (outcomes.advance());
  const single = outcomes.baskets(TENANT);
  const all = outcomes.sales(TENANT, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  return [...all].flatMap(({ firstBasket, count }) =>
    Array.from({ length: count }, (_, at) => single.fold(firstBasket + at)),
  );
}

/** All that books say, in the order of baskets. */
function foldsOf(books: readonly BasketBook[]) {
  const inOrder = <Row>(rows: Row[], idOf: (row: Row) => string) =>
    rows.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  return {
    byProduct: inOrder(
      books.flatMap((book) => [...book.outcomesByProduct()]),
      ([{ basketId }]) => basketId,
    ),
    acceptances: inOrder(
      books.flatMap((book) => [...book.acceptances()]),
      ({ basketId }) => basketId,
    ),
  };
}

test('no basket is folded by a number from before a rebuild', async () => {
  const path = makePath();
  const folder = openFolder(path);
  await writeAll(folder, manyBaskets(10));
  const outcomes = folder.outcomes();
  while (outcomes.advance());
  const single = outcomes.baskets(TENANT);
  expect([...single.fold(0).outcomes()]).toHaveLength(1);
  await inRollUp(path, (root) => root.transactionSync(() => clearTables(openTables(root))));
  while (outcomes.advance());
  expect(() => single.fold(0)).toThrow(OutcomesLost);
  expect(() => single.ofCustomer('c0', 1)).toThrow(OutcomesLost);
  expect(outcomes.baskets(TENANT).ofCustomer('c0', 1)).toEqual([0]);
  expect([...outcomes.baskets(TENANT).fold(0).outcomes()]).toHaveLength(1);
});

test('a report that reads single baskets starts again after a rebuild', async () => {
  const path = makePath();
  const folder = openFolder(path);
  await writeAll(folder, manyBaskets(600, 600));
  const rules = {
    metric: 'itemsPerTransaction' as const,
    currency: 'EUR',
    from: '2026-05-01',
    to: '2026-05-02',
    timeZone: 'UTC',
    dayEnds: 0,
    minimumBaskets: 1,
    handicap: 'none' as const,
    splitMinutes: 0,
    teams: [{ id: 'a1', agentIds: ['a1'] }],
    returnDays: 0,
    ownCustomers: [],
  };
  const contest: Contest = {
    id: 'c',
    version: 1,
    name: 'May',
    budgetMinor: 0,
    wishes: [],
    ballots: [],
    rules,
  };
  const about = {
    tenant: TENANT,
    nowMs: NOW_MS,
    categories: new Map(),
    outcomes: folder.outcomes(),
    contests: folder.contests,
  };
  const question = { contest, withEvidence: true };
  let pauses = 0;
  const makeAnew = () => inRollUp(path, (root) => root.transactionSync(() => clearTables(openTables(root))));
  const pause = async () => {
    // The first is between two steps that take in what is new, the others between baskets.
    if (++pauses === 3) await makeAnew();
  };
  const standings = await runStandings({ ...about, pause }, question);
  expect(pauses).toBeGreaterThan(6);
  expect(standings).toEqual(await runStandings({ ...about, pause: async () => {} }, question));
  expect(standings.evidence).toHaveLength(600);
});

test('an uplift by category of too many products is refused before they fill the memory', async () => {
  const folder = openFolder();
  await writeAll(folder, manyBaskets(30));
  const source = { tenant: TENANT, nowMs: NOW_MS, categories: new Map(), pause: async () => {} };
  const query = { from: '2026-05-01', to: '2026-05-02', tz: 'UTC', dayEnds: 0, split: 'category' as const };
  const about = { ...source, outcomes: folder.outcomes() };
  await expect(runUpliftReport(about, query, 29)).rejects.toThrow(
    /at most 29 products .* Ask for fewer days/,
  );
  expect((await runUpliftReport(about, query, 30)).baskets).toEqual({ treatment: 20, holdout: 10 });
});

test('intervals of the uplift are the same to the last digit, in whatever order the baskets came', async () => {
  const entries = manyBaskets(1000, 600);
  const first = openFolder();
  await writeAll(first, entries);
  const second = openFolder(makePath(), { outcomes: { stepRows: 37 } });
  for (const part of [entries.slice(500), entries.slice(0, 200), entries.slice(200, 500)]) {
    await writeAll(second, part);
    await bothWays(second);
  }
  const [{ kept, folded }, { kept: other }] = [await bothWays(first), await bothWays(second)];
  const revenue = { incremental: { revenuePer100Baskets: { low: expect.any(Number) } } };
  expect(kept[QUERIES.length]).toMatchObject(revenue);
  expect(kept[QUERIES.length + 1]).toMatchObject({ parts: [revenue] });
  expect(kept[QUERIES.length]).toMatchObject({
    customers: { incremental: { revenuePer100Customers: { low: expect.any(Number) } } },
  });
  expect(kept).toEqual(folded);
  expect(other).toEqual(kept);
});

test('what customers paid before the days of the report is the same from stored data', async () => {
  const folder = openFolder(makePath(), { outcomes: { stepRows: 500 } });
  const entries = manyBaskets(4000, 901, 10);
  await writeAll(folder, entries);
  const { kept, folded } = await bothWays(folder);
  const adjusted = kept[QUERIES.length];
  const revenue = { incremental: { revenuePer100Baskets: { low: expect.any(Number) } } };
  expect(adjusted).toMatchObject({ baskets: { treatment: 266, holdout: 134 }, ...revenue });
  expect(kept).toEqual(folded);
  const withoutPast = openFolder();
  await writeAll(
    withoutPast,
    entries.filter((_, at) => Math.floor(at / 2) % 10 === 0),
  );
  const { kept: plain } = await bothWays(withoutPast);
  expect(plain[QUERIES.length]).toMatchObject({ baskets: { treatment: 266, holdout: 134 }, ...revenue });
  expect(plain[QUERIES.length]).not.toEqual(adjusted);
});

test('an old basket paid in the days before the report comes out the same both ways, in any currency', async () => {
  const folder = openFolder();
  const first = Date.UTC(2026, 4, 1, 8);
  const basket = (
    i: number,
    atMs: number,
    paidMs: number,
    customer: string,
    currency = 'EUR',
  ): LedgerEntry[] => {
    const facts = {
      basketId: `b${i}`,
      arm: i % 2 ? ('holdout' as const) : ('treatment' as const),
      atMs,
      customer,
    };
    const lines = [{ productId: 'A', quantity: 1 + (i % 3), unitPrice: 3, unitCost: 1 }];
    const at = new Date(paidMs).toISOString();
    const decision = decisionRecord(`d${String(i).padStart(6, '0')}`, { ...facts, holdoutShare: 0.5 });
    return [{ decision }, { event: saleEvent(`e${i}`, { basketId: `b${i}`, at, lines, currency }) }];
  };
  // More than a segment of long ago, some of which are paid a day before; then pasts, half of them in the other currency; then the day.
  const old = Array.from({ length: 4200 }, (_, i) =>
    basket(i, first - 120 * DAY_MS + i, i < 300 ? first - DAY_MS : first - 120 * DAY_MS + 60_000, `c${i}`),
  );
  const past = Array.from({ length: 200 }, (_, i) =>
    basket(5000 + i, first - 3 * DAY_MS + i, first - 3 * DAY_MS + 60_000, `c${i}`, i % 2 ? 'EUR' : 'CZK'),
  );
  const today = Array.from({ length: 400 }, (_, i) =>
    basket(6000 + i, first + i, first + 60_000, `c${i}`, i % 4 < 2 ? 'CZK' : 'EUR'),
  );
  await writeAll(folder, [...old, ...past, ...today].flat());
  const { kept, folded } = await bothWays(folder);
  expect(kept[QUERIES.length]).toMatchObject({
    baskets: { treatment: 200, holdout: 200 },
    incremental: { itemsPer100Baskets: { low: expect.any(Number) } },
  });
  expect(kept).toEqual(folded);
}, 60_000);

test('a decision that another process wrote very late is found, and so is the event that waited for it', async () => {
  const folder = openFolder();
  const entries = manyBaskets(300);
  const late = entries.splice(20, 1);
  await writeAll(folder, entries);
  await writeAll(folder, [{ event: outcomeEvent('o1', { decisionId: 'd00010', productId: 'C' }) }]);
  expect((await bothWays(folder)).kept[0]).toMatchObject({ unmatched: { suggestionEvents: 1 } });
  await writeAll(folder, late);
  const { kept, folded } = await bothWays(folder);
  expect(kept[0]).toMatchObject({ unmatched: { suggestionEvents: 0 } });
  expect(kept).toEqual(folded);
});

test('two processes that add new data together count nothing twice', async () => {
  const path = makePath();
  const [one, two] = [
    openFolder(path, { outcomes: { stepRows: 15 } }),
    openFolder(path, { outcomes: { stepRows: 15 } }),
  ];
  const entries = manyBaskets(100);
  for (let from = 0; from < entries.length; from += 40) {
    await writeAll(one, entries.slice(from, from + 40));
    for (let isMore = true; isMore; )
      isMore = [one.outcomes().advance(), two.outcomes().advance()].includes(true);
  }
  const { kept, folded } = await bothWays(two);
  expect(kept).toEqual(folded);
  expect((await bothWays(one)).kept).toEqual(folded);
});

test('a process that is killed during its work leaves nothing half done', async () => {
  const path = makePath();
  const folder = openFolder(path);
  await writeAll(folder, manyBaskets(400));
  const script = fileURLToPath(new URL('../support/roll-up-writer.mjs', import.meta.url));
  for (const steps of [1, 3, 8]) {
    const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
      if (said.split('step').length > steps) child.kill('SIGKILL');
    });
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    expect(said).not.toContain('done');
  }
  const { taken, total } = folder.outcomes().progress();
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(total);
  const { kept, folded } = await bothWays(folder);
  expect(kept).toEqual(folded);
});

test.each([
  ['deleted', (file: string) => rmSync(file), undefined],
  ['no database', (file: string) => writeFileSync(file, 'x'.repeat(20_000)), /is not an LMDB database/],
  ['damaged in a table', (file: string) => overwriteTables(file), /checksum/],
])('stored data that was %s is rebuilt, with the reason', async (_, harm, reason) => {
  const path = makePath();
  const before = openFolder(path);
  await writeAll(before, manyBaskets(300));
  const { folded } = await bothWays(before);
  await before.close();
  harm(join(path, 'reports', 'roll-up.lmdb'));
  const reasons: string[] = [];
  const after = openFolder(path, { outcomes: { onRebuild: (why) => reasons.push(why) } });
  expect((await bothWays(after)).kept).toEqual(folded);
  expect(reasons).toEqual(reason ? [expect.stringMatching(reason)] : []);
});

test('sums by day are reused by the next process, except those of a segment that changed', async () => {
  const path = makePath();
  const before = openFolder(path);
  const entries = manyBaskets(300);
  await writeAll(before, entries.slice(0, 400));
  await bothWays(before);
  await before.close();
  const kept = await inRollUp(path, (root) => root.openDB({ name: 'day-sums' }).getKeysCount());
  // One segment, by the days of UTC and those of New York.
  expect(kept).toBe(2);
  const after = openFolder(path);
  const first = await bothWays(after);
  expect(first.kept).toEqual(first.folded);
  await writeAll(after, entries.slice(400));
  const second = await bothWays(after);
  expect(second.kept).toEqual(second.folded);
  expect(second.kept).not.toEqual(first.kept);
});

test('a segment from a release without checksums is rebuilt', async () => {
  const path = makePath();
  const before = openFolder(path);
  await writeAll(before, manyBaskets(100));
  const { folded } = await bothWays(before);
  await before.close();
  await inRollUp(path, (root) => {
    const spans = root.openDB<number[]>({ name: 'spans' });
    for (const { key, value } of [...spans.getRange()]) spans.putSync(key, value.slice(0, 4));
  });
  const reasons: string[] = [];
  const after = openFolder(path, { outcomes: { onRebuild: (why) => reasons.push(why) } });
  expect((await bothWays(after)).kept).toEqual(folded);
  expect(reasons).toEqual([expect.stringMatching(/earlier release/)]);
});

async function inRollUp<Result>(path: string, act: (root: RootDatabase) => Result): Promise<Result> {
  const root = open({ path: join(path, 'reports', 'roll-up.lmdb'), noSubdir: true, maxDbs: 16 });
  try {
    return act(root);
  } finally {
    await root.close();
  }
}

/** Changes one byte in each long run of ones that only packed columns have: nothing that LMDB itself goes by. */
function overwriteTables(file: string): void {
  const bytes = readFileSync(file);
  const descriptor = openSync(file, 'r+');
  // The state of 300 baskets, a byte each: 7 for treatment less the smallest, 3.
  const pattern = Buffer.from([0, 4, 4, 0, 4, 4, 0, 4, 4, 0, 4, 4]);
  for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + 400))
    writeSync(descriptor, Buffer.from([9]), 0, 1, at);
  closeSync(descriptor);
}

test.each([80, 0])(
  'another ledger in the same place is noticed, also an empty one: %i baskets',
  async (baskets) => {
    const path = makePath();
    const before = openFolder(path);
    await writeAll(before, manyBaskets(50));
    await bothWays(before);
    await before.close();
    for (const file of readdirSync(path).filter((name) => name.startsWith('basketlift.lmdb')))
      rmSync(join(path, file));
    const reasons: string[] = [];
    const after = openFolder(path, { outcomes: { onRebuild: (why) => reasons.push(why) } });
    await writeAll(
      after,
      manyBaskets(baskets).map((entry) =>
        'event' in entry ? { event: { ...entry.event, id: `x${entry.event.id}` } } : entry,
      ),
    );
    const { kept, folded } = await bothWays(after);
    expect(kept).toEqual(folded);
    expect(reasons).toEqual(['this is not the ledger that the stored outcomes were made from']);
  },
);

test('an erasure leaves no byte of the pseudonym and no figure changed, even if a basket changes later', async () => {
  const path = makePath();
  const folder = openFolder(path);
  const pseudonym = openPseudonyms(path)(TENANT, 'anna');
  const entries = manyBaskets(300, 40).map((entry) =>
    'decision' in entry && entry.decision.customer === 'c7'
      ? { decision: { ...entry.decision, customer: pseudonym } }
      : entry,
  );
  await writeAll(folder, entries);
  const before = (await bothWays(folder)).kept;
  await folder.erasures.erase(TENANT, 'anna', NOW_MS);
  expect((await bothWays(folder)).kept).toEqual(before);
  // Baskets 7 and 47 are anna's: folded again, they are still of one customer.
  await writeAll(
    folder,
    [7, 47].map((i) => ({ event: saleEvent(`more${i}`, { basketId: `b${i}` }) })),
  );
  const { kept, folded } = await bothWays(folder);
  expect(kept).toEqual(folded);
  await folder.close();
  for (const file of readdirSync(join(path, 'reports')))
    expect(readFileSync(join(path, 'reports', file)).includes(pseudonym)).toBe(false);
});

test.each(['before', 'amid'])(
  'an erasure that was cut short, with a report %s it, ends with one customer again',
  async (when) => {
    const path = makePath();
    const cut = openFolder(path);
    const pseudonym = openPseudonyms(path)(TENANT, 'anna');
    const entries = manyBaskets(400, 1).map((entry) =>
      'decision' in entry ? { decision: { ...entry.decision, customer: pseudonym } } : entry,
    );
    await writeAll(cut, entries);
    if (when === 'before') await bothWays(cut);
    const erasing = cut.erasures.erase(TENANT, 'anna', NOW_MS);
    const names = () => new Set([...cut.events.decisions(TENANT)].map(({ customer }) => customer));
    while (names().size < 2) await new Promise(setImmediate);
    const closed = cut.close();
    await expect(erasing).rejects.toMatchObject({ name: 'EventStoreUnavailable' });
    await closed;
    const folder = openFolder(path);
    expect(folder.erasures.count().unfinished).toBe(1);
    // The erasure goes by the ids of the decisions: the first baskets have the token, the last still the pseudonym.
    const more = (round: string) =>
      [0, 399].map((i) => ({ event: saleEvent(`${round}${i}`, { basketId: `b${i}` }) }));
    await writeAll(folder, more('amid'));
    expect((await bothWays(folder)).kept[0]).toMatchObject({ total: { knownCustomers: 1 } });
    await folder.erasures.finishAll();
    await writeAll(folder, more('after'));
    const { kept, folded } = await bothWays(folder);
    expect(folded[0]).toMatchObject({ total: { knownCustomers: 1 } });
    expect(kept).toEqual(folded);
  },
);
