import { expect, it } from 'vitest';
import { createStamps, nextStamp } from '../../src/recommender/stamps.ts';

it('stamps start over clean when their numbers run out: nothing of two billion requests ago counts', () => {
  const stamps = createStamps(3);
  stamps.stamp[1] = 1;
  stamps.generation = 0x7fffffff;
  expect(nextStamp(stamps)).toBe(1);
  expect([...stamps.stamp]).toEqual([0, 0, 0]);
});
