/** One row of stock for a store and product, as files and `POST /v1/stock` state it. Days and units; absent is unknown. */
export interface StockRow {
  readonly storeId: string;
  readonly productId: string;
  readonly onHand?: number;
  /** Change to the units on hand, instead of `onHand`. */
  readonly onHandDelta?: number;
  /** Id of a change: told again under the same id, it does not count again. */
  readonly changeId?: string;
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
}

/** What a row may state about a product besides its time, in the order on disk: more are added at the end. */
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

/** Stock of a store and product as it stands, not a change to something else. */
export interface AbsoluteStockRow extends Omit<StockRow, 'onHandDelta' | 'changeId'> {
  readonly onHandDelta?: never;
  readonly changeId?: never;
  /** When `onHand` was counted last, where that is not `asOfMs`. Changes older than that are included in it. */
  readonly onHandAsOfMs?: number;
  /** How often the row was written to the disk of this machine: of two rows of one time, the higher is the later. */
  readonly revision?: number;
}

/** When what is on hand was counted. */
export function countedAtMs({ onHandAsOfMs, asOfMs }: AbsoluteStockRow): number {
  return onHandAsOfMs ?? asOfMs;
}

export function isAbsolute(said: StockRow | AbsoluteStockRow): said is AbsoluteStockRow {
  return said.onHandDelta === undefined;
}
