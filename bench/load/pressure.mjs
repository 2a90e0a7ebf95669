import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuSeconds, machineCpuSeconds, ownTreeCpuSeconds, peakBytes } from '../process-usage.mjs';
import { writeResult } from '../result-files.mjs';
import { openGround } from './ground.mjs';
import { runLeg } from './legs.mjs';
import { judgePressure, pressureTable } from './pressure-table.mjs';
import { runProgram } from './processes.mjs';
import { startGateway } from './servers.mjs';

/** Twice the capacity, and half of it with and without stock updates. */
const OVERLOAD = 2;
const HALF = 0.5;
const STOCK_ROWS_PER_SECOND = 10_000;
const AFTER_SECONDS = 5;
const WARM_UP_SECONDS = 10;
/** As `bench:load` finds it: clients that ask again as soon as they are answered. */
const CAPACITY_VUS = 32;
const SCRIPTS = new URL('./', import.meta.url).pathname;
/** Characters kept of what k6 says, which is nothing as long as all is well. */
const SAID_MAX = 1000;
/** Time k6 has beyond its legs. */
const SPARE_MS = 60_000;

process.exitCode = await measurePressure();

async function measurePressure() {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '30' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  const ground = await openGround('pressure');
  if (!ground) return 2;
  const { machine, pinned, folder, model, baskets } = ground;
  const stockFixture = join(folder, 'stock.json');
  writeFileSync(stockFixture, JSON.stringify(stockPlaces(model)));
  const gateway = await startGateway({ name: 'gateway', folder, cpu: ground.serverCpu });
  const tools = { ...ground.tools, stockFixture };
  const capacity = await findCapacity(tools, gateway, baskets.length, seconds);
  const at = (share) => Math.round(capacity * share);
  const legs = [
    ['half of the capacity', { rate: at(HALF) }],
    ['half, and stock updates', { rate: at(HALF), stockRows: STOCK_ROWS_PER_SECOND }],
    ['twice the capacity', { rate: at(OVERLOAD), afterRate: at(HALF) }],
  ];
  const rows = [];
  for (const [leg, options] of legs) {
    const row = await press(tools, gateway, seconds, options);
    if (row.said) console.error(`${leg}:\n${row.said}`);
    rows.push({ leg, ...row });
  }
  const peak = peakBytes(gateway.pid);
  await gateway.stop();
  const result = { ...machine, pinned, seconds, capacity, peakBytes: peak, rows };
  console.log(`${pressureTable(result)}\n`);
  if (!values['dry-run']) console.log(`written to ${writeResult('pressure', result)}`);
  return judgePressure(result).every(({ isMet }) => isMet) ? 0 : 1;
}

/** Answers a second of clients that never wait, after a warm-up. */
async function findCapacity(tools, gateway, baskets, seconds) {
  const closed = { kind: 'http', load: 'closed', vus: CAPACITY_VUS, baskets };
  await runLeg(tools, gateway, { ...closed, seconds: WARM_UP_SECONDS, offset: 0 }, 0);
  const { perSecond } = await runLeg(tools, gateway, { ...closed, seconds, offset: baskets >> 1 }, 1);
  console.error(`capacity: ${perSecond.toFixed(0)} answers a second`);
  return perSecond;
}

async function press(tools, gateway, seconds, { rate, afterRate = 0, stockRows = 0 }) {
  const summary = join(tools.folder, 'pressure.json');
  const before = usage(gateway);
  const env = { RATE: rate, SECONDS: seconds, AFTER_RATE: afterRate, AFTER_SECONDS, STOCK_ROWS: stockRows };
  const said = await runProgram({
    command: [tools.k6, 'run', '--quiet', '--no-usage-report', '--address', '', join(SCRIPTS, 'pressure.js')],
    cpu: tools.cpu,
    env: {
      URL: gateway.url,
      FIXTURE: tools.fixture,
      STOCK_FIXTURE: tools.stockFixture,
      SUMMARY: summary,
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])),
    },
    msMax: (seconds + AFTER_SECONDS) * 1000 + SPARE_MS,
  });
  const after = usage(gateway);
  const metrics = JSON.parse(readFileSync(summary, 'utf8'));
  const perSecond = (name) => (metrics[name]?.count ?? 0) / seconds;
  const wall = after.at - before.at;
  const others = after.busy - before.busy - (after.server - before.server) - (after.own - before.own);
  return {
    offered: rate,
    answered: perSecond('answered'),
    refused: perSecond('refused'),
    answeredMs: { p50: metrics.answered_ms.med, p99: metrics.answered_ms['p(99)'] },
    refusedP99Ms: metrics.refused_ms?.['p(99)'] ?? null,
    lastRefusalAfterMs: afterRate > 0 ? (metrics.refused_after_ms?.max ?? 0) : null,
    stockRows: perSecond('rows_applied'),
    degraded: metrics.answers_degraded?.count ?? 0,
    failed: metrics.answers_failed?.count ?? 0,
    ...(said !== '' && { said: said.slice(0, SAID_MAX) }),
    notSent: metrics.dropped_iterations?.count ?? 0,
    /** Of the time with load; k6's includes the reading of the fixture. */
    loadCpuShare: (after.own - before.own) / (seconds + (afterRate > 0 ? AFTER_SECONDS : 0)),
    othersCpu: others / wall,
  };
}

function usage(gateway) {
  const at = performance.now() / 1000;
  return { at, server: cpuSeconds(gateway.pid), own: ownTreeCpuSeconds(), ...machineCpuSeconds() };
}

function stockPlaces(model) {
  return model.stores.flatMap(({ id: storeId }) =>
    model.products.slice(0, 1000).map(({ id: productId }) => ({ storeId, productId })),
  );
}
