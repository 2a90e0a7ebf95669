/** One row of stock for a store and product, as files and `POST /v1/stock` state it. Days and units; absent is unknown. */
export interface StockRow {
  readonly storeId: string;
  readonly productId: string;
  readonly onHand?: number;
  /** Change to the units on hand, instead of `onHand`. */
  readonly onHandDelta?: number;
  readonly reserved?: number;
  readonly demandPerDay?: number;
  readonly targetCoverDays?: number;
  readonly leadTimeDays?: number;
  /** Units at or below which the product is withheld from suggestions. */
  readonly protectionLevel?: number;
  /** Epoch milliseconds at which what is on hand may no longer be sold. */
  readonly expiresAtMs?: number;
  /** Epoch milliseconds of the statement; the newest wins. */
  readonly asOfMs: number;
  /** Of a row that is held: when `onHand` was stated last, where that is not `asOfMs`. Changes older than it are in it. */
  readonly onHandAsOfMs?: number;
}

/** What a row may state of a product beside its time. */
export const STOCK_FIGURES = [
  'onHand',
  'reserved',
  'demandPerDay',
  'targetCoverDays',
  'leadTimeDays',
  'protectionLevel',
  'expiresAtMs',
] as const;

export type StockFigure = (typeof STOCK_FIGURES)[number];

/** Stock as a statement of its own, not a change to another. */
export type AbsoluteStockRow = Omit<StockRow, 'onHandDelta'> & { readonly onHandDelta?: never };
