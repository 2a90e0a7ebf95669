import { type AbsoluteStockRow, STOCK_FIGURES } from '../recommender/stock.ts';

/** Fields of a stock row by their place on disk, which must not change; more may follow. Null is unknown. */
const PLACES = [
  ...(['storeId', 'productId', 'asOfMs', 'revision', 'onHandAsOfMs'] as const),
  ...STOCK_FIGURES,
] satisfies readonly (keyof AbsoluteStockRow)[];

/** A stock row as it lies on disk. */
export type PlacedStockRow = readonly (string | number | null)[];

export function toPlacedRow(row: AbsoluteStockRow): PlacedStockRow {
  return PLACES.map((name) => row[name] ?? null);
}

export function fromPlacedRow(placed: PlacedStockRow): AbsoluteStockRow {
  const row: Record<string, string | number> = {};
  for (let at = 0; at < PLACES.length; at++) {
    const value = placed[at] ?? null;
    if (value !== null) row[PLACES[at]!] = value;
  }
  return row as unknown as AbsoluteStockRow;
}
