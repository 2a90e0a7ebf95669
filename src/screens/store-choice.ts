import type { Store } from './live-protocol.ts';

/** The stores whose figures may be asked for, and the one that is. */
export interface StoreChoice {
  readonly stores: readonly Store[];
  /** Empty: all stores together. */
  readonly storeId: string;
  readonly mayBeAll: boolean;
}

/** @param own the only stores of the key, also those that the model does not know; null for a key of all */
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
