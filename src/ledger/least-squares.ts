/** A pivot below this share of its column's diagonal element counts as zero: the column repeats others. */
const PIVOT_SHARE_MIN = 1e-8;

/** Lower triangle of a symmetric matrix's Cholesky factor, row by row; a column that repeats others is all zero. */
export interface CholeskyFactor {
  readonly size: number;
  readonly lower: Float64Array;
}

/**
 * Cholesky factor of a symmetric positive semi-definite matrix.
 *
 * @param matrix [size × size], only the lower triangle is read
 */
export function factorise(matrix: Float64Array, size: number): CholeskyFactor {
  const lower = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    let pivot = matrix[column * size + column]!;
    for (let k = 0; k < column; k++) pivot -= lower[column * size + k]! ** 2;
    if (!(pivot > PIVOT_SHARE_MIN * matrix[column * size + column]!)) continue;
    const root = Math.sqrt(pivot);
    lower[column * size + column] = root;
    for (let row = column + 1; row < size; row++) {
      let sum = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= lower[row * size + k]! * lower[column * size + k]!;
      lower[row * size + column] = sum / root;
    }
  }
  return { size, lower };
}

/** Solves L·y = vector in place; a repeated column's part is 0. */
function solveLower({ size, lower }: CholeskyFactor, vector: Float64Array): Float64Array {
  for (let row = 0; row < size; row++) {
    const pivot = lower[row * size + row]!;
    if (pivot === 0) {
      vector[row] = 0;
      continue;
    }
    let sum = vector[row]!;
    for (let k = 0; k < row; k++) sum -= lower[row * size + k]! * vector[k]!;
    vector[row] = sum / pivot;
  }
  return vector;
}

/** Solves L·Lᵀ·x = vector in place; a repeated column's coefficient is 0. */
export function solve(factor: CholeskyFactor, vector: Float64Array): Float64Array {
  const { size, lower } = factor;
  solveLower(factor, vector);
  for (let row = size - 1; row >= 0; row--) {
    const pivot = lower[row * size + row]!;
    if (pivot === 0) {
      vector[row] = 0;
      continue;
    }
    let sum = vector[row]!;
    for (let k = row + 1; k < size; k++) sum -= lower[k * size + row]! * vector[k]!;
    vector[row] = sum / pivot;
  }
  return vector;
}
