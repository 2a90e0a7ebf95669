import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { openPseudonyms } from '../../src/adapters/pseudonym-key.ts';
import { EMBEDDED_ACCESS } from '../../src/gateway/access.ts';
import { salesQuerySchema } from '../../src/gateway/report-query.ts';
import { NO_CATEGORIES } from '../../src/gateway/report-source.ts';
import { runSalesReport, runUpliftReport } from '../../src/gateway/run-report.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';

const TENANT = EMBEDDED_ACCESS.tenant;
const NOW_MS = Date.parse('2026-05-02T10:00:00Z');

function makePath(): string {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-data-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function openFolder(path = makePath()) {
  const folder = openDataFolder(path);
  onTestFinished(() => folder.close());
  const pseudonymise = openPseudonyms(path);
  const decide = (id: string, customerId: string, tenant = TENANT) =>
    folder.events.record(
      decisionRecord(id, {
        tenant,
        basketId: `b-${id}`,
        customer: pseudonymise(tenant, customerId),
        isDrawnForCustomer: true,
      }),
    );
  const customers = (tenant = TENANT) => [...folder.events.decisions(tenant)].map(({ customer }) => customer);
  return { ...folder, folder, pseudonymise, decide, customers };
}

const erase = ({ erasures }: Pick<DataFolder, 'erasures'>, customerId: string, tenant = TENANT) =>
  erasures.erase(tenant, customerId, NOW_MS);

test('an erased customer gets one random name in all decisions, even unwritten ones; others keep theirs', async () => {
  const opened = openFolder();
  for (let i = 0; i < 120; i++) opened.decide(`d${i}`, 'c1');
  await opened.events.flush();
  opened.decide('e1', 'c1');
  opened.decide('e2', 'c2');
  opened.decide('e3', 'c1', 'other');
  expect(await erase(opened, 'c1')).toEqual({ decisionsChanged: 121 });
  const names = new Set(opened.customers());
  expect(names.size).toBe(2);
  expect(names).toContain(opened.pseudonymise(TENANT, 'c2'));
  expect(names).not.toContain(opened.pseudonymise(TENANT, 'c1'));
  expect(opened.customers('other')).toEqual([opened.pseudonymise('other', 'c1')]);
});

test('a customer erased in two data folders gets a different name in each', async () => {
  const nameAfter = async () => {
    const opened = openFolder();
    opened.decide('d1', 'c1');
    await erase(opened, 'c1');
    return opened.customers()[0];
  };
  expect(await nameAfter()).not.toBe(await nameAfter());
});

test('erasing again, or erasing an unknown customer, changes nothing and is not an error', async () => {
  const opened = openFolder();
  opened.decide('d1', 'c1');
  expect(await erase(opened, 'c1')).toEqual({ decisionsChanged: 1 });
  const names = opened.customers();
  expect(await erase(opened, 'c1')).toEqual({ decisionsChanged: 0 });
  expect(await erase(opened, 'nobody')).toEqual({ decisionsChanged: 0 });
  expect(opened.customers()).toEqual(names);
  expect(opened.erasures.count()).toEqual({ erased: 2, unfinished: 0 });
});

test('an erased customer who returns is recorded as anonymous, and every process knows of the erasure', async () => {
  const path = makePath();
  const opened = openFolder(path);
  expect(opened.erasures.isErased(TENANT, 'c1')).toBe(false);
  await erase(opened, 'c1');
  opened.decide('d1', 'c1');
  const kept = opened.events.decision(TENANT, 'd1');
  expect([kept?.customer, kept?.isDrawnForCustomer]).toEqual([undefined, undefined]);
  await opened.events.flush();
  expect(opened.customers()).toEqual([undefined]);
  expect(['c1', 'c2', ''].map((id) => opened.erasures.isErased(TENANT, id))).toEqual([true, false, false]);
  expect(opened.erasures.isErased('other', 'c1')).toBe(false);
  await opened.folder.close();
  expect(openFolder(path).erasures.isErased(TENANT, 'c1')).toBe(true);
});

test('an erasure that was cut short is finished at the next start, with one name for all decisions', async () => {
  const path = makePath();
  const cut = openFolder(path);
  for (let i = 0; i < 1_000; i++) cut.decide(`d${i}`, 'c1');
  await cut.events.flush();
  const erasing = erase(cut, 'c1');
  while (new Set(cut.customers()).size < 2) await new Promise(setImmediate);
  const closed = cut.folder.close();
  await expect(erasing).rejects.toMatchObject({ name: 'EventStoreUnavailable' });
  await closed;
  const opened = openFolder(path);
  expect(opened.erasures.count()).toEqual({ erased: 1, unfinished: 1 });
  expect(new Set(opened.customers()).size).toBe(2);
  await opened.erasures.finishAll();
  expect(opened.erasures.count()).toEqual({ erased: 1, unfinished: 0 });
  expect(new Set(opened.customers()).size).toBe(1);
  expect(opened.customers()).not.toContain(opened.pseudonymise(TENANT, 'c1'));
});

test('an erasure leaves other work its turn', async () => {
  const opened = openFolder();
  for (let i = 0; i < 500; i++) opened.decide(`d${i}`, 'c1');
  await opened.events.flush();
  const order: string[] = [];
  const erasing = erase(opened, 'c1').then(() => order.push('erased'));
  await opened.events.append(TENANT, [outcomeEvent('e1')], NOW_MS);
  order.push('event stored');
  await erasing;
  expect(order).toEqual(['event stored', 'erased']);
});

test('every report has the same numbers before and after, whoever is erased', async () => {
  const customerIds = ['c1', 'c2', 'c3', 'c4'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...customerIds), { minLength: 1, maxLength: 30 }),
      fc.subarray(customerIds),
      async (visits, erased) => {
        const opened = openFolder();
        visits.forEach((customerId, i) => void opened.decide(`d${i}`, customerId));
        const sales = visits.map((_, i) => saleEvent(`s${i}`, { basketId: `b-d${i}` }));
        const said = visits.map((_, i) => outcomeEvent(`o${i}`, { decisionId: `d${i}`, productId: 'C' }));
        await opened.events.append(TENANT, [...sales, ...said], NOW_MS);
        const before = await reports(opened.folder);
        for (const customerId of erased) await erase(opened, customerId);
        expect(await reports(opened.folder)).toEqual(before);
        await opened.folder.close();
      },
    ),
    { numRuns: 15 },
  );
});

async function reports({ events, outcomes }: DataFolder) {
  await events.flush();
  const about = { tenant: TENANT, nowMs: NOW_MS, categories: NO_CATEGORIES };
  const source = { ...about, outcomes: outcomes(), pause: async () => {} };
  const days = { from: '2026-05-01', to: '2026-05-02' };
  return [
    await runSalesReport(source, salesQuerySchema.parse({ ...days, split: 'store' })),
    await runUpliftReport(source, { ...days, tz: 'UTC', dayEnds: 0 }),
  ];
}

test('afterwards a copy of the database contains no byte of the pseudonym or its index', async () => {
  const path = makePath();
  const opened = openFolder(path);
  for (let i = 0; i < 300; i++) opened.decide(`d${i}`, i % 2 ? 'c1' : 'c2');
  await opened.events.flush();
  const [c1, c2] = ['c1', 'c2'].map((id) => opened.pseudonymise(TENANT, id)) as [string, string];
  const copy = async () => {
    const target = join(makePath(), 'copy');
    await opened.folder.copyTo(target);
    return readFileSync(join(target, 'basketlift.lmdb'));
  };
  const before = await copy();
  expect([before.includes(c1), before.includes(c2)]).toEqual([true, true]);
  await erase(opened, 'c1');
  const token = opened.customers().find((name) => name !== c2)!;
  const after = await copy();
  expect([after.includes(c1), after.includes(c2), after.includes(token)]).toEqual([false, true, true]);
});

test('a copy is a data folder of its own, with the keys that names and draws are made with', async () => {
  const path = makePath();
  const opened = openFolder(path);
  opened.decide('d1', 'c1');
  await erase(opened, 'c2');
  const target = join(makePath(), 'copy');
  await opened.folder.copyTo(target);
  const copied = openFolder(target);
  expect(copied.customers()).toEqual([opened.pseudonymise(TENANT, 'c1')]);
  expect(copied.erasures.isErased(TENANT, 'c2')).toBe(true);
  expect(readdirSync(target)).toContain('pseudonym.key');
  await expect(opened.folder.copyTo(target)).rejects.toThrow(/wanted an empty folder or none, got .*copy/);
});
