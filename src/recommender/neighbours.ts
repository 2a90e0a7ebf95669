import type { PastBaskets } from './past-baskets.ts';
import { createStamps, isStamped, nextStamp, type Stamps } from './stamps.ts';

/**
 * How much a past basket b says about the present basket c: w = s^p · ρ(age) / (L − |O|)^r with the likeness
 * s = Σ_O idf^q · L^−al, where O is what both hold and L the products of b.
 */
export interface Kernel {
  /** q: shared products count idf^q, idf = −ln(share of the baskets that hold the product). */
  readonly idfPower: number;
  /** al: how much a long past basket is less like anything. */
  readonly lengthPower: number;
  /** p, a whole number from 1: how much more the likest baskets count. */
  readonly sharpness: number;
  /** ρ: 1, 1 / (1 + age / h) or 2^(−age / h). */
  readonly ageing: 'none' | 'hyperbolic' | 'exponential';
  /** h, a share of the window learned from. */
  readonly halfAge: number;
  /** r: how much a basket spreads its vote over what else it holds. */
  readonly restPower: number;
}

/** A kernel with its tables over one model's baskets. */
export interface BoundKernel {
  readonly sharpness: number;
  /** [products] idf^q */
  readonly itemWeight: Float64Array;
  /** [baskets] ρ(age) · L^(−al·p) */
  readonly basketWeight: Float64Array;
  /** [longest basket + 1] n^−r, 0 for a basket that holds nothing else */
  readonly restWeight: Float64Array;
}

/** Votes below this share of the largest are left out: no list of the nearest has to be sorted. */
const VOTE_MIN = 2e-4;

export function bindKernel(kernel: Kernel, past: PastBaskets, basketShare: ArrayLike<number>): BoundKernel {
  const { idfPower, lengthPower, sharpness, restPower } = kernel;
  const idf = (share: number) => (share > 0 ? Math.max(0, -Math.log(share)) : 0);
  const basketWeight = new Float64Array(past.age.length);
  let longest = 0;
  for (let basket = 0; basket < basketWeight.length; basket++) {
    const length = past.start[basket + 1]! - past.start[basket]!;
    longest = Math.max(longest, length);
    basketWeight[basket] = freshness(kernel, past.age[basket]!) * length ** (-lengthPower * sharpness);
  }
  return {
    sharpness,
    itemWeight: Float64Array.from(basketShare, (share) => idf(share) ** idfPower),
    basketWeight,
    restWeight: Float64Array.from({ length: longest + 1 }, (_, rest) => (rest > 0 ? rest ** -restPower : 0)),
  };
}

function freshness({ ageing, halfAge }: Kernel, age: number): number {
  if (ageing === 'none') return 1;
  return ageing === 'hyperbolic' ? 1 / (1 + age / halfAge) : 2 ** (-age / halfAge);
}

/** Scratch of one thread. */
export interface NeighbourVotes {
  /** [products] K: share of the votes that name the product; valid where `voted` is stamped */
  readonly share: Float64Array;
  readonly voted: Stamps;
  /** [baskets] Σ idf^q of what is shared, then the basket's vote; valid where `overlapping` is stamped */
  readonly likeness: Float64Array;
  /** [baskets] products shared with the present basket */
  readonly overlap: Int32Array;
  readonly overlapping: Stamps;
}

export function createVotes(products: number, baskets: number): NeighbourVotes {
  return {
    share: new Float64Array(products),
    voted: createStamps(products),
    likeness: new Float64Array(baskets),
    overlap: new Int32Array(baskets),
    overlapping: createStamps(baskets),
  };
}

/**
 * Lets every past basket that shares a product with `basket` vote for all it holds. K_j, left in `votes.share`, is the
 * share of the votes, by weight, that come from baskets with j.
 */
export function voteNeighbours(
  past: PastBaskets,
  kernel: BoundKernel,
  basket: Int32Array,
  votes: NeighbourVotes,
): void {
  findOverlaps(past, kernel, basket, votes);
  const largest = weighVotes(past, kernel, votes);
  const total = countVotes(past, largest * VOTE_MIN, votes);
  const { voted, share } = votes;
  for (let at = 0; at < voted.count; at++) share[voted.touched[at]!]! /= total;
}

/** K of a product, 0 where no basket named it. */
export function voteFor({ voted, share }: NeighbourVotes, item: number): number {
  return isStamped(voted, item) ? share[item]! : 0;
}

function findOverlaps(
  past: PastBaskets,
  { itemWeight }: BoundKernel,
  basket: Int32Array,
  { overlapping, overlap, likeness }: NeighbourVotes,
): void {
  const generation = nextStamp(overlapping);
  const { stamp, touched } = overlapping;
  const { ofItem, ofItemStart } = past;
  let count = 0;
  for (let line = 0; line < basket.length; line++) {
    const item = basket[line]!;
    const weight = itemWeight[item]!;
    const end = ofItemStart[item + 1]!;
    for (let at = ofItemStart[item]!; at < end; at++) {
      const other = ofItem[at]!;
      if (stamp[other] === generation) {
        overlap[other]!++;
        likeness[other]! += weight;
      } else {
        stamp[other] = generation;
        touched[count++] = other;
        overlap[other] = 1;
        likeness[other] = weight;
      }
    }
  }
  overlapping.count = count;
}

/** Turns likenesses into votes, in place; the largest. */
function weighVotes(
  { start }: PastBaskets,
  { sharpness, basketWeight, restWeight }: BoundKernel,
  { likeness, overlap, overlapping }: NeighbourVotes,
): number {
  const { touched, count } = overlapping;
  let largest = 0;
  for (let at = 0; at < count; at++) {
    const other = touched[at]!;
    const like = likeness[other]!;
    let vote = basketWeight[other]! * restWeight[start[other + 1]! - start[other]! - overlap[other]!]!;
    for (let factor = 0; factor < sharpness; factor++) vote *= like;
    likeness[other] = vote;
    if (vote > largest) largest = vote;
  }
  return largest;
}

/** Adds each vote above `least` to all that its basket holds; their sum. */
function countVotes(
  { start, items }: PastBaskets,
  least: number,
  { likeness, overlapping, voted, share }: NeighbourVotes,
): number {
  const generation = nextStamp(voted);
  const { stamp, touched } = voted;
  let count = 0;
  let total = 0;
  for (let at = 0; at < overlapping.count; at++) {
    const other = overlapping.touched[at]!;
    const vote = likeness[other]!;
    if (!(vote > least)) continue;
    total += vote;
    const end = start[other + 1]!;
    for (let line = start[other]!; line < end; line++) {
      const item = items[line]!;
      if (stamp[item] === generation) share[item]! += vote;
      else {
        stamp[item] = generation;
        touched[count++] = item;
        share[item] = vote;
      }
    }
  }
  voted.count = count;
  return total;
}
