import type { BasketOutcome } from './basket-outcome.ts';

/** Where a basket was sold or decided on; every field may be unknown. */
export interface Place {
  readonly storeId: string | undefined;
  readonly agentId: string | undefined;
  readonly channel: string | undefined;
  /** Who shares what was sold there, in parts that add up to the whole, two or more; absent where agentId alone made it. */
  readonly shares?: readonly AgentShare[];
}

/** An agent's part of a sale. */
export interface AgentShare {
  readonly agentId: string;
  readonly basisPoints: number;
}

/** Whether a place matches a selection; one that agents share is that of each of them. */
export function isPlaceSelected(selection: Partial<Place>, place: Partial<Place>): boolean {
  const isField = (field: 'storeId' | 'channel') =>
    selection[field] === undefined || selection[field] === place[field];
  return isField('storeId') && isField('channel') && isAgentSelected(selection.agentId, place);
}

function isAgentSelected(wanted: string | undefined, { agentId, shares }: Partial<Place>): boolean {
  if (wanted === undefined) return true;
  return shares ? shares.some((share) => share.agentId === wanted) : agentId === wanted;
}

/** Each field is the first receipt's, else the first decision's; shares are those of the first receipt that states a split. */
export function placeOf({ sold, decided }: Pick<BasketOutcome, 'sold' | 'decided'>): Place {
  return {
    storeId: sold?.storeId ?? decided?.storeId,
    agentId: sold?.agentId ?? decided?.agentId,
    channel: sold?.channel ?? decided?.channel,
    ...(sold?.shares && { shares: sold.shares }),
  };
}
