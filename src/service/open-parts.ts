import type { CrewLink } from '../adapters/crew-link.ts';
import { type DataFolder, openDataFolder } from '../adapters/lmdb-data-folder.ts';
import { MemoryResultCache } from '../adapters/memory-result-cache.ts';
import { RedisResultCache } from '../adapters/redis-result-cache.ts';
import { type Config, ConfigError } from '../config.ts';
import { isLoopbackHost } from '../gateway/access.ts';
import type { Change } from '../gateway/change.ts';
import type { Log } from '../gateway/telemetry-port.ts';
import type { Model } from '../recommender/model.ts';
import type { ResultCache } from '../recommender/result-cache.ts';
import type { StockRow } from '../recommender/stock.ts';
import { createLog } from '../telemetry.ts';
import { CLOCKS } from './assemble.ts';
import { atMostEvery } from './at-most-every.ts';
import { claimFolder } from './claim-folder.ts';
import { openChanges } from './open-changes.ts';
import { openTenants } from './open-tenants.ts';
import { ReportThreads } from './report-threads.ts';
import { CUSTOMERS_UNKNOWN, openRegistry, readServable } from './served-version.ts';

export interface PartsOptions {
  readonly config: Config;
  /** A version's name or folder; the champion when absent. */
  readonly model?: string;
  /** Stock laid over the opening stock of the model. */
  readonly stock?: readonly StockRow[];
  /** The other processes on the same port and data folder; absent where this one is alone. */
  readonly crew?: CrewLink<Change>;
}

export type OpenedParts = Awaited<ReturnType<typeof openParts>>;

const SAY_TROUBLE_MS = 5_000;

/** What a gateway works with, read from disk. @throws ModelRejected, ConfigError */
export async function openParts({ config, model, stock: stated = [], crew }: PartsOptions) {
  const log = createLog(config.logLevel);
  const registry = openRegistry(config.models);
  const version = model ?? (await registry.champion());
  const first = await readServable(registry, version);
  if (first.customers === 'unknown') log.warn({ version }, CUSTOMERS_UNKNOWN);
  warnOfUnknownStores(config, first.loaded.model, log);
  const folder = openDataFolder(config.data, {
    events: {
      onTrouble: (err) => log.warn({ err }, 'decisions could not be written to disk; they wait in memory'),
    },
    onFault: (err) => log.error({ err }, 'what reached the disk late could not be taken up here'),
  });
  // Workers belong together: their primary process has the claim.
  if (!crew) await claimFolder(folder, config, log);
  await requireKeysFor(config.host, folder);
  await folder.erasures.finishAll();
  await folder.lapses.finishAll();
  const cache = openCache(config, log);
  const shared = openChanges({ config, crew, folder, registry, isModelFixed: model !== undefined, log });
  const { changes } = shared;
  const tenants = openTenants({ first, folder, stated, changes, ticks: CLOCKS.ticks });
  // Reads the stock of these tenants now, and not while the first of their tills waits.
  for (const { tenant } of folder.keys.list()) tenants.of(tenant);
  return { log, registry, version, folder, reporter: openReporter(config, log), cache, shared, tenants };
}

/** A slip in the id of a store would silently hold out another share. */
function warnOfUnknownStores({ holdoutShares }: Config, { stores }: Pick<Model, 'stores'>, log: Log): void {
  const known = new Set(stores.map(({ id }) => id));
  const unknown = Object.keys(holdoutShares?.stores ?? {}).filter((id) => !known.has(id));
  if (unknown.length > 0)
    log.warn({ stores: unknown }, 'BASKETLIFT_HOLDOUT_SHARES names stores that the model does not know');
}

function openReporter({ data }: Config, log: Log): ReportThreads {
  const onRebuild = (reason: string) => log.warn({ reason }, 'rebuilding the stored data of reports');
  return new ReportThreads({ path: data, onRebuild });
}

/** Without keys whoever can connect may do everything. @throws ConfigError */
async function requireKeysFor(host: string, folder: DataFolder): Promise<void> {
  if (isLoopbackHost(host) || folder.keys.hasUnrevoked()) return;
  await folder.close();
  throw new ConfigError(
    `BASKETLIFT_HOST or --host: wanted a loopback address such as 127.0.0.1, because there are no keys, and without keys everybody who reaches the gateway could read margins and change stock; got '${host}'. Create a key first: basketlift keys create --scope admin`,
  );
}

function openCache(config: Config, log: Log): ResultCache {
  if (config.redisUrl === undefined) return new MemoryResultCache();
  return new RedisResultCache({
    url: config.redisUrl,
    onTrouble: atMostEvery(SAY_TROUBLE_MS, (err: Error) =>
      log.warn({ err }, 'Redis is failing; this process keeps answering without it'),
    ),
  });
}
