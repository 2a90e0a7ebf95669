import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { openDataFolder } from '../../dist/adapters/lmdb-data-folder.js';
import { closeCommissions } from '../../dist/gateway/close-commission.js';
import {
  customersQuerySchema,
  salesQuerySchema,
  upliftQuerySchema,
} from '../../dist/gateway/report-query.js';
import { NO_CATEGORIES } from '../../dist/gateway/report-source.js';
import { foldSalesReport } from '../../dist/gateway/run-report.js';
import { ReportThreads } from '../../dist/service/report-threads.js';
import { describeMachine } from '../machine.mjs';
import { percentiles } from '../percentiles.mjs';
import { writeResult } from '../result-files.mjs';
import { reportsTable, verdictOf } from './reports-table.mjs';
import {
  AGENT_IDS,
  DAY_MS,
  DAYS,
  FIRST_MS,
  PRODUCT_IDS,
  pseudonymOf,
  TENANT,
  writeLedger,
} from './synthetic-ledger.mjs';

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    'control-events': { type: 'string', default: '1000000' },
    looks: { type: 'string', default: '7' },
    seed: { type: 'string', default: '20260501' },
    folder: { type: 'string', default: tmpdir() },
    'dry-run': { type: 'boolean', default: false },
  },
});
const YEAR = { from: '2025-05-01', to: '2026-04-30', tz: 'Europe/Amsterdam', dayEnds: '4' };
const CALENDAR = { tz: YEAR.tz, dayEnds: Number(YEAR.dayEnds) };
const MONTH = { ...YEAR, from: '2026-04-03' };
const pause = () => new Promise(setImmediate);
const about = { tenant: TENANT, nowMs: FIRST_MS + (DAYS + 1) * DAY_MS, categories: NO_CATEGORIES, pause };
/** Twenty categories. */
const CATEGORIES = new Map(PRODUCT_IDS.map((productId, i) => [productId, `category ${i % 20}`]));
const PLAN = { id: 'half', from: '2025-05', currency: 'EUR', rates: [{ of: 'revenue', percent: 5 }] };
const PAID_MONTH = '2026-04';
/** All that the ledger has before it. */
const CLOSED_MONTHS = Array.from({ length: 11 }, (_, i) =>
  new Date(Date.UTC(2025, 4 + i, 1)).toISOString().slice(0, 7),
);
const BESIDE_EVERY_MS = 100;
process.exitCode = await measureReports();

async function measureReports() {
  const [events, controlEvents, looks, seed] = ['events', 'control-events', 'looks', 'seed'].map((name) =>
    Number(flags[name]),
  );
  const machine = describeMachine();
  const control = await inFolder((path) => measureControl(path, { events: controlEvents, seed }));
  const measured = await inFolder((path) => measureKept(path, { events, looks, seed }));
  const result = { ...machine, seed, looks, ...measured, control };
  console.log(reportsTable(result));
  if (!flags['dry-run']) console.log(`\nwritten to ${writeResult('reports', result)}`);
  const failures = verdictOf(result);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

async function inFolder(measure) {
  const path = mkdtempSync(join(flags.folder, 'basketlift-bench-reports-'));
  try {
    return await measure(path);
  } finally {
    rmSync(path, { recursive: true });
  }
}

/** The fold of every decision and event, and the same report from nothing and from what is kept. */
async function measureControl(path, size) {
  const counts = await writeLedger(path, size);
  const folder = openDataFolder(path);
  const query = salesQuerySchema.parse({ ...YEAR, by: 'month', split: 'agent' });
  const folded = await timed(() => foldSalesReport({ ...about, events: folder.events }, query));
  await folder.close();
  const thread = openThread(path);
  const cold = await timed(() => thread.make('sales', query, about));
  const warm = await timed(() => thread.make('sales', query, about));
  await thread.close();
  const isEqual =
    isDeepStrictEqual(folded.answer, cold.answer) && isDeepStrictEqual(folded.answer, warm.answer);
  return { ...counts, folded: folded.time, cold: cold.time, warm: warm.time, isEqual };
}

async function measureKept(path, { events, looks, seed }) {
  const counts = await writeLedger(path, { events, seed });
  await writePlan(path);
  console.error(`written: ${JSON.stringify(counts)}`);
  const thread = openThread(path);
  const endOfTurns = watchTurns();
  const query = salesQuerySchema.parse({ ...MONTH, by: 'day' });
  const cold = await timed(() => thread.make('sales', query, about));
  console.error(`from nothing: ${JSON.stringify(cold.time)}`);
  const memory = { coldMiB: ownMiB() };
  const rows = await measureRows(thread, looks);
  const beside = await measureLookUpsBeside(thread);
  const closing = await measureClosing(thread, path);
  rows.push(await measureReport(payWhenClosed(thread), looks));
  const turnMaxMs = endOfTurns();
  const day = await writeLedger(path, {
    events: Math.round(events / DAYS),
    seed,
    fromMs: FIRST_MS + DAYS * DAY_MS,
    days: 1,
  });
  const endOfLaterTurns = watchTurns();
  const afterDay = await timed(() => thread.make('sales', query, about));
  await thread.close();
  const loopDelayMaxMs = Math.max(turnMaxMs, endOfLaterTurns());
  const restarted = openThread(path);
  const afterRestart = await timed(() => restarted.make('sales', query, about));
  await restarted.close();
  return {
    ...counts,
    cold: cold.time,
    rows,
    beside,
    closing,
    day,
    afterDay: afterDay.time,
    afterRestart: afterRestart.time,
    loopDelayMaxMs,
    memoryMiB: { ...memory, warm: ownMiB() },
    ledgerMiB: fileMiB(join(path, 'basketlift.lmdb')),
    keptMiB: fileMiB(join(path, 'reports', 'roll-up.lmdb')),
  };
}

/** Turns of this thread from now on; the answer ends the watch and says how long the longest was, in ms. */
function watchTurns() {
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  return () => {
    loop.disable();
    return loop.max / 1e6;
  };
}

/** Each report several times, from what is kept and nothing new. */
async function measureRows(thread, looks) {
  const sales = (title, query) => ({
    title,
    run: () => thread.make('sales', salesQuerySchema.parse(query), about),
  });
  const uplift = (title, query, categories = NO_CATEGORIES) => ({
    title,
    run: () => thread.make('uplift', upliftQuerySchema.parse(query), { ...about, categories }),
  });
  const standings = (title, agents, withEvidence) => ({
    title,
    run: () =>
      thread.make('standingsAnswer', { contest: contest(agents), withEvidence, format: 'json' }, about),
  });
  const subjects = [
    sales('sales of 28 days by day', { ...MONTH, by: 'day' }),
    sales('sales of 28 days by day and agent', { ...MONTH, by: 'day', split: 'agent' }),
    sales('sales of the year by month', { ...YEAR, by: 'month' }),
    sales('sales of the year by month and agent', { ...YEAR, by: 'month', split: 'agent' }),
    uplift('uplift of 28 days', MONTH),
    uplift('uplift of the year', YEAR),
    uplift('uplift of 28 days by category', { ...MONTH, split: 'category' }, CATEGORIES),
    {
      title: 'customers of 28 days',
      run: () => thread.make('customers', customersQuerySchema.parse(MONTH), about),
    },
    { title: 'average spend, for look-ups', run: () => thread.make('averageSpend', undefined, about) },
    { title: 'look-up of one customer', run: () => thread.make('lookUp', lookUpQuestion(1), about) },
    { title: 'look-up of 500 customers', run: () => thread.make('lookUp', lookUpQuestion(500), about) },
    { title: 'pay of a month', run: () => thread.make('payAnswer', payQuestion({}), about) },
    {
      title: 'pay of a month, one agent of 100',
      run: () => thread.make('payAnswer', payQuestion({ agentId: AGENT_IDS[0] }), about),
    },
    standings('a contest of 28 days, 5 of 100 agents', 5, false),
    standings('a contest of 28 days, all agents', AGENT_IDS.length, false),
    standings('the same with its evidence', AGENT_IDS.length, true),
    {
      title: 'personal bests of all agents',
      run: () => thread.make('bests', { query: CALENDAR, ownCustomers: [] }, about),
    },
  ];
  const rows = [];
  for (const subject of subjects) rows.push(await measureReport(subject, looks));
  return rows;
}

/** Look-ups of one customer, ten a second, while the longest report is made; milliseconds. */
async function measureLookUpsBeside(thread) {
  let isMade = false;
  const report = thread.make('uplift', upliftQuerySchema.parse(YEAR), about).finally(() => {
    isMade = true;
  });
  const looks = [];
  while (!isMade) {
    looks.push(timed(() => thread.make('lookUp', lookUpQuestion(1), about)));
    await new Promise((resolve) => setTimeout(resolve, BESIDE_EVERY_MS));
  }
  await report;
  const times = Float64Array.from(await Promise.all(looks), ({ time }) => time.ms);
  const row = { lookUps: times.length, ms: percentiles(times) };
  console.error(JSON.stringify(row));
  return row;
}

async function measureReport({ title, run }, looks) {
  const times = [];
  for (let look = 0; look < looks; look++) times.push((await timed(run)).time);
  const median = (field) => times.map((time) => time[field]).sort((a, b) => a - b)[looks >> 1];
  const row = { title, ms: median('ms'), processorMs: median('processorMs') };
  console.error(JSON.stringify(row));
  return row;
}

/** Closes all months before the one that is paid, as the gateway does; how long the last took, and how many there are. */
async function measureClosing(thread, path) {
  const folder = openDataFolder(path);
  const source = {
    tenant: TENANT,
    commissions: folder.commissions,
    sealedPayOf: (period) => thread.make('sealedPay', period, about),
  };
  let last;
  for (const month of CLOSED_MONTHS) last = await timed(() => closeCommissions(source, month));
  await folder.close();
  return { months: CLOSED_MONTHS.length, ...last.time };
}

function payWhenClosed(thread) {
  return {
    title: `pay of a month, the ${CLOSED_MONTHS.length} before it closed`,
    run: () => thread.make('payAnswer', payQuestion({}), about),
  };
}

function lookUpQuestion(count) {
  const customers = Array.from({ length: count }, (_, customer) => pseudonymOf(customer));
  return {
    customers,
    timeZone: YEAR.tz,
    dayEnds: Number(YEAR.dayEnds),
    averageSpend: new Map([['EUR', 5_000]]),
  };
}

/** With all entries, as the gateway asks. */
function payQuestion(view) {
  return { period: PAID_MONTH, view, withEntries: true, format: 'json' };
}

/** Of up-sells, for everybody. */
async function writePlan(path) {
  const folder = openDataFolder(path);
  const document = { timeZone: YEAR.tz, dayEnds: Number(YEAR.dayEnds), plans: [PLAN] };
  await folder.commissions.replacePlans(TENANT, document, undefined);
  await folder.close();
}

/** Of so many agents, each a team. */
function contest(agents) {
  const teams = AGENT_IDS.slice(0, agents).map((id) => ({ id, agentIds: [id] }));
  const days = { from: MONTH.from, to: MONTH.to, timeZone: YEAR.tz, dayEnds: Number(YEAR.dayEnds) };
  const counting = {
    minimumBaskets: 1,
    handicap: 'none',
    splitMinutes: 30,
    returnDays: 14,
    ownCustomers: [],
  };
  const rules = { metric: 'upsellRevenue', currency: 'EUR', ...days, teams, ...counting };
  return { id: 'bench', version: 1, name: 'bench', rules, budgetMinor: 0, wishes: [], ballots: [] };
}

function openThread(path) {
  return new ReportThreads({ path, onRebuild: (reason) => console.error(`made anew: ${reason}`) });
}

/** Wall clock, and the processor time of all threads of this process. */
async function timed(run) {
  const usage = process.cpuUsage();
  const startedMs = performance.now();
  const answer = await run();
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(usage);
  return { answer, time: { ms, processorMs: (user + system) / 1000 } };
}

/** Memory that is this process's own; pages of the database files are not, the system takes them back when it likes. */
function ownMiB() {
  const [, kibibytes] = /RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}

function fileMiB(path) {
  return statSync(path).size / 2 ** 20;
}
