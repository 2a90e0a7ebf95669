import type { CrewLink } from '../adapters/crew-link.ts';
import type { FileModelRegistry } from '../adapters/file-model-registry.ts';
import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import type { Config } from '../config.ts';
import { type Change, type Changes, NOBODY } from '../gateway/change.ts';
import type { Log } from '../gateway/telemetry-port.ts';
import type { BusFacts } from '../recommender/shared-change.ts';
import { MachineExchange } from './machine-exchange.ts';

/** How a process hears of what others change. */
export interface OpenChanges {
  readonly changes: Changes;
  /** How this machine hears others; undefined where there is no bus. */
  readonly bus: () => BusFacts | undefined;
  /** Hears other machines from now on, where this process has the bus. */
  start(): void;
  /** Never rejects. */
  close(): Promise<void>;
}

/** For a process that is alone, on a machine that hears no other. */
export const ALONE: OpenChanges = { changes: NOBODY, bus: () => undefined, start() {}, async close() {} };

/** In a crew the primary process has the bus; a process that is alone has its own, and without Redis hears nobody. */
export function openChanges(options: {
  readonly config: Config;
  readonly crew: CrewLink<Change> | undefined;
  readonly folder: DataFolder;
  readonly registry: FileModelRegistry;
  readonly isModelFixed: boolean;
  readonly log: Log;
}): OpenChanges {
  const { config, crew, ...more } = options;
  if (crew) return { changes: crew.changes, bus: () => crew.bus, start() {}, async close() {} };
  if (config.redisUrl === undefined) return ALONE;
  const listeners: ((change: Change) => void)[] = [];
  const exchange = new MachineExchange({
    ...more,
    redisUrl: config.redisUrl,
    pass: (change) => {
      for (const listener of listeners) listener(change);
    },
  });
  return {
    changes: {
      publish: (change) => exchange.tell(change),
      subscribe: (listener) => void listeners.push(listener),
    },
    bus: () => exchange.facts,
    start: () => exchange.start(),
    close: () => exchange.close(),
  };
}
