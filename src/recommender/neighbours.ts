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
  readonly cells: PastCells;
  /** [classes] votes of each size, from none to the largest */
  readonly sizes: Int32Array;
}

/**
 * All that a vote reads and writes of one past basket side by side in 32 bytes, because its time is that of fetching it:
 * a question touches thousands of them, far apart. Two views of one memory.
 */
interface PastCells {
  /** [8 · baskets] at INTEGERS · basket + SEEN, SHARED, FROM, LINES */
  readonly integers: Int32Array;
  /** [4 · baskets] at DOUBLES · basket + WEIGHT, LIKENESS */
  readonly doubles: Float64Array;
  /** [baskets] those that share a product with the present basket, of which the first `count` are valid */
  readonly touched: Int32Array;
  count: number;
  generation: number;
}

const INTEGERS = 8;
/** The generation that touched the basket last, and how many products it shares with the present one. */
const SEEN = 0;
const SHARED = 1;
/** Its first line, and how many it has. */
const FROM = 2;
const LINES = 3;
const DOUBLES = 4;
/** ρ(age) · L^(−al·p) */
const WEIGHT = 2;
/** Σ idf^q of what is shared, then the basket's vote. */
const LIKENESS = 3;

const GENERATION_MAX = 0x7fffffff;
/** Votes below this share of the largest are left out: no list of the nearest has to be sorted. */
const VOTE_MIN = 2e-4;
/** Where more than this many votes are above it, about so many of the largest count. */
const VOTERS_MAX = 500;
/** Classes of vote sizes, even in the fourth root. */
const CLASSES = 128;

export function createVotes(
  past: PastBaskets,
  kernel: Kernel,
  basketShare: ArrayLike<number>,
): NeighbourVotes {
  const { idfPower, restPower, sharpness } = kernel;
  const idf = (share: number) => (share > 0 ? Math.max(0, -Math.log(share)) : 0);
  const cells = createCells(past, kernel);
  let longest = 0;
  for (let at = LINES; at < cells.integers.length; at += INTEGERS) {
    longest = Math.max(longest, cells.integers[at]!);
  }
  return {
    share: new Float64Array(basketShare.length),
    voted: createStamps(basketShare.length),
    itemWeight: Float64Array.from(basketShare, (share) => idf(share) ** idfPower),
    restWeight: Float64Array.from({ length: longest + 1 }, (_, rest) => (rest > 0 ? rest ** -restPower : 0)),
    sharpness,
    cells,
    sizes: new Int32Array(CLASSES + 1),
  };
}

function createCells({ start, age }: PastBaskets, kernel: Kernel): PastCells {
  const memory = new ArrayBuffer(age.length * INTEGERS * Int32Array.BYTES_PER_ELEMENT);
  const integers = new Int32Array(memory);
  const doubles = new Float64Array(memory);
  for (let basket = 0; basket < age.length; basket++) {
    const lines = start[basket + 1]! - start[basket]!;
    integers[INTEGERS * basket + FROM] = start[basket]!;
    integers[INTEGERS * basket + LINES] = lines;
    doubles[DOUBLES * basket + WEIGHT] =
      freshness(kernel, age[basket]!) * lines ** (-kernel.lengthPower * kernel.sharpness);
  }
  return { integers, doubles, touched: new Int32Array(age.length), count: 0, generation: 0 };
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
  findOverlaps(past, basket, votes);
  const largest = weighVotes(votes);
  const total = countVotes(past.items, leastCounted(largest, votes), votes);
  const { voted, share } = votes;
  for (let at = 0; at < voted.count; at++) share[voted.touched[at]!]! /= total;
}

/** K of a product, 0 where no basket named it. */
export function voteFor({ voted, share }: NeighbourVotes, item: number): number {
  return isStamped(voted, item) ? share[item]! : 0;
}

function nextGeneration(cells: PastCells): number {
  if (cells.generation === GENERATION_MAX) {
    for (let at = SEEN; at < cells.integers.length; at += INTEGERS) cells.integers[at] = 0;
    cells.generation = 0;
  }
  return ++cells.generation;
}

function findOverlaps(
  { ofItem, ofItemStart }: PastBaskets,
  basket: Int32Array,
  { itemWeight, cells }: NeighbourVotes,
): void {
  const { integers, doubles, touched } = cells;
  const generation = nextGeneration(cells);
  let count = 0;
  for (let line = 0; line < basket.length; line++) {
    const item = basket[line]!;
    const weight = itemWeight[item]!;
    const end = ofItemStart[item + 1]!;
    for (let at = ofItemStart[item]!; at < end; at++) {
      const other = ofItem[at]!;
      const cell = INTEGERS * other;
      if (integers[cell + SEEN] === generation) {
        integers[cell + SHARED]!++;
        doubles[DOUBLES * other + LIKENESS]! += weight;
      } else {
        integers[cell + SEEN] = generation;
        integers[cell + SHARED] = 1;
        doubles[DOUBLES * other + LIKENESS] = weight;
        touched[count++] = other;
      }
    }
  }
  cells.count = count;
}

/** Turns likenesses into votes, in place; the largest. */
function weighVotes({ sharpness, restWeight, cells }: NeighbourVotes): number {
  const { integers, doubles, touched, count } = cells;
  let largest = 0;
  for (let at = 0; at < count; at++) {
    const other = touched[at]!;
    const cell = INTEGERS * other;
    const like = doubles[DOUBLES * other + LIKENESS]!;
    const rest = integers[cell + LINES]! - integers[cell + SHARED]!;
    let vote = doubles[DOUBLES * other + WEIGHT]! * restWeight[rest]!;
    for (let factor = 0; factor < sharpness; factor++) vote *= like;
    doubles[DOUBLES * other + LIKENESS] = vote;
    if (vote > largest) largest = vote;
  }
  return largest;
}

/** The size above which votes count. */
function leastCounted(largest: number, { cells, sizes }: NeighbourVotes): number {
  const { doubles, touched, count } = cells;
  const floor = largest * VOTE_MIN;
  if (count <= VOTERS_MAX || largest === 0) return floor;
  sizes.fill(0);
  const scale = 1 / largest;
  for (let at = 0; at < count; at++) {
    const vote = doubles[DOUBLES * touched[at]! + LIKENESS]!;
    sizes[Math.floor(CLASSES * Math.sqrt(Math.sqrt(vote * scale)))]!++;
  }
  let voters = 0;
  let least = CLASSES;
  while (least > 0 && voters + sizes[least]! <= VOTERS_MAX) voters += sizes[least--]!;
  // The class that would be too much is left out, unless it is that of the largest.
  const bound = Math.min(CLASSES - 1, least + 1) / CLASSES;
  return Math.max(floor, largest * bound ** 4);
}

/** Adds each vote above `least` to all that its basket holds; their sum. */
function countVotes(items: Int32Array, least: number, { cells, voted, share }: NeighbourVotes): number {
  const generation = nextStamp(voted);
  const { stamp, touched } = voted;
  const { integers, doubles } = cells;
  let count = 0;
  let total = 0;
  for (let at = 0; at < cells.count; at++) {
    const other = cells.touched[at]!;
    const vote = doubles[DOUBLES * other + LIKENESS]!;
    if (!(vote > least)) continue;
    total += vote;
    const from = integers[INTEGERS * other + FROM]!;
    const end = from + integers[INTEGERS * other + LINES]!;
    for (let line = from; line < end; line++) {
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
