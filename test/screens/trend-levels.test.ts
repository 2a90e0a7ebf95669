import { expect, test } from 'vitest';
import { trendLevels } from '../../src/screens/trend-levels.ts';

test.each([
  ['a count of one at most', [0, 1], 1, [0, 1]],
  ['a few', [0, 3, 2], 1, [0, 1, 2, 3]],
  ['many', [12, 87], 1, [0, 50, 100]],
  ['nothing at all', [0, 0], 1, [0, 1]],
  ['no value', [], 0.01, [0, 0.01]],
  ['shares below a percent', [0.004], 0.01, [0, 0.01]],
  ['money', [0.5, 3.9], 0.01, [0, 1, 2, 3, 4]],
  ['losses', [-30, 55], 0.01, [-50, 0, 50, 100]],
])('a grid for %s has round values that differ', (_, values, leastStep, levels) => {
  expect(trendLevels(values, leastStep)).toEqual(levels);
});
