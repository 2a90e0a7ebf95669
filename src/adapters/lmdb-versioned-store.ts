import type { Database, RootDatabase } from 'lmdb';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { TenantKeys } from './lmdb-keys.ts';

export interface VersionedRules {
  /** 1 for a tenant's first rules, then one more each time. */
  readonly version: number;
  readonly rules: unknown;
}

/** `conflict`: the version in force is not the expected one; nothing was stored. Both name the version in force. */
export interface RulesResult {
  readonly status: 'stored' | 'conflict';
  readonly version: number;
}

/** Versions kept of one tenant; older ones are forgotten. */
export const RULES_VERSIONS_MAX = 100;

/** The operator's rules of each tenant, every change a new version. */
export class LmdbRulesStore {
  readonly #tenants = new TenantKeys();
  readonly #commits: LmdbGroupCommit;
  /** [tenant key, version] → JSON: rules are free-form, and JSON text comes back as it went in. */
  readonly #versions: Database<string, [string, number]>;

  constructor(root: RootDatabase, commits: LmdbGroupCommit) {
    this.#commits = commits;
    this.#versions = root.openDB({ name: 'rules', encoding: 'string' });
  }

  /** The rules in force, undefined where none were ever put. */
  current(tenant: string): VersionedRules | undefined {
    const version = this.#currentVersion(tenant);
    return version === 0 ? undefined : this.version(tenant, version);
  }

  /** The rules of one version, undefined where it never was or is forgotten. */
  version(tenant: string, version: number): VersionedRules | undefined {
    const json = this.#versions.get([this.#tenants.of(tenant), version]);
    return json === undefined ? undefined : { version, rules: JSON.parse(json) as unknown };
  }

  /** Versions that are kept, oldest first. */
  versions(tenant: string): number[] {
    return [...this.#versions.getKeys(this.#newestFirst(tenant))].map(([, version]) => version).reverse();
  }

  /**
   * Puts rules in force; resolves when they are on disk.
   *
   * @param rules anything JSON can hold
   * @param expectedVersion the version the change was made to, 0 for none; without it the change is made to any
   * @throws TypeError when `rules` is nothing JSON can hold, EventStoreUnavailable (rejects)
   */
  async put(tenant: string, rules: unknown, expectedVersion?: number): Promise<RulesResult> {
    const json: string | undefined = JSON.stringify(rules);
    if (json === undefined) throw new TypeError(`rules: wanted a JSON value, got ${typeof rules}`);
    return this.#commits.commit(1, () => {
      const version = this.#currentVersion(tenant);
      if (expectedVersion !== undefined && expectedVersion !== version)
        return { status: 'conflict', version };
      const tenantKey = this.#tenants.of(tenant);
      this.#versions.putSync([tenantKey, version + 1], json);
      this.#versions.removeSync([tenantKey, version + 1 - RULES_VERSIONS_MAX]);
      return { status: 'stored', version: version + 1 };
    });
  }

  #currentVersion(tenant: string): number {
    const [newest] = [...this.#versions.getKeys({ ...this.#newestFirst(tenant), limit: 1 })];
    return newest?.[1] ?? 0;
  }

  #newestFirst(tenant: string) {
    const tenantKey = this.#tenants.of(tenant);
    return { start: [tenantKey, Number.MAX_SAFE_INTEGER], end: [tenantKey, 0], reverse: true };
  }
}
