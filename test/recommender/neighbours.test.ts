import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createVotes, type Kernel, voteNeighbours } from '../../src/recommender/neighbours.ts';
import { BASKETS_PER_ITEM_MAX, indexPastBaskets } from '../../src/recommender/past-baskets.ts';
import { buildPastBaskets } from '../support/model-builder.ts';

const PRODUCTS = 8;
const items = fc.uniqueArray(fc.nat(PRODUCTS - 1), { minLength: 1, maxLength: PRODUCTS });
const kernels: fc.Arbitrary<Kernel> = fc.record({
  idfPower: fc.constantFrom(0, 0.5, 1.5),
  lengthPower: fc.constantFrom(0, 0.35),
  sharpness: fc.integer({ min: 1, max: 8 }),
  ageing: fc.constantFrom('none', 'hyperbolic', 'exponential'),
  halfAge: fc.constantFrom(0.1, 0.5),
  restPower: fc.constantFrom(0, 0.5, 1),
});
const shares = Float64Array.from({ length: PRODUCTS }, (_, item) => 0.05 + item / 10);

/** The definition, basket by basket; votes too small to count are left to the caller's tolerance. */
function naiveShares(
  past: readonly (readonly number[])[],
  kernel: Kernel,
  basket: readonly number[],
): number[] {
  const votes = past.map((other, at) => {
    const shared = other.filter((item) => basket.includes(item));
    if (shared.length === 0 || shared.length === other.length) return 0;
    const age = past.length === 1 ? 0 : (past.length - 1 - at) / (past.length - 1);
    const idf = (item: number) => Math.max(0, -Math.log(shares[item]!));
    const like = shared.reduce((sum, item) => sum + idf(item) ** kernel.idfPower, 0);
    const fresh = {
      none: 1,
      hyperbolic: 1 / (1 + age / kernel.halfAge),
      exponential: 2 ** (-age / kernel.halfAge),
    };
    const likeness = like * other.length ** -kernel.lengthPower;
    const rest = (other.length - shared.length) ** kernel.restPower;
    return (likeness ** kernel.sharpness * fresh[kernel.ageing]) / rest;
  });
  const counted = votes.map((vote) => (vote > 2e-4 * Math.max(...votes) ? vote : 0));
  const total = counted.reduce((sum, vote) => sum + vote, 0);
  return Array.from({ length: PRODUCTS }, (_, item) => {
    const named = counted.reduce((sum, vote, at) => sum + (past[at]!.includes(item) ? vote : 0), 0);
    return total > 0 ? named / total : 0;
  });
}

describe('the votes of neighbours', () => {
  it('are those of the definition, for any kernel, whatever was asked before', () => {
    fc.assert(
      fc.property(
        fc.array(items, { maxLength: 12 }),
        kernels,
        items,
        items,
        (past, kernel, before, basket) => {
          const index = buildPastBaskets(past, PRODUCTS);
          const votes = createVotes(index, kernel, shares);
          voteNeighbours(index, Int32Array.from(before).sort(), votes);
          voteNeighbours(index, Int32Array.from(basket).sort(), votes);
          const wanted = naiveShares(past, kernel, basket);
          const { voted, share } = votes;
          for (let item = 0; item < PRODUCTS; item++) {
            const got = voted.stamp[item] === voted.generation ? share[item]! : 0;
            expect(got).toBeCloseTo(wanted[item]!, 6);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('where thousands of past baskets share a product', () => {
  // Basket n holds product 0 and n % 97 + 1 others of its own kind: the shorter, the larger its vote.
  const kernel: Kernel = {
    idfPower: 0,
    lengthPower: 0.5,
    sharpness: 4,
    ageing: 'none',
    halfAge: 1,
    restPower: 0,
  };
  const lengths = Array.from({ length: 900 }, (_, basket) => (basket % 97) + 2);
  const past = buildPastBaskets(
    lengths.map((length, basket) => [
      0,
      ...Array.from({ length: length - 1 }, (_, line) => 1 + ((basket + line) % 200)),
    ]),
    201,
  );
  const shares = new Float64Array(201).fill(0.1);

  it('the largest votes count, about five hundred, and none that is smaller than one left out', () => {
    const votes = createVotes(past, kernel, shares);
    voteNeighbours(past, Int32Array.of(0), votes);
    const sizes = lengths.map((length) => length ** -2).filter((vote) => vote > 2e-4 * 2 ** -2);
    sizes.sort((a, b) => b - a);
    expect(sizes.length).toBeGreaterThan(500);
    // Product 1 + k is named by what its share says, so the sum of all names gives the number of those who voted.
    const named = (count: number) => {
      const least = sizes[count - 1]!;
      const counted = lengths.map((length) => (length ** -2 >= least ? length ** -2 : 0));
      const total = counted.reduce((sum, vote) => sum + vote, 0);
      const lines = counted.reduce((sum, vote, basket) => sum + vote * (lengths[basket]! - 1), 0);
      return lines / total;
    };
    const got = votes.voted.touched
      .subarray(0, votes.voted.count)
      .reduce((sum, item) => sum + (item === 0 ? 0 : votes.share[item]!), 0);
    const candidates = [...sizes.keys()].map((at) => named(at + 1));
    const voters = candidates.findLastIndex((lines) => Math.abs(lines - got) < 1e-9) + 1;
    expect(voters).toBeGreaterThan(300);
    expect(voters).toBeLessThanOrEqual(500);
  });

  it('all count that are equal to the largest, however many', () => {
    const equal = buildPastBaskets(
      Array.from({ length: 900 }, (_, at) => [0, 1 + (at % 9)]),
      10,
    );
    const votes = createVotes(equal, kernel, shares.subarray(0, 10));
    voteNeighbours(equal, Int32Array.of(0), votes);
    for (let item = 1; item < 10; item++) expect(votes.share[item]).toBeCloseTo(1 / 9, 9);
  });
});

test('a basket so long that its vote is next to nothing still votes where it is the only one', () => {
  const long = Array.from({ length: 200 }, (_, item) => item);
  const past = buildPastBaskets([long], 200);
  const sharp: Kernel = {
    idfPower: 0,
    lengthPower: 1,
    sharpness: 32,
    ageing: 'none',
    halfAge: 1,
    restPower: 0,
  };
  const votes = createVotes(past, sharp, new Float64Array(200).fill(0.1));
  voteNeighbours(past, Int32Array.of(0), votes);
  expect(votes.voted.count).toBe(200);
  for (let item = 0; item < 200; item++) expect(votes.share[item]).toBeCloseTo(1, 9);
});

describe('past baskets', () => {
  it('are listed by product, oldest first, and of a best seller the newest only', () => {
    const count = BASKETS_PER_ITEM_MAX + 5;
    const rows = {
      start: Int32Array.from({ length: count + 1 }, (_, basket) => 2 * basket),
      items: Int32Array.from({ length: 2 * count }, (_, line) => (line % 2 === 0 ? 0 : 1 + (line % 3))),
      age: new Float32Array(count),
    };
    const { ofItem, ofItemStart } = indexPastBaskets(rows, 5);
    const first = [...ofItem.subarray(ofItemStart[0], ofItemStart[1])];
    expect(first).toEqual(Array.from({ length: BASKETS_PER_ITEM_MAX }, (_, at) => at + 5));
    for (let item = 1; item < 4; item++) {
      for (const basket of ofItem.subarray(ofItemStart[item], ofItemStart[item + 1]))
        expect([...rows.items.subarray(2 * basket, 2 * basket + 2)]).toContain(item);
    }
    expect(ofItemStart[5]! - ofItemStart[4]!).toBe(0);
  });
});
