import { hash } from 'node:crypto';

/**
 * Text of fixed length for any list of names: LMDB bounds a key's length, and names come from outside. JSON keeps
 * ["a","b"] and ["ab"] apart, whatever characters they hold.
 */
export function digestKey(...names: readonly string[]): string {
  return hash('sha256', JSON.stringify(names), 'base64url').slice(0, 22);
}

/** All 32 bytes of the same digest. */
export function digestBytes(...names: readonly string[]): Buffer {
  return hash('sha256', JSON.stringify(names), 'buffer');
}

/** The digest of a tenant, which begins the keys of its rows. */
export class TenantKeys {
  readonly #known = new Map<string, string>();

  of(tenant: string): string {
    const known = this.#known.get(tenant);
    if (known !== undefined) return known;
    const key = digestKey(tenant);
    if (this.#known.size < TENANTS_MAX) this.#known.set(tenant, key);
    return key;
  }
}

const TENANTS_MAX = 10_000;
