/** A hundred percent in basis points. */
export const WHOLE_BASIS_POINTS = 10_000;

/** Largest trace of binary arithmetic in basis points: 0.07 percent is 7, not 7.000000000000001. */
const NOISE_MAX = 1e-9;

/** Hundredths of a percent; whole for every percentage of at most two decimals. */
export function toBasisPoints(percent: number): number {
  const points = percent * 100;
  const whole = Math.round(points);
  return Math.abs(points - whole) < NOISE_MAX ? whole : points;
}

/** A sum of parts of baskets without the traces of binary arithmetic: each part is a multiple of a basis point. */
export function wholeParts(sum: number): number {
  return Math.round(sum * WHOLE_BASIS_POINTS) / WHOLE_BASIS_POINTS;
}

/**
 * A share of an amount, rounded half to even: over many entries the halves do not all go one way. Exact: the product is
 * an integer of any size.
 *
 * @param amountMinor integer @param basisPoints integer
 */
export function shareMinor(amountMinor: number, basisPoints: number): number {
  const whole = BigInt(WHOLE_BASIS_POINTS);
  const product = BigInt(amountMinor) * BigInt(basisPoints);
  let quotient = product / whole;
  let rest = product % whole;
  if (rest < 0n) {
    rest += whole;
    quotient -= 1n;
  }
  const isUp = rest * 2n > whole || (rest * 2n === whole && quotient % 2n !== 0n);
  return Number(isUp ? quotient + 1n : quotient);
}

/**
 * Splits an amount by weight into parts that add up to it exactly. Each part gets the whole units of its share. The units left over go, one
 * each, to the largest remainders (Hamilton's method); of equal ones, to the first.
 *
 * @param amountMinor integer @param weights integers of at least 0, at least one of them above 0
 */
export function apportion(amountMinor: number, weights: readonly number[]): number[] {
  if (weights.length === 1) return [amountMinor + 0];
  const sign = amountMinor < 0 ? -1 : 1;
  const amount = Math.abs(amountMinor);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight, at) => ({ at, ...divided(amount, weight, total) }));
  let left = amount - shares.reduce((sum, { part }) => sum + part, 0);
  const parts = shares.map(({ part }) => part);
  if (left > 0) {
    for (const { at } of shares.sort((a, b) => b.rest - a.rest || a.at - b.at)) {
      if (left-- <= 0) break;
      parts[at]!++;
    }
  }
  return parts.map((part) => sign * part + 0);
}

/** amount · weight / total, with what remains; exact for integers of any size. */
function divided(amount: number, weight: number, total: number): { part: number; rest: number } {
  const product = amount * weight;
  if (product <= Number.MAX_SAFE_INTEGER) {
    const rest = product % total;
    return { part: (product - rest) / total, rest };
  }
  const [exact, whole] = [BigInt(amount) * BigInt(weight), BigInt(total)];
  return { part: Number(exact / whole), rest: Number(exact % whole) };
}
