import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { LmdbDecisions } from '../../src/adapters/lmdb-decisions.ts';
import { openPseudonyms } from '../../src/adapters/pseudonym-key.ts';
import { DAY_MS } from '../../src/ledger/instant.ts';
import { decisionRecord, outcomeEvent } from '../support/ledger-events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TENANT = 't';
const NOW_MS = Date.parse('2026-05-02T10:00:00Z');
const always = () => true;

function openFolder(path = temporaryFolder()) {
  const folder = openDataFolder(path);
  onTestFinished(() => folder.close());
  const pseudonymise = openPseudonyms(path);
  const decide = (id: string, customerId: string, daysAgo: number, tenant = TENANT) =>
    folder.events.record(
      decisionRecord(id, {
        tenant,
        basketId: `b-${id}`,
        customer: pseudonymise(tenant, customerId),
        atMs: NOW_MS - daysAgo * DAY_MS,
        isDrawnForCustomer: true,
      }),
    );
  const nameOf = (id: string, tenant = TENANT) => folder.events.decision(tenant, id)?.customer;
  const names = () => new Set([...folder.events.decisions(TENANT)].map(({ customer }) => customer));
  /** Lets those lapse whom nothing has named for so many days. */
  const lapse = async (days: number, isWanted = always) => {
    await folder.events.flush();
    return folder.lapses.lapse(NOW_MS - days * DAY_MS, NOW_MS, isWanted);
  };
  return { ...folder, folder, pseudonymise, decide, nameOf, names, lapse };
}

test('a customer with only old decisions gets one random name in all of them; everything else stays', async () => {
  const opened = openFolder();
  const { decide, nameOf, pseudonymise } = opened;
  for (let i = 0; i < 120; i++) decide(`d${i}`, 'c1', 40 + i);
  for (let i = 0; i < 120; i++) decide(`e${i}`, 'c2', 40 + i);
  decide('f1', 'c3', 31);
  decide('g1', 'c4', 29);
  decide('h1', 'c1', 99, 'other');
  decide('h2', 'c5', 2, 'other');
  opened.events.record(decisionRecord('nobody', { atMs: 0 }));
  await opened.events.flush();
  const before = opened.events.decision(TENANT, 'd7')!;
  expect(await opened.lapse(30)).toEqual({ customers: 4, decisions: 120 + 120 + 1 + 1 });
  const ofTwo = Array.from({ length: 120 }, (_, i) => nameOf(`e${i}`));
  const ofOne = Array.from({ length: 120 }, (_, i) => nameOf(`d${i}`));
  expect([new Set(ofOne).size, new Set(ofTwo).size]).toEqual([1, 1]);
  expect(new Set([ofOne[0], ofTwo[0], nameOf('f1'), nameOf('h1', 'other')]).size).toBe(4);
  for (const name of [ofOne[0], ofTwo[0], nameOf('f1'), nameOf('h1', 'other')])
    expect(name).toMatch(/^[\w-]{22}$/);
  for (const id of ['c1', 'c2', 'c3']) expect(opened.names()).not.toContain(pseudonymise(TENANT, id));
  expect(nameOf('g1')).toBe(pseudonymise(TENANT, 'c4'));
  expect(nameOf('h2', 'other')).toBe(pseudonymise('other', 'c5'));
  expect(nameOf('nobody')).toBeUndefined();
  expect(opened.events.decision(TENANT, 'd7')).toEqual({ ...before, customer: ofOne[0] });
  expect(await opened.lapse(30)).toEqual({ customers: 0, decisions: 0 });
  expect(opened.lapses.unfinished()).toBe(0);
});

test.each([
  ['the last', 'd299'],
  ['the first', 'd000'],
  ['one amid the others', 'd120'],
])('a customer with one young decision stays, whichever of the ids it is: %s', async (_, young) => {
  const opened = openFolder();
  const ids = Array.from({ length: 300 }, (_, i) => `d${String(i).padStart(3, '0')}`);
  for (const id of ids) opened.decide(id, 'c1', id === young ? 1 : 50);
  expect(await opened.lapse(30)).toEqual({ customers: 0, decisions: 0 });
  expect(opened.names()).toEqual(new Set([opened.pseudonymise(TENANT, 'c1')]));
});

test('a customer who comes back is a new customer, and may lapse again', async () => {
  const opened = openFolder();
  opened.decide('d1', 'c1', 50);
  await opened.lapse(30);
  const first = opened.nameOf('d1');
  expect(opened.erasures.isErased(TENANT, 'c1')).toBe(false);
  opened.decide('d2', 'c1', 5);
  expect(opened.nameOf('d2')).toBe(opened.pseudonymise(TENANT, 'c1'));
  expect(opened.events.decision(TENANT, 'd2')?.isDrawnForCustomer).toBe(true);
  expect(await opened.lapse(30)).toEqual({ customers: 0, decisions: 0 });
  expect(await opened.lapse(3)).toEqual({ customers: 1, decisions: 1 });
  expect(new Set([first, opened.nameOf('d1'), opened.nameOf('d2')]).size).toBe(2);
  expect(opened.nameOf('d1')).toBe(first);
});

/** A lapse that was cut short after some of a thousand decisions, and the folder of the next start. */
async function cutShort() {
  const path = temporaryFolder();
  const cut = openFolder(path);
  for (let i = 0; i < 1_000; i++) cut.decide(`d${i}`, 'c1', 50);
  await cut.events.flush();
  const lapsing = cut.lapse(30);
  while (cut.names().size < 2) await new Promise(setImmediate);
  const closed = cut.folder.close();
  await expect(lapsing).rejects.toMatchObject({ name: 'EventStoreUnavailable' });
  await closed;
  const opened = openFolder(path);
  expect(opened.lapses.unfinished()).toBe(1);
  expect(opened.names().size).toBe(2);
  return opened;
}

test('a lapse that was cut short is finished at the next start, with one name for all decisions', async () => {
  const opened = await cutShort();
  expect(await opened.lapse(30)).toEqual({ customers: 0, decisions: 0 });
  await opened.lapses.finishAll();
  expect(opened.lapses.unfinished()).toBe(0);
  expect(opened.names().size).toBe(1);
  expect(opened.names()).not.toContain(opened.pseudonymise(TENANT, 'c1'));
  expect(opened.erasures.isErased(TENANT, 'c1')).toBe(false);
});

test('a customer named during the lapse is still the old one; one who comes later is new', async () => {
  const opened = await cutShort();
  opened.decide('back', 'c1', 0);
  await opened.events.flush();
  await opened.lapses.finishAll();
  opened.decide('later', 'c1', 0);
  await opened.events.flush();
  expect(opened.nameOf('back')).toBe(opened.nameOf('d0'));
  expect(opened.nameOf('later')).toBe(opened.pseudonymise(TENANT, 'c1'));
});

test('a customer erased during a lapse has one name in all decisions, and is erased for good', async () => {
  const opened = await cutShort();
  const { decisionsChanged } = await opened.erasures.erase(TENANT, 'c1', NOW_MS);
  expect(decisionsChanged).toBeGreaterThan(0);
  expect(decisionsChanged).toBeLessThan(1_000);
  expect(opened.names().size).toBe(1);
  expect(opened.names()).not.toContain(opened.pseudonymise(TENANT, 'c1'));
  expect(opened.erasures.isErased(TENANT, 'c1')).toBe(true);
  expect([opened.lapses.unfinished(), opened.erasures.count()]).toEqual([0, { erased: 1, unfinished: 0 }]);
});

test('an erasure while the lapse goes on, in the same process, ends with one name', async () => {
  const opened = openFolder();
  for (let i = 0; i < 1_000; i++) opened.decide(`d${i}`, 'c1', 50);
  await opened.events.flush();
  const lapsing = opened.lapse(30);
  while (opened.names().size < 2) await new Promise(setImmediate);
  await Promise.all([opened.erasures.erase(TENANT, 'c1', NOW_MS), lapsing]);
  expect(opened.names().size).toBe(1);
  expect([opened.lapses.unfinished(), opened.erasures.count()]).toEqual([0, { erased: 1, unfinished: 0 }]);
});

test('a customer erased after a lapse is gone for good, including later decisions', async () => {
  const opened = openFolder();
  opened.decide('d1', 'c1', 50);
  await opened.lapse(30);
  opened.decide('d2', 'c1', 1);
  expect(await opened.erasures.erase(TENANT, 'c1', NOW_MS)).toEqual({ decisionsChanged: 1 });
  opened.decide('d3', 'c1', 0);
  await opened.events.flush();
  expect(opened.names().size).toBe(3);
  expect(opened.names()).not.toContain(opened.pseudonymise(TENANT, 'c1'));
  expect(opened.nameOf('d3')).toBeUndefined();
  expect(await opened.lapse(0)).toEqual({ customers: 0, decisions: 0 });
});

test('a customer who is named in the meantime stays: this is checked again inside the transaction', () => {
  const root = open({ path: join(temporaryFolder(), 'ledger.lmdb'), noSubdir: true, maxDbs: 24 });
  onTestFinished(() => root.close());
  const decisions = new LmdbDecisions(root);
  const { customers } = decisions;
  const beforeMs = NOW_MS - 30 * DAY_MS;
  const write = (id: string, atMs: number) =>
    root.transactionSync(() => decisions.write(decisionRecord(id, { tenant: TENANT, customer: 'c1', atMs })));
  const due = () => [...customers.findDue(beforeMs)].flatMap((found) => found ?? []);
  const mark = (...found: ReturnType<typeof due>) =>
    root.transactionSync(() => found.map((one) => customers.markLapsing(one, 'token', beforeMs, NOW_MS)));
  write('d1', beforeMs - 1);
  const before = due();
  expect(before).toEqual([{ customer: customers.keyOf(TENANT, 'c1'), decisions: 1 }]);
  write('d0', NOW_MS);
  expect(due()).toEqual([]);
  expect(mark(...before)).toEqual([false]);
  // Nor where as many decisions are young ones, of somebody who lapsed in another process and came back.
  expect(mark({ ...before[0]!, decisions: 2 })).toEqual([false]);
  expect(customers.lapsingCustomers()).toEqual([]);
});

test('nobody lapses twice at once, or during an erasure', () => {
  const root = open({ path: join(temporaryFolder(), 'ledger.lmdb'), noSubdir: true, maxDbs: 24 });
  onTestFinished(() => root.close());
  const decisions = new LmdbDecisions(root);
  const { customers } = decisions;
  for (const customer of ['c1', 'c2'])
    root.transactionSync(() => decisions.write(decisionRecord(customer, { tenant: TENANT, customer })));
  const due = [...customers.findDue(NOW_MS)].flatMap((found) => found ?? []);
  root.transactionSync(() => customers.markErased(customers.keyOf(TENANT, 'c1'), 'token', NOW_MS));
  const mark = () =>
    root.transactionSync(() => due.map((one) => customers.markLapsing(one, 'other', NOW_MS, NOW_MS)));
  expect(mark().sort()).toEqual([false, true]);
  expect(mark()).toEqual([false, false]);
  expect(customers.lapsingCustomers()).toEqual([customers.keyOf(TENANT, 'c2')]);
});

test('two processes that do this at once give each customer one name', async () => {
  const path = temporaryFolder();
  const [one, two] = [openFolder(path), openFolder(path)];
  const ids = Array.from({ length: 400 }, (_, i) => `d${i}`);
  ids.forEach((id, i) => void one.decide(id, `c${i % 150}`, 50));
  await one.events.flush();
  const done = await Promise.all([one.lapse(30), two.lapse(30)]);
  expect(done[0].customers + done[1].customers).toBe(150);
  expect(done[0].decisions + done[1].decisions).toBe(400);
  expect(one.names().size).toBe(150);
  const names = Array.from(
    { length: 150 },
    (_, i) => new Set([one.nameOf(`d${i}`), one.nameOf(`d${150 + i}`)]),
  );
  expect(new Set(names.map(({ size }) => size))).toEqual(new Set([1]));
});

test('the search for customers to forget does not block other work, however many there are', async () => {
  const opened = openFolder();
  for (let i = 0; i < 600; i++) opened.decide(`d${i}`, `c${i}`, 1);
  for (let i = 0; i < 600; i++) opened.decide(`e${i}`, 'one', i === 0 ? 1 : 50);
  await opened.events.flush();
  let turns = 0;
  let isLooking = true;
  const count = () => {
    turns++;
    if (isLooking) setImmediate(count);
  };
  setImmediate(count);
  expect(await opened.lapse(30)).toEqual({ customers: 0, decisions: 0 });
  isLooking = false;
  expect(turns).toBeGreaterThanOrEqual(1_200 / 50);
  const order: string[] = [];
  const lapsing = opened.lapse(0).then(() => order.push('lapsed'));
  await opened.events.append(TENANT, [outcomeEvent('e1')], NOW_MS);
  order.push('event stored');
  await lapsing;
  expect(order).toEqual(['event stored', 'lapsed']);
});

test('it stops between two steps when it is no longer wanted, and continues at the next call', async () => {
  const opened = openFolder();
  for (let i = 0; i < 300; i++) opened.decide(`d${String(i).padStart(3, '0')}`, `c${i}`, 50);
  await opened.events.flush();
  let asked = 0;
  const some = await opened.lapse(30, () => asked++ < 300);
  expect(some.customers).toBeGreaterThan(0);
  expect(some.customers).toBeLessThan(300);
  expect(opened.lapses.unfinished()).toBe(0);
  expect((await opened.lapse(30)).customers).toBe(300 - some.customers);
  expect(await opened.lapse(30, () => false)).toEqual({ customers: 0, decisions: 0 });
});

test('afterwards a copy of the database contains no byte of the pseudonym or its index', async () => {
  const opened = openFolder();
  for (let i = 0; i < 300; i++) opened.decide(`d${i}`, i % 2 ? 'c1' : 'c2', i % 2 ? 50 : 5);
  await opened.lapse(30);
  const target = join(temporaryFolder(), 'copy');
  await opened.folder.copyTo(target);
  const copy = readFileSync(join(target, 'basketlift.lmdb'));
  const [c1, c2] = ['c1', 'c2'].map((id) => opened.pseudonymise(TENANT, id)) as [string, string];
  expect([copy.includes(c1), copy.includes(c2)]).toEqual([false, true]);
});

test('exactly the customers with only old decisions are forgotten, each under a name of its own', async () => {
  const visit = fc.record({
    customer: fc.integer({ min: 0, max: 5 }),
    daysAgo: fc.integer({ min: 0, max: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { maxLength: 30 }), async (visits) => {
      const opened = openFolder();
      visits.forEach(({ customer, daysAgo }, i) => void opened.decide(`d${i}`, `c${customer}`, daysAgo));
      await opened.lapse(30);
      const namesOf = (customer: number) =>
        new Set(visits.flatMap((one, i) => (one.customer === customer ? [opened.nameOf(`d${i}`)] : [])));
      for (const { customer } of visits) {
        const isDue = visits.every((one) => one.customer !== customer || one.daysAgo > 30);
        const [name, ...others] = namesOf(customer);
        expect([others, name === opened.pseudonymise(TENANT, `c${customer}`)]).toEqual([[], !isDue]);
      }
      expect(opened.names().size).toBe(new Set(visits.map(({ customer }) => customer)).size);
      await opened.folder.close();
    }),
    { numRuns: 25 },
  );
});
