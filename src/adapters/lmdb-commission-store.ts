import type { Database, RootDatabase } from 'lmdb';
import type { CommissionStore, VersionedPlans } from '../ledger/commission-store.ts';
import type { ClosedPeriod } from '../ledger/pay-statement.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { TenantKeys } from './lmdb-keys.ts';
import { readInPages } from './lmdb-pages.ts';
import { LmdbVersionedStore } from './lmdb-versioned-store.ts';

/** Plans as a versioned document, and each closed period as one row that is never written again. */
export class LmdbCommissionStore implements CommissionStore {
  readonly #tenants = new TenantKeys();
  readonly #commits: LmdbGroupCommit;
  readonly #plans: LmdbVersionedStore;
  /** [tenant key, period] → JSON, whose text is what the hash was made from. */
  readonly #closings: Database<string, [string, string]>;

  constructor(root: RootDatabase, commits: LmdbGroupCommit) {
    this.#commits = commits;
    this.#plans = new LmdbVersionedStore(root, commits, 'commission-plans');
    this.#closings = root.openDB({ name: 'closed-pay-periods', encoding: 'string' });
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
    this.#closings.resetReadTxn();
    return this.#newest(tenant);
  }

  newestClosedPeriod(tenant: string): string | undefined {
    this.#closings.resetReadTxn();
    const [newest] = [...this.#closings.getKeys(newestOf(this.#tenants.of(tenant)) as object)];
    return newest?.[1];
  }

  close(tenant: string, closing: ClosedPeriod): Promise<boolean> {
    const json = JSON.stringify(closing);
    return this.#commits.commit(1, () => {
      const newest = this.#newest(tenant);
      if ((newest?.hash ?? null) !== closing.previousHash) return false;
      if (newest && newest.period >= closing.period) return false;
      this.#closings.putSync([this.#tenants.of(tenant), closing.period], json);
      return true;
    });
  }

  #newest(tenant: string): ClosedPeriod | undefined {
    const tenantKey = this.#tenants.of(tenant);
    const [newest] = [...this.#closings.getRange(newestOf(tenantKey) as object)];
    return newest && (JSON.parse(newest.value) as ClosedPeriod);
  }
}

/** The range of the last row of a tenant. */
function newestOf(tenantKey: string) {
  return { start: [tenantKey, '\u007f'], end: [tenantKey, ''], reverse: true, limit: 1 };
}
