/** Rows written between two yields: about a millisecond. */
export const SLICE_ROWS = 2000;

/** A column with a value for each row, in this order; yields between slices so that the caller can let others run. */
export function* fillColumn<Column extends Float64Array | Int32Array | Uint8Array>(
  column: Column,
  order: Uint32Array,
  read: (row: number) => number,
): Generator<void, Column> {
  for (let at = 0; at < order.length; at++) {
    column[at] = read(order[at]!);
    if (at % SLICE_ROWS === SLICE_ROWS - 1) yield;
  }
  return column;
}
