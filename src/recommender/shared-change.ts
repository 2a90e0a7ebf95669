import type { AbsoluteStockRow, StockRow } from './stock.ts';

/**
 * What the machines of one installation tell each other. Hearing it twice does no harm: of stock the newest time wins, of
 * rules the newest version, of champions the promotion that was told last.
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
  /** Without `basketId` it is about the decision's basket, which the process that decided knows. */
  | {
      readonly kind: 'refusal';
      readonly tenant: string;
      readonly decisionId: string;
      readonly basketId?: string;
      readonly productId: string;
    }
  /** A version that was put in service; an old one counts only where none is known. */
  | { readonly kind: 'champion'; readonly version: string; readonly isOld: boolean };

export interface SharedStock {
  readonly kind: 'stock';
  readonly tenant: string;
  /** The rows as they now stand where they come from. */
  readonly rows: readonly AbsoluteStockRow[];
  /** [rows] what was stated about each. Absent where nothing is news: such rows count only where nothing as new or newer is known. */
  readonly stated?: readonly StockRow[];
}

/** How well this machine hears and is heard. */
export interface BusFacts {
  readonly isConnected: boolean;
  /** Seconds since all that others said was last known here, or since the oldest change still to be sent was made: the larger. */
  readonly lagSeconds: number;
  /** Changes still to be sent. */
  readonly pending: number;
  /** Since the start: entries that could not be read as changes, changes given up, and times the state was read anew. */
  readonly skipped: number;
  readonly dropped: number;
  readonly resyncs: number;
}
