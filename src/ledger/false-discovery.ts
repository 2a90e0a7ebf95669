/**
 * Adjusted p-values. If all tests with q up to some rate are called different, the expected share of false ones among them is at most that
 * rate. Holds for independent and for positively dependent tests.
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

/**
 * The same for tests that depend on each other in any way: q times Σ 1/i over the tests.
 * Y. Benjamini and D. Yekutieli (2001), Annals of Statistics 29(4).
 */
export function benjaminiYekutieli(ps: readonly (number | null)[]): (number | null)[] {
  const tests = ps.filter((p) => p !== null).length;
  const factor = Array.from({ length: tests }, (_, i) => 1 / (i + 1)).reduce((sum, part) => sum + part, 0);
  return benjaminiHochberg(ps).map((q) => (q === null ? null : Math.min(1, q * factor)));
}
