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

/** What changed in one process and has to count in all: of every part of it, hearing it twice or late does no harm. */
export type Change =
  | SharedStock
  | {
      readonly kind: 'rules';
      readonly tenant: string;
      readonly version: number;
      readonly rules: readonly WireRule[];
    }
  | Extract<SharedChange, { kind: 'refusal' }>
  /** Of a process that is replaced: all that was refused, which the others may know. */
  | { readonly kind: 'refusals'; readonly refused: readonly RefusedInBasket[] }
  /** A basket whose socket has gone, for a reconnect to continue anywhere. */
  | { readonly kind: 'orphan'; readonly key: string; readonly basket: LiveBasket };

export type Changes = ChangeChannel<Change>;

/** Of a process that is alone. */
export const NOBODY: Changes = { publish() {}, subscribe() {} };
