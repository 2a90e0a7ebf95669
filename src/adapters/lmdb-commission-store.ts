import type { Database, RootDatabase } from 'lmdb';
import type { CommissionStore, SealedPeriod, VersionedPlans } from '../ledger/commission-store.ts';
import type { ClosedPeriod } from '../ledger/pay-statement.ts';
import { TABLES } from './data-folder-tables.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { TenantKeys } from './lmdb-keys.ts';
import { readInPages } from './lmdb-pages.ts';
import { LmdbVersionedStore } from './lmdb-versioned-store.ts';

/** Plans as a versioned document, and each closed period as one row that is never written again. */
export class LmdbCommissionStore implements CommissionStore {
  readonly #tenants = new TenantKeys();
  readonly #commits: LmdbGroupCommit;
  readonly #plans: LmdbVersionedStore;
  readonly #closings: Database<string, [string, string]>;

  constructor(root: RootDatabase, commits: LmdbGroupCommit) {
    this.#commits = commits;
    this.#plans = new LmdbVersionedStore(root, commits, TABLES.commissionPlans);
    this.#closings = root.openDB(TABLES.closedPayPeriods);
  }

  plans(tenant: string): VersionedPlans | undefined {
    const kept = this.#plans.current(tenant);
    return kept && { version: kept.version, plans: kept.document };
  }

  async replacePlans(
    tenant: string,
    plans: unknown,
    expectedVersion: number | undefined,
  ): Promise<number | undefined> {
    const { status, version } = await this.#plans.put(tenant, plans, expectedVersion);
    return status === 'stored' ? version : undefined;
  }

  *closings(tenant: string): Iterable<ClosedPeriod> {
    for (const json of readInPages(this.#closings, this.#tenants.of(tenant), '', 1)) yield JSON.parse(json);
  }

  closing(tenant: string, period: string): ClosedPeriod | undefined {
    this.#closings.resetReadTxn();
    const json = this.#closings.get([this.#tenants.of(tenant), period]);
    return json === undefined ? undefined : (JSON.parse(json) as ClosedPeriod);
  }

  newestClosing(tenant: string): ClosedPeriod | undefined {
    const period = this.newestClosedPeriod(tenant);
    return period === undefined ? undefined : this.closing(tenant, period);
  }

  newestClosedPeriod(tenant: string): string | undefined {
    this.#closings.resetReadTxn();
    return this.#newest(this.#tenants.of(tenant));
  }

  close(tenant: string, { period, previous, json }: SealedPeriod): Promise<boolean> {
    const text = new TextDecoder().decode(json);
    const tenantKey = this.#tenants.of(tenant);
    return this.#commits.commit(1, () => {
      if (this.#newest(tenantKey) !== previous) return false;
      if (previous !== undefined && previous >= period) return false;
      this.#closings.putSync([tenantKey, period], text);
      return true;
    });
  }

  #newest(tenantKey: string): string | undefined {
    const range = { start: [tenantKey, '\u007f'], end: [tenantKey, ''], reverse: true, limit: 1 };
    const [newest] = [...this.#closings.getKeys(range as object)];
    return newest?.[1];
  }
}
