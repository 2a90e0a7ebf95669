import { join } from 'node:path';
import fc from 'fast-check';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import type { DataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { LmdbDecisions } from '../../src/adapters/lmdb-decisions.ts';
import { DAY_MS } from '../../src/ledger/instant.ts';
import {
  bothWays,
  makePath,
  NOW_MS,
  openFolder,
  TENANT,
  write,
  writeAll,
} from '../support/kept-and-folded.ts';
import { decisionRecord, saleEvent } from '../support/ledger-events.ts';
import { anyLedger, type LedgerEntry } from '../support/random-ledger.ts';

const always = () => true;

/** Baskets of a customer with a receipt each. */
function visits(
  round: string,
  count: number,
  customer: string,
  atMs = NOW_MS - 10 * 3_600_000,
): LedgerEntry[] {
  return Array.from({ length: count }, (_, i) => `${round}${String(i).padStart(3, '0')}`).flatMap((id, i) => {
    const place = { basketId: `b-${id}`, storeId: `s${i % 3}` };
    const at = new Date(atMs + 60_000).toISOString();
    return [
      { decision: decisionRecord(`d-${id}`, { ...place, atMs, customer, holdoutShare: 0.5 }) },
      { event: saleEvent(`e-${id}`, { ...place, at }) },
    ];
  });
}

/** Lets all lapse whom nothing has named since a time. */
const lapse = ({ lapses }: DataFolder, beforeMs = NOW_MS, atMs = NOW_MS) =>
  lapses.lapse(beforeMs, atMs, always);

/** Names in the ledger of a folder, changed by steps of one's own choosing. */
function openNames(path: string) {
  const root = open({ path: join(path, 'basketlift.lmdb'), noSubdir: true, maxDbs: 24 });
  onTestFinished(() => root.close());
  const { customers } = new LmdbDecisions(root);
  let tokens = 0;
  const fresh = () => {
    customers.refresh();
    return customers;
  };
  return {
    /** Begins the lapse of a customer, if there is something of the customer, and changes some decisions. */
    begin(customer: string, decisions: number) {
      const key = customers.keyOf(TENANT, customer);
      const due = [...fresh().findDue(Number.POSITIVE_INFINITY)].find((one) => one?.customer[1] === key[1]);
      root.transactionSync(() => {
        if (due && customers.markLapsing(due, `token ${tokens++}`, Number.POSITIVE_INFINITY, NOW_MS))
          customers.replaceLapsing(key, decisions);
      });
    },
    goOn(decisions: number) {
      for (const key of fresh().lapsingCustomers())
        root.transactionSync(() => void customers.replaceLapsing(key, decisions));
    },
    erase(customer: string, decisions: number) {
      const key = customers.keyOf(TENANT, customer);
      root.transactionSync(() => {
        customers.markErased(key, `token ${tokens++}`, NOW_MS);
        customers.replaceErased(key, decisions);
      });
    },
    drop: () => root.transactionSync(() => customers.dropLapsed(Number.POSITIVE_INFINITY, 1_000)),
    isUnderWay: () =>
      fresh().lapsingCustomers().length > 0 || customers.erasedCustomers().underWay.length > 0,
  };
}

async function expectSame(folder: DataFolder): Promise<void> {
  const { kept, folded } = await bothWays(folder);
  expect(kept).toEqual(folded);
}

const customer = fc.constantFrom('anna', 'ben', 'cleo');
const some = fc.integer({ min: 1, max: 4 });
const action = fc.oneof(
  { weight: 4, arbitrary: some.map((count) => ({ kind: 'write' as const, count: 3 * count })) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('begin' as const), customer, count: some }) },
  { weight: 2, arbitrary: some.map((count) => ({ kind: 'go on' as const, count })) },
  { weight: 2, arbitrary: some.map((count) => ({ kind: 'advance' as const, count })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'report' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), customer, count: some }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'drop' as const }) },
);

test('every report equals that of a plain fold, whoever lapses or comes back at any time', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyLedger,
      fc.array(action, { minLength: 5, maxLength: 30 }),
      fc.constantFrom(1, 3, 100),
      async (entries, actions, stepRows) => {
        const path = makePath();
        const folder = openFolder(path, { outcomes: { stepRows } });
        const names = openNames(path);
        const rest = [...entries];
        for (const act of [...actions, { kind: 'report' as const }]) {
          if (act.kind === 'write') await write(folder, rest.splice(0, act.count));
          if (act.kind === 'begin') names.begin(act.customer, act.count);
          if (act.kind === 'go on') names.goOn(act.count);
          if (act.kind === 'erase') names.erase(act.customer, act.count);
          if (act.kind === 'drop') names.drop();
          if (act.kind === 'advance') for (let i = 0; i < act.count; i++) folder.outcomes().advance();
          if (act.kind !== 'report') continue;
          // Until it is finished two names in the ledger are of one customer, and one in what is kept.
          if (names.isUnderWay()) await bothWays(folder);
          else await expectSame(folder);
        }
        names.goOn(1_000);
        await folder.erasures.finishAll();
        await write(folder, rest);
        await expectSame(folder);
        await folder.close();
      },
    ),
    { numRuns: 60 },
  );
}, 240_000);

test('a lapse changes no figure, whatever happens to the baskets later; a return adds one customer', async () => {
  const folder = openFolder(makePath(), { outcomes: { stepRows: 7 } });
  await writeAll(folder, [...visits('a', 120, 'anna'), ...visits('b', 5, 'ben', NOW_MS + DAY_MS)]);
  const before = (await bothWays(folder)).kept;
  expect(before[0]).toMatchObject({ total: { knownCustomers: 1 } });
  expect(await lapse(folder)).toEqual({ customers: 1, decisions: 120 });
  expect((await bothWays(folder)).kept).toEqual(before);
  await writeAll(folder, [{ event: saleEvent('more', { basketId: 'b-a000' }) }]);
  await expectSame(folder);
  await writeAll(folder, visits('c', 3, 'anna'));
  const { kept, folded } = await bothWays(folder);
  expect(kept[0]).toMatchObject({ total: { knownCustomers: 2 } });
  expect(kept).toEqual(folded);
});

test.each([1, 20_000])(
  'a return before the lapse is followed is another customer, also after a second lapse; %i at once',
  async (stepRows) => {
    const folder = openFolder(makePath(), { outcomes: { stepRows } });
    const names = ['anna', 'ben', 'cleo', 'dora', 'emil'];
    const all = (round: string) => names.flatMap((name) => visits(round + name, 1, name));
    await writeAll(folder, all('1'));
    await bothWays(folder);
    for (const round of ['2', '3']) {
      await lapse(folder);
      await writeAll(folder, all(round));
      if (round === '2') await bothWays(folder);
    }
    await lapse(folder);
    await writeAll(folder, all('4'));
    const { kept, folded } = await bothWays(folder);
    expect(kept[0]).toMatchObject({ total: { knownCustomers: 4 * names.length } });
    expect(kept).toEqual(folded);
  },
);

test('no new data is added before all lapses are followed, however many there are at once', async () => {
  const folder = openFolder(makePath(), { outcomes: { stepRows: 1 } });
  const names = Array.from({ length: 20 }, (_, i) => `c${i}`);
  await writeAll(
    folder,
    names.flatMap((name) => visits(`1${name}`, 1, name)),
  );
  await bothWays(folder);
  await lapse(folder);
  await writeAll(
    folder,
    names.slice(0, 3).flatMap((name) => visits(`2${name}`, 1, name)),
  );
  const { kept, folded } = await bothWays(folder);
  expect(kept[0]).toMatchObject({ total: { knownCustomers: 23 } });
  expect(kept).toEqual(folded);
});

test('during a lapse both names mean one customer, and it ends as one', async () => {
  const path = makePath();
  const folder = openFolder(path);
  const names = openNames(path);
  await writeAll(folder, visits('a', 6, 'anna'));
  names.begin('anna', 3);
  const more = (round: string) =>
    [0, 5].map((i) => ({ event: saleEvent(`${round}${i}`, { basketId: `b-a00${i}` }) }));
  expect((await bothWays(folder)).kept[0]).toMatchObject({ total: { knownCustomers: 1 } });
  await writeAll(folder, [...more('amid'), ...visits('back', 1, 'anna')]);
  expect((await bothWays(folder)).kept[0]).toMatchObject({ total: { knownCustomers: 1 } });
  names.goOn(100);
  await writeAll(folder, more('after'));
  const { kept, folded } = await bothWays(folder);
  expect(kept[0]).toMatchObject({ total: { knownCustomers: 1 } });
  expect(kept).toEqual(folded);
});

test.each(['begin', 'erase'] as const)(
  'a basket folded while it holds both names of a customer (%s) counts as if it held one',
  async (change) => {
    const path = makePath();
    const folder = openFolder(path);
    const names = openNames(path);
    const baskets = Array.from({ length: 60 }, (_, i) => `b${String(i).padStart(2, '0')}`);
    const facts = { customer: 'anna', holdoutShare: 0.5, isDrawnForCustomer: true } as const;
    const firstMs = NOW_MS - 10 * 3_600_000;
    await writeAll(
      folder,
      baskets.flatMap((basketId) => [
        { decision: decisionRecord(`d1-${basketId}`, { ...facts, basketId, atMs: firstMs }) },
        { decision: decisionRecord(`d2-${basketId}`, { ...facts, basketId, atMs: firstMs + 60_000 }) },
      ]),
    );
    names[change]('anna', baskets.length);
    expect(names.isUnderWay()).toBe(true);
    await bothWays(folder);
    names.goOn(100);
    await folder.erasures.finishAll();
    await expectSame(folder);
  },
);

test('a lapse whose entry was dropped forces a rebuild, unless it had been followed', async () => {
  const reasons: string[] = [];
  const folder = openFolder(makePath(), { outcomes: { onRebuild: (why) => reasons.push(why) } });
  await writeAll(folder, visits('a', 2, 'anna'));
  await bothWays(folder);
  await lapse(folder);
  await bothWays(folder);
  await lapse(folder, 0, NOW_MS + 36 * DAY_MS);
  await writeAll(folder, visits('b', 2, 'anna'));
  await expectSame(folder);
  expect(reasons).toEqual([]);
  await lapse(folder);
  await writeAll(folder, visits('c', 2, 'anna'));
  await lapse(folder, 0, NOW_MS + 36 * DAY_MS);
  const { kept, folded } = await bothWays(folder);
  expect(kept[0]).toMatchObject({ total: { knownCustomers: 3 } });
  expect(kept).toEqual(folded);
  expect(reasons).toEqual([expect.stringMatching(/customers lapsed so long ago/)]);
});

test('entries are kept for 35 days, so that monthly reports can follow them', async () => {
  const reasons: string[] = [];
  const folder = openFolder(makePath(), { outcomes: { onRebuild: (why) => reasons.push(why) } });
  await writeAll(folder, visits('a', 2, 'anna'));
  await bothWays(folder);
  await lapse(folder);
  await lapse(folder, 0, NOW_MS + 35 * DAY_MS);
  await writeAll(folder, visits('b', 2, 'anna'));
  await expectSame(folder);
  expect(reasons).toEqual([]);
});

test('data stored from a ledger with more lapses than this one is rebuilt', async () => {
  const path = makePath();
  const reasons: string[] = [];
  const folder = openFolder(path, { outcomes: { onRebuild: (why) => reasons.push(why) } });
  await writeAll(folder, visits('a', 2, 'anna'));
  await lapse(folder);
  await expectSame(folder);
  const root = open({ path: join(path, 'basketlift.lmdb'), noSubdir: true, maxDbs: 24 });
  await root.openDB({ name: 'counters' }).remove('last-lapse');
  await root.close();
  await expectSame(folder);
  expect(reasons).toEqual([expect.stringMatching(/fewer lapses/)]);
});

test('a customer who came back keeps the number if the stored data does not say which lapses were followed', async () => {
  const path = makePath();
  const folder = openFolder(path);
  await writeAll(folder, visits('a', 2, 'anna'));
  await lapse(folder);
  await writeAll(folder, visits('b', 2, 'anna'));
  await expectSame(folder);
  await folder.close();
  const root = open({ path: join(path, 'reports', 'roll-up.lmdb'), noSubdir: true, maxDbs: 16 });
  await root.openDB({ name: 'erasures' }).remove('seen');
  await root.close();
  const again = openFolder(path);
  await writeAll(again, visits('c', 2, 'anna'));
  const { kept, folded } = await bothWays(again);
  expect(kept[0]).toMatchObject({ total: { knownCustomers: 2 } });
  expect(kept).toEqual(folded);
});
