import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFolder } from '../adapters/lmdb-data-folder.ts';
import { MemoryResultCache } from '../adapters/memory-result-cache.ts';
import type { Config } from '../config.ts';
import { DEFAULT_TENANT } from '../gateway/access.ts';
import { createApp } from '../gateway/app.ts';
import type { ModelKeeper } from '../gateway/model-keeper.ts';
import { reportHere } from '../gateway/reporter.ts';
import { createLog } from '../telemetry.ts';
import { assemble } from './assemble.ts';
import { ALONE } from './open-changes.ts';
import { openTenants, type ServableVersion } from './open-tenants.ts';

/** A gateway in this process on a data folder of its own, which is removed with it. It does not listen. */
export interface InProcessGateway {
  /** Answers as the network would; paths begin with `/`. */
  send(path: string, init: RequestInit): Promise<Response>;
  /** Sets its wall clock, epoch ms. */
  setClock(nowMs: number): void;
  close(): Promise<void>;
}

const REFUSED = { status: 'fixed', reason: 'The version cannot be changed during a simulation.' } as const;
const NO_REGISTRY: ModelKeeper = {
  tenant: DEFAULT_TENANT,
  rememberedBaskets: 0,
  list: async () => [],
  evaluation: async () => undefined,
  promote: async () => REFUSED,
  rollback: async () => REFUSED,
};

/**
 * Opens the gateway; the caller sets its clock. Which baskets are held out or explored follows from `seed`, not from keys drawn at random.
 *
 * @throws Error when no temporary folder can be made
 */
export function openInProcessGateway(
  config: Config,
  version: ServableVersion,
  seed: number,
): InProcessGateway {
  const path = mkdtempSync(join(tmpdir(), 'basketlift-simulation-'));
  for (const name of ['holdout', 'explore']) {
    const key = createHash('sha256').update(`simulation ${seed} ${name}`).digest();
    writeFileSync(join(path, `${name}.key`), key, { mode: 0o600 });
  }
  const folder = openDataFolder(path);
  // Every request logs a line of level info: nobody asked for thousands of them.
  const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel);
  let nowMs = Date.now();
  // No time passes while it works: else answers would be degraded on a slow machine, and no two runs the same.
  const clocks = { nowMs: () => nowMs, ticks: () => 0 };
  const tenants = openTenants({
    changes: ALONE.changes,
    folder,
    first: version,
    stated: [],
    ticks: clocks.ticks,
  });
  const { advising: _, ...parts } = assemble(
    {
      config: { ...config, data: path, host: '127.0.0.1' },
      folder,
      reporter: reportHere(folder),
      cache: new MemoryResultCache(),
      tenants,
      models: () => NO_REGISTRY,
      crew: undefined,
      shared: ALONE,
      log,
      partStates: () => [],
    },
    clocks,
  );
  const app = createApp({
    ...parts,
    overload: { admits: () => true },
    isStopping: () => false,
    pages: new Map(),
  });
  return {
    send: async (to, init) => app.request(`http://localhost${to}`, init),
    setClock(toMs) {
      nowMs = toMs;
    },
    async close() {
      await folder.close();
      log.flush();
      rmSync(path, { recursive: true, force: true });
    },
  };
}
