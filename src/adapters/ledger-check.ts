import type { Database, RootDatabase } from 'lmdb';
import type { RecordedEvent, StoredEvent } from '../ledger/events.ts';
import { TABLES } from './data-folder-tables.ts';
import { factsOfRow, type StoredDecision } from './decision-row.ts';
import { contentDigest, type EventIdEntry, eventIdKey, readIdEntry } from './event-id.ts';
import { type EventRow, fromEventRow } from './event-row.ts';
import { entryCount, keysInPages } from './lmdb-pages.ts';

/** What a look at every row of a ledger found. */
export interface LedgerCheck {
  readonly events: number;
  readonly decisions: number;
  /** Rows that are damaged or missing. */
  readonly damaged: number;
  /** The first of them, in words. */
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 20;

/**
 * Reads every event and decision. An event MUST be what was stored under its id, by the digest that is kept beside the id, and every
 * id MUST have its event. A decision has no digest: it MUST be readable.
 */
export function checkLedger(root: RootDatabase): LedgerCheck {
  const events: Database<EventRow | StoredEvent, [string, number]> = root.openDB(TABLES.events);
  const decisions: Database<StoredDecision, [string, string]> = root.openDB(TABLES.decisions);
  const ids: Database<Buffer, Buffer> = root.openDB(TABLES.eventIds);
  let damaged = 0;
  const examples: string[] = [];
  const note = (what: string, trouble: string | undefined) => {
    if (trouble === undefined) return;
    damaged++;
    if (examples.length < EXAMPLES_MAX) examples.push(`${what} ${trouble}`);
  };
  for (const key of keysInPages(events))
    note(
      `event ${key[1]}`,
      troubleIn(() => troubleOfEvent(fromEventRow(events.get(key)!), key[1], ids)),
    );
  for (const key of keysInPages(decisions))
    note(
      `decision ${key[1]}`,
      troubleIn(() => void factsOfRow(decisions.get(key)!)),
    );
  const missing = entryCount(ids) - entryCount(events);
  if (missing > 0) note(`${missing} events`, 'are missing although their ids are known');
  return { events: entryCount(events), decisions: entryCount(decisions), damaged, examples };
}

function troubleIn(look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch (error) {
    return `cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
}

function troubleOfEvent(
  { event, tenant }: StoredEvent,
  arrival: number,
  ids: Database<Buffer, Buffer>,
): string | undefined {
  const known = ids.get(eventIdKey(tenant, event.id));
  if (known === undefined) return 'has an id that is not in the table of ids';
  const entry: EventIdEntry = readIdEntry(known);
  if (entry.arrival !== arrival) return `has the id of event ${entry.arrival}`;
  if (entry.content.equals(contentDigest(asSent(event)))) return undefined;
  return `(${event.type} '${event.id}') differs from what was stored`;
}

/** Without the gateway's own words, which are no part of the digest. */
function asSent(event: RecordedEvent): RecordedEvent {
  if (event.type !== 'sale' && event.type !== 'refund') return event;
  return { ...event, lines: event.lines.map(({ holdingSavedMinor: _, ...line }) => line) };
}
