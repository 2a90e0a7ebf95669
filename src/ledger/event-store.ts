import type { DecisionFacts, DecisionRecord } from './decision.ts';
import type { EventResult, LedgerEvent, RecordedEvent, StoredEvent } from './events.ts';
import type { EventRefusal } from './recorded-event.ts';

/** Adds to a new event what only the gateway knows, or says why it may not be stored. */
export type CompleteEvent = (event: RecordedEvent) => RecordedEvent | EventRefusal;

/** The ledger on disk: append-only, each event once, with everything that was acknowledged. Several processes may share one. */
export interface EventStore {
  /**
   * Stores each event once per tenant and id, for ever; resolves when all are on disk (fsynced), with results in the order of the events.
   * The same id with the same content is `duplicate`, also within one call; with other content it is `rejected`, as is an event with an
   * amount that is not valid in its currency. Whatever else is refused is refused of new events only: what is stored stays a `duplicate`.
   *
   * New events are stored as `completed` returns them, but compared without what it adds.
   *
   * @throws EventStoreUnavailable (rejects): some of the events may be stored, none is acknowledged, and it is always right to send all of
   * them again later
   */
  append(
    tenant: string,
    events: readonly LedgerEvent[],
    receivedAtMs: number,
    completed?: CompleteEvent,
  ): Promise<EventResult[]>;

  /**
   * Appends a decision without waiting; false, with nothing kept, when the bounded queue is full or closed. Candidates beyond
   * DECISION_CANDIDATES_MAX are dropped. The first decision with an id stays.
   */
  record(decision: DecisionRecord): boolean;

  /**
   * Resolves when every decision recorded so far is on disk.
   *
   * @throws EventStoreUnavailable (rejects); the decisions stay in the queue and are tried again
   */
  flush(): Promise<void>;

  /** Includes decisions of this process that are not yet on disk. */
  decision(tenant: string, decisionId: string): DecisionRecord | undefined;

  /** Decisions on disk in the order of their ids, which is the order of time; those recorded meanwhile may be missing. */
  decisions(tenant: string): Iterable<DecisionRecord>;

  /** What reports need of these decisions: without the candidates, which make up most of a decision. */
  decisionFacts(tenant: string): Iterable<DecisionFacts>;

  /** In order of arrival; may be read slowly, and then includes what arrives meanwhile. */
  events(tenant: string): Iterable<StoredEvent>;

  /** Events and decisions that are not yet on disk. */
  pending(): number;

  /** Writes what is pending, then accepts nothing more. Never rejects. */
  close(): Promise<void>;
}

/** `store-full`: no space or quota left; `overloaded`: too much is waiting already; `unavailable`: anything else. */
export type UnavailableReason = 'store-full' | 'overloaded' | 'unavailable';

/** Nothing of the call is acknowledged; the same call should be made again after `retryAfterS` seconds. */
export class EventStoreUnavailable extends Error {
  override readonly name = 'EventStoreUnavailable';
  readonly reason: UnavailableReason;
  readonly retryAfterS: number;

  constructor(reason: UnavailableReason, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
    this.retryAfterS = reason === 'store-full' ? 60 : reason === 'overloaded' ? 1 : 5;
  }
}
