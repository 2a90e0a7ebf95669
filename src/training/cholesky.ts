/**
 * Solves A x = b in place for a symmetric positive definite A by Cholesky factorisation, n³/6 multiply-adds.
 * `matrix` is [n × n] row-major, of which the lower triangle is read and overwritten; `right` is b and becomes x.
 * A pivot that rounding has made non-positive ends its own row: that unknown is 0.
 */
export function solveCholesky(matrix: Float64Array, right: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    const base = row * n;
    for (let column = 0; column < row; column++) {
      const other = column * n;
      let rest = matrix[base + column]!;
      for (let k = 0; k < column; k++) rest -= matrix[base + k]! * matrix[other + k]!;
      matrix[base + column] = rest * matrix[other + column]!;
    }
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
