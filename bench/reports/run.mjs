import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { openDataFolder } from '../../dist/adapters/lmdb-data-folder.js';
import { salesQuerySchema, upliftQuerySchema } from '../../dist/gateway/report-query.js';
import { foldSalesReport, runSalesReport, runUpliftReport } from '../../dist/gateway/run-report.js';
import { describeMachine } from '../machine.mjs';
import { writeResult } from '../result-files.mjs';
import { basketHistories, DAYS, FIRST_MS } from './history.mjs';
import { reportsTable, verdictOf } from './reports-table.mjs';

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: '20260501' },
    looks: { type: 'string', default: '9' },
    folder: { type: 'string', default: tmpdir() },
    'dry-run': { type: 'boolean', default: false },
  },
});
const TENANT = 'default';
const NOW_MS = FIRST_MS + DAYS * 86_400_000;
const BATCH = 5_000;
process.exitCode = await measureReports();

async function measureReports() {
  const [events, seed, looks] = ['events', 'seed', 'looks'].map((name) => Number(flags[name]));
  const machine = describeMachine();
  const path = mkdtempSync(join(flags.folder, 'basketlift-bench-reports-'));
  const commits = { commitRowsMax: BATCH, pendingRowsMax: 4 * BATCH, commitTimeoutMs: 60_000 };
  const folder = openDataFolder(path, { commits, events: { decisionsMax: 4 * BATCH, decisionDelayMs: 1e6 } });
  try {
    const written = await writeHistory(folder, events, seed);
    console.error(`written in ${written.s.toFixed(0)} s`);
    const rolledUpS = await seconds(async () => {
      while (await folder.rollUp.advance(TENANT, BATCH));
    });
    console.error(`rolled up in ${rolledUpS.toFixed(1)} s`);
    const { rows, areEqual } = await measureRows(folder, looks);
    const facts = {
      seed,
      ...written.counts,
      written: { s: written.s, eventsPerS: written.counts.events / written.s },
    };
    const sizes = {
      dataMiB: statSync(join(path, 'basketlift.lmdb')).size / 2 ** 20,
      peakMiB: process.resourceUsage().maxRSS / 2 ** 10,
    };
    const result = { ...machine, ...facts, rolledUpS, rows, areEqual, ...sizes };
    console.log(reportsTable(result));
    if (!flags['dry-run']) console.log(`\nwritten to ${writeResult('reports', result)}`);
    const failures = verdictOf(result);
    for (const failure of failures) console.error(`FAILED: ${failure}`);
    return failures.length > 0 ? 1 : 0;
  } finally {
    await folder.close();
    rmSync(path, { recursive: true });
  }
}

async function writeHistory({ events: store }, wanted, seed) {
  const counts = { events: 0, decisions: 0, baskets: 0 };
  let batch = [];
  const write = async () => {
    await store.flush();
    await store.append(TENANT, batch, Date.parse(batch[0]?.at ?? 0));
    batch = [];
  };
  const s = await seconds(async () => {
    for (const { decisions, events } of basketHistories(wanted, seed)) {
      for (const decision of decisions)
        if (!store.record(decision)) throw new Error('a decision was not taken');
      batch.push(...events);
      counts.events += events.length;
      counts.decisions += decisions.length;
      counts.baskets++;
      if (batch.length >= BATCH) await write();
    }
    await write();
  });
  return { s, counts };
}

/** Each report from what is kept several times, the first with nothing in memory, and the sales of the year folded from the ledger. */
async function measureRows(folder, looks) {
  const source = { ...folder, tenant: TENANT, nowMs: NOW_MS, pause: () => new Promise(setImmediate) };
  const year = { from: '2025-05-01', to: '2026-04-30', tz: 'Europe/Amsterdam', dayEnds: '4' };
  const month = { ...year, from: '2026-04-01' };
  const byAgent = salesQuerySchema.parse({ ...year, by: 'month', split: 'agent' });
  const sales = (query) => () => runSalesReport(source, salesQuerySchema.parse(query));
  const subjects = [
    {
      title: 'sales of the year by month and agent',
      run: () => runSalesReport(source, byAgent),
      isWarm: true,
    },
    { title: 'sales of the year by day', run: sales({ ...year, by: 'day' }), isWarm: true },
    { title: 'sales of a month by day', run: sales(month), isWarm: true },
    { title: 'uplift of a month', run: () => runUpliftReport(source, upliftQuerySchema.parse(month)) },
    {
      title: 'sales of the year, folded from decisions and events',
      run: () => foldSalesReport(source, byAgent),
      once: true,
    },
  ];
  const rows = [];
  const answers = [];
  for (const { title, run, isWarm = false, once = false } of subjects) {
    const times = [];
    for (let look = 0; look < (once ? 1 : looks); look++) {
      const startedMs = performance.now();
      answers[rows.length] = await run();
      times.push(performance.now() - startedMs);
    }
    const [firstMs, ...others] = times;
    const medianMs = once ? null : others.sort((a, b) => a - b)[others.length >> 1];
    rows.push({ title, rows: answers[rows.length].rows?.length ?? 1, firstMs, medianMs, isWarm });
    console.error(`${title}: ${firstMs.toFixed(0)} ms`);
  }
  return { rows, areEqual: isDeepStrictEqual(answers[0], answers.at(-1)) };
}

async function seconds(work) {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}
