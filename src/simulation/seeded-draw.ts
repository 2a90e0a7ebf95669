import { textHash } from '../ledger/text-hash.ts';
import { upperBound } from '../recommender/bisect.ts';

const CHANCE_DIGITS = 2 ** 53;

/**
 * A uniform number in [0, 1) that depends only on the seed and the name of the draw, not on earlier draws: the same shopper gets
 * the same random numbers whatever was offered to others (common random numbers).
 */
export function drawUniform(seed: number, name: string): number {
  return textHash(name, seed) / CHANCE_DIGITS;
}

/** A standard normal number, by the Box–Muller transform. */
export function drawNormal(seed: number, name: string): number {
  const radius = Math.sqrt(-2 * Math.log(1 - drawUniform(seed, `${name} radius`)));
  return radius * Math.cos(2 * Math.PI * drawUniform(seed, `${name} angle`));
}

/** A log-normal factor with median 1; `sigma` is the standard deviation of its logarithm. */
export function drawFactor(seed: number, name: string, sigma: number): number {
  return Math.exp(sigma * drawNormal(seed, name));
}

/** Above this mean, a Poisson number is drawn as a rounded normal number. */
const POISSON_MEAN_MAX = 200;

/** A Poisson number with the given mean. */
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

/** A choice by weight: the weights are accumulated once, and each draw is a binary search. */
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

  /** The index that a uniform number in [0, 1) selects. */
  at(uniform: number): number {
    const last = this.#upTo.length - 1;
    return upperBound(this.#upTo, uniform * this.#upTo[last]!, 0, last);
  }
}
