import type { Database, RootDatabase } from 'lmdb';
import type { DecisionFacts, DecisionRecord } from '../ledger/decision.ts';
import { TABLES } from './data-folder-tables.ts';
import {
  factsOfRow,
  fromDecisionRows,
  type PassedOverRow,
  passedOverCount,
  type StoredDecision,
  toDecisionRows,
} from './decision-row.ts';
import { digestKey, TenantKeys } from './lmdb-keys.ts';
import { LmdbNamedCustomers } from './lmdb-named-customers.ts';
import { readInPages, tenantKeysOf } from './lmdb-pages.ts';

/** Rows decoded at once, a millisecond of a thread that others wait for; a decision has up to 50 candidates. */
const PAGE_ROWS = 50;
/** Without candidates. */
const FACTS_PAGE_ROWS = 250;

/**
 * The decisions on disk. Methods that write MUST run inside a transaction. An erased customer stays erased: no decision is written with
 * that customer again, whichever process it comes from.
 */
export class LmdbDecisions {
  readonly #tenants = new TenantKeys();
  readonly #decisions: Database<StoredDecision, [string, string]>;
  readonly #passedOver: Database<PassedOverRow, [string, string]>;
  /** The customers whom the decisions name. */
  readonly customers: LmdbNamedCustomers;

  constructor(root: RootDatabase) {
    this.#decisions = root.openDB(TABLES.decisions);
    this.#passedOver = root.openDB(TABLES.passedOver);
    this.customers = new LmdbNamedCustomers(root);
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

  /** Writes a decision unless there is one with its id. */
  write(decision: DecisionRecord): void {
    const tenantKey = this.#tenants.of(decision.tenant);
    const key = decisionKey(decision.decisionId);
    if (this.#decisions.doesExist([tenantKey, key])) return;
    const kept = this.withoutErased(decision);
    const { row, passedOver } = toDecisionRows(kept);
    this.#decisions.putSync([tenantKey, key], row);
    if (passedOver !== undefined) this.#passedOver.putSync([tenantKey, key], passedOver);
    const { customer } = kept;
    if (customer !== undefined) this.customers.note(this.customers.keyOf(kept.tenant, customer), key);
  }

  /**
   * Forgets the candidates that were not suggested in decisions from before a time, the oldest of each tenant first. Those that an earlier
   * build wrote into the decisions themselves stay.
   *
   * @returns in how many decisions; fewer than `max` when none is left
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

  /** The decision as it may be kept: without its customer when that customer was erased. */
  withoutErased(decision: DecisionRecord): DecisionRecord {
    const { customers } = this;
    if (decision.customer === undefined) return decision;
    if (!customers.isErased(customers.keyOf(decision.tenant, decision.customer))) return decision;
    const { customer: _, isDrawnForCustomer: __, ...rest } = decision;
    return rest;
  }

  #whole(tenantKey: string, row: StoredDecision): DecisionRecord {
    if (passedOverCount(row) === 0) return fromDecisionRows(row);
    const { decisionId } = factsOfRow(row);
    return fromDecisionRows(row, this.#passedOver.get([tenantKey, decisionKey(decisionId)]));
  }
}

/** The id itself where it is short and plain, as a UUID is, so that the order of keys is that of ids. */
export function decisionKey(decisionId: string): string {
  return /^[\w-]{1,64}$/.test(decisionId) ? decisionId : `~${digestKey(decisionId)}`;
}
