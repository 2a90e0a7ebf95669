/** Coefficients of least squares by Gaussian elimination with pivoting on the normal equations; columns must not repeat. */
export function leastSquares(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const size = rows[0]!.length;
  const system = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (__, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row, at) => sum + row[i]! * values[at]!, 0),
  ]);
  for (let column = 0; column < size; column++) {
    const below = system.slice(column).map((row) => Math.abs(row[column]!));
    const pivot = column + below.indexOf(Math.max(...below));
    [system[column], system[pivot]] = [system[pivot]!, system[column]!];
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = system[row]![column]! / system[column]![column]!;
      for (let j = column; j <= size; j++) system[row]![j]! -= factor * system[column]![j]!;
    }
  }
  return system.map((row, i) => row[size]! / row[i]!);
}
