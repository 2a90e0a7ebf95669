import type { DecisionFacts } from '../ledger/decision.ts';
import { OutcomesLost } from '../ledger/outcome-store.ts';
import type { LedgerReader } from './ledger-reader.ts';
import { digestKey } from './lmdb-keys.ts';
import type { ErasuresSeen, KnownCustomer, RollUpTables } from './roll-up-tables.ts';

const SEEN = 'seen';
const NOTHING_SEEN: ErasuresSeen = { count: 0, isUnderWay: false };

/**
 * The numbers of customers. A name is a pseudonym, or the token of somebody erased or lapsed; only its digest is kept. A pseudonym's digest
 * is kept no longer than the pseudonym: then the number moves to the token's digest, so that all baskets of one customer stay together.
 * Write only inside a transaction.
 */
export class RollUpCustomers {
  readonly #tables: RollUpTables;
  readonly #ledger: LedgerReader;
  /** Tokens of customers whose erasure or lapse is under way, by the key of the pseudonym. */
  #tokens: ReadonlyMap<string, string> = new Map();

  constructor(tables: RollUpTables, ledger: LedgerReader) {
    this.#tables = tables;
    this.#ledger = ledger;
  }

  codeOf(tenantKey: string, customer: string): number | undefined {
    return this.#tables.customers.get([tenantKey, digestKey(customer)])?.code;
  }

  /** The decision as it will be once all erasures and lapses under way are finished: until then a basket may hold both names of a customer. */
  renamed(tenantKey: string, decision: DecisionFacts): DecisionFacts {
    if (decision.customer === undefined || this.#tokens.size === 0) return decision;
    const token = this.#tokens.get(nameKey(tenantKey, digestKey(decision.customer)));
    return token === undefined ? decision : { ...decision, customer: token };
  }

  add(tenantKey: string, customer: string, code: number, decisionKey: string): void {
    this.#tables.customers.putSync([tenantKey, digestKey(customer)], { code, decisionKey });
  }

  addBasket(tenantKey: string, code: number, row: number): void {
    const { customerBaskets } = this.#tables;
    const key: [string, number, number] = [tenantKey, code, row];
    if (!customerBaskets.doesExist(key)) customerBaskets.putSync(key, true);
  }

  basketsOf(tenantKey: string, customer: string, max: number): number[] {
    const code = this.codeOf(tenantKey, customer);
    if (code === undefined) return [];
    const range = {
      start: [tenantKey, code, 0] as [string, number, number],
      end: [tenantKey, code, Number.POSITIVE_INFINITY] as [string, number, number],
    };
    return [...this.#tables.customerBaskets.getKeys({ ...range, limit: max })].map(([, , row]) => row);
  }

  /**
   * Follows the names of customers of all tenants who were erased or lapsed since the last call, or are being. Call after each `refresh`,
   * until it returns false, before taking anything in: otherwise a customer who came back after a lapse would get the old number.
   *
   * @param max lapses to follow in one call
   * @returns whether there are more
   * @throws OutcomesLost
   */
  follow(max: number): boolean {
    if (this.#followLapses(max)) return true;
    const tokens = this.#followErasures();
    for (const { tenantKey, digest, token } of this.#ledger.lapsing())
      this.#followUnderWay(tokens, [tenantKey, digest], token);
    this.#tokens = tokens;
    return false;
  }

  #followLapses(max: number): boolean {
    const { lapses: seen = 0, ...erasures } = this.#seen();
    const { last, dropped } = this.#ledger.lapseNumbers();
    if (seen === last) return false;
    let followed = last;
    if (this.#tables.customers.getKeysCount({ limit: 1 }) > 0) {
      if (seen < dropped)
        throw new OutcomesLost('customers lapsed so long ago that the ledger no longer lists them');
      if (seen > last) throw new OutcomesLost('the ledger has fewer lapses than have been applied');
      const entries = this.#ledger.lapsesAfter(seen, max);
      for (const { lapsed } of entries) this.#follow(lapsed.tenantKey, lapsed.digest);
      followed = entries.at(-1)!.number;
    }
    this.#tables.erasures.putSync(SEEN, { ...erasures, lapses: followed });
    return followed < last;
  }

  #followErasures(): Map<string, string> {
    const tokens = new Map<string, string>();
    if (!this.#hasNewErasures()) return tokens;
    for (const tenantKey of this.#ledger.tenantKeys()) {
      for (const { digest, token } of this.#ledger.erased(tenantKey)) {
        if (token === undefined) this.#follow(tenantKey, digest);
        else this.#followUnderWay(tokens, [tenantKey, digest], token);
      }
    }
    const seen = { count: this.#ledger.erasedCount(), isUnderWay: tokens.size > 0 };
    this.#tables.erasures.putSync(SEEN, { ...this.#seen(), ...seen });
    return tokens;
  }

  #followUnderWay(tokens: Map<string, string>, key: [string, string], token: string): void {
    tokens.set(nameKey(...key), token);
    const known = this.#tables.customers.get(key);
    if (known) this.#move(key, known, token);
  }

  #hasNewErasures(): boolean {
    const { count, isUnderWay } = this.#seen();
    return isUnderWay || count !== this.#ledger.erasedCount();
  }

  #seen(): ErasuresSeen {
    return this.#tables.erasures.get(SEEN) ?? NOTHING_SEEN;
  }

  /**
   * For a finished erasure or lapse: moves the number to the name that a decision of the customer has now. If that still is the pseudonym,
   * the customer came back since.
   */
  #follow(tenantKey: string, digest: string): void {
    const known = this.#tables.customers.get([tenantKey, digest]);
    if (!known) return;
    const name = this.#ledger.decision(tenantKey, known.decisionKey)?.customer;
    if (name === undefined || digestKey(name) !== digest) this.#move([tenantKey, digest], known, name);
  }

  #move(key: [string, string], known: KnownCustomer, name: string | undefined): void {
    const { customers } = this.#tables;
    if (name !== undefined) customers.putSync([key[0], digestKey(name)], known);
    customers.removeSync(key);
  }
}

function nameKey(tenantKey: string, digest: string): string {
  return `${tenantKey} ${digest}`;
}
