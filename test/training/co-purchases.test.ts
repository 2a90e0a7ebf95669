import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basketMatrix, basketsByItem, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { countCoPurchases, weighBaskets } from '../../src/training/co-purchases.ts';
import { basketShares, plainCounts, togetherShares } from '../../src/training/learn.ts';
import { receiptsOf } from '../support/receipts-builder.ts';

const basketLists = fc.array(fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 30,
});
const weightings = fc.record({
  halfLife: fc.constantFrom(0.1, 0.5, Number.POSITIVE_INFINITY),
  lengthExponent: fc.constantFrom(0, 0.25, 1),
});

function matrixOf(baskets: readonly (readonly string[])[]) {
  const receipts = receiptsOf(baskets);
  return basketMatrix(receipts, selectKnownItems(receipts, 0, baskets.length), 0, baskets.length);
}

describe('co-purchase counts', () => {
  it('are what a naive count over all pairs gives, weights by age and length included', () => {
    fc.assert(
      fc.property(basketLists, weightings, (baskets, weighting) => {
        const matrix = matrixOf(baskets);
        const naive = Array.from({ length: matrix.itemCount }, () => new Float64Array(matrix.itemCount));
        for (let basket = 0; basket < baskets.length; basket++) {
          const items = matrix.items.subarray(matrix.start[basket], matrix.start[basket + 1]);
          const age = baskets.length > 1 ? (baskets.length - 1 - basket) / (baskets.length - 1) : 0;
          const weight = 2 ** (-age / weighting.halfLife) * items.length ** -weighting.lengthExponent;
          for (const a of items) for (const b of items) naive[a]![b]! += weight;
        }
        const counts = countCoPurchases(matrix, weighBaskets(matrix, weighting));
        for (let item = 0; item < matrix.itemCount; item++) {
          const row = new Float64Array(matrix.itemCount);
          for (let at = counts.start[item]!; at < counts.start[item + 1]!; at++) {
            if (at > counts.start[item]!) expect(counts.column[at]).toBeGreaterThan(counts.column[at - 1]!);
            row[counts.column[at]!] = counts.weight[at]!;
          }
          row[item] = counts.diagonal[item]!;
          for (const [other, weight] of row.entries()) expect(weight).toBeCloseTo(naive[item]![other]!, 7);
        }
      }),
    );
  });

  it('are the same to the last bit whatever the order of baskets of one age', () => {
    fc.assert(
      fc.property(basketLists, (baskets) => {
        const times = (list: readonly string[][]) =>
          basketMatrixOfOneTime(['abcdefgh'.split(''), ...list, 'abcdefgh'.split('')]);
        const forward = countCoPurchases(times(baskets), weighBaskets(times(baskets), weighting));
        const reversed = [...baskets].reverse();
        expect(countCoPurchases(times(reversed), weighBaskets(times(reversed), weighting))).toEqual(forward);
      }),
    );
  });

  it('of no basket are empty', () => {
    const matrix = basketMatrix(receiptsOf([['a']]), selectKnownItems(receiptsOf([['a']]), 0, 0), 0, 0);
    expect(plainCounts(matrix)).toEqual({
      start: new Int32Array(1),
      column: new Int32Array(0),
      weight: new Float64Array(0),
      diagonal: new Float64Array(0),
    });
  });

  const weighting = { halfLife: 0.3, lengthExponent: 0.5 };
  function basketMatrixOfOneTime(baskets: readonly (readonly string[])[]) {
    const receipts = receiptsOf(baskets.map((items) => ({ items, atMs: 5 })));
    return basketMatrix(receipts, selectKnownItems(receipts, 0, baskets.length), 0, baskets.length);
  }
});

describe('known items', () => {
  it('are those in five baskets where 200 products or more occur, else all that occur', () => {
    const small = receiptsOf([...Array(199).keys()].map((id) => [`p${id}`]));
    expect(selectKnownItems(small, 0, 199).productOf).toHaveLength(199);
    const often = [1, 2, 3, 4, 5].map(() => ['p000', 'p001']);
    const large = receiptsOf([
      ...[...Array(201).keys()].map((id) => [`q${id}`]),
      ...often,
      ['p002'],
      ['p002'],
    ]);
    const known = selectKnownItems(large, 0, large.soldAtMs.length);
    expect([...known.productOf].map((product) => large.productIds[product])).toEqual(['p000', 'p001']);
  });

  it('are counted within the period only', () => {
    const receipts = receiptsOf([['a'], ['b'], ['c']]);
    const known = selectKnownItems(receipts, 1, 2);
    expect([...known.itemOf]).toEqual([-1, 0, -1]);
  });
});

describe('the basket matrix', () => {
  it('leaves out unknown products and keeps empty baskets, ages from 1 for the oldest to 0', () => {
    const receipts = receiptsOf([['a', 'x'], ['x'], ['b', 'a']]);
    const known = { productOf: Int32Array.of(0, 1), itemOf: Int32Array.of(0, 1, -1) };
    const matrix = basketMatrix(receipts, known, 0, 3);
    expect([...matrix.start]).toEqual([0, 1, 1, 3]);
    expect([...matrix.items]).toEqual([0, 0, 1]);
    expect([...matrix.age]).toEqual([1, 0.5, 0]);
    expect([...basketShares(matrix)]).toEqual([2 / 3, 1 / 3]);
  });

  it('turned by item names the same baskets', () => {
    fc.assert(
      fc.property(basketLists, (baskets) => {
        const matrix = matrixOf(baskets);
        const turned = basketsByItem(matrix);
        const pairs = new Set<string>();
        for (let item = 0; item < matrix.itemCount; item++)
          for (let at = turned.start[item]!; at < turned.start[item + 1]!; at++)
            pairs.add(`${turned.baskets[at]} ${item}`);
        const wanted = baskets.flatMap((_, basket) =>
          Array.from(
            matrix.items.subarray(matrix.start[basket], matrix.start[basket + 1]),
            (item) => `${basket} ${item}`,
          ),
        );
        expect(pairs).toEqual(new Set(wanted));
      }),
    );
  });
});

describe('the share bought together', () => {
  it("is that of the row product's baskets which hold the other too", () => {
    const counts = plainCounts(matrixOf([['a', 'b'], ['a'], ['a', 'b', 'c'], ['c']]));
    const edges = {
      start: Int32Array.of(0, 2, 3, 3),
      target: Int32Array.of(1, 2, 0),
      weight: new Float32Array(3),
    };
    expect([...togetherShares(edges, counts)].map((share) => Number(share.toFixed(4)))).toEqual([
      0.6667, 0.3333, 1,
    ]);
  });
});
