import type { Activity } from '../recommender/model.ts';
import type { BasketMatrix } from './basket-matrix.ts';

/** Ages at which a basket counts half, as shares of the window. */
const RECENT_HALF_AGE = 0.1;
const LATEST_HALF_AGE = 0.02;

/** How lively each item sells in these baskets. */
export function measureActivity(matrix: BasketMatrix): Activity {
  return {
    recentShare: agedShare(matrix, RECENT_HALF_AGE),
    latestShare: agedShare(matrix, LATEST_HALF_AGE),
    lastSold: ageOfNewest(matrix),
  };
}

function agedShare({ itemCount, start, items, age }: BasketMatrix, halfAge: number): Float32Array {
  const sums = new Float64Array(itemCount);
  let total = 0;
  for (let basket = 0; basket < age.length; basket++) {
    const weight = 2 ** (-age[basket]! / halfAge);
    total += weight;
    for (let line = start[basket]!; line < start[basket + 1]!; line++) sums[items[line]!]! += weight;
  }
  return Float32Array.from(sums, (sum) => (total > 0 ? Math.min(1, sum / total) : 0));
}

function ageOfNewest({ itemCount, start, items, age }: BasketMatrix): Float32Array {
  const newest = new Float32Array(itemCount).fill(1);
  for (let basket = 0; basket < age.length; basket++) {
    for (let line = start[basket]!; line < start[basket + 1]!; line++) {
      newest[items[line]!] = Math.min(newest[items[line]!]!, age[basket]!);
    }
  }
  return newest;
}
