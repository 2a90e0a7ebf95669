import type { Database, RootDatabase } from 'lmdb';
import type { DecisionFacts, DecisionRecord } from '../ledger/decision.ts';
import { type DecisionColumns, fromColumns, toColumns } from './decision-columns.ts';
import type { LmdbBasketRows } from './lmdb-basket-rows.ts';
import { digestKey, rowKey, TenantKeys } from './lmdb-keys.ts';
import { readInPages } from './lmdb-pages.ts';

/** Rows decoded at once, a millisecond of a thread that others wait for; a decision has up to 50 candidates. */
const PAGE_ROWS = 50;

/** A customer who was erased, under the digest of the pseudonym, from which there is no way to the decisions. */
interface ErasedCustomer {
  readonly atMs: number;
  /** What stands in the decisions in the place of the pseudonym; only while some still have the pseudonym. */
  readonly token?: string;
}

/** Where a customer's mark is and, with what follows, the decisions. */
export type CustomerKey = readonly [tenantKey: string, digest: string];

/**
 * The decisions on disk and whose they are. What writes MUST run inside a transaction. Whoever is erased stays so: no
 * decision is written with that customer again, whichever process it comes from.
 */
export class LmdbDecisions {
  readonly #tenants = new TenantKeys();
  readonly #decisions: Database<DecisionColumns, [string, string]>;
  /** [tenant key, digest of the pseudonym, decision key]: a customer's decisions without reading all others. */
  readonly #ofCustomer: Database<true, string[]>;
  readonly #erased: Database<ErasedCustomer, [string, string]>;
  readonly #basketRows: LmdbBasketRows;

  constructor(root: RootDatabase, basketRows: LmdbBasketRows) {
    this.#basketRows = basketRows;
    this.#decisions = root.openDB({ name: 'decisions' });
    this.#ofCustomer = root.openDB({ name: 'decisions-of-customer' });
    this.#erased = root.openDB({ name: 'erased-customers' });
  }

  get(tenant: string, decisionId: string): DecisionRecord | undefined {
    const columns = this.#decisions.get([this.#tenants.of(tenant), rowKey(decisionId)]);
    return columns && fromColumns(columns);
  }

  /** In the order of ids. */
  *all(tenant: string): Generator<DecisionRecord> {
    for (const columns of readInPages(this.#decisions, this.#tenants.of(tenant), '', PAGE_ROWS))
      yield fromColumns(columns);
  }

  /** Writes a decision unless there is one of its id; false where its basket can hold no more. */
  write(decision: DecisionRecord): boolean {
    const tenantKey = this.#tenants.of(decision.tenant);
    const key = rowKey(decision.decisionId);
    if (this.#decisions.doesExist([tenantKey, key])) return true;
    if (this.#basketRows.isBasketFull(decision.tenant, decision.basketId)) return false;
    const kept = this.withoutErased(decision);
    this.#decisions.putSync([tenantKey, key], toColumns(kept));
    this.#basketRows.addDecision(factsOf(kept));
    if (kept.customer !== undefined)
      this.#ofCustomer.putSync([tenantKey, digestKey(kept.customer), key], true);
    return true;
  }

  /** The decision as it may be kept: of nobody when its customer was erased. */
  withoutErased(decision: DecisionRecord): DecisionRecord {
    if (decision.customer === undefined || !this.isErased(decision.tenant, decision.customer))
      return decision;
    const { customer: _, ...rest } = decision;
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
   * @returns the decisions that were changed; fewer than `max` when none is left
   */
  replaceErased([tenantKey, digest]: CustomerKey, max: number): DecisionFacts[] {
    const erased = this.#erased.get([tenantKey, digest]);
    if (erased?.token === undefined) return [];
    const { token, atMs } = erased;
    const range = { start: [tenantKey, digest], end: [tenantKey, `${digest}\u007f`], limit: max };
    const changed = [...this.#ofCustomer.getKeys(range)].map((row) => {
      const key: [string, string] = [tenantKey, row[2]!];
      const decision = { ...this.#decisions.get(key)!, customer: token };
      this.#decisions.putSync(key, decision);
      this.#basketRows.addDecision(factsOf(decision));
      this.#ofCustomer.removeSync(row);
      return decision;
    });
    if (changed.length < max) this.#erased.putSync([tenantKey, digest], { atMs });
    return changed;
  }

  keyOf(tenant: string, customer: string): CustomerKey {
    return [this.#tenants.of(tenant), digestKey(customer)];
  }

  /** Customers of all tenants that were erased, and those whose decisions are not all changed yet. */
  erasedCustomers(): { readonly total: number; readonly underWay: readonly CustomerKey[] } {
    this.#erased.resetReadTxn();
    const all = [...this.#erased.getRange()];
    const underWay = all.filter(({ value }) => value.token !== undefined).map(({ key }) => key);
    return { total: all.length, underWay };
  }
}

function factsOf(decision: DecisionRecord | DecisionColumns): DecisionFacts {
  const { candidates, modelVersion, rulesVersion, stockEpoch, language, degraded, ...facts } = decision;
  return facts;
}
