/**
 * Solves A x = b in place for a symmetric positive definite A by Cholesky factorisation, n³/6 multiply-adds.
 * `matrix` is [n × n] row-major, of which the lower triangle is read and overwritten; `right` is b and becomes x.
 * A pivot that rounding has made non-positive ends its own row: that unknown is 0.
 */
export function solveCholesky(matrix: Float64Array, right: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    const base = row * n;
    let column = 0;
    for (; column + 4 <= row; column += 4) eliminateFour(matrix, n, base, column);
    for (; column < row; column++) eliminate(matrix, n, base, column);
    let pivot = matrix[base + row]!;
    let known = right[row]!;
    for (let k = 0; k < row; k++) {
      pivot -= matrix[base + k]! * matrix[base + k]!;
      known -= matrix[base + k]! * right[k]!;
    }
    // The diagonal keeps the inverse root, so that rows multiply instead of dividing.
    const inverse = pivot > 0 ? 1 / Math.sqrt(pivot) : 0;
    matrix[base + row] = inverse;
    right[row] = known * inverse;
  }
  for (let row = n - 1; row >= 0; row--) {
    const value = right[row]! * matrix[row * n + row]!;
    right[row] = value;
    for (let k = 0; k < row; k++) right[k]! -= matrix[row * n + k]! * value;
  }
}

/** One entry of the factor, left of the diagonal. */
function eliminate(matrix: Float64Array, n: number, base: number, column: number): void {
  const other = column * n;
  let rest = matrix[base + column]!;
  for (let k = 0; k < column; k++) rest -= matrix[base + k]! * matrix[other + k]!;
  matrix[base + column] = rest * matrix[other + column]!;
}

/** Four entries at once: their sums do not wait for each other, which halves the time. */
function eliminateFour(matrix: Float64Array, n: number, base: number, column: number): void {
  const row0 = column * n;
  const row1 = row0 + n;
  const row2 = row1 + n;
  const row3 = row2 + n;
  let rest0 = matrix[base + column]!;
  let rest1 = matrix[base + column + 1]!;
  let rest2 = matrix[base + column + 2]!;
  let rest3 = matrix[base + column + 3]!;
  for (let k = 0; k < column; k++) {
    const factor = matrix[base + k]!;
    rest0 -= factor * matrix[row0 + k]!;
    rest1 -= factor * matrix[row1 + k]!;
    rest2 -= factor * matrix[row2 + k]!;
    rest3 -= factor * matrix[row3 + k]!;
  }
  const entry0 = rest0 * matrix[row0 + column]!;
  rest1 -= entry0 * matrix[row1 + column]!;
  const entry1 = rest1 * matrix[row1 + column + 1]!;
  rest2 -= entry0 * matrix[row2 + column]! + entry1 * matrix[row2 + column + 1]!;
  const entry2 = rest2 * matrix[row2 + column + 2]!;
  rest3 -=
    entry0 * matrix[row3 + column]! +
    entry1 * matrix[row3 + column + 1]! +
    entry2 * matrix[row3 + column + 2]!;
  matrix[base + column] = entry0;
  matrix[base + column + 1] = entry1;
  matrix[base + column + 2] = entry2;
  matrix[base + column + 3] = rest3 * matrix[row3 + column + 3]!;
}
