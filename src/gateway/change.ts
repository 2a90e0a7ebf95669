import type { ChangeChannel } from '../recommender/change-channel.ts';
import type { AbsoluteStockRow } from '../recommender/stock.ts';
import type { LiveBasket } from './live-basket.ts';
import type { WireRule } from './wire.ts';

/** What changed in one process and has to count in all: of every part of it, hearing it twice or late does no harm. */
export type Change =
  | { readonly kind: 'stock'; readonly tenant: string; readonly rows: readonly AbsoluteStockRow[] }
  | {
      readonly kind: 'rules';
      readonly tenant: string;
      readonly version: number;
      readonly rules: readonly WireRule[];
    }
  /** Without a basket: of the decision's, which the process that made it knows. */
  | {
      readonly kind: 'refusal';
      readonly tenant: string;
      readonly decisionId: string;
      readonly basketId?: string;
      readonly productId: string;
    }
  /** A basket whose socket has gone, for a reconnect to continue anywhere. */
  | { readonly kind: 'orphan'; readonly key: string; readonly basket: LiveBasket };

export type Changes = ChangeChannel<Change>;

/** Of a process that is alone. */
export const NOBODY: Changes = { publish() {}, subscribe() {} };
