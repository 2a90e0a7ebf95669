import type { Database, RootDatabase } from 'lmdb';
import type { DecisionFacts } from '../ledger/decision.ts';
import type { StoredEvent } from '../ledger/events.ts';
import { TABLES } from './data-folder-tables.ts';
import { factsOfRow, type StoredDecision } from './decision-row.ts';
import { type EventRow, fromEventRow } from './event-row.ts';
import {
  LAST_DROPPED_LAPSE,
  LAST_LAPSE,
  type LapsedCustomer,
  type RenamedCustomer,
} from './lmdb-named-customers.ts';
import { entryCount, tenantKeysOf } from './lmdb-pages.ts';

/** A decision under its key in the ledger, or an event under its arrival number. */
export interface KeyedDecision {
  readonly key: string;
  readonly decision: DecisionFacts;
}
export interface ArrivedEvent {
  readonly arrival: number;
  readonly stored: StoredEvent;
}

/** Rows read at once. */
const PAGE_ROWS = 250;

/**
 * Reads what is new in the ledger for the roll-up; writes nothing. Reads between two calls of `refresh` see one state of the ledger, as
 * long as the thread does nothing else in between.
 */
export class LedgerReader {
  readonly #decisions: Database<StoredDecision, [string, string]>;
  readonly #events: Database<EventRow | StoredEvent, [string, number]>;
  readonly #erased: Database<RenamedCustomer, [string, string]>;
  readonly #lapsing: Database<RenamedCustomer, [string, string]>;
  readonly #lapsed: Database<LapsedCustomer, number>;
  readonly #counters: Database<number, string>;

  constructor(root: RootDatabase) {
    this.#decisions = root.openDB(TABLES.decisions);
    this.#events = root.openDB(TABLES.events);
    this.#erased = root.openDB(TABLES.erasedCustomers);
    this.#lapsing = root.openDB(TABLES.lapsingCustomers);
    this.#lapsed = root.openDB(TABLES.lapsedCustomers);
    this.#counters = root.openDB(TABLES.counters);
  }

  /** Later reads see all that any process has committed by now. */
  refresh(): void {
    this.#decisions.resetReadTxn();
  }

  /** Decisions of all tenants. */
  decisionCount(): number {
    return entryCount(this.#decisions);
  }

  /** Rows of all tenants, events and decisions. */
  rowCount(): number {
    return this.decisionCount() + entryCount(this.#events);
  }

  erasedCount(): number {
    return entryCount(this.#erased);
  }

  /** Keys of the tenants that have decisions or events. */
  tenantKeys(): string[] {
    return [...new Set([...tenantKeysOf(this.#decisions), ...tenantKeysOf(this.#events)])];
  }

  decision(tenantKey: string, key: string): DecisionFacts | undefined {
    const row = this.#decisions.get([tenantKey, key]);
    return row && factsOfRow(row);
  }

  event(tenantKey: string, arrival: number): StoredEvent | undefined {
    const row = this.#events.get([tenantKey, arrival]);
    return row && fromEventRow(row);
  }

  /** Decisions after the key and events from the arrival number on, roughly in the order in which they came. */
  *rowsAfter(tenantKey: string, key: string, arrival: number): Generator<KeyedDecision | ArrivedEvent> {
    const decisions = this.#decisionsAfter(tenantKey, key);
    const events = this.#eventsFrom(tenantKey, arrival);
    let decision = decisions.next();
    let event = events.next();
    while (!decision.done || !event.done) {
      if (!decision.done && (event.done || decision.value.decision.atMs <= event.value.stored.receivedAtMs)) {
        yield decision.value;
        decision = decisions.next();
      } else if (!event.done) {
        yield event.value;
        event = events.next();
      }
    }
  }

  *#decisionsAfter(tenantKey: string, after: string): Generator<KeyedDecision> {
    const end = [`${tenantKey}\u007f`];
    for (let start: [string, string] = [tenantKey, after]; ; ) {
      const page = [...this.#decisions.getRange({ start, end, exclusiveStart: true, limit: PAGE_ROWS })];
      for (const { key, value } of page) yield { key: key[1], decision: factsOfRow(value) };
      if (page.length < PAGE_ROWS) return;
      start = page.at(-1)!.key;
    }
  }

  *#eventsFrom(tenantKey: string, from: number): Generator<ArrivedEvent> {
    const end = [`${tenantKey}\u007f`];
    for (let start: [string, number] = [tenantKey, from]; ; ) {
      const page = [...this.#events.getRange({ start, end, limit: PAGE_ROWS })];
      for (const { key, value } of page) yield { arrival: key[1], stored: fromEventRow(value) };
      if (page.length < PAGE_ROWS) return;
      start = [tenantKey, page.at(-1)!.key[1] + 1];
    }
  }

  /** Counts the decisions after one key up to and including another, without reading them. */
  countDecisions(tenantKey: string, after: string, to: string): number {
    return this.#decisions.getKeysCount(rangeOf(tenantKey, after, to));
  }

  decisionKeys(tenantKey: string, after: string, to: string): string[] {
    return [...this.#decisions.getKeys(rangeOf(tenantKey, after, to))].map(([, key]) => key);
  }

  /** The tenant's erased customers by the digest of their pseudonyms. */
  *erased(tenantKey: string): Generator<{ digest: string; token: string | undefined }> {
    const range = { start: [tenantKey, ''] as [string, string], end: [`${tenantKey}\u007f`] };
    for (const { key, value } of this.#erased.getRange(range)) yield { digest: key[1], token: value.token };
  }

  /** Customers of all tenants whose lapse is under way. */
  *lapsing(): Generator<{ tenantKey: string; digest: string; token: string }> {
    for (const { key, value } of this.#lapsing.getRange())
      yield { tenantKey: key[0], digest: key[1], token: value.token! };
  }

  /** Numbers of the last finished lapse, and of the last one whose entry was dropped; 0 for none. */
  lapseNumbers(): { readonly last: number; readonly dropped: number } {
    return {
      last: this.#counters.get(LAST_LAPSE) ?? 0,
      dropped: this.#counters.get(LAST_DROPPED_LAPSE) ?? 0,
    };
  }

  /** Finished lapses after a number, in the order in which they were finished. */
  lapsesAfter(number: number, max: number): { readonly number: number; readonly lapsed: LapsedCustomer }[] {
    const rows = this.#lapsed.getRange({ start: number + 1, limit: max });
    return [...rows].map(({ key, value }) => ({ number: key, lapsed: value }));
  }
}

/** The next rows, at most `max`. */
export function takeRows(
  rows: Iterator<KeyedDecision | ArrivedEvent>,
  max: number,
): { decisions: KeyedDecision[]; events: ArrivedEvent[] } {
  const decisions: KeyedDecision[] = [];
  const events: ArrivedEvent[] = [];
  while (decisions.length + events.length < max) {
    const { value, done } = rows.next();
    if (done) break;
    if ('decision' in value) decisions.push(value);
    else events.push(value);
  }
  return { decisions, events };
}

function rangeOf(tenantKey: string, after: string, to: string) {
  return {
    start: [tenantKey, after] as [string, string],
    end: [tenantKey, to] as [string, string],
    exclusiveStart: true,
    inclusiveEnd: true,
  };
}
