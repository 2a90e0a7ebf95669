import type { DecisionRecord } from '../ledger/decision.ts';
import type { LedgerEvent, RecordedEvent } from '../ledger/events.ts';
import { DAY_MS, instantMs } from '../ledger/instant.ts';
import type { EventRefusal } from '../ledger/recorded-event.ts';
import { type Access, hasScope, requireStore } from './access.ts';

/**
 * Throws unless the key may name the stores that the event is about: the one it states, and that of its decision.
 *
 * @param decisionOf a decision by its id; undefined where this gateway does not know it
 * @throws Problem 'forbidden'
 */
export function requireOwnStores(
  access: Access,
  event: LedgerEvent,
  decisionOf: (decisionId: string) => Pick<DecisionRecord, 'storeId'> | undefined,
): void {
  requireStore(access, event.storeId);
  if (access.stores === undefined || event.type === 'sale' || event.type === 'refund') return;
  requireStore(access, decisionOf(event.decisionId)?.storeId);
}

/** An agent's page that was offline over some days off still delivers what it has; nobody deals with what is long past. */
const AGENT_LATE_DAYS_MAX = 7;

/** Why a key may not state a new event, whatever its stores; undefined where it may. */
export function refuseEvent(access: Access, event: RecordedEvent, nowMs: number): EventRefusal | undefined {
  const isAgents = access.agentId !== undefined && !hasScope(access, 'manager');
  if (isAgents && event.type === 'sale' && event.split)
    return {
      refused: "At split: wanted nothing, because an agent's own key cannot split a sale; got a split.",
    };
  if (isAgents && nowMs - instantMs(event.at) > AGENT_LATE_DAYS_MAX * DAY_MS)
    return {
      refused: `At at: wanted a time of the last ${AGENT_LATE_DAYS_MAX} days, because it is an agent's own key; got ${event.at}.`,
    };
  if (access.stores !== undefined && event.type === 'refund' && event.storeId === undefined)
    return {
      refused:
        'At storeId: wanted the store that makes the refund, because the key is only for some stores; got nothing.',
    };
  return undefined;
}
