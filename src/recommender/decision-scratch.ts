import { createStamps, type Stamps } from './stamps.ts';

/** Most pinned products of one answer. */
export const PINS_MAX = 10;

/** Reused columns of one thread's decisions. */
export interface DecisionScratch {
  readonly items: Int32Array;
  readonly probability: Float32Array;
  readonly expected: Float64Array;
  readonly verdict: Uint8Array;
  readonly unitValue: Float32Array;
  /** What replaces a product of the basket or a suggestion already chosen. */
  readonly replacing: Stamps;
}

export function createDecisionScratch(candidatesMax: number, products: number): DecisionScratch {
  const room = candidatesMax + PINS_MAX;
  return {
    items: new Int32Array(room),
    probability: new Float32Array(room),
    expected: new Float64Array(room),
    verdict: new Uint8Array(room),
    unitValue: new Float32Array(room),
    replacing: createStamps(products),
  };
}
