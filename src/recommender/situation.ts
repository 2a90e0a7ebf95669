import type { Exploration } from './choose-slate.ts';
import type { Model } from './model.ts';
import type { Language } from './pitch.ts';
import type { BoundRule, RuleOccasion } from './rules.ts';
import type { StoreStock } from './stock-book.ts';
import type { StoreView } from './store-view.ts';
import type { ValuePolicy } from './value.ts';

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
