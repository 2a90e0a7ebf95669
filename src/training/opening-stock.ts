import type { StockRow } from '../recommender/stock.ts';

/**
 * The stock given when a version was trained, one row a line: what a gateway without newer statements starts from. Live stock is laid over
 * it; the age of every figure stays visible.
 */
export function encodeOpeningStock(rows: readonly StockRow[]): Uint8Array {
  const lines = rows.map((row) => JSON.stringify(row)).join(',\n');
  return new TextEncoder().encode(`[\n${lines}\n]\n`);
}
