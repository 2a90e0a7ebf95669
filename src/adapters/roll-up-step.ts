import type { DecisionFacts } from '../ledger/decision.ts';
import type { StoredEvent } from '../ledger/events.ts';
import { type FoldedBasket, foldBasket } from '../ledger/folded-basket.ts';
import { getOrMake } from '../ledger/get-or-make.ts';
import { OutcomeNames } from '../ledger/outcome-names.ts';
import type { UnmatchedEvent } from '../ledger/unmatched-events.ts';
import type { Writable } from '../ledger/writable.ts';
import { BASKET_KEY_BYTES, type BasketIndex } from './basket-index.ts';
import type { ArrivedEvent, KeyedDecision, LedgerReader } from './ledger-reader.ts';
import { decisionKey } from './lmdb-decisions.ts';
import { digestBytes } from './lmdb-keys.ts';
import type { RollUpCustomers } from './roll-up-customers.ts';
import type { RollUpProducts } from './roll-up-products.ts';
import { type RollUpSegments, SEGMENT_BASKETS } from './roll-up-segments.ts';
import type { RollUpSources } from './roll-up-sources.ts';
import {
  NOTHING_TAKEN_IN,
  type RollUpTables,
  type StoredNames,
  type TenantState,
  type Unmatched,
} from './roll-up-tables.ts';
import type { RollUpUnmatched } from './roll-up-unmatched.ts';

export interface StepParts {
  readonly tables: RollUpTables;
  readonly ledger: LedgerReader;
  readonly segments: RollUpSegments;
  readonly customers: RollUpCustomers;
  readonly products: RollUpProducts;
  readonly sources: RollUpSources;
  readonly unmatched: RollUpUnmatched;
}

/** A basket with news, and all that it is folded from. */
interface Group {
  readonly key: Buffer;
  /** undefined for one that is new. */
  readonly row: number | undefined;
  readonly decisions: Map<string, DecisionFacts>;
  readonly events: Map<number, StoredEvent>;
  /** Its events that counted nowhere, or not by themselves, before this step. */
  readonly unmatched: readonly Unmatched[];
}

/**
 * Takes in some decisions and events of one tenant: each basket that they belong to is folded from everything known of it. All inside one
 * transaction of the roll-up.
 */
export class RollUpStep {
  readonly #parts: StepParts;
  readonly #tenantKey: string;
  readonly #index: BasketIndex;
  readonly #groups = new Map<string, Group>();
  /** Decision key → basket id, for the decisions being taken in. */
  readonly #basketIds = new Map<string, string>();
  readonly #newKeys: Buffer[] = [];
  readonly #customerCodes = new Map<string, number>();
  readonly #changed = new Map<number, Map<number, FoldedBasket>>();
  readonly #state: Writable<TenantState>;

  /** @param index of the tenant's baskets, all that the tables hold */
  constructor(parts: StepParts, tenantKey: string, index: BasketIndex) {
    this.#parts = parts;
    this.#tenantKey = tenantKey;
    this.#index = index;
    this.#state = { ...(parts.tables.tenants.get(tenantKey) ?? NOTHING_TAKEN_IN) };
  }

  /** Whether the decision is among what its basket was folded from. */
  isTakenIn(key: string, { basketId }: DecisionFacts): boolean {
    const group = this.#groups.get(basketId);
    if (group) return group.decisions.has(key);
    const row = this.#index.find(basketKey(basketId));
    return row !== undefined && this.#parts.sources.of(this.#tenantKey, row).decisions.includes(key);
  }

  takeIn(decisions: readonly KeyedDecision[], events: readonly ArrivedEvent[]): void {
    const groups = new Map<string, Group>();
    for (const { key, decision } of decisions) {
      const group = this.#groupOf(decision.basketId);
      group.decisions.set(key, this.#parts.customers.renamed(this.#tenantKey, decision));
      this.#basketIds.set(key, decision.basketId);
      groups.set(decision.basketId, group);
      this.#endWaiting(key, group);
    }
    for (const { arrival, stored } of events) {
      const basketId = this.#basketOf(stored, arrival);
      if (basketId === undefined) continue;
      const group = this.#groupOf(basketId);
      group.events.set(arrival, stored);
      groups.set(basketId, group);
    }
    for (const group of groups.values()) this.#fold(group);
    this.#state.decisions += decisions.length;
    const last = events.at(-1);
    if (!last) return;
    this.#state.lastEvent = { arrival: last.arrival, id: last.stored.event.id };
    this.#state.arrival = last.arrival + 1;
  }

  /** Notes that decisions up to this key are taken in. */
  moveOn(key: string): void {
    this.#state.decisionKey = key;
  }

  /** Writes what the step has changed. */
  finish(): void {
    const { tables, segments, products } = this.#parts;
    const stored = tables.names.get(this.#tenantKey);
    const names = namesOf(stored);
    const before = names.places.length + names.currencies.length;
    const productNames = products.names(this.#tenantKey);
    const productsBefore = productNames.ids.length;
    const customerCode = (customer: string) => this.#customerCodes.get(customer)!;
    for (const [segment, changed] of this.#changed)
      segments.rewrite([this.#tenantKey, segment], changed, { names, products: productNames, customerCode });
    products.write(this.#tenantKey, productNames, productsBefore);
    if (names.places.length + names.currencies.length > before)
      tables.names.putSync(this.#tenantKey, storedNames(names));
    this.#writeKeys();
    tables.tenants.putSync(this.#tenantKey, this.#state);
  }

  #writeKeys(): void {
    const { basketKeys } = this.#parts.tables;
    for (let row = this.#state.baskets - this.#newKeys.length; row < this.#state.baskets; ) {
      const segment = Math.floor(row / SEGMENT_BASKETS);
      const keys = this.#newKeys.splice(0, (segment + 1) * SEGMENT_BASKETS - row);
      const before = basketKeys.get([this.#tenantKey, segment]) ?? Buffer.alloc(0);
      basketKeys.putSync([this.#tenantKey, segment], Buffer.concat([before, ...keys]));
      row += keys.length;
    }
  }

  /** The basket of an event; undefined when its decision is not taken in yet, and then the event waits. */
  #basketOf({ event }: StoredEvent, arrival: number): string | undefined {
    if (event.type === 'sale' || event.type === 'refund') return event.basketId;
    const key = decisionKey(event.decisionId);
    const basketId = this.#basketIds.get(key);
    if (basketId !== undefined) return basketId;
    const decision = this.#parts.ledger.decision(this.#tenantKey, key);
    if (decision && this.isTakenIn(key, decision)) return decision.basketId;
    this.#parts.tables.waiting.putSync([this.#tenantKey, key, arrival], true);
    this.#parts.unmatched.add(this.#tenantKey, [arrival, 'no-decision']);
    this.#state.waiting++;
    return undefined;
  }

  #endWaiting(key: string, group: Group): void {
    if (this.#state.waiting === 0) return;
    const { waiting } = this.#parts.tables;
    const range = {
      start: [this.#tenantKey, key, 0] as [string, string, number],
      end: [this.#tenantKey, `${key}\u0001`],
    };
    const rows = [...waiting.getKeys(range)].filter(([, of]) => of === key);
    for (const row of rows) {
      group.events.set(row[2], this.#parts.sources.event(this.#tenantKey, row[2]));
      waiting.removeSync(row);
      this.#parts.unmatched.remove(this.#tenantKey, row[2]);
    }
    this.#state.waiting -= rows.length;
  }

  #groupOf(basketId: string): Group {
    return getOrMake(this.#groups, basketId, () => {
      const key = basketKey(basketId);
      const row = this.#index.find(key);
      return row === undefined ? newGroup(key) : this.#readGroup(key, row);
    });
  }

  #readGroup(key: Buffer, row: number): Group {
    const { sources } = this.#parts;
    const { decisions, arrivals, unmatched } = sources.of(this.#tenantKey, row);
    return {
      key,
      row,
      unmatched,
      decisions: new Map(decisions.map((of) => [of, sources.decision(this.#tenantKey, of)])),
      events: new Map(arrivals.map((arrival) => [arrival, sources.event(this.#tenantKey, arrival)])),
    };
  }

  #fold(group: Group): void {
    const folded = foldBasket([...group.decisions.values()], [...group.events.values()]);
    const { outcome } = folded;
    const row = group.row ?? this.#addBasket(group.key);
    if (outcome?.customer !== undefined) this.#nameCustomer(outcome.customer, group, row);
    const unmatched = arrivalsOf(folded.unmatched, group);
    if (group.unmatched.length + unmatched.length > 0)
      this.#state.unmatched = this.#parts.unmatched.replace(
        this.#tenantKey,
        group.unmatched,
        unmatched,
        this.#state.unmatched,
      );
    const decisions = [...group.decisions.keys()];
    const arrivals = [...group.events.keys()];
    const sources = { decisions, arrivals, unmatched };
    this.#parts.tables.sources.putSync([this.#tenantKey, row], sources);
    const segment = Math.floor(row / SEGMENT_BASKETS);
    const changed = getOrMake(this.#changed, segment, () => new Map<number, FoldedBasket>());
    changed.set(row % SEGMENT_BASKETS, folded);
  }

  #addBasket(key: Buffer): number {
    const row = this.#index.add(key);
    this.#newKeys.push(key);
    this.#state.baskets = row + 1;
    return row;
  }

  #nameCustomer(customer: string, group: Group, row: number): void {
    const code = getOrMake(this.#customerCodes, customer, () => this.#codeOf(customer, group));
    this.#parts.customers.addBasket(this.#tenantKey, code, row);
  }

  #codeOf(customer: string, { decisions }: Group): number {
    const { customers } = this.#parts;
    const known = customers.codeOf(this.#tenantKey, customer);
    if (known !== undefined) return known;
    const code = ++this.#state.customers;
    const [key] = [...decisions].find(([, decision]) => decision.customer === customer)!;
    customers.add(this.#tenantKey, customer, code, key);
    return code;
  }
}

function basketKey(basketId: string): Buffer {
  return digestBytes(basketId).subarray(0, BASKET_KEY_BYTES);
}

function newGroup(key: Buffer): Group {
  return { key, row: undefined, decisions: new Map(), events: new Map(), unmatched: [] };
}

function arrivalsOf(unmatched: readonly UnmatchedEvent[], { events }: Group): Unmatched[] {
  if (unmatched.length === 0) return [];
  const arrivals = new Map([...events].map(([arrival, { event }]) => [event.id, arrival]));
  return unmatched.map(({ id, reason }) => [arrivals.get(id)!, reason]);
}

export function namesOf(stored: StoredNames | undefined): OutcomeNames {
  const places = stored?.places.map(([storeId, agentId, channel]) => ({
    storeId: storeId ?? undefined,
    agentId: agentId ?? undefined,
    channel: channel ?? undefined,
  }));
  return new OutcomeNames(places, stored?.currencies);
}

function storedNames({ places, currencies }: OutcomeNames): StoredNames {
  const rows = places.map(({ storeId, agentId, channel }) => [
    storeId ?? null,
    agentId ?? null,
    channel ?? null,
  ]);
  return { places: rows, currencies };
}
