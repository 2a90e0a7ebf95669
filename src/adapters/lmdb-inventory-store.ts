import type { Database, RootDatabase } from 'lmdb';
import { dayOfText, textOfDay } from '../ledger/instant.ts';
import { INVENTORY_DAYS_KEPT, type InventoryDay, type InventoryStore } from '../ledger/inventory-store.ts';
import { TABLES } from './data-folder-tables.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { digestKey, TenantKeys } from './lmdb-keys.ts';
import { readInPages } from './lmdb-pages.ts';

/** Old days dropped with each day written: after a long pause they go little by little. */
const DROPPED_MAX = 20;

/** Days under `[tenant, day and store]`, so that a range of days lies together. */
export class LmdbInventoryStore implements InventoryStore {
  readonly #tenants = new TenantKeys();
  readonly #commits: LmdbGroupCommit;
  readonly #days: Database<InventoryDay, [string, string]>;

  constructor(root: RootDatabase, commits: LmdbGroupCommit) {
    this.#commits = commits;
    this.#days = root.openDB(TABLES.inventoryDays);
  }

  put(tenant: string, day: InventoryDay): Promise<void> {
    const key = this.#key(tenant, day.storeId, day.day);
    return this.#commits.commit(1, () => {
      const kept = this.#days.get(key);
      if (kept === undefined || kept.atMs <= day.atMs) this.#days.putSync(key, day);
      this.#dropBefore(tenant, textOfDay(Math.max(FIRST_DAY, dayOfText(day.day) - INVENTORY_DAYS_KEPT + 1)));
    });
  }

  day(tenant: string, storeId: string, day: string): InventoryDay | undefined {
    // Other processes write too.
    this.#days.resetReadTxn();
    return this.#days.get(this.#key(tenant, storeId, day));
  }

  *days(tenant: string, from: string, to: string): Generator<InventoryDay> {
    for (const day of readInPages(this.#days, this.#tenants.of(tenant), from)) {
      if (day.day > to) return;
      yield day;
    }
  }

  #dropBefore(tenant: string, day: string): void {
    const tenantKey = this.#tenants.of(tenant);
    const old = { start: [tenantKey, ''], end: [tenantKey, day], limit: DROPPED_MAX };
    for (const key of [...this.#days.getKeys(old as object)]) this.#days.removeSync(key);
  }

  #key(tenant: string, storeId: string, day: string): [string, string] {
    return [this.#tenants.of(tenant), `${day} ${digestKey(storeId)}`];
  }
}

const FIRST_DAY = dayOfText('0000-01-01');
