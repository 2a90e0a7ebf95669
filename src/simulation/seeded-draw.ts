import { textHash } from '../ledger/text-hash.ts';
import { upperBound } from '../recommender/bisect.ts';

const CHANCE_DIGITS = 2 ** 53;

/**
 * A uniform number in [0, 1) that depends on the seed and on the name of what is drawn, and on nothing drawn before: the
 * same shopper meets the same luck whatever was offered to others (common random numbers).
 */
export function drawUniform(seed: number, name: string): number {
  return textHash(name, seed) / CHANCE_DIGITS;
}

/** A standard normal number, by Box and Muller. */
export function drawNormal(seed: number, name: string): number {
  const radius = Math.sqrt(-2 * Math.log(1 - drawUniform(seed, `${name} radius`)));
  return radius * Math.cos(2 * Math.PI * drawUniform(seed, `${name} angle`));
}

/** A factor with median 1 and the given spread of its logarithm. */
export function drawFactor(seed: number, name: string, sigma: number): number {
  return Math.exp(sigma * drawNormal(seed, name));
}

/** From this mean on a Poisson number is drawn as a rounded normal one. */
const POISSON_MEAN_MAX = 200;

/** A Poisson number of the given mean. */
export function drawPoisson(seed: number, name: string, mean: number): number {
  if (mean > POISSON_MEAN_MAX) {
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * drawNormal(seed, name)));
  }
  let left = drawUniform(seed, name);
  let chance = Math.exp(-mean);
  let count = 0;
  while (left >= chance && count < 10 * POISSON_MEAN_MAX) {
    left -= chance;
    count++;
    chance *= mean / count;
  }
  return count;
}

/** Numbers by weight: cumulated once, found by bisection. */
export class WeightedChoice {
  readonly #upTo: Float64Array;

  /** @param weights at least one, none negative, not all 0 */
  constructor(weights: ArrayLike<number>) {
    this.#upTo = new Float64Array(weights.length);
    let sum = 0;
    for (let at = 0; at < weights.length; at++) {
      sum += weights[at]!;
      this.#upTo[at] = sum;
    }
  }

  /** Place that a uniform number in [0, 1) falls on. */
  at(uniform: number): number {
    const last = this.#upTo.length - 1;
    return upperBound(this.#upTo, uniform * this.#upTo[last]!, 0, last);
  }
}
