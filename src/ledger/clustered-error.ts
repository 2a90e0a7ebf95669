/** Of an estimate from clusters. */
export interface ClusteredError {
  readonly standardError: number;
  /** Degrees of freedom of the standard error. */
  readonly freedom: number;
}

/**
 * Standard error of an estimate from what each cluster adds to it, Σ_{i∈c} ψ_i: √(Σ_c (Σψ)² · G / (G − 1)) for G clusters
 * (Liang and Zeger 1986). Degrees of freedom: 2 (Σψ²)² / Σψ⁴ over clusters, F. E. Satterthwaite (1946) with the moments of
 * the data.
 *
 * @param influence [≥ G] zero for clusters that take no part
 * @param clusters G
 */
export function clusteredError(influence: Float64Array, clusters: number): ClusteredError {
  const { squares, freedom } = momentsOf(influence);
  return { standardError: Math.sqrt((squares * clusters) / (clusters - 1)), freedom };
}

/** Σ (Σψ)², and the degrees of freedom that it has. */
export function momentsOf(influence: Float64Array): { readonly squares: number; readonly freedom: number } {
  let [squares, fourths] = [0, 0];
  for (let i = 0; i < influence.length; i++) {
    const square = influence[i]! ** 2;
    squares += square;
    fourths += square ** 2;
  }
  return { squares, freedom: fourths > 0 ? (2 * squares ** 2) / fourths : Number.POSITIVE_INFINITY };
}
