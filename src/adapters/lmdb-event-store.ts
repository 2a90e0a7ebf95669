import type { Database, RootDatabase } from 'lmdb';
import { DECISION_CANDIDATES_MAX, type DecisionFacts, type DecisionRecord } from '../ledger/decision.ts';
import type { CompleteEvent, EventStore } from '../ledger/event-store.ts';
import { EventStoreUnavailable } from '../ledger/event-store.ts';
import {
  EVENT_SCHEMA_VERSION,
  type EventResult,
  type LedgerEvent,
  type StoredEvent,
} from '../ledger/events.ts';
import { recordEvent, refuseWorth } from '../ledger/recorded-event.ts';
import { TABLES } from './data-folder-tables.ts';
import { contentDigest, eventIdKey, readIdEntry, writeIdEntry } from './event-id.ts';
import { type EventRow, fromEventRow, toEventRow } from './event-row.ts';
import type { LmdbDecisions } from './lmdb-decisions.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { TenantKeys } from './lmdb-keys.ts';
import { lastNumber, readBackwards, readInPages } from './lmdb-pages.ts';
import { WriteBehind } from './write-behind.ts';

export interface LmdbEventStoreOptions {
  /** Decisions not yet on disk at most; further ones are refused. Default 20,000. */
  readonly decisionsMax?: number;
  /** Milliseconds a decision waits for company before it is written. Default 50. */
  readonly decisionDelayMs?: number;
  /** Called for each write of decisions that failed and is tried again. */
  readonly onTrouble?: (error: Error) => void;
}

/** Events written without letting other work of this thread in between: about a millisecond. */
const PART_EVENTS = 50;
/** Rows decoded at once, a millisecond of a thread that others wait for. */
const EVENT_PAGE_ROWS = 100;
const NEXT_ARRIVAL = 'next-arrival';
/** The ledger in an LMDB environment: ids → arrival numbers, arrival numbers → events; decisions lie in LmdbDecisions. */
export class LmdbEventStore implements EventStore {
  readonly #commits: LmdbGroupCommit;
  readonly #tenants = new TenantKeys();
  readonly #ids: Database<Buffer, Buffer>;
  readonly #events: Database<EventRow | StoredEvent, [string, number]>;
  readonly #decisions: LmdbDecisions;
  readonly #counters: Database<number, string>;
  readonly #recorded: WriteBehind<DecisionRecord>;
  #appending = 0;
  #isClosed = false;

  constructor(
    root: RootDatabase,
    commits: LmdbGroupCommit,
    decisions: LmdbDecisions,
    options: LmdbEventStoreOptions = {},
  ) {
    this.#commits = commits;
    this.#decisions = decisions;
    this.#ids = root.openDB(TABLES.eventIds);
    this.#events = root.openDB(TABLES.events);
    this.#counters = root.openDB(TABLES.counters);
    this.#recorded = new WriteBehind({
      entriesMax: options.decisionsMax ?? 20_000,
      delayMs: options.decisionDelayMs ?? 50,
      retryMs: 1_000,
      batchMax: 100,
      write: (batch) =>
        commits.commit(batch.length, () => batch.forEach(([, decision]) => void decisions.write(decision))),
      onTrouble: options.onTrouble ?? (() => {}),
    });
  }

  async append(
    tenant: string,
    events: readonly LedgerEvent[],
    receivedAtMs: number,
    completed: CompleteEvent = (event) => event,
  ): Promise<EventResult[]> {
    if (this.#isClosed) throw new EventStoreUnavailable('unavailable', 'the event store is closed');
    const parts = [];
    for (let i = 0; i < events.length; i += PART_EVENTS) {
      const part = events.slice(i, i + PART_EVENTS);
      parts.push({
        rows: part.length,
        write: () => this.#writeEvents(tenant, part, receivedAtMs, completed),
      });
    }
    this.#appending += events.length;
    try {
      return (await this.#commits.commitParts(parts)).flat();
    } finally {
      this.#appending -= events.length;
    }
  }

  record(decision: DecisionRecord): boolean {
    const { tenant, decisionId, candidates } = decision;
    const kept = this.#decisions.withoutErased(decision);
    const bounded =
      candidates.length <= DECISION_CANDIDATES_MAX
        ? kept
        : { ...kept, candidates: candidates.slice(0, DECISION_CANDIDATES_MAX) };
    return this.#recorded.offer(pendingKey(tenant, decisionId), bounded);
  }

  flush(): Promise<void> {
    return this.#recorded.flush();
  }

  decision(tenant: string, decisionId: string): DecisionRecord | undefined {
    return this.#recorded.get(pendingKey(tenant, decisionId)) ?? this.#decisions.get(tenant, decisionId);
  }

  decisions(tenant: string): Iterable<DecisionRecord> {
    return this.#decisions.all(tenant);
  }

  decisionFacts(tenant: string): Iterable<DecisionFacts> {
    return this.#decisions.facts(tenant);
  }

  *events(tenant: string): Iterable<StoredEvent> {
    for (const row of readInPages(this.#events, this.#tenants.of(tenant), 0, EVENT_PAGE_ROWS))
      yield fromEventRow(row);
  }

  /** The newest first, by arrival. */
  *newestEvents(tenant: string): Iterable<StoredEvent> {
    for (const row of readBackwards(this.#events, this.#tenants.of(tenant), EVENT_PAGE_ROWS))
      yield fromEventRow(row);
  }

  /** Arrival number of the tenant's newest event; numbers grow with each event. */
  lastArrival(tenant: string): number | undefined {
    return lastNumber(this.#events, this.#tenants.of(tenant));
  }

  pending(): number {
    return this.#appending + this.#recorded.size;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#recorded.close();
  }

  #writeEvents(
    tenant: string,
    events: readonly LedgerEvent[],
    receivedAtMs: number,
    completed: CompleteEvent,
  ): EventResult[] {
    const tenantKey = this.#tenants.of(tenant);
    const first = this.#counters.get(NEXT_ARRIVAL) ?? 0;
    let next = first;
    const results = events.map((event): EventResult => {
      const { id } = event;
      const recorded = recordEvent(event);
      if ('refused' in recorded) return { id, status: 'rejected', reason: recorded.refused };
      const idKey = eventIdKey(tenant, id);
      const content = contentDigest(recorded);
      const known = this.#ids.get(idKey);
      if (known !== undefined) return compareContent(id, content, known);
      const complete = refuseWorth(recorded) ?? completed(recorded);
      if ('refused' in complete) return { id, status: 'rejected', reason: complete.refused };
      this.#ids.putSync(idKey, writeIdEntry({ arrival: next, content }));
      const stored = { event: complete, receivedAtMs, tenant, schemaVersion: EVENT_SCHEMA_VERSION };
      this.#events.putSync([tenantKey, next++], toEventRow(stored));
      return { id, status: 'stored' };
    });
    if (next > first) this.#counters.putSync(NEXT_ARRIVAL, next);
    return results;
  }
}

function compareContent(id: string, content: Buffer, known: Buffer): EventResult {
  if (readIdEntry(known).content.equals(content)) return { id, status: 'duplicate' };
  return { id, status: 'rejected', reason: 'a different event with this id is already stored' };
}

function pendingKey(tenant: string, decisionId: string): string {
  return `${tenant.length}:${tenant}${decisionId}`;
}
