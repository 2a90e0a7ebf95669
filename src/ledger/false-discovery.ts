/**
 * Adjusted p-values: calling all those different whose q is at most a rate keeps the expected share of false ones among
 * them at or below that rate, for independent tests and those that depend positively.
 * Y. Benjamini and Y. Hochberg (1995), Journal of the Royal Statistical Society B 57(1).
 *
 * @param ps of each test; null for one that was not made
 * @returns q of each, null where p is
 */
export function benjaminiHochberg(ps: readonly (number | null)[]): (number | null)[] {
  const tested = ps.flatMap((p, at) => (p === null ? [] : [{ p, at }])).sort((a, b) => b.p - a.p);
  const qs: (number | null)[] = ps.map(() => null);
  let least = 1;
  for (const [fromLast, { p, at }] of tested.entries()) {
    least = Math.min(least, (p * tested.length) / (tested.length - fromLast));
    qs[at] = least;
  }
  return qs;
}
