import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { type SalesQuery, salesQuerySchema } from '../../src/gateway/report-query.ts';
import { foldSalesReport, runSalesReport } from '../../src/gateway/run-report.ts';
import { BasketBook } from '../../src/ledger/basket-book.ts';
import { nextFact, startEventWriter } from '../support/event-writer.ts';
import { decisionRecord, saleEvent } from '../support/ledger-events.ts';
import { type Arrival, ledgerHistory } from '../support/ledger-history.ts';

/** Hundreds of commits, each waiting for the disk. */
const SLOW_DISK_MS = 120_000;
const NOW_MS = Date.parse('2026-04-02T10:00:00Z');

function makePath(): string {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-data-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function openFolder(path = makePath()): DataFolder {
  const folder = openDataFolder(path);
  onTestFinished(() => folder.close());
  return folder;
}

const sourceOf = ({ events, rollUp }: DataFolder, tenant: string) => ({
  ...{ events, rollUp, tenant, nowMs: NOW_MS },
  pause: async () => {},
});

const DAYS = { from: '2026-03-26', to: '2026-04-01' };
const queries = fc
  .record(
    {
      by: fc.constantFrom('day', 'week', 'month', 'quarter'),
      split: fc.constantFrom('store', 'agent', 'channel'),
      tz: fc.constantFrom(
        'UTC',
        'Europe/Amsterdam',
        'Asia/Kathmandu',
        'Pacific/Kiritimati',
        'America/St_Johns',
      ),
      dayEnds: fc.constantFrom('0', '4', '23'),
      from: fc.constantFrom('2026-03-27', '2026-03-29'),
      storeId: fc.constant('s1'),
    },
    { requiredKeys: [] },
  )
  .map((query): SalesQuery => salesQuerySchema.parse({ ...DAYS, ...query }));

/** Both ways to the numbers come to the same. */
async function expectEqualWays(folder: DataFolder, tenant: string, query: SalesQuery): Promise<void> {
  const source = sourceOf(folder, tenant);
  expect(await runSalesReport(source, query)).toEqual(await foldSalesReport(source, query));
  const book = new BasketBook();
  for (const decision of folder.events.decisions(tenant)) book.addDecision(decision);
  for (const event of folder.events.events(tenant)) book.addEvent(event);
  const byId = (outcomes: Iterable<{ basketId: string }>) =>
    [...outcomes].sort((a, b) => (a.basketId < b.basketId ? -1 : 1));
  expect(byId(folder.rollUp.outcomes(tenant))).toEqual(byId(book.outcomes()));
}

type Step = { readonly arrivals: readonly Arrival[]; readonly rolled: number };

/** The history cut into batches, each followed by some rolling up; whatever came may come again. */
const steps = ledgerHistory.chain((history) =>
  fc
    .tuple(
      fc.array(fc.nat({ max: Math.max(0, history.length - 1) }), { maxLength: history.length > 0 ? 8 : 0 }),
      fc.infiniteStream(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat({ max: 4 }))),
    )
    .map(([again, sizes]) => {
      const all = [...history, ...again.map((at) => history[at]!)];
      const cut: Step[] = [];
      while (all.length > 0) {
        const [size, rolled] = sizes.next().value as [number, number];
        cut.push({ arrivals: all.splice(0, size), rolled });
      }
      return cut;
    }),
);

async function take(folder: DataFolder, tenant: string, { arrivals, rolled }: Step): Promise<void> {
  for (const arrival of arrivals)
    if ('decision' in arrival) folder.events.record({ ...arrival.decision, tenant });
  const events = arrivals.flatMap((arrival) => ('event' in arrival ? [arrival.event] : []));
  await Promise.all([folder.events.flush(), folder.events.append(tenant, events, NOW_MS)]);
  if (rolled > 0) await folder.rollUp.advance(tenant, rolled);
}

test(
  'the roll-up is the fold over the ledger: any order, repetition, batch, zone, and whenever it is carried on',
  async () => {
    const folder = openFolder();
    let tenants = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.array(queries, { minLength: 1, maxLength: 3 }), async (cut, asked) => {
        const tenant = `t${tenants++}`;
        for (const step of cut) await take(folder, tenant, step);
        for (const query of asked) await expectEqualWays(folder, tenant, query);
      }),
      { numRuns: 40 },
    );
  },
  SLOW_DISK_MS,
);

test(
  'nothing of it depends on the order in which things came',
  async () => {
    const folder = openFolder();
    let tenants = 0;
    await fc.assert(
      fc.asyncProperty(ledgerHistory, queries, async (history, query) => {
        const reports = [];
        for (const arrivals of [history, [...history].reverse()]) {
          const tenant = `t${tenants++}`;
          for (const arrival of arrivals) await take(folder, tenant, { arrivals: [arrival], rolled: 1 });
          reports.push(await runSalesReport(sourceOf(folder, tenant), query));
        }
        expect(reports[1]).toEqual(reports[0]);
      }),
      { numRuns: 10 },
    );
  },
  SLOW_DISK_MS,
);

test(
  'a process that is killed while it rolls up leaves what the next one carries on from, to the cent',
  async () => {
    const path = makePath();
    for (const round of [1, 2, 3]) {
      const writer = startEventWriter(['roll', path, `r${round}`]);
      let batches = 0;
      writer.lines.on('line', () => {
        if (++batches >= 4 * round) writer.child.kill('SIGKILL');
      });
      await nextFact(writer.lines);
      await writer.exited;
      const folder = openDataFolder(path);
      await expectEqualWays(folder, 't', salesQuerySchema.parse({ from: '2026-05-01', to: '2026-05-01' }));
      const { total } = await runSalesReport(
        sourceOf(folder, 't'),
        salesQuerySchema.parse({ from: '2026-05-01', to: '2026-05-01' }),
      );
      expect(total.transactions).toBeGreaterThan(0);
      await folder.close();
    }
  },
  SLOW_DISK_MS,
);

test('a basket that never ends is refused with the reason, and the ledger stays equal to its roll-up', async () => {
  const folder = openFolder();
  const sales = Array.from({ length: 2_001 }, (_, i) => saleEvent(`s${i}`));
  const results = await folder.events.append('t', sales, NOW_MS);
  expect(results.filter(({ status }) => status === 'stored')).toHaveLength(2_000);
  expect(results.at(-1)).toMatchObject({
    status: 'rejected',
    reason: expect.stringMatching(/wanted at most 2000 .* of one basket/),
  });
  folder.events.record(decisionRecord('d1'));
  await folder.events.flush();
  expect(folder.events.decision('t', 'd1')).toBeUndefined();
  expect(folder.events.dropped()).toBe(1);
  await expectEqualWays(folder, 't', salesQuerySchema.parse(DAYS));
  expect(await folder.events.append('t', [saleEvent('s0')], NOW_MS)).toMatchObject([{ status: 'duplicate' }]);
});

test('a gateway keeps up by itself, for every tenant, until its folder is closed', async () => {
  const folder = openFolder();
  const troubles: Error[] = [];
  folder.rollUp.keepUp((error) => troubles.push(error));
  for (const tenant of ['north', 'south']) {
    await folder.events.append(tenant, [saleEvent('s1')], NOW_MS);
    await expect.poll(() => [...folder.rollUp.outcomes(tenant)].length, { timeout: 20_000 }).toBe(1);
  }
  await folder.close();
  expect(troubles).toEqual([]);
});

test('two processes that roll up one folder at once take every basket in once', async () => {
  const path = makePath();
  const folder = openFolder(path);
  const writer = startEventWriter(['roll', path, 'other']);
  let batches = 0;
  writer.lines.on('line', () => {
    batches++;
  });
  while (batches < 10) {
    await folder.rollUp.advance('t', 3);
    await new Promise(setImmediate);
  }
  writer.child.kill('SIGKILL');
  await writer.exited;
  await expectEqualWays(folder, 't', salesQuerySchema.parse({ from: '2026-05-01', to: '2026-05-01' }));
});
