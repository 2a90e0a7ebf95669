import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import { plansInForce } from '../gateway/run-commission.ts';
import { countStore, type StockSource } from '../gateway/run-inventory.ts';
import type { Log } from '../gateway/telemetry-port.ts';
import { zoneCalendar } from '../gateway/zone-calendar.ts';
import { businessDay } from '../ledger/business-calendar.ts';
import { textOfDay } from '../ledger/instant.ts';
import type { InventoryStore } from '../ledger/inventory-store.ts';
import type { ValuePolicy } from '../recommender/value.ts';
import type { OpenTenants } from './open-tenants.ts';
import { repeat } from './repeat.ts';

/** A tenant's stock with the calendar of its plans. */
export interface RecordedTenant extends StockSource {
  readonly name: string;
  readonly timeZone: string;
  /** Local hour at which the business day ends. */
  readonly dayEnds: number;
  /** Stores of whose changes this process was told, and which it has not counted since. */
  readonly toldStores: Set<string>;
}

export interface InventoryRecorderOptions {
  readonly store: InventoryStore;
  /** Tenants in use, as they are now. */
  readonly tenants: () => readonly RecordedTenant[];
  readonly nowMs: () => number;
  readonly log: Log;
  /** Lets other work of this thread run; called every hundred products. */
  readonly pause: () => Promise<void>;
}

/** How soon after the start, and then how often, stock is looked at. */
const FIRST_MS = 2_000;
const EVERY_MS = 15 * 60_000;
/** Longest look while the gateway stops: what it does not reach was kept up to EVERY_MS ago. */
const STOP_MS_MAX = 2_000;

/** The recorder for a gateway's tenants, in its data folder, by the calendar of their plans, which is that of their sales and pay. */
export function recordInventory(made: {
  readonly tenants: OpenTenants;
  readonly folder: Pick<DataFolder, 'inventory' | 'commissions'>;
  readonly policy: ValuePolicy;
  readonly log: Log;
}): InventoryRecorder {
  const { tenants, folder, policy, log } = made;
  return new InventoryRecorder({
    store: folder.inventory,
    log,
    nowMs: () => Date.now(),
    pause: () => nextTurn(),
    tenants: () =>
      tenants.inUse().map(({ name, stock, serving, toldStores }) => {
        const { timeZone, dayEnds } = plansInForce({
          commissions: folder.commissions,
          tenant: name,
        }).document;
        return { name, stock, serving, toldStores, policy, timeZone, dayEnds };
      }),
  });
}

/**
 * Keeps the inventory of each store and business day, as it was when it last changed. Of several processes on one data folder, only the one
 * that was told of a change counts the store again; of changes that machines on a bus agreed on, every process does. Whichever looks first
 * counts the stores of a new day.
 */
export class InventoryRecorder {
  readonly #options: InventoryRecorderOptions;
  readonly #startedMs: number;
  #looking: Promise<void> | undefined;
  #end: (() => void) | undefined;
  #stopAtMs = Number.POSITIVE_INFINITY;

  constructor(options: InventoryRecorderOptions) {
    this.#options = options;
    this.#startedMs = options.nowMs();
  }

  start(): void {
    this.#end = repeat(() => this.look(), { firstMs: FIRST_MS, everyMs: EVERY_MS });
  }

  /** Looks once more, for a short while. Never rejects. */
  async stop(): Promise<void> {
    this.#stopAtMs = this.#options.nowMs() + STOP_MS_MAX;
    this.#end?.();
    await this.#looking;
    await this.look();
  }

  /** Counts every store whose row of the day is missing or from before it changed. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAtAll()
      .catch((err) => this.#options.log.warn({ err }, 'the inventory of this day is not kept yet'))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #lookAtAll(): Promise<void> {
    const { tenants, nowMs, pause, log } = this.#options;
    for (const tenant of tenants()) {
      for (const storeId of tenant.stock.storeIds()) {
        await pause();
        if (nowMs() > this.#stopAtMs) return;
        await this.#lookAt(tenant, storeId).catch((err) => {
          log.warn({ err, tenant: tenant.name, storeId }, 'the inventory of this day is not kept yet');
        });
      }
    }
  }

  async #lookAt(tenant: RecordedTenant, storeId: string): Promise<void> {
    const { store, nowMs, pause } = this.#options;
    const { name, timeZone, dayEnds, toldStores, ...source } = tenant;
    const atMs = nowMs();
    const day = textOfDay(businessDay(zoneCalendar(timeZone, dayEnds), atMs));
    const keptMs = store.day(name, storeId, day)?.atMs;
    const isTold = toldStores.delete(storeId);
    if (!isTold && keptMs !== undefined && keptMs >= this.#startedMs) return;
    try {
      const { sums } = await countStore({ ...source, nowMs: atMs, pause }, storeId);
      await store.put(name, {
        storeId,
        day,
        timeZone,
        dayEnds,
        atMs,
        ...sums,
        currency: source.serving.model.currency ?? null,
        holdingRatePerYear: source.policy.holdingRatePerYear,
      });
    } catch (error) {
      if (isTold) toldStores.add(storeId);
      throw error;
    }
  }
}
