import type { BasketOutcome } from './basket-outcome.ts';

/** Where a basket was sold or decided on; every field may be unknown. */
export interface Place {
  readonly storeId: string | undefined;
  readonly agentId: string | undefined;
  readonly channel: string | undefined;
}

/** An agent's part of a sale. */
export interface AgentShare {
  readonly agentId: string;
  readonly basisPoints: number;
}

/** Whether a place matches a selection. */
export function isPlaceSelected(selection: Partial<Place>, place: Partial<Place>): boolean {
  const fields = ['storeId', 'agentId', 'channel'] as const;
  return fields.every((field) => selection[field] === undefined || selection[field] === place[field]);
}

/** Each field is the first receipt's, else the first decision's. */
export function placeOf({ sold, decided }: Pick<BasketOutcome, 'sold' | 'decided'>): Place {
  return {
    storeId: sold?.storeId ?? decided?.storeId,
    agentId: sold?.agentId ?? decided?.agentId,
    channel: sold?.channel ?? decided?.channel,
  };
}
