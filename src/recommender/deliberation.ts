import type { Exploration } from './choose-slate.ts';
import type { Model } from './model.ts';
import type { Language } from './pitch.ts';
import type { BoundRule, RuleOccasion } from './rules.ts';
import { createStamps, type Stamps } from './stamps.ts';
import type { StoreStock } from './stock-book.ts';
import type { StoreView } from './store-view.ts';
import type { ValuePolicy } from './value.ts';

/** Most pinned products of one answer. */
export const PINS_MAX = 10;

/** What a store knows at the moment of a decision, gathered before it. */
export interface Situation {
  readonly model: Model;
  readonly view: StoreView;
  readonly rules: readonly BoundRule[];
  readonly stock: StoreStock | undefined;
  /** [products] slot of each product in `stock` */
  readonly slots: Int32Array;
  /** [products] units a day in this store by the receipts, NaN unknown */
  readonly demandPerDay: Float32Array;
  readonly policy: ValuePolicy;
  readonly referenceValue: number;
  /** Most money that a unit of any product of the model is worth; see unitValueMax. */
  readonly unitValueMax: number;
}

/** One question: a basket and who asks. */
export interface Occasion extends RuleOccasion {
  /** Distinct items, ascending. */
  readonly basket: Int32Array;
  /** Items refused in this basket. */
  readonly declined: ReadonlySet<number>;
  readonly customerAge: number | undefined;
  readonly language: Language;
  readonly limit: number;
  readonly objective: 'value' | 'probability';
  /** Absent: every place is given to the best. */
  readonly exploration?: Exploration | undefined;
}

/** Reused columns of one thread's decisions. */
export interface Deliberation {
  readonly items: Int32Array;
  readonly probability: Float32Array;
  readonly expected: Float64Array;
  readonly verdict: Uint8Array;
  readonly unitValue: Float32Array;
  /** What replaces a product of the basket or a suggestion already chosen. */
  readonly replacing: Stamps;
}

export function createDeliberation(candidatesMax: number, products: number): Deliberation {
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
