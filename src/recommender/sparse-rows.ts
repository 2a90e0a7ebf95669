/** A sparse matrix by rows: row `i` holds `target[start[i]] … target[start[i + 1] - 1]`, ascending, with their weights. */
export interface SparseRows {
  /** [rows + 1] */
  readonly start: Int32Array;
  readonly target: Int32Array;
  readonly weight: Float32Array;
}
