import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import {
  type DataFolder,
  type DataFolderOptions,
  openDataFolder,
} from '../../src/adapters/lmdb-data-folder.ts';
import { salesQuerySchema, upliftQuerySchema } from '../../src/gateway/report-query.ts';
import {
  foldSalesReport,
  foldUpliftReport,
  runSalesReport,
  runUpliftReport,
} from '../../src/gateway/run-report.ts';
import { anyLedger, type LedgerEntry } from '../support/random-ledger.ts';

const TENANT = 't';
const NOW_MS = Date.parse('2026-05-02T20:00:00Z');

function makePath(): string {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-roll-up-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function openFolder(path = makePath(), options: DataFolderOptions = {}): DataFolder {
  const folder = openDataFolder(path, { events: { decisionDelayMs: 1e6 }, ...options });
  onTestFinished(() => folder.close());
  return folder;
}

async function write({ events }: DataFolder, entries: readonly LedgerEntry[]): Promise<void> {
  for (const entry of entries) {
    if ('decision' in entry) {
      events.record(entry.decision);
      await events.flush();
    } else await events.append(TENANT, [entry.event], NOW_MS);
  }
}

const QUERIES = [
  { by: 'day', split: 'agent' },
  { by: 'week', tz: 'America/New_York', dayEnds: '4' },
  { by: 'month', split: 'channel', storeId: 's1' },
].map((query) => salesQuerySchema.parse({ from: '2026-05-01', to: '2026-05-02', ...query }));
const UPLIFT = upliftQuerySchema.parse({ from: '2026-05-01', to: '2026-05-02' });

/** The reports from what is kept, and from every decision and event. */
async function bothWays(folder: DataFolder) {
  const source = { events: folder.events, outcomes: folder.outcomes(), tenant: TENANT, nowMs: NOW_MS };
  const withPause = { ...source, pause: async () => {} };
  const kept = [];
  const folded = [];
  for (const query of QUERIES) {
    kept.push(await runSalesReport(withPause, query));
    folded.push(await foldSalesReport(withPause, query));
  }
  kept.push(await runUpliftReport(withPause, UPLIFT));
  folded.push(await foldUpliftReport(withPause, UPLIFT));
  return { kept, folded };
}

test('every report is that of the plain fold, whatever came in whatever order, and whenever reports were asked for', async () => {
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
          const { kept, folded } = await bothWays(folder);
          expect(kept).toEqual(folded);
        }
        await folder.close();
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 40) },
  );
});
