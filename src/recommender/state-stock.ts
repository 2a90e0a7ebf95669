import {
  type AbsoluteStockRow,
  isAbsolute,
  STOCK_FIGURES,
  type StockFigure,
  type StockRow,
} from './stock.ts';

/**
 * What became of a statement: `stale` where a newer one is held, `no-base` for a change of what nobody has counted, `repeated`
 * where it counts already, which is for who remembers the ids of changes to say.
 */
export type StockVerdict = 'applied' | 'stale' | 'no-base' | 'repeated';

/** A statement that was judged, and the row as it now stands; undefined where nothing is held. */
export interface StatedStock {
  readonly verdict: StockVerdict;
  readonly row: AbsoluteStockRow | undefined;
}

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
  const countedAtMs = countTime(said.onHand === undefined ? held : said);
  const replaced = { ...held, ...figuresOf(said) };
  return { verdict: 'applied', row: heldRow(replaced, said.asOfMs, countedAtMs) };
}

function changeStock(held: AbsoluteStockRow | undefined, said: StockRow): StatedStock {
  if (held?.onHand === undefined) return { verdict: 'no-base', row: held };
  const { asOfMs, onHandDelta = 0 } = said;
  if (asOfMs < countTime(held)) return { verdict: 'stale', row: held };
  const changed = {
    ...held,
    ...(asOfMs >= held.asOfMs && figuresOf(said)),
    onHand: held.onHand + onHandDelta,
  };
  return { verdict: 'applied', row: heldRow(changed, Math.max(asOfMs, held.asOfMs), countTime(held)) };
}

/** When what is on hand was counted. */
function countTime({ onHandAsOfMs, asOfMs }: AbsoluteStockRow): number {
  return onHandAsOfMs ?? asOfMs;
}

function figuresOf(said: StockRow | AbsoluteStockRow): Partial<Record<StockFigure, number>> {
  return Object.fromEntries(
    STOCK_FIGURES.flatMap((figure) => (said[figure] === undefined ? [] : [[figure, said[figure]]])),
  );
}

function heldRow(
  { onHandAsOfMs: _, ...row }: AbsoluteStockRow,
  asOfMs: number,
  countedAtMs: number,
): AbsoluteStockRow {
  return {
    ...row,
    asOfMs,
    ...(row.onHand !== undefined && countedAtMs < asOfMs && { onHandAsOfMs: countedAtMs }),
  };
}

/** Statements laid over each other in their order: a row of each store and product. Changes of what nobody counted are left out. */
export function foldStock(statements: Iterable<StockRow>): AbsoluteStockRow[] {
  const held = new Map<string, AbsoluteStockRow>();
  for (const said of statements) {
    const key = JSON.stringify([said.storeId, said.productId]);
    const { row } = stateStock(held.get(key), said);
    if (row) held.set(key, row);
  }
  return [...held.values()];
}
