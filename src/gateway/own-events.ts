import type { DecisionRecord } from '../ledger/decision.ts';
import type { LedgerEvent } from '../ledger/events.ts';
import { type Access, hasScope } from './access.ts';

/**
 * Why a key may not state an event, beyond the store that the event names; undefined where it may. An agent's own key speaks of that
 * agent alone, a key for some stores of their baskets alone.
 *
 * @param decisionOf a decision by its id; undefined where this gateway does not know it
 */
export function refusalOf(
  access: Access,
  event: LedgerEvent,
  decisionOf: (decisionId: string) => Pick<DecisionRecord, 'storeId'> | undefined,
): string | undefined {
  return ofOtherAgent(access, event) ?? ofOtherStore(access, event, decisionOf);
}

function ofOtherAgent(access: Access, event: LedgerEvent): string | undefined {
  const own = access.agentId;
  if (own === undefined || hasScope(access, 'manager')) return undefined;
  if (event.agentId !== undefined && event.agentId !== own)
    return `At agentId: wanted '${own}', whose key this is; got '${event.agentId}'.`;
  if (event.type === 'sale' && event.split)
    return "At split: wanted nothing, as an agent's own key does not share out a sale; got a split.";
  return undefined;
}

function ofOtherStore(
  { stores }: Access,
  event: LedgerEvent,
  decisionOf: (decisionId: string) => Pick<DecisionRecord, 'storeId'> | undefined,
): string | undefined {
  if (stores === undefined || event.type === 'sale') return undefined;
  if (event.type === 'refund') {
    return event.storeId === undefined
      ? 'At storeId: wanted the store that refunds, as the key is for some stores; got nothing.'
      : undefined;
  }
  const storeId = decisionOf(event.decisionId)?.storeId;
  if (storeId === undefined || stores.has(storeId)) return undefined;
  return `At decisionId: wanted a decision of a store of this key; got one of '${storeId}'.`;
}
