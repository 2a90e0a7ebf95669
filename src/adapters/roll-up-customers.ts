import type { LedgerReader } from './ledger-reader.ts';
import { digestKey } from './lmdb-keys.ts';
import type { RollUpTables } from './roll-up-tables.ts';

const SEEN = 'seen';

/**
 * The numbers of customers. A name, which is a pseudonym or the token of somebody erased, is kept as its digest only, and that
 * of a pseudonym no longer than the pseudonym: after an erasure the number goes on under the digest of the token, so that all
 * baskets of one customer stay together. All inside a transaction.
 */
export class RollUpCustomers {
  readonly #tables: RollUpTables;
  readonly #ledger: LedgerReader;

  constructor(tables: RollUpTables, ledger: LedgerReader) {
    this.#tables = tables;
    this.#ledger = ledger;
  }

  codeOf(tenantKey: string, customer: string): number | undefined {
    return this.#tables.customers.get([tenantKey, digestKey(customer)])?.code;
  }

  add(tenantKey: string, customer: string, code: number, decisionKey: string): void {
    this.#tables.customers.putSync([tenantKey, digestKey(customer)], { code, decisionKey });
  }

  /** Whether a customer was erased, or is being erased, whose names are not followed yet. */
  hasNewErasures(): boolean {
    const seen = this.#tables.erasures.get(SEEN);
    const count = this.#ledger.erasedCount();
    return count > 0 && (seen === undefined || seen.isUnderWay || seen.count !== count);
  }

  /** Follows the names of erased customers of all tenants. */
  followErasures(): void {
    let isUnderWay = false;
    for (const tenantKey of this.#ledger.tenantKeys()) {
      for (const { digest, token } of this.#ledger.erased(tenantKey)) {
        if (token !== undefined) isUnderWay = true;
        this.#follow(tenantKey, digest, token);
      }
    }
    this.#tables.erasures.putSync(SEEN, { count: this.#ledger.erasedCount(), isUnderWay });
  }

  #follow(tenantKey: string, digest: string, token: string | undefined): void {
    const { customers } = this.#tables;
    const key: [string, string] = [tenantKey, digest];
    const underName = customers.get(key);
    // Some decisions have the token, others still the pseudonym: whichever was taken in first has given the number.
    const known =
      underName ?? (token === undefined ? undefined : customers.get([tenantKey, digestKey(token)]));
    if (!known) return;
    const name = token ?? this.#ledger.decision(tenantKey, known.decisionKey)?.customer;
    if (name !== undefined) customers.putSync([tenantKey, digestKey(name)], known);
    if (token === undefined) customers.removeSync(key);
    else if (!underName) customers.putSync(key, known);
  }
}
