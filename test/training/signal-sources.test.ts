import { describe, expect, it } from 'vitest';
import { NO_CUSTOMER } from '../../src/recommender/customer-history.ts';
import { BASKETS_PER_ITEM_MAX } from '../../src/recommender/past-baskets.ts';
import { NO_HOUR } from '../../src/recommender/time-of-day.ts';
import type { BasketMatrix } from '../../src/training/basket-matrix.ts';
import { basketShares } from '../../src/training/learn.ts';
import { askQuestions } from '../../src/training/questions.ts';
import { keepRecentBaskets } from '../../src/training/recent-baskets.ts';
import { FIRST_KERNEL, tuneKernel } from '../../src/training/tune-kernel.ts';

/** Baskets oldest first, ages evenly from 1 to 0. */
function matrixOf(rows: readonly (readonly number[])[], itemCount: number): BasketMatrix {
  const start = new Int32Array(rows.length + 1);
  for (const [row, items] of rows.entries()) start[row + 1] = start[row]! + items.length;
  const oldest = Math.max(1, rows.length - 1);
  const age = Float64Array.from(rows, (_, row) => (rows.length - 1 - row) / oldest);
  const customer = new Int32Array(rows.length).fill(NO_CUSTOMER);
  const hour = new Uint8Array(rows.length).fill(NO_HOUR);
  return { itemCount, start, items: Int32Array.from(rows.flat()), age, hour, customer, customerCount: 0 };
}

describe('past baskets kept of receipts', () => {
  it('are all of two products or more, in order of time, with their ages', () => {
    const past = keepRecentBaskets(matrixOf([[0, 1], [2], [], [1, 2, 3], [0, 3]], 4));
    expect([...past.start]).toEqual([0, 2, 5, 7]);
    expect([...past.items]).toEqual([0, 1, 1, 2, 3, 0, 3]);
    expect([...past.age]).toEqual([1, 0.25, 0]);
    expect([...past.ofItem.subarray(past.ofItemStart[3], past.ofItemStart[4])]).toEqual([1, 2]);
  });

  it('are bounded by the catalogue, not by the length of the receipts: what no list names is dropped', () => {
    const rows = Array.from({ length: 5 * BASKETS_PER_ITEM_MAX }, () => [0, 1]);
    const rare = keepRecentBaskets(matrixOf([[0, 2], ...rows], 3));
    expect(rare.age).toHaveLength(BASKETS_PER_ITEM_MAX + 1);
    expect([...rare.items.subarray(0, 2)]).toEqual([0, 2]);
    expect(rare.age[0]).toBe(1);
  });

  it('of no basket are none', () => {
    expect(keepRecentBaskets(matrixOf([], 2)).ofItem).toHaveLength(0);
  });
});

describe('the search for a kernel', () => {
  const repeats = Array.from({ length: 400 }, (_, row) => {
    const menu = row % 8;
    return [menu, 8 + menu, 16 + ((row * 7) % 8)];
  });
  const matrix = matrixOf(repeats, 24);
  const past = keepRecentBaskets(matrix);

  it('ends no worse than where it began, and tries nothing twice', async () => {
    const shares: number[] = [];
    const { kernel, trials } = await tuneKernel(past, basketShares(matrix), askQuestions(matrix, 1, 60), {
      onProgress: (share) => shares.push(share),
    });
    expect(trials[0]).toMatchObject(FIRST_KERNEL);
    const reached = trials.find((trial) =>
      Object.entries(kernel).every(([name, value]) => trial[name as 'sharpness'] === value),
    );
    expect(reached!.ndcg10).toBe(Math.max(...trials.map(({ ndcg10 }) => ndcg10)));
    expect(new Set(trials.map((trial) => JSON.stringify({ ...trial, ndcg10: 0 }))).size).toBe(trials.length);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
  });

  it('keeps its start where nothing can be asked', async () => {
    const nothing = askQuestions(matrixOf([], 24), 1);
    const { kernel } = await tuneKernel(past, basketShares(matrix), nothing);
    expect(kernel).toEqual(FIRST_KERNEL);
  });
});
