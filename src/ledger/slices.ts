/** Rows worked on between two yields: about a millisecond. */
export const ROWS_AT_ONCE = 2000;

/** The numbers from 0 up to a count, exclusive. */
export function rowNumbers(count: number): Uint32Array {
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}

/** A column with a value for each row, in this order; yields between slices so that the caller can let others run. */
export function* fillColumn<Column extends Float64Array | Int32Array | Uint8Array>(
  column: Column,
  order: Uint32Array,
  read: (row: number) => number,
): Generator<void, Column> {
  for (let at = 0; at < order.length; at++) {
    column[at] = read(order[at]!);
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
  }
  return column;
}
