import { createOverlaps, findOverlaps, type Overlaps } from './overlaps.ts';
import type { PastBaskets } from './past-baskets.ts';
import { createStamps, isStamped, nextStamp, type Stamps } from './stamps.ts';

/**
 * How much a past basket b says about the present basket c: w = s^p · ρ(age) / (L − |O|)^r with the likeness s = Σ_O idf^q · L^−al, where O
 * is what both hold and L the number of products of b.
 */
export interface Kernel {
  /** q: shared products count idf^q, idf = −ln(share of the baskets that hold the product). */
  readonly idfPower: number;
  /** al: how much less a past basket is like anything the longer it is. */
  readonly lengthPower: number;
  /** p, a whole number from 1: how much more the most similar baskets count. */
  readonly sharpness: number;
  /** ρ: 1, 1 / (1 + age / h) or 2^(−age / h). */
  readonly ageing: 'none' | 'hyperbolic' | 'exponential';
  /** h, a share of the window learned from. */
  readonly halfAge: number;
  /** r: how much a basket spreads its vote over what else it holds. */
  readonly restPower: number;
}

/** A kernel with its tables over one model's baskets, and the votes of one present basket. Scratch of one thread. */
export interface NeighbourVotes {
  /** [products] K: share of the votes that name the product; valid where `voted` is stamped */
  readonly share: Float64Array;
  readonly voted: Stamps;
  /** [products] idf^q */
  readonly itemWeight: Float64Array;
  /** [longest basket + 1] n^−r, 0 for a basket that holds nothing else */
  readonly restWeight: Float64Array;
  readonly sharpness: number;
  /** parallel to the lists of past baskets by product: ρ(age) · L^(−al·p) of each basket */
  readonly weight: Float64Array;
  /** The past baskets found; their likeness becomes their vote. */
  readonly overlaps: Overlaps;
  /** [classes] number of votes of each size, from none to the largest */
  readonly sizes: Int32Array;
}

/** Votes below this share of the largest are left out: no list of the nearest has to be sorted. */
const VOTE_MIN = 2e-4;
/** Where more votes than this are above it, about this many of the largest count. */
const VOTERS_MAX = 500;
/** Classes of vote sizes, in equal steps of the fourth root. */
const CLASSES = 128;

export function createVotes(
  past: PastBaskets,
  kernel: Kernel,
  basketShare: ArrayLike<number>,
): NeighbourVotes {
  const { idfPower, restPower, sharpness } = kernel;
  const idf = (share: number) => (share > 0 ? Math.max(0, -Math.log(share)) : 0);
  let longest = 0;
  for (let at = 0; at < past.ofItemLines.length; at++) longest = Math.max(longest, past.ofItemLines[at]!);
  return {
    share: new Float64Array(basketShare.length),
    voted: createStamps(basketShare.length),
    itemWeight: Float64Array.from(basketShare, (share) => idf(share) ** idfPower),
    restWeight: powersOf(longest, -restPower),
    sharpness,
    weight: weighBaskets(past, kernel, longest),
    overlaps: createOverlaps(),
    sizes: new Int32Array(CLASSES + 1),
  };
}

function weighBaskets({ start, age, ofItem }: PastBaskets, kernel: Kernel, longest: number): Float64Array {
  const ofLength = powersOf(longest, -kernel.lengthPower * kernel.sharpness);
  const weights = new Float64Array(age.length);
  for (let basket = 0; basket < weights.length; basket++) {
    weights[basket] = freshness(kernel, age[basket]!) * ofLength[start[basket + 1]! - start[basket]!]!;
  }
  const listed = new Float64Array(ofItem.length);
  for (let at = 0; at < ofItem.length; at++) listed[at] = weights[ofItem[at]!]!;
  return listed;
}

/** [largest + 1] n^exponent, 0 for none. */
function powersOf(largest: number, exponent: number): Float64Array {
  return Float64Array.from({ length: largest + 1 }, (_, n) => (n > 0 ? n ** exponent : 0));
}

function freshness({ ageing, halfAge }: Kernel, age: number): number {
  if (ageing === 'none') return 1;
  return ageing === 'hyperbolic' ? 1 / (1 + age / halfAge) : 2 ** (-age / halfAge);
}

/**
 * Lets every past basket that shares a product with `basket` vote for all it holds. K_j, left in `votes.share`, is the
 * share of the votes, by weight, that come from baskets with j.
 */
export function voteNeighbours(past: PastBaskets, basket: Int32Array, votes: NeighbourVotes): void {
  findOverlaps(past, votes.weight, basket, votes.itemWeight, votes.overlaps);
  const largest = weighVotes(votes);
  const total = countVotes(past.items, leastCounted(largest, votes), votes);
  const { voted, share } = votes;
  for (let at = 0; at < voted.count; at++) share[voted.touched[at]!]! /= total;
}

/** K of a product, 0 where no basket named it. */
export function voteFor({ voted, share }: NeighbourVotes, item: number): number {
  return isStamped(voted, item) ? share[item]! : 0;
}

/** Turns likenesses into votes, in place; returns the largest. */
function weighVotes({ sharpness, restWeight, overlaps }: NeighbourVotes): number {
  const { lines, shared, weight, likeness, count } = overlaps;
  let largest = 0;
  for (let at = 0; at < count; at++) {
    const like = likeness[at]!;
    let vote = weight[at]! * restWeight[lines[at]! - shared[at]!]!;
    for (let factor = 0; factor < sharpness; factor++) vote *= like;
    likeness[at] = vote;
    if (vote > largest) largest = vote;
  }
  return largest;
}

/** The size above which votes count. */
function leastCounted(largest: number, { overlaps, sizes }: NeighbourVotes): number {
  const { likeness: vote, count } = overlaps;
  const floor = largest * VOTE_MIN;
  if (count <= VOTERS_MAX || largest === 0) return floor;
  sizes.fill(0);
  const scale = 1 / largest;
  for (let at = 0; at < count; at++) {
    sizes[Math.floor(CLASSES * Math.sqrt(Math.sqrt(vote[at]! * scale)))]!++;
  }
  let voters = 0;
  let least = CLASSES;
  while (least > 0 && voters + sizes[least]! <= VOTERS_MAX) voters += sizes[least--]!;
  // The class that would make too many is left out, unless it is the class of the largest.
  const bound = Math.min(CLASSES - 1, least + 1) / CLASSES;
  return Math.max(floor, largest * bound ** 4);
}

/** Adds each vote above `least` to all that its basket holds; returns the sum of these votes. */
function countVotes(items: Int32Array, least: number, { overlaps, voted, share }: NeighbourVotes): number {
  const generation = nextStamp(voted);
  const { stamp, touched } = voted;
  const { from, lines, likeness } = overlaps;
  const voters = fetchVoters(items, least, overlaps);
  let count = 0;
  let total = 0;
  for (let at = 0; at < voters; at++) {
    const vote = likeness[at]!;
    total += vote;
    const end = from[at]! + lines[at]!;
    for (let line = from[at]!; line < end; line++) {
      const item = items[line]!;
      // Without a branch, which would be mispredicted for nearly every other line.
      const isNew = Number(stamp[item] !== generation);
      stamp[item] = generation;
      touched[count] = item;
      count += isNew;
      share[item] = share[item]! * (1 - isNew) + vote;
    }
  }
  voted.count = count;
  return total;
}

/**
 * Moves the baskets with a vote above `least` to the front; returns how many. Then reads only the first line of each, so that the processor
 * fetches many at a time instead of waiting for one after the other.
 */
function fetchVoters(items: Int32Array, least: number, overlaps: Overlaps): number {
  const { from, lines, likeness, count } = overlaps;
  let voters = 0;
  for (let at = 0; at < count; at++) {
    const vote = likeness[at]!;
    from[voters] = from[at]!;
    lines[voters] = lines[at]!;
    likeness[voters] = vote;
    voters += vote > least ? 1 : 0;
  }
  let fetched = 0;
  for (let at = 0; at < voters; at++) fetched |= items[from[at]!]!;
  overlaps.fetched = fetched;
  return voters;
}
