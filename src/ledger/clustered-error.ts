/** The error of an estimate from clusters. */
export interface ClusteredError {
  readonly standardError: number;
  /** Degrees of freedom of the standard error. */
  readonly freedom: number;
}

/**
 * Sums of powers over what each cluster c adds to an estimate, Σ_{i∈c} ψ_i; clusters that take no part may be left out. Standard error:
 * √(Σ_c (Σψ)² · G / (G − 1)) for G clusters (Liang and Zeger 1986). Degrees of freedom: 2 (Σψ²)² / Σψ⁴ over clusters, F. E. Satterthwaite
 * (1946) with the moments of the data.
 */
export class ClusterMoments {
  squares = 0;
  fourths = 0;

  add(influence: number): void {
    const square = influence ** 2;
    this.squares += square;
    this.fourths += square ** 2;
  }

  get freedom(): number {
    return this.fourths > 0 ? (2 * this.squares ** 2) / this.fourths : Number.POSITIVE_INFINITY;
  }

  /** @param clusters G */
  error(clusters: number): ClusteredError {
    return {
      standardError: Math.sqrt((this.squares * clusters) / (clusters - 1)),
      freedom: this.freedom,
    };
  }
}
