import type { Database, RootDatabase } from 'lmdb';
import type { DecisionFacts, DecisionRecord } from '../ledger/decision.ts';
import {
  factsOfRow,
  fromDecisionRows,
  type PassedOverRow,
  passedOverCount,
  type StoredDecision,
  toDecisionRows,
  withCustomer,
} from './decision-row.ts';
import { digestKey, TenantKeys } from './lmdb-keys.ts';
import { readInPages, tenantKeysOf } from './lmdb-pages.ts';

/** Rows decoded at once, a millisecond of a thread that others wait for; a decision has up to 50 candidates. */
const PAGE_ROWS = 50;
/** Without candidates. */
const FACTS_PAGE_ROWS = 250;

/** A customer who was erased, under the digest of the pseudonym, from which there is no way to the decisions. */
export interface ErasedCustomer {
  readonly atMs: number;
  /** What stands in the decisions in the place of the pseudonym; only while some still have the pseudonym. */
  readonly token?: string;
}

/**
 * The decisions on disk and whose they are. What writes MUST run inside a transaction. Whoever is erased stays so: no
 * decision is written with that customer again, whichever process it comes from.
 */
export class LmdbDecisions {
  readonly #tenants = new TenantKeys();
  readonly #decisions: Database<StoredDecision, [string, string]>;
  /** Under the key of the decision, what was not suggested: most of it, and of reports only the off-policy one reads it. */
  readonly #passedOver: Database<PassedOverRow, [string, string]>;
  /** [tenant key, digest of the pseudonym, decision key]: a customer's decisions without reading all others. */
  readonly #ofCustomer: Database<true, string[]>;
  readonly #erased: Database<ErasedCustomer, [string, string]>;

  constructor(root: RootDatabase) {
    this.#decisions = root.openDB({ name: 'decisions' });
    this.#passedOver = root.openDB({ name: 'passed-over-candidates' });
    this.#ofCustomer = root.openDB({ name: 'decisions-of-customer' });
    this.#erased = root.openDB({ name: 'erased-customers' });
  }

  get(tenant: string, decisionId: string): DecisionRecord | undefined {
    const tenantKey = this.#tenants.of(tenant);
    const row = this.#decisions.get([tenantKey, decisionKey(decisionId)]);
    return row && this.#whole(tenantKey, row);
  }

  /** In the order of ids. */
  *all(tenant: string): Generator<DecisionRecord> {
    const tenantKey = this.#tenants.of(tenant);
    for (const row of readInPages(this.#decisions, tenantKey, '', PAGE_ROWS))
      yield this.#whole(tenantKey, row);
  }

  /** In the order of ids. */
  *facts(tenant: string): Generator<DecisionFacts> {
    for (const row of readInPages(this.#decisions, this.#tenants.of(tenant), '', FACTS_PAGE_ROWS))
      yield factsOfRow(row);
  }

  /** Writes a decision unless there is one of its id. */
  write(decision: DecisionRecord): void {
    const tenantKey = this.#tenants.of(decision.tenant);
    const key = decisionKey(decision.decisionId);
    if (this.#decisions.doesExist([tenantKey, key])) return;
    const kept = this.withoutErased(decision);
    const { row, passedOver } = toDecisionRows(kept);
    this.#decisions.putSync([tenantKey, key], row);
    if (passedOver !== undefined) this.#passedOver.putSync([tenantKey, key], passedOver);
    if (kept.customer !== undefined)
      this.#ofCustomer.putSync([tenantKey, digestKey(kept.customer), key], true);
  }

  /**
   * Forgets which candidates were not suggested, of decisions from before a time, the oldest of each tenant first. What an earlier
   * build wrote into the decisions themselves stays.
   *
   * @returns of how many decisions; fewer than `max` when none is left
   */
  forgetPassedOver(beforeMs: number, max: number): number {
    let forgotten = 0;
    for (const tenantKey of tenantKeysOf(this.#passedOver)) {
      if (forgotten === max) break;
      const end = [`${tenantKey}\u007f`];
      const keys = this.#passedOver.getKeys({ start: [tenantKey, ''], end, limit: max - forgotten });
      for (const key of [...keys]) {
        const row = this.#decisions.get(key);
        if (row !== undefined && factsOfRow(row).atMs >= beforeMs) break;
        this.#passedOver.removeSync(key);
        forgotten++;
      }
    }
    return forgotten;
  }

  /** The decision as it may be kept: of nobody when its customer was erased. */
  withoutErased(decision: DecisionRecord): DecisionRecord {
    if (decision.customer === undefined || !this.isErased(decision.tenant, decision.customer))
      return decision;
    const { customer: _, isDrawnForCustomer: __, ...rest } = decision;
    return rest;
  }

  isErased(tenant: string, customer: string): boolean {
    return this.#erased.doesExist([this.#tenants.of(tenant), digestKey(customer)]);
  }

  /** Marks a customer as erased, with what is to stand in the decisions; the first time counts. */
  markErased(tenant: string, customer: string, token: string, atMs: number): void {
    const key: [string, string] = [this.#tenants.of(tenant), digestKey(customer)];
    if (!this.#erased.doesExist(key)) this.#erased.putSync(key, { atMs, token });
  }

  /**
   * Replaces an erased customer in some decisions; with the last of them the token is dropped too.
   *
   * @returns how many were changed; fewer than `max` when none is left
   */
  replaceErased([tenantKey, customerKey]: readonly [string, string], max: number): number {
    const erased = this.#erased.get([tenantKey, customerKey]);
    if (erased?.token === undefined) return 0;
    const { token, atMs } = erased;
    const start = [tenantKey, customerKey];
    const rows = [
      ...this.#ofCustomer.getKeys({ start, end: [tenantKey, `${customerKey}\u007f`], limit: max }),
    ];
    for (const row of rows) {
      const key: [string, string] = [tenantKey, row[2]!];
      this.#decisions.putSync(key, withCustomer(this.#decisions.get(key)!, token));
      this.#ofCustomer.removeSync(row);
    }
    if (rows.length < max) this.#erased.putSync([tenantKey, customerKey], { atMs });
    return rows.length;
  }

  /** The key of a customer's mark and, with what follows, of the decisions. */
  keyOf(tenant: string, customer: string): readonly [string, string] {
    return [this.#tenants.of(tenant), digestKey(customer)];
  }

  #whole(tenantKey: string, row: StoredDecision): DecisionRecord {
    if (passedOverCount(row) === 0) return fromDecisionRows(row);
    const { decisionId } = factsOfRow(row);
    return fromDecisionRows(row, this.#passedOver.get([tenantKey, decisionKey(decisionId)]));
  }

  /** Customers of all tenants that were erased, and those whose decisions are not all changed yet. */
  erasedCustomers(): { readonly total: number; readonly underWay: readonly (readonly [string, string])[] } {
    this.#erased.resetReadTxn();
    const all = [...this.#erased.getRange()];
    const underWay = all.filter(({ value }) => value.token !== undefined).map(({ key }) => key);
    return { total: all.length, underWay };
  }
}

/** The id itself where it is short and plain, as a UUID is, so that the order of keys is that of ids. */
export function decisionKey(decisionId: string): string {
  return /^[\w-]{1,64}$/.test(decisionId) ? decisionId : `~${digestKey(decisionId)}`;
}
