import type { Store } from './live-protocol.ts';

/** The stores whose figures may be requested, and the chosen one. */
export interface StoreChoice {
  readonly stores: readonly Store[];
  /** Empty for all stores together. */
  readonly storeId: string;
  readonly mayBeAll: boolean;
}

/** @param own the only stores that the key is for, including any that the model does not know; null for a key for all stores */
export function storeChoice(
  known: readonly Store[],
  own: readonly string[] | null,
  chosen: string,
): StoreChoice {
  if (own === null) return { stores: known, storeId: chosen, mayBeAll: true };
  return {
    stores: own.map((id) => known.find((store) => store.id === id) ?? { id, name: id }),
    storeId: own.includes(chosen) ? chosen : (own[0] ?? ''),
    mayBeAll: false,
  };
}
