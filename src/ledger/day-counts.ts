/** How often each whole number of days was seen. */
export class DayCounts {
  readonly #counts = new Map<number, number>();
  #size = 0;

  add(days: number): void {
    this.#counts.set(days, (this.#counts.get(days) ?? 0) + 1);
    this.#size++;
  }

  /**
   * The quantile at a share of 0 to 1, interpolated linearly between neighbours; null when empty. 0.5 is the median.
   * Source: R. Hyndman, Y. Fan, "Sample Quantiles in Statistical Packages" (1996), definition 7.
   */
  quantile(share: number): number | null {
    if (this.#size === 0) return null;
    const inOrder = [...this.#counts].sort(([a], [b]) => a - b);
    const place = (this.#size - 1) * share;
    const low = valueAt(inOrder, Math.floor(place));
    return low + (place - Math.floor(place)) * (valueAt(inOrder, Math.ceil(place)) - low);
  }
}

function valueAt(inOrder: readonly (readonly [number, number])[], place: number): number {
  let before = 0;
  for (const [days, count] of inOrder) {
    before += count;
    if (place < before) return days;
  }
  return Number.NaN;
}
