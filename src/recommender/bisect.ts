/** First place in the ascending values[from, to) that is not below `wanted`, by bisection; `to` when there is none. */
export function lowerBound(
  values: Int32Array | Float64Array,
  wanted: number,
  from: number,
  to: number,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First place in the ascending values[from, to) that is above `wanted`, by bisection; `to` when there is none. */
export function upperBound(
  values: Int32Array | Float64Array,
  wanted: number,
  from: number,
  to: number,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
