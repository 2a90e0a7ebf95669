import type { ChangeChannel } from '../recommender/change-channel.ts';
import type { SharedChange, SharedStock } from '../recommender/shared-change.ts';
import type { LiveBasket } from './live-basket.ts';
import type { WireRule } from './wire.ts';

/** A product that was refused in a basket. */
export interface RefusedInBasket {
  readonly tenant: string;
  readonly basketId: string;
  readonly productId: string;
}

/** A change in one process that must count in all. Hearing any of these twice or late does no harm. */
export type Change =
  | SharedStock
  | {
      readonly kind: 'rules';
      readonly tenant: string;
      readonly version: number;
      readonly rules: readonly WireRule[];
    }
  | Extract<SharedChange, { kind: 'refusal' }>
  /** From a process that is being replaced: all that was refused; the others may know it already. */
  | { readonly kind: 'refusals'; readonly refused: readonly RefusedInBasket[] }
  /** A basket whose socket has closed, so that a reconnect to any process can continue it. */
  | { readonly kind: 'orphan'; readonly key: string; readonly basket: LiveBasket };

export type Changes = ChangeChannel<Change>;

/** The channel of a process that is alone. */
export const NOBODY: Changes = { publish() {}, subscribe() {} };
