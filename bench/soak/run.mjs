import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGateway } from '../load/servers.mjs';
import { describeMachine } from '../machine.mjs';
import { anonymousBytes, cpuSeconds } from '../process-usage.mjs';
import { writeResult } from '../result-files.mjs';
import { bindServedModel } from '../served-model.mjs';
import { createCustomers } from './customers.mjs';
import { memorySlope } from './memory-slope.mjs';
import { soakTable } from './soak-table.mjs';

/** Share of the requests after which the memory is looked at: by then caches are full and the old generation has grown as far as it will. */
const WARM_UP_SHARE = 0.5;
const SAMPLE_MS = 1000;

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
  const gateway = await startGateway({ name: 'gateway', folder });
  const counts = {};
  const samples = [];
  const takeSample = () => samples.push({ requests: counts.sent ?? 0, bytes: anonymousBytes(gateway.pid) });
  const sampler = setInterval(takeSample, SAMPLE_MS);
  const startedAt = performance.now();
  await Promise.all(createCustomers({ url: gateway.url, model, counts, requests, clients, seed }));
  clearInterval(sampler);
  takeSample();
  const seconds = (performance.now() - startedAt) / 1000;
  const isAlive = gateway.isRunning();
  const processorSeconds = cpuSeconds(gateway.pid);
  await gateway.stop();
  const judged = samples.filter((sample) => sample.requests >= WARM_UP_SHARE * requests);
  const result = {
    ...describeMachine(),
    ...{ seed, clients, seconds, processorSeconds, isAlive, counts },
    slope: memorySlope(judged),
    samples,
  };
  console.log(soakTable(result));
  if (!values['dry-run']) console.log(`\nwritten to ${writeResult('soak', result)}`);
  return isAlive && !counts.failed && result.slope?.isFlat ? 0 : 1;
}
