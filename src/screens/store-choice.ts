import type { Store } from './live-protocol.ts';

/** The stores whose figures may be requested, and the chosen one. */
export interface StoreChoice {
  readonly stores: readonly Store[];
  /** Empty for all stores together. */
  readonly storeId: string;
  readonly mayBeAll: boolean;
}

export interface StoresToChoose {
  /** Those of the model in service. */
  readonly known: readonly Store[];
  /** Those that have sold something, including any that the model does not know. */
  readonly selling: readonly string[];
  /** The only stores that the key is for, including any that the model does not know; null for a key for all stores. */
  readonly own: readonly string[] | null;
  readonly chosen: string;
}

export function storeChoice({ known, selling, own, chosen }: StoresToChoose): StoreChoice {
  const ids = own ?? [...new Set([...known.map(({ id }) => id), ...selling])];
  const mayBeAll = own === null;
  return {
    stores: ids.map((id) => known.find((store) => store.id === id) ?? { id, name: id }),
    storeId: ids.includes(chosen) || mayBeAll ? chosen : (ids[0] ?? ''),
    mayBeAll,
  };
}
