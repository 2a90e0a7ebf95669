import type { DecisionFacts, DecisionRecord } from './decision.ts';
import type { EventResult, LedgerEvent, RecordedEvent, StoredEvent } from './events.ts';

/** Adds to an event what the gateway knows besides. */
export type CompleteEvent = (event: RecordedEvent) => RecordedEvent;

/**
 * The ledger's place on disk: append-only, once per event, never less than what was acknowledged. Several processes may
 * share one.
 */
export interface EventStore {
  /**
   * Stores each event once per tenant and id, for ever; resolves when all are on disk (fsynced), results in the order
   * of the events. The same id with the same content is `duplicate`, also within one call; with other content it is
   * `rejected`, as is an event with an amount that is no money of its currency.
   *
   * What is stored is what `completed` makes of an event; whether two are the same is told without it.
   *
   * @throws EventStoreUnavailable (rejects): some of the events may be stored, none is acknowledged, and sending all of
   * them again later is always right
   */
  append(
    tenant: string,
    events: readonly LedgerEvent[],
    receivedAtMs: number,
    completed?: CompleteEvent,
  ): Promise<EventResult[]>;

  /**
   * Appends a decision without waiting; false when the bounded queue is full or closed, and then nothing is kept.
   * Candidates beyond DECISION_CANDIDATES_MAX are dropped. The first decision of an id stays.
   */
  record(decision: DecisionRecord): boolean;

  /**
   * Resolves when every decision recorded so far is on disk.
   *
   * @throws EventStoreUnavailable (rejects); the decisions stay in the queue and are tried again
   */
  flush(): Promise<void>;

  /** Also one that is not yet on disk, of this process. */
  decision(tenant: string, decisionId: string): DecisionRecord | undefined;

  /** Decisions on disk in the order of their ids, which is that of time; those recorded meanwhile may be missing. */
  decisions(tenant: string): Iterable<DecisionRecord>;

  /** What reports need of these decisions: not the candidates, of which most of a decision is made. */
  decisionFacts(tenant: string): Iterable<DecisionFacts>;

  /** In order of arrival; may be read slowly, and then includes what arrives meanwhile. */
  events(tenant: string): Iterable<StoredEvent>;

  /** Events and decisions that are not yet on disk. */
  pending(): number;

  /** Writes what is pending, then accepts nothing more. Never rejects. */
  close(): Promise<void>;
}

/** `store-full`: no space or quota left; `overloaded`: too much waits already; `unavailable`: anything else. */
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
