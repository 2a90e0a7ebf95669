import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { openModelRegistry } from '../../dist/adapters/file-model-registry.js';
import { readConfig } from '../../dist/config.js';
import { startService } from '../../dist/service.js';
import { publishSynthetic } from './synthetic-version.mjs';

/**
 * The longest time in which a gateway answers nobody while it puts another model in service, beside the longest in as
 * long a time without a change. `npm run bench:swap [-- PRODUCTS BASKETS]`
 */
const [products = 50_000, baskets = 1_000_000] = process.argv.slice(2).map(Number);
const SWAPS = 4;

const folder = mkdtempSync(join(tmpdir(), 'basketlift-swap-'));
try {
  const models = join(folder, 'models');
  for (const version of ['v1', 'v2']) await publishSynthetic(models, version, { products, baskets });
  await openModelRegistry(models).promote('v1', async () => {});
  const environment = { BASKETLIFT_MODELS: models, BASKETLIFT_DATA: join(folder, 'data') };
  const config = readConfig({ ...environment, BASKETLIFT_PORT: '0', BASKETLIFT_LOG_LEVEL: 'error' });
  const service = await startService({ config });
  for (let swap = 0; swap < SWAPS; swap++) {
    const version = swap % 2 === 0 ? 'v2' : 'v1';
    const changed = await longestPause(() => promote(service.url, version));
    const quiet = await longestPause(() => wait(changed.tookMs));
    process.stdout.write(
      `${JSON.stringify({ products, baskets, version, ...changed, controlPauseMs: quiet.pauseMs })}\n`,
    );
  }
  await service.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function promote(url, version) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${url}/v1/models/${version}/promote`, init);
  if (!response.ok) throw new Error(await response.text());
}

/** Milliseconds the act took, and the longest turn of the event loop meanwhile. */
async function longestPause(act) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const started = performance.now();
  delays.enable();
  await act();
  delays.disable();
  return { tookMs: Math.round(performance.now() - started), pauseMs: Math.round(delays.max / 1e5) / 10 };
}
