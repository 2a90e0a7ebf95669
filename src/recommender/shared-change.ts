import type { AbsoluteStockRow, StockRow } from './stock.ts';

/**
 * What the machines of one installation tell each other. Hearing it twice does no harm: of stock the newest time wins, of
 * rules the newest version, of champions the newest promotion.
 */
export type SharedChange =
  | SharedStock
  | {
      readonly kind: 'rules';
      readonly tenant: string;
      readonly version: number;
      /** Anything JSON can hold. */
      readonly rules: unknown;
    }
  /** Without a basket: of the decision's, which the process that made it knows. */
  | {
      readonly kind: 'refusal';
      readonly tenant: string;
      readonly decisionId: string;
      readonly basketId?: string;
      readonly productId: string;
    }
  /** A version that was put in service, and when, epoch ms. */
  | { readonly kind: 'champion'; readonly version: string; readonly atMs: number };

export interface SharedStock {
  readonly kind: 'stock';
  readonly tenant: string;
  /** As they now stand where they come from. */
  readonly rows: readonly AbsoluteStockRow[];
  /** [rows] what was said of each. Absent where nothing is news: such rows count only where nothing as new is known. */
  readonly stated?: readonly StockRow[];
}

/** How well this machine hears and is heard. */
export interface BusFacts {
  readonly isConnected: boolean;
  /** Seconds since all that others said was known here, or since the oldest change still to be sent was made. */
  readonly lagSeconds: number;
  /** Changes still to be sent. */
  readonly pending: number;
  /** Since the start: entries that were no changes of ours, changes given up, and state read anew. */
  readonly skipped: number;
  readonly dropped: number;
  readonly resyncs: number;
}
