import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGateway, startRedis } from '../load/servers.mjs';
import { describeMachine, findProgram } from '../machine.mjs';
import { percentiles } from '../percentiles.mjs';
import { watchOthers } from '../process-usage.mjs';
import { writeResult } from '../result-files.mjs';
import { bindServedModel } from '../served-model.mjs';
import { busTable, judgeBus } from './bus-table.mjs';
import { runGateways } from './gateways-leg.mjs';
import { runRelay } from './relay-leg.mjs';
import { createRows } from './stock-stream.mjs';

/**
 * How soon do two gateways with a Redis between them agree on stock? `npm run bench:bus [-- --seconds 20 --dry-run]`; exit 1
 * where the promise is missed.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const RATES = [1_000, 10_000];

const program = findProgram('redis-server');
if (!program) throw new Error('bench:bus: wanted redis-server on the PATH');
const folder = mkdtempSync(join(tmpdir(), 'basketlift-bus-'));
try {
  const redis = await startRedis({ program, folder });
  const named = ['one', 'two'].map((name) =>
    startGateway({ name, folder, redisUrl: redis.url, model: 'demo' }),
  );
  const gateways = await Promise.all(named);
  const { model } = (await bindServedModel('demo')).serving;
  const nextRows = createRows(model, 1);
  await runGateways({ gateways, redis, nextRows, model, rate: RATES.at(-1), seconds: seconds / 4 });
  const rows = [];
  for (const rate of RATES) {
    const control = await runRelay({ redisUrl: redis.url, nextRows, rate, seconds: seconds / 2 });
    const othersOf = watchOthers();
    const leg = await runGateways({ gateways, redis, nextRows, model, rate, seconds });
    const { tookMs, ...facts } = leg;
    // Children that still run are no part of this process's time.
    const othersCpu = othersOf().othersCpu - Object.values(leg.cpu).reduce((sum, cpu) => sum + cpu, 0);
    rows.push({
      rate,
      ...facts,
      ms: percentiles(Float64Array.from(tookMs)),
      control: percentiles(Float64Array.from(control.tookMs)),
      othersCpu,
    });
  }
  for (const server of [...gateways, redis]) await server.stop();
  const result = { ...describeMachine(), seconds, rows };
  process.stdout.write(`${busTable(result)}\n`);
  if (!values['dry-run']) writeResult('bus', result);
  process.exitCode = judgeBus(result).isMet ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
