import type { RecordedEvent } from '../ledger/events.ts';
import { canonicalText } from '../ledger/recorded-event.ts';
import { digestBytes } from './lmdb-keys.ts';

/** What is kept beside an event's id. */
export interface EventIdEntry {
  readonly arrival: number;
  /** The first bytes of the SHA-256 of the event's canonical text, as it was sent. */
  readonly content: Buffer;
}

/** On disk: arrival number f64, then the content. */
const ARRIVAL_BYTES = 8;
const CONTENT_BYTES = 16;

export function eventIdKey(tenant: string, id: string): Buffer {
  return digestBytes(tenant, id);
}

export function contentDigest(event: RecordedEvent): Buffer {
  return digestBytes(canonicalText(event)).subarray(0, CONTENT_BYTES);
}

export function writeIdEntry({ arrival, content }: EventIdEntry): Buffer {
  const entry = Buffer.alloc(ARRIVAL_BYTES + CONTENT_BYTES);
  entry.writeDoubleLE(arrival, 0);
  content.copy(entry, ARRIVAL_BYTES);
  return entry;
}

export function readIdEntry(entry: Buffer): EventIdEntry {
  return { arrival: entry.readDoubleLE(0), content: entry.subarray(ARRIVAL_BYTES) };
}
