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
  /** Of customers whose erasure is under way: the key of the pseudonym by that of the token, and the other way round. */
  #otherNames: ReadonlyMap<string, string> | undefined;

  constructor(tables: RollUpTables, ledger: LedgerReader) {
    this.#tables = tables;
    this.#ledger = ledger;
  }

  /** To be called when the ledger is seen anew. */
  refresh(): void {
    this.#otherNames = undefined;
  }

  codeOf(tenantKey: string, customer: string): number | undefined {
    const { customers } = this.#tables;
    const digest = digestKey(customer);
    const known = customers.get([tenantKey, digest]);
    if (known) return known.code;
    this.#otherNames ??= this.followErasures();
    const other = this.#otherNames.get(nameKey(tenantKey, digest)) ?? digest;
    const followed = customers.get([tenantKey, digest]) ?? customers.get([tenantKey, other]);
    if (followed) customers.putSync([tenantKey, digest], followed);
    return followed?.code;
  }

  add(tenantKey: string, customer: string, code: number, decisionKey: string): void {
    this.#tables.customers.putSync([tenantKey, digestKey(customer)], { code, decisionKey });
  }

  /** Follows the names of customers of all tenants that were erased since, or whose erasure is under way. */
  followErasures(): ReadonlyMap<string, string> {
    const otherNames = new Map<string, string>();
    if (!this.#hasNewErasures()) return otherNames;
    for (const tenantKey of this.#ledger.tenantKeys()) {
      for (const { digest, token } of this.#ledger.erased(tenantKey)) {
        if (token === undefined) this.#follow(tenantKey, digest);
        else {
          otherNames.set(nameKey(tenantKey, digest), digestKey(token));
          otherNames.set(nameKey(tenantKey, digestKey(token)), digest);
        }
      }
    }
    const seen = { count: this.#ledger.erasedCount(), isUnderWay: otherNames.size > 0 };
    this.#tables.erasures.putSync(SEEN, seen);
    return otherNames;
  }

  #hasNewErasures(): boolean {
    const seen = this.#tables.erasures.get(SEEN);
    const count = this.#ledger.erasedCount();
    return count > 0 && (seen === undefined || seen.isUnderWay || seen.count !== count);
  }

  /** Of a finished erasure: the number goes on under the name that a decision of the customer has now. */
  #follow(tenantKey: string, digest: string): void {
    const { customers } = this.#tables;
    const known = customers.get([tenantKey, digest]);
    if (!known) return;
    const name = this.#ledger.decision(tenantKey, known.decisionKey)?.customer;
    if (name !== undefined) customers.putSync([tenantKey, digestKey(name)], known);
    customers.removeSync([tenantKey, digest]);
  }
}

function nameKey(tenantKey: string, digest: string): string {
  return `${tenantKey} ${digest}`;
}
