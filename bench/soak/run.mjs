import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGateway } from '../load/servers.mjs';
import { describeMachine } from '../machine.mjs';
import { cpuSeconds } from '../process-usage.mjs';
import { writeResult } from '../result-files.mjs';
import { bindServedModel } from '../served-model.mjs';
import { createCustomers } from './customers.mjs';
import { MEMORY_FILE, memorySlope } from './memory-slope.mjs';
import { publishShipped } from './shipped-twice.mjs';
import { soakTable } from './soak-table.mjs';

/** Share of the requests after which the memory is judged: by then caches are full. */
const WARM_UP_SHARE = 0.5;
/** How often it is looked at. */
const SAMPLES = 100;
/** Both are the shipped one. */
const VERSIONS = ['soak-a', 'soak-b'];
const PROBE = new URL('./live-memory.mjs', import.meta.url).pathname;

process.exitCode = await soak();

async function soak() {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '2000000' },
      clients: { type: 'string', default: '16' },
      seed: { type: 'string', default: '1' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const [requests, clients, seed] = ['requests', 'clients', 'seed'].map((name) => Number(values[name]));
  const folder = mkdtempSync(join(tmpdir(), 'basketlift-soak-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { model } = (await bindServedModel('demo')).serving;
  const models = join(folder, 'models');
  await publishShipped(models, VERSIONS);
  const gateway = await startGateway({ name: 'gateway', folder, models, flags: ['--import', PROBE] });
  const counts = {};
  const sampledAt = [];
  const sampler = setInterval(() => {
    const isDue = (counts.sent ?? 0) >= (sampledAt.length * requests) / SAMPLES;
    // One at a time: two signals that wait are one.
    if (!isDue || readLines(join(folder, MEMORY_FILE)).length < sampledAt.length || !gateway.isRunning())
      return;
    sampledAt.push(counts.sent ?? 0);
    process.kill(gateway.pid, 'SIGUSR2');
  }, 50);
  const startedAt = performance.now();
  await Promise.all(
    createCustomers({ url: gateway.url, model, versions: VERSIONS, counts, requests, clients, seed }),
  );
  clearInterval(sampler);
  const seconds = (performance.now() - startedAt) / 1000;
  const isAlive = gateway.isRunning();
  const processorSeconds = cpuSeconds(gateway.pid);
  await gateway.stop();
  const samples = readSamples(join(folder, MEMORY_FILE), sampledAt);
  const judged = samples.filter((sample) => sample.requests >= WARM_UP_SHARE * requests);
  const slope = {
    live: memorySlope(judged, ({ liveBytes }) => liveBytes),
    process: memorySlope(judged, ({ anonymousBytes }) => anonymousBytes),
  };
  const result = {
    ...describeMachine(),
    seed,
    clients,
    seconds,
    processorSeconds,
    isAlive,
    counts,
    slope,
    samples,
  };
  console.log(soakTable(result));
  if (!values['dry-run']) console.log(`\nwritten to ${writeResult('soak', result)}`);
  return isAlive && !counts.failed && slope.live?.isFlat && slope.process?.isFlat ? 0 : 1;
}

/** What the gateway wrote of its memory, beside the requests that had been sent when it was asked. */
function readSamples(file, sampledAt) {
  return readLines(file).map((line, at) => ({ requests: sampledAt[at], ...JSON.parse(line) }));
}

/** Whole lines of a file, none where it is not there yet. */
function readLines(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}
