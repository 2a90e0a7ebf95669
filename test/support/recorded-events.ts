import type { DecisionRecord } from '../../src/ledger/decision.ts';
import type { LedgerEvent, RecordedEvent, StoredEvent } from '../../src/ledger/events.ts';
import { recordEvent } from '../../src/ledger/recorded-event.ts';
import { decisionRecord } from './ledger-events.ts';

/** An event as the ledger keeps it. */
export function stored(event: LedgerEvent): StoredEvent {
  const recorded = recordEvent(event);
  if ('refused' in recorded) throw new Error(recorded.refused);
  return { event: recorded as RecordedEvent, receivedAtMs: 0, tenant: 't', schemaVersion: 1 };
}

const AT_MS = Date.parse('2026-05-01T10:00:00Z');

/** A moment on 2026-05-01, `minutes` after 10:00 UTC. */
export function minute(minutes: number): string {
  return new Date(AT_MS + minutes * 60_000).toISOString();
}

/** A decision on basket `b1` that offers C, `minutes` after 10:00 UTC. */
export function decisionAt(minutes: number, changes: Partial<DecisionRecord> = {}): DecisionRecord {
  return decisionRecord(`d${minutes}`, { atMs: AT_MS + minutes * 60_000, ...changes });
}

type Money = { unitPrice: number; quantity?: number; discount?: number; unitCost?: number };

export const line = (productId: string, { quantity = 1, ...money }: Money) => ({
  productId,
  quantity,
  ...money,
});

export function outcome(
  id: string,
  result: 'accepted' | 'declined' | 'not-offered',
  changes: Partial<Extract<LedgerEvent, { type: 'outcome' }>> = {},
): StoredEvent {
  return stored({ id, type: 'outcome', at: minute(1), decisionId: 'd0', productId: 'C', result, ...changes });
}

export function shown(id: string, decisionId = 'd0', productId = 'C'): StoredEvent {
  return stored({ id, type: 'shown', at: minute(1), decisionId, productId });
}

export function sale(
  id: string,
  lines: ReturnType<typeof line>[],
  changes: Partial<Extract<LedgerEvent, { type: 'sale' }>> = {},
): StoredEvent {
  const facts = { at: minute(5), basketId: 'b1', storeId: 's1', currency: 'EUR' };
  return stored({ id, type: 'sale', ...facts, lines, ...changes });
}

export function refund(
  id: string,
  lines: ReturnType<typeof line>[],
  changes: Partial<Extract<LedgerEvent, { type: 'refund' }>> = {},
): StoredEvent {
  const facts = { at: minute(60), basketId: 'b1', currency: 'EUR' };
  return stored({ id, type: 'refund', ...facts, lines, ...changes });
}
