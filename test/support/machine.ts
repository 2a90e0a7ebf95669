import { onTestFinished } from 'vitest';
import { type FileModelRegistry, openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { type BasketMemory, createBasketMemory } from '../../src/gateway/basket-memory.ts';
import type { Change, Changes } from '../../src/gateway/change.ts';
import type { StockRow } from '../../src/recommender/stock.ts';
import { MachineExchange } from '../../src/service/machine-exchange.ts';
import { type OpenTenants, openTenants } from '../../src/service/open-tenants.ts';
import { readServable } from '../../src/service/served-version.ts';
import { publishModel } from './published-model.ts';
import { type LogLine, recordingLog } from './recording-telemetry.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** All of a gateway that hears other machines, with a data folder and a registry of its own; it does not listen. */
export interface Machine {
  readonly dataDir: string;
  readonly models: string;
  readonly tenants: OpenTenants;
  readonly memory: BasketMemory;
  readonly exchange: MachineExchange;
  readonly folder: DataFolder;
  readonly registry: FileModelRegistry;
  readonly lines: LogLine[];
  /** States a row as `POST /v1/stock` does. */
  state(row: StockRow, tenant?: string): Promise<unknown>;
  onHand(productId: string, tenant?: string): number | undefined;
  stop(): Promise<void>;
}

const STORE = 's1';

/** @param before a machine that was stopped: it comes back with what it had */
export async function startMachine(
  redisUrl: string,
  before: Partial<Pick<Machine, 'dataDir' | 'models'>> = {},
): Promise<Machine> {
  const { dataDir = temporaryFolder(), models = temporaryFolder() } = before;
  if (!before.models) {
    for (const version of ['v1', 'v2']) await publishModel(models, version);
    await openModelRegistry(models).promote('v1');
  }
  const registry = openModelRegistry(models);
  const folder = openDataFolder(dataDir);
  const { log, lines } = recordingLog();
  const listeners: ((change: Change) => void)[] = [];
  const exchange = new MachineExchange({
    redisUrl,
    folder,
    registry,
    log,
    isModelFixed: false,
    verify: registry.load,
    pass: (change) => {
      for (const listener of listeners) listener(change);
    },
  });
  const changes: Changes = {
    publish: (change) => exchange.tell(change),
    subscribe: (listener) => void listeners.push(listener),
  };
  const first = await readServable(registry, 'v1');
  const tenants = openTenants({ first, folder, stated: [], changes, ticks: () => 0 });
  const memory = createBasketMemory(changes);
  exchange.start();
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= exchange.close().then(() => folder.close());
    return stopping;
  };
  onTestFinished(stop);
  return {
    dataDir,
    models,
    tenants,
    memory,
    exchange,
    folder,
    registry,
    lines,
    stop,
    state: (row, tenant = 'default') => tenants.of(tenant).stateStock([row]),
    onHand: (productId, tenant = 'default') => tenants.of(tenant).stock.row(STORE, productId)?.onHand,
  };
}
