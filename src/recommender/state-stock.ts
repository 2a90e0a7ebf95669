import { type AbsoluteStockRow, countedAtMs, isAbsolute, STOCK_FIGURES, type StockRow } from './stock.ts';

/** What became of a statement: `stale` where a newer one is held, `no-base` for a change of what nobody has counted. */
export type StockVerdict = 'applied' | 'stale' | 'no-base';

/** A statement that was judged, and the row as it now stands; undefined where nothing is held. */
export interface StatedStock<Verdict = StockVerdict> {
  readonly verdict: Verdict;
  readonly row: AbsoluteStockRow | undefined;
}

/** The verdict of a store that remembers the ids of changes: `repeated` where the change counts already. */
export type KeptStock = StatedStock<StockVerdict | 'repeated'>;

/**
 * Lays a statement over the row that is held. The newest `asOfMs` wins and figures it does not state stay as they were; a
 * change of what is on hand counts unless a newer count is held: changes add up in any order.
 */
export function stateStock(
  held: AbsoluteStockRow | undefined,
  said: StockRow | AbsoluteStockRow,
): StatedStock {
  return isAbsolute(said) ? replaceStock(held, said) : changeStock(held, said);
}

function replaceStock(held: AbsoluteStockRow | undefined, said: AbsoluteStockRow): StatedStock {
  if (held === undefined) return { verdict: 'applied', row: said };
  if (said.asOfMs < held.asOfMs) return { verdict: 'stale', row: held };
  const counted = said.onHand === undefined ? held : said;
  return { verdict: 'applied', row: laidOver(held, said, countedAtMs(counted)) };
}

function changeStock(held: AbsoluteStockRow | undefined, said: StockRow): StatedStock {
  if (held?.onHand === undefined) return { verdict: 'no-base', row: held };
  if (said.asOfMs < countedAtMs(held)) return { verdict: 'stale', row: held };
  const row = laidOver(held, said, countedAtMs(held));
  row.onHand = held.onHand + (said.onHandDelta ?? 0);
  return { verdict: 'applied', row };
}

type DraftRow = { -readonly [Field in keyof AbsoluteStockRow]: AbsoluteStockRow[Field] };

/** The held row with the stated figures in the place of its own, unless they are older. */
function laidOver(
  { onHandAsOfMs: _, ...held }: AbsoluteStockRow,
  said: StockRow | AbsoluteStockRow,
  countedMs: number,
): DraftRow {
  const row: DraftRow = held;
  if (said.asOfMs >= held.asOfMs) {
    row.asOfMs = said.asOfMs;
    for (const figure of STOCK_FIGURES) if (said[figure] !== undefined) row[figure] = said[figure];
  }
  if (row.onHand !== undefined && countedMs < row.asOfMs) row.onHandAsOfMs = countedMs;
  return row;
}

/** Lays statements over each other in their order: one row per store and product. Changes of what nobody counted are left out. */
export function foldStock(statements: Iterable<StockRow>): AbsoluteStockRow[] {
  const held = new Map<string, AbsoluteStockRow>();
  for (const said of statements) {
    const key = JSON.stringify([said.storeId, said.productId]);
    const { row } = stateStock(held.get(key), said);
    if (row) held.set(key, row);
  }
  return [...held.values()];
}
