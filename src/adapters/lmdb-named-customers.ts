import type { Database, RootDatabase } from 'lmdb';
import { TABLES } from './data-folder-tables.ts';
import { factsOfRow, type StoredDecision, withCustomer } from './decision-row.ts';
import { digestKey, TenantKeys } from './lmdb-keys.ts';
import { tenantKeysOf } from './lmdb-pages.ts';

/** A customer in the ledger: the tenant's key, and the digest of the pseudonym, from which there is no way to the decisions. */
export type CustomerKey = readonly [tenantKey: string, digest: string];

/** A customer whose pseudonym is being replaced, or was. */
export interface RenamedCustomer {
  readonly atMs: number;
  /** Replaces the pseudonym in the decisions; kept only while some still have the pseudonym. */
  readonly token?: string;
}

/** A finished lapse, for readers that know customers by the digest of their pseudonym. */
export interface LapsedCustomer {
  readonly tenantKey: string;
  readonly digest: string;
  readonly atMs: number;
}

/** A customer whose decisions are all old. */
export interface DueCustomer {
  readonly customer: CustomerKey;
  readonly decisions: number;
}

/** Counters besides that of the events: the number of the last finished lapse, and of the last whose entry was dropped. */
export const LAST_LAPSE = 'last-lapse';
export const LAST_DROPPED_LAPSE = 'last-dropped-lapse';

/** Rows of one customer read at once. */
const PAGE_ROWS = 50;

/**
 * Which decisions name which customer, and for whom a token replaces the pseudonym: for those who were erased, for good, and for those who
 * lapsed, who are new customers when they come back. Methods that write MUST run inside a transaction.
 */
export class LmdbNamedCustomers {
  readonly #tenants = new TenantKeys();
  readonly #decisions: Database<StoredDecision, [string, string]>;
  readonly #ofCustomer: Database<true, [string, string, string]>;
  readonly #erased: Database<RenamedCustomer, [string, string]>;
  readonly #lapsing: Database<RenamedCustomer, [string, string]>;
  readonly #lapsed: Database<LapsedCustomer, number>;
  readonly #counters: Database<number, string>;

  constructor(root: RootDatabase) {
    this.#decisions = root.openDB(TABLES.decisions);
    this.#ofCustomer = root.openDB(TABLES.decisionsOfCustomer);
    this.#erased = root.openDB(TABLES.erasedCustomers);
    this.#lapsing = root.openDB(TABLES.lapsingCustomers);
    this.#lapsed = root.openDB(TABLES.lapsedCustomers);
    this.#counters = root.openDB(TABLES.counters);
  }

  keyOf(tenant: string, pseudonym: string): CustomerKey {
    return [this.#tenants.of(tenant), digestKey(pseudonym)];
  }

  /** Notes that a decision names the customer. */
  note([tenantKey, digest]: CustomerKey, decisionKey: string): void {
    this.#ofCustomer.putSync([tenantKey, digest, decisionKey], true);
  }

  /** Later reads see all that any process has committed by now. */
  refresh(): void {
    this.#ofCustomer.resetReadTxn();
  }

  isErased([tenantKey, digest]: CustomerKey): boolean {
    return this.#erased.doesExist([tenantKey, digest]);
  }

  /**
   * Marks a customer as erased, with the token for the decisions; only the first call counts. A lapse that is under way becomes the erasure
   * and keeps its token, so that one customer does not end up with two.
   */
  markErased([tenantKey, digest]: CustomerKey, token: string, atMs: number): void {
    const key: [string, string] = [tenantKey, digest];
    if (this.#erased.doesExist(key)) return;
    const lapse = this.#lapsing.get(key);
    this.#erased.putSync(key, { atMs, token: lapse?.token ?? token });
    if (lapse) this.#lapsing.removeSync(key);
  }

  /**
   * Replaces an erased customer in some decisions; with the last of them the token is dropped too.
   *
   * @returns how many were changed; fewer than `max` when none is left
   */
  replaceErased([tenantKey, digest]: CustomerKey, max: number): number {
    const key: [string, string] = [tenantKey, digest];
    return this.#replace(this.#erased, key, max, ({ atMs }) => this.#erased.putSync(key, { atMs }));
  }

  /** Customers of all tenants that were erased, and those whose decisions are not all changed yet. */
  erasedCustomers(): { readonly total: number; readonly underWay: readonly CustomerKey[] } {
    this.#erased.resetReadTxn();
    const all = [...this.#erased.getRange()];
    const underWay = all.filter(({ value }) => value.token !== undefined).map(({ key }) => key);
    return { total: all.length, underWay };
  }

  /**
   * Looks through the customers of all tenants for those whose decisions are all from before a time; for most, the last decision tells.
   * Yields after each decision read, so that others may have their turn; nothing is held open then.
   */
  *findDue(beforeMs: number): Generator<DueCustomer | undefined> {
    for (const tenantKey of tenantKeysOf(this.#ofCustomer)) {
      for (let above = [`${tenantKey}\u007f`]; ; ) {
        const range = { start: above, end: [tenantKey, ''], reverse: true, limit: 1 };
        const [last] = [...this.#ofCustomer.getKeys(range)];
        if (!last) break;
        above = [tenantKey, last[1]];
        yield* this.#lookAt([tenantKey, last[1]], last[2], beforeMs);
      }
    }
  }

  *#lookAt(customer: CustomerKey, lastKey: string, beforeMs: number): Generator<DueCustomer | undefined> {
    let decisions = 0;
    for (let page = [lastKey]; page.length > 0; page = this.#keysBelow(customer, page.at(-1)!, PAGE_ROWS)) {
      for (const key of page) {
        if (!this.#isOld(customer[0], key, beforeMs)) return yield undefined;
        decisions++;
        yield undefined;
      }
    }
    yield { customer, decisions };
  }

  /** Keys of the customer's decisions below one, the last first. */
  #keysBelow([tenantKey, digest]: CustomerKey, below: string, limit: number): string[] {
    const range = { start: [tenantKey, digest, below], exclusiveStart: true, end: [tenantKey, digest] };
    return [...this.#ofCustomer.getKeys({ ...range, reverse: true, limit })].map((row) => row[2]);
  }

  #isOld(tenantKey: string, decisionKey: string, beforeMs: number): boolean {
    const row = this.#decisions.get([tenantKey, decisionKey]);
    return row !== undefined && factsOfRow(row).atMs < beforeMs;
  }

  /**
   * Marks a customer's lapse as under way, unless it is already, or the customer was erased or is no longer due: the number of decisions is
   * not the one looked at, or one of the last fifty, which for most are all, is recent.
   */
  markLapsing({ customer, decisions }: DueCustomer, token: string, beforeMs: number, atMs: number): boolean {
    const key: [string, string] = [...customer];
    if (this.#erased.doesExist(key) || this.#lapsing.doesExist(key)) return false;
    const start = key;
    const end = [key[0], `${key[1]}\u007f`];
    if (this.#ofCustomer.getKeysCount({ start, end }) !== decisions) return false;
    const last = this.#keysBelow(customer, '\u007f', PAGE_ROWS);
    if (!last.every((decision) => this.#isOld(key[0], decision, beforeMs))) return false;
    this.#lapsing.putSync(key, { atMs, token });
    return true;
  }

  /**
   * Replaces a customer whose lapse is under way in some decisions, also in those made after the customer came back. After the last of them
   * an entry of the lapse takes the place of the token.
   *
   * @returns how many were changed; fewer than `max` when none is left
   */
  replaceLapsing([tenantKey, digest]: CustomerKey, max: number): number {
    const key: [string, string] = [tenantKey, digest];
    return this.#replace(this.#lapsing, key, max, ({ atMs }) => {
      this.#lapsing.removeSync(key);
      const number = 1 + (this.#counters.get(LAST_LAPSE) ?? 0);
      this.#counters.putSync(LAST_LAPSE, number);
      this.#lapsed.putSync(number, { tenantKey, digest, atMs });
    });
  }

  /** Customers of all tenants whose lapse is under way. */
  lapsingCustomers(): CustomerKey[] {
    this.#lapsing.resetReadTxn();
    return [...this.#lapsing.getKeys()];
  }

  /**
   * Drops the entries of lapses from before a time, the oldest first. A reader that missed them can tell by the counter.
   *
   * @returns how many; fewer than `max` when none is left
   */
  dropLapsed(beforeMs: number, max: number): number {
    let dropped = 0;
    for (const { key, value } of [...this.#lapsed.getRange({ limit: max })]) {
      if (value.atMs >= beforeMs) break;
      this.#lapsed.removeSync(key);
      this.#counters.putSync(LAST_DROPPED_LAPSE, key);
      dropped++;
    }
    return dropped;
  }

  #replace(
    marks: Database<RenamedCustomer, [string, string]>,
    [tenantKey, digest]: [string, string],
    max: number,
    finish: (mark: RenamedCustomer) => void,
  ): number {
    const mark = marks.get([tenantKey, digest]);
    if (mark?.token === undefined) return 0;
    const range = { start: [tenantKey, digest], end: [tenantKey, `${digest}\u007f`], limit: max };
    const rows = [...this.#ofCustomer.getKeys(range)];
    for (const row of rows) {
      const key: [string, string] = [tenantKey, row[2]];
      this.#decisions.putSync(key, withCustomer(this.#decisions.get(key)!, mark.token));
      this.#ofCustomer.removeSync(row);
    }
    if (rows.length < max) finish(mark);
    return rows.length;
  }
}
