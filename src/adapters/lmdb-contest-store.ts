import type { Database, RootDatabase } from 'lmdb';
import {
  CONTESTS_MAX,
  type Contest,
  type ContestRefusal,
  changed,
  type Settlement,
} from '../ledger/contest.ts';
import type { ContestStore } from '../ledger/contest-store.ts';
import { TABLES } from './data-folder-tables.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { digestKey, TenantKeys } from './lmdb-keys.ts';
import { readInPages } from './lmdb-pages.ts';

export interface LmdbContestStoreOptions {
  /** Contests of a tenant at most. Default CONTESTS_MAX. */
  readonly contestsMax?: number;
}

/** Contests as JSON under their ids, and the large results of settled ones apart. */
export class LmdbContestStore implements ContestStore {
  readonly #tenants = new TenantKeys();
  readonly #commits: LmdbGroupCommit;
  readonly #contests: Database<string, [string, string]>;
  readonly #results: Database<string, [string, string]>;
  readonly #contestsMax: number;

  constructor(root: RootDatabase, commits: LmdbGroupCommit, options: LmdbContestStoreOptions = {}) {
    this.#commits = commits;
    this.#contests = root.openDB(TABLES.contests);
    this.#results = root.openDB(TABLES.contestResults);
    this.#contestsMax = options.contestsMax ?? CONTESTS_MAX;
  }

  contests(tenant: string): Contest[] {
    const rows = readInPages(this.#contests, this.#tenants.of(tenant), '');
    return Array.from(rows, (json) => JSON.parse(json) as Contest).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  contest(tenant: string, id: string): Contest | undefined {
    this.#contests.resetReadTxn();
    return this.#read(tenant, id);
  }

  add(tenant: string, contest: Contest): Promise<boolean> {
    return this.#commits.commit(1, () => {
      const tenantKey = this.#tenants.of(tenant);
      const own = { start: [tenantKey, ''], end: [tenantKey, '\u007f'] };
      if (this.#contests.getKeysCount(own as object) >= this.#contestsMax) return false;
      this.#write(tenant, contest);
      return true;
    });
  }

  change(
    tenant: string,
    id: string,
    change: (contest: Contest) => Contest | ContestRefusal,
  ): Promise<Contest | ContestRefusal | undefined> {
    return this.#commits.commit(1, () => {
      const before = this.#read(tenant, id);
      const after = before && change(before);
      if (after && !('reason' in after)) this.#write(tenant, after);
      return after;
    });
  }

  settle(
    tenant: string,
    seen: Contest,
    settlement: Settlement,
    result: string,
  ): Promise<Contest | undefined> {
    return this.#commits.commit(1, () => {
      const now = this.#read(tenant, seen.id);
      if (!now || now.settled || now.version !== seen.version) return undefined;
      const settled = changed(now, { settled: settlement });
      this.#write(tenant, settled);
      this.#results.putSync([this.#tenants.of(tenant), digestKey(seen.id)], result);
      return settled;
    });
  }

  result(tenant: string, id: string): string | undefined {
    this.#results.resetReadTxn();
    return this.#results.get([this.#tenants.of(tenant), digestKey(id)]);
  }

  #read(tenant: string, id: string): Contest | undefined {
    const json = this.#contests.get([this.#tenants.of(tenant), digestKey(id)]);
    return json === undefined ? undefined : (JSON.parse(json) as Contest);
  }

  #write(tenant: string, contest: Contest): void {
    this.#contests.putSync([this.#tenants.of(tenant), digestKey(contest.id)], JSON.stringify(contest));
  }
}
