/** Places of the `limit` values that are largest by magnitude, ascending; of equal ones the first. */
export function largestPlaces(values: Float64Array | Float32Array, limit: number): Int32Array {
  if (values.length <= limit) return Int32Array.from(values.keys());
  const magnitudes = values.map(Math.abs);
  const least = magnitudes.slice().sort()[values.length - limit]!;
  let ties = limit;
  for (const magnitude of magnitudes) if (magnitude > least) ties--;
  const places = new Int32Array(limit);
  let length = 0;
  for (let at = 0; at < magnitudes.length; at++) {
    if (magnitudes[at]! > least || (magnitudes[at] === least && ties-- > 0)) places[length++] = at;
  }
  return places;
}
