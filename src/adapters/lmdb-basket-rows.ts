import type { Database, RootDatabase } from 'lmdb';
import type { DecisionFacts } from '../ledger/decision.ts';
import type { StoredEvent } from '../ledger/events.ts';
import { DAY_MS } from '../ledger/instant.ts';
import { rowKey, TenantKeys } from './lmdb-keys.ts';

/** A decision's facts, the arrival number of an event, or the basket of the decision that the rows are about. */
type BasketRow = DecisionFacts | true | string;

/** What of a tenant belongs together: a basket, or a decision whose basket may not be known yet. */
export type GroupKey = readonly [tenantKey: string, group: string];

/**
 * Rows of one basket, and of one decision, at most: they are read at once whenever one comes. More are no basket but a client
 * that sends one id for all of them.
 */
export const GROUP_ROWS_MAX = 2_000;

/** The row of a decision's rows that names its basket's. */
const BASKET = 'basket';

/**
 * Which decisions and events belong to a basket, and for which baskets something came that is not rolled up. All MUST run inside
 * a transaction, that of the row which is written.
 *
 * Under a basket: its decisions, sales and refunds. Under a decision: what was said about it, and the basket once it is known.
 */
export class LmdbBasketRows {
  readonly #tenants = new TenantKeys();
  readonly #rows: Database<BasketRow, [string, string, string | number]>;
  /** [tenant key, day of UTC, group]: what belongs to one day is rolled up together, which touches few sums. */
  readonly #unrolled: Database<true, [string, number, string]>;

  constructor(root: RootDatabase) {
    this.#rows = root.openDB({ name: 'basket-rows' });
    this.#unrolled = root.openDB({ name: 'unrolled-baskets' });
  }

  /** Whether nothing more can belong to the basket. */
  isBasketFull(tenant: string, basketId: string): boolean {
    return this.#isFull([this.#tenants.of(tenant), basketGroup(basketId)]);
  }

  /** Also a decision that has changed. */
  addDecision(decision: DecisionFacts): void {
    const tenantKey = this.#tenants.of(decision.tenant);
    const basket = basketGroup(decision.basketId);
    this.#rows.putSync([tenantKey, basket, rowKey(decision.decisionId)], decision);
    this.#rows.putSync([tenantKey, decisionGroup(decision.decisionId), BASKET], basket);
    this.#list(tenantKey, decision.atMs, basket);
  }

  /** False where too many belong together already; then nothing is written, and the event must not be either. */
  addEvent(arrival: number, { tenant, event, receivedAtMs }: StoredEvent): boolean {
    const tenantKey = this.#tenants.of(tenant);
    const isPaid = event.type === 'sale' || event.type === 'refund';
    const group = isPaid ? basketGroup(event.basketId) : decisionGroup(event.decisionId);
    if (this.#isFull([tenantKey, group])) return false;
    this.#rows.putSync([tenantKey, group, arrival], true);
    const basket = isPaid ? group : (this.basketOf([tenantKey, group]) ?? group);
    this.#list(tenantKey, receivedAtMs, basket);
    return true;
  }

  /** The basket of a decision's rows; undefined while the decision is not there, and of a basket. */
  basketOf([tenantKey, group]: GroupKey): string | undefined {
    return this.#rows.get([tenantKey, group, BASKET]) as string | undefined;
  }

  /** Decisions under a basket, and arrival numbers of the events under a basket or a decision. */
  of([tenantKey, group]: GroupKey): { decisions: DecisionFacts[]; arrivals: number[] } {
    const decisions: DecisionFacts[] = [];
    const arrivals: number[] = [];
    for (const { key, value } of this.#rows.getRange(rowsOf([tenantKey, group]))) {
      if (typeof key[2] === 'number') arrivals.push(key[2]);
      else if (typeof value === 'object') decisions.push(value);
    }
    return { decisions, arrivals };
  }

  /** The key of a tenant, of the given one or any, for whom something came that is not rolled up; outside a transaction. */
  tenantWithUnrolled(tenant?: string): string | undefined {
    this.#unrolled.resetReadTxn();
    const range = tenant === undefined ? {} : rangeOf(this.#tenants.of(tenant));
    const [first] = this.#unrolled.getKeys({ ...range, limit: 1 });
    return first?.[0];
  }

  /** Takes groups that something came for from the list, those of the first day first. */
  takeUnrolled(tenantKey: string, max: number): GroupKey[] {
    const listed = [...this.#unrolled.getKeys({ ...rangeOf(tenantKey), limit: max })];
    for (const key of listed) this.#unrolled.removeSync(key);
    return listed.map(([, , group]) => [tenantKey, group]);
  }

  #isFull([tenantKey, group]: GroupKey): boolean {
    const range = rowsOf([tenantKey, group]);
    return this.#rows.getKeysCount({ ...range, limit: GROUP_ROWS_MAX }) >= GROUP_ROWS_MAX;
  }

  #list(tenantKey: string, atMs: number, group: string): void {
    this.#unrolled.putSync([tenantKey, Math.floor(atMs / DAY_MS), group], true);
  }
}

function rowsOf([tenantKey, group]: GroupKey): {
  start: [string, string, number];
  end: [string, string, string];
} {
  return { start: [tenantKey, group, Number.MIN_SAFE_INTEGER], end: [tenantKey, group, '\u007f'] };
}

function rangeOf(tenantKey: string): {
  start: [string, number, string];
  end: [string, number, string];
} {
  return {
    start: [tenantKey, Number.MIN_SAFE_INTEGER, ''],
    end: [tenantKey, Number.MAX_SAFE_INTEGER, ''],
  };
}

export function decisionGroup(decisionId: string): string {
  return `decision ${rowKey(decisionId)}`;
}

export function basketGroup(basketId: string): string {
  return `basket ${rowKey(basketId)}`;
}
