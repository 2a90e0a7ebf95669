import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { solveCholesky } from '../../src/training/cholesky.ts';
import { type CoPurchases, countCoPurchases, weighBaskets } from '../../src/training/co-purchases.ts';
import { rowsBySource, solveEase } from '../../src/training/ease.ts';
import { seededRandom } from '../../src/training/random.ts';
import { plantedBaskets, receiptsOf } from '../support/receipts-builder.ts';

/** Solves A X = B by Gaussian elimination with row pivots; B has any number of columns. */
function eliminate(a: readonly number[][], b: readonly number[][]): number[][] {
  const n = a.length;
  const rows = a.map((row, at) => [...row, ...b[at]!]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column; row < n; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let k = column; k < rows[row]!.length; k++) rows[row]![k]! -= factor * rows[column]![k]!;
    }
  }
  return rows.map((row, at) => row.slice(n).map((value) => value / row[at]!));
}

/** Random X'X + ridge: symmetric, positive definite. */
function randomGram(n: number, seed: number, ridge: number): number[][] {
  const random = seededRandom(seed);
  const x = Array.from({ length: 2 * n }, () => Array.from({ length: n }, () => Math.floor(random() * 3)));
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => x.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? ridge : 0)),
  );
}

/** With `isComplete` one basket holds every product, so that each is a neighbour of each. */
function countsOf(seed: number, isComplete = false): CoPurchases {
  const baskets = plantedBaskets({ baskets: 300, products: 12, pairs: 4, seed });
  const receipts = receiptsOf(isComplete ? [...baskets, baskets.flat()] : baskets);
  const end = receipts.soldAtMs.length;
  const matrix = basketMatrix(receipts, selectKnownItems(receipts, 0, end), 0, end);
  return countCoPurchases(matrix, weighBaskets(matrix, { halfLife: 0.5, lengthExponent: 0.25 }));
}

function denseGram(counts: CoPurchases, penalty: number): number[][] {
  return Array.from(counts.diagonal, (own, item) => {
    const row = Array.from(counts.diagonal, () => 0);
    for (let at = counts.start[item]!; at < counts.start[item + 1]!; at++)
      row[counts.column[at]!] = counts.weight[at]!;
    row[item] = own + penalty;
    return row;
  });
}

const penaltyOf = (counts: CoPurchases, ridge: number) =>
  (ridge * counts.diagonal.reduce((sum, value) => sum + value, 0)) / counts.diagonal.length;

describe('solveCholesky', () => {
  it('solves what Gaussian elimination solves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), fc.nat(), fc.constantFrom(0.5, 5), (n, seed, ridge) => {
        const gram = randomGram(n, seed, ridge);
        const right = Float64Array.from(gram, (_, at) => Math.sin(at + seed));
        const wanted = eliminate(
          gram,
          Array.from(right, (value) => [value]),
        );
        solveCholesky(Float64Array.from(gram.flat()), right, n);
        for (const [at, [value]] of wanted.entries()) expect(right[at]).toBeCloseTo(value!, 6);
      }),
      { numRuns: 50 },
    );
  });

  it('reads the lower triangle only', () => {
    const gram = randomGram(6, 1, 1);
    const [clean, littered] = [
      gram,
      gram.map((row, i) => row.map((value, j) => (j > i ? Number.NaN : value))),
    ].map((matrix) => {
      const right = Float64Array.of(1, 2, 3, 4, 5, 6);
      solveCholesky(Float64Array.from(matrix.flat()), right, 6);
      return right;
    });
    expect(littered).toEqual(clean);
  });

  it('gives finite answers for a singular matrix: the unknown of a lost pivot is 0', () => {
    const right = Float64Array.of(1, 1, 2);
    solveCholesky(Float64Array.of(1, 0, 0, 1, 1, 0, 0, 0, 2), right, 3);
    expect(right[1]).toBe(0);
    expect(right.every(Number.isFinite)).toBe(true);
  });
});

describe('local EASE', () => {
  it('with all products as neighbours is full EASE: −P / diag(P) of the inverse of Gram + ridge', () => {
    for (const seed of [1, 2, 3]) {
      const counts = countsOf(seed, true);
      const items = counts.diagonal.length;
      const gram = denseGram(counts, penaltyOf(counts, 0.3));
      const identity = gram.map((_, i) => gram.map((_, j) => (i === j ? 1 : 0)));
      const inverse = eliminate(gram, identity);
      const parameters = { ridge: 0.3, neighbours: items, kept: items };
      const columns = solveEase(counts, parameters, 0, items);
      for (let target = 0; target < items; target++) {
        const weights = weightsOf(columns, target, items, items);
        weights.forEach((weight, source) => {
          const wanted = source === target ? 0 : -inverse[source]![target]! / inverse[target]![target]!;
          expect(weight).toBeCloseTo(wanted, 5);
        });
      }
    }
  });

  it('is the ridge regression of the target on its co-purchased products', () => {
    const counts = countsOf(4);
    const items = counts.diagonal.length;
    const gram = denseGram(counts, penaltyOf(counts, 1));
    const columns = solveEase(counts, { ridge: 1, neighbours: items, kept: items }, 0, items);
    for (let target = 0; target < items; target++) {
      const near = [...counts.column.subarray(counts.start[target], counts.start[target + 1])];
      const wanted = eliminate(
        near.map((i) => near.map((j) => gram[i]![j]!)),
        near.map((i) => [gram[i]![target]!]),
      );
      const weights = weightsOf(columns, target, items, items);
      for (const [at, source] of near.entries()) expect(weights[source]).toBeCloseTo(wanted[at]![0]!, 5);
    }
  });

  it('regresses on the strongest neighbours only and keeps the largest weights, sources ascending', () => {
    const counts = countsOf(5);
    const items = counts.diagonal.length;
    const columns = solveEase(counts, { ridge: 0.5, neighbours: 6, kept: 3 }, 0, items);
    for (let target = 0; target < items; target++) {
      const sources = [...columns.source.subarray(target * 3, target * 3 + 3)].filter(
        (source) => source >= 0,
      );
      expect(sources).toEqual([...sources].sort((a, b) => a - b));
      const row = denseGram(counts, 0)[target]!;
      const strength = [...row.keys()]
        .filter((item) => item !== target)
        .sort((a, b) => row[b]! - row[a]! || a - b);
      for (const source of sources) expect(strength.indexOf(source)).toBeLessThan(6);
    }
  });

  it('keeps negative weights: the substitutes', () => {
    const baskets = Array.from({ length: 200 }, (_, at) =>
      at % 2 ? ['bread', 'butter'] : ['bread', 'spread'],
    );
    const receipts = receiptsOf([...baskets, ['butter', 'spread'], ['tea']]);
    const matrix = basketMatrix(receipts, selectKnownItems(receipts, 0, 202), 0, 202);
    const counts = countCoPurchases(
      matrix,
      weighBaskets(matrix, { halfLife: Number.POSITIVE_INFINITY, lengthExponent: 0 }),
    );
    const columns = solveEase(counts, { ridge: 0.05, neighbours: 9, kept: 9 }, 0, 4);
    const [bread, butter, spread] = [0, 1, 2];
    expect(weightsOf(columns, butter, 9, 4)[spread]).toBeLessThan(-0.1);
    expect(weightsOf(columns, butter, 9, 4)[bread]).toBeGreaterThan(0.1);
  });

  it('of a part of the targets is that part of the whole, to the bit: threads cannot change it', () => {
    const counts = countsOf(6);
    const items = counts.diagonal.length;
    const parameters = { ridge: 0.3, neighbours: 10, kept: 5 };
    const whole = solveEase(counts, parameters, 0, items);
    const parts = [
      [0, 3],
      [3, 4],
      [4, items],
    ].map(([from, to]) => solveEase(counts, parameters, from!, to!));
    expect(parts.flatMap(({ source }) => [...source])).toEqual([...whole.source]);
    expect(parts.flatMap(({ weight }) => [...weight])).toEqual([...whole.weight]);
  });

  it('turned by source holds the same weights, targets ascending', () => {
    const counts = countsOf(7);
    const items = counts.diagonal.length;
    const columns = solveEase(counts, { ridge: 0.3, neighbours: 10, kept: 5 }, 0, items);
    const rows = rowsBySource(columns, items, 5);
    let edges = 0;
    for (let source = 0; source < items; source++) {
      for (let at = rows.start[source]!; at < rows.start[source + 1]!; at++) {
        const target = rows.target[at]!;
        if (at > rows.start[source]!) expect(target).toBeGreaterThan(rows.target[at - 1]!);
        expect(rows.weight[at]).toBe(weightsOf(columns, target, 5, items)[source]);
        edges++;
      }
    }
    expect(edges).toBe(columns.source.filter((source) => source >= 0).length);
  });

  it('turned by source, of a source that speaks for much, keeps the targets with the largest weights', () => {
    const counts = countsOf(7);
    const items = counts.diagonal.length;
    const columns = solveEase(counts, { ridge: 0.3, neighbours: 10, kept: 5 }, 0, items);
    const [all, few] = [rowsBySource(columns, items, 5), rowsBySource(columns, items, 5, 3)];
    for (let source = 0; source < items; source++) {
      const of = ({ start, target, weight }: typeof all) =>
        Array.from(target.subarray(start[source], start[source + 1]), (item, at) => ({
          item,
          weight: weight[start[source]! + at]!,
        }));
      const strongest = of(all).toSorted(
        (a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.item - b.item,
      );
      expect(of(few)).toEqual(strongest.slice(0, 3).toSorted((a, b) => a.item - b.item));
    }
  });
});

function weightsOf(
  columns: { source: Int32Array; weight: Float32Array },
  target: number,
  kept: number,
  items: number,
): number[] {
  const weights = Array.from({ length: items }, () => 0);
  for (let at = target * kept; at < (target + 1) * kept; at++)
    if (columns.source[at]! >= 0) weights[columns.source[at]!] = columns.weight[at]!;
  return weights;
}
