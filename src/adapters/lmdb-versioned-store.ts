import type { Database, RootDatabase } from 'lmdb';
import type { TABLES } from './data-folder-tables.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { TenantKeys } from './lmdb-keys.ts';
import { newestFirst } from './lmdb-pages.ts';

export interface VersionedDocument {
  /** 1 for a tenant's first, then one more each time. */
  readonly version: number;
  readonly document: unknown;
}

/** `conflict`: the version in force is not the expected one; nothing was stored. Both name the version in force. */
export interface VersionResult {
  readonly status: 'stored' | 'conflict';
  readonly version: number;
}

/** Versions kept of one tenant; older ones are forgotten. */
export const VERSIONS_MAX = 100;

/** One document of each tenant, such as the operator's rules, every change a new version. */
export class LmdbVersionedStore {
  readonly #tenants = new TenantKeys();
  readonly #commits: LmdbGroupCommit;
  /** [tenant key, version] → JSON: documents are free-form, and JSON text comes back as it went in. */
  readonly #versions: Database<string, [string, number]>;

  constructor(
    root: RootDatabase,
    commits: LmdbGroupCommit,
    table: (typeof TABLES)['rules' | 'commissionPlans'],
  ) {
    this.#commits = commits;
    this.#versions = root.openDB(table);
  }

  /** The newest version, undefined where none was ever put. */
  current(tenant: string): VersionedDocument | undefined {
    // In a thread that was busy for long, the read transaction may be older than what another has already answered.
    this.#versions.resetReadTxn();
    const version = this.#currentVersion(tenant);
    return version === 0 ? undefined : this.version(tenant, version);
  }

  /** One version; undefined where it never existed or is forgotten. */
  version(tenant: string, version: number): VersionedDocument | undefined {
    const json = this.#versions.get([this.#tenants.of(tenant), version]);
    return json === undefined ? undefined : { version, document: JSON.parse(json) as unknown };
  }

  /** Versions that are kept, oldest first. */
  versions(tenant: string): number[] {
    return [...this.#versions.getKeys(newestFirst(this.#tenants.of(tenant)))]
      .map(([, version]) => version)
      .reverse();
  }

  /**
   * Adds a version; resolves when it is on disk.
   *
   * @param document anything JSON can hold
   * @param expectedVersion the version that the change is based on, 0 for none; when absent, any version may be in force
   * @throws TypeError when `document` is nothing JSON can hold, EventStoreUnavailable (rejects)
   */
  async put(tenant: string, document: unknown, expectedVersion?: number): Promise<VersionResult> {
    const json = jsonOf(document);
    return this.#commits.commit(1, () => {
      const version = this.#currentVersion(tenant);
      if (expectedVersion !== undefined && expectedVersion !== version)
        return { status: 'conflict', version };
      this.#write(tenant, version + 1, json);
      return { status: 'stored', version: version + 1 };
    });
  }

  /**
   * Takes a version that was made on another machine; resolves when it is on disk; false where one as new or newer was there.
   *
   * @throws TypeError when `document` is nothing JSON can hold, EventStoreUnavailable (rejects)
   */
  async adopt(tenant: string, { version, document }: VersionedDocument): Promise<boolean> {
    const json = jsonOf(document);
    return this.#commits.commit(1, () => {
      if (version <= this.#currentVersion(tenant)) return false;
      this.#write(tenant, version, json);
      return true;
    });
  }

  #write(tenant: string, version: number, json: string): void {
    const tenantKey = this.#tenants.of(tenant);
    this.#versions.putSync([tenantKey, version], json);
    this.#versions.removeSync([tenantKey, version - VERSIONS_MAX]);
  }

  #currentVersion(tenant: string): number {
    const [newest] = [...this.#versions.getKeys({ ...newestFirst(this.#tenants.of(tenant)), limit: 1 })];
    return newest?.[1] ?? 0;
  }
}

function jsonOf(document: unknown): string {
  const json: string | undefined = JSON.stringify(document);
  if (json === undefined) throw new TypeError(`wanted a JSON value, got ${typeof document}`);
  return json;
}
