import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { onTestFinished } from 'vitest';
import {
  type DataFolder,
  type DataFolderOptions,
  openDataFolder,
} from '../../src/adapters/lmdb-data-folder.ts';
import { salesQuerySchema, type UpliftQuery } from '../../src/gateway/report-query.ts';
import {
  foldSalesReport,
  foldUpliftReport,
  runSalesReport,
  runUpliftReport,
} from '../../src/gateway/run-report.ts';
import type { BasketBook } from '../../src/ledger/basket-book.ts';
import { bookOf } from '../../src/ledger/folded-basket.ts';
import { DAY_MS } from '../../src/ledger/instant.ts';
import { decisionRecord, saleEvent } from './ledger-events.ts';
import { anyLedger, type LedgerEntry } from './random-ledger.ts';

export const TENANT = 't';
export const NOW_MS = Date.parse('2026-05-02T20:00:00Z');

export function makePath(): string {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-roll-up-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function openFolder(path = makePath(), options: DataFolderOptions = {}): DataFolder {
  const folder = openDataFolder(path, { events: { decisionDelayMs: 1e6 }, ...options });
  onTestFinished(() => folder.close());
  return folder;
}

export async function write({ events }: DataFolder, entries: readonly LedgerEntry[]): Promise<void> {
  for (const entry of entries) {
    if ('decision' in entry) {
      events.record(entry.decision);
      await events.flush();
    } else await events.append(TENANT, [entry.event], NOW_MS);
  }
}

/** Looks at a folder after each part of any ledger that is written to it, whatever comes first and however much is taken in at once. */
export async function afterEachPart(look: (folder: DataFolder) => Promise<void> | void): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      anyLedger,
      fc.array(fc.nat(40), { maxLength: 4 }),
      fc.constantFrom(1, 3, 100),
      async (entries, asks, stepRows) => {
        const folder = openFolder(makePath(), { outcomes: { stepRows } });
        let from = 0;
        for (const to of [...asks.sort((a, b) => a - b), entries.length]) {
          await write(folder, entries.slice(from, to));
          from = Math.max(from, to);
          await look(folder);
        }
        await folder.close();
      },
    ),
    { numRuns: 40 },
  );
}

/** All that a folder's ledger has. */
export function wholeBook({ events }: DataFolder): BasketBook {
  return bookOf([...events.decisionFacts(TENANT)], [...events.events(TENANT)]);
}

export const QUERIES = [
  { by: 'day', split: 'agent' },
  { by: 'week', tz: 'America/New_York', dayEnds: '4' },
  { by: 'month', split: 'channel', storeId: 's1' },
].map((query) => salesQuerySchema.parse({ from: '2026-05-01', to: '2026-05-02', ...query }));
const UPLIFTS: readonly UpliftQuery[] = [
  { from: '2026-05-01' },
  { from: '2026-05-01', split: 'channel' as const },
  // Customers whose first basket was there, on a day before these.
  { from: '2026-05-02', storeId: 's1' },
  // Who had paid before is told by receipts of days before these too.
  { from: '2026-05-02', split: 'customer' as const },
  { from: '2026-05-01', split: 'category' as const },
].map((query) => ({ to: '2026-05-02', tz: 'UTC', dayEnds: 0, ...query }));

const CATEGORIES = new Map([
  ['A', 'Food/Bread'],
  ['B', 'Drink'],
]);

/** The reports from what is kept, and from every decision and event. */
export async function bothWays(folder: DataFolder) {
  const source = { events: folder.events, outcomes: folder.outcomes(), tenant: TENANT, nowMs: NOW_MS };
  const withPause = { ...source, categories: CATEGORIES, pause: async () => {} };
  const kept = [];
  const folded = [];
  for (const query of QUERIES) {
    kept.push(await runSalesReport(withPause, query));
    folded.push(await foldSalesReport(withPause, query));
  }
  for (const query of UPLIFTS) {
    kept.push(await runUpliftReport(withPause, query));
    folded.push(await foldUpliftReport(withPause, query));
  }
  return { kept, folded };
}

/**
 * Baskets with a decision and a receipt each; enough for intervals of the uplift. Some sides are drawn for customers, but where
 * the baskets are spread over more days than one.
 */
export function manyBaskets(count: number, customers = 60, days = 1): LedgerEntry[] {
  return Array.from({ length: count }, (_, i) => i).flatMap((i) => {
    const basketId = `b${i}`;
    const arm = i % 3 === 0 ? ('holdout' as const) : ('treatment' as const);
    const atMs = Date.UTC(2026, 4, 1, 8) + (i % 50) * 600_000 - (i % days) * DAY_MS;
    const decision = decisionRecord(`d${String(i).padStart(5, '0')}`, {
      basketId,
      arm,
      atMs,
      holdoutShare: 1 / 3,
      storeId: `s${i % 3}`,
      customer: `c${i % customers}`,
      ...(days === 1 && i % customers > customers / 3 && { isDrawnForCustomer: true }),
      basket: [{ productId: 'A', quantity: 1, unitPrice: 1 + (i % 7) / 3 }],
    });
    const productId = ['A', 'B', 'C', 'D'][i % 4]!;
    const lines = [{ productId, quantity: 1 + (i % 4), unitPrice: 3.5, unitCost: 1.1 }];
    const at = new Date(atMs + 60_000).toISOString();
    return [{ decision }, { event: saleEvent(`e${i}`, { basketId, at, lines, storeId: `s${i % 3}` }) }];
  });
}

export async function writeAll({ events }: DataFolder, entries: readonly LedgerEntry[]): Promise<void> {
  for (const entry of entries) if ('decision' in entry) events.record(entry.decision);
  await events.flush();
  await events.append(
    TENANT,
    entries.flatMap((entry) => ('event' in entry ? [entry.event] : [])),
    NOW_MS,
  );
}
