import { expect, test } from 'vitest';
import { formatPercent } from '../../src/screens/number-format.ts';

test.each([
  [1.0248, '102%'],
  [0.126, '13%'],
  [0.0054, '0.5%'],
  [0, '0%'],
])('a share of %d is as exact above zero as below it', (share, text) => {
  expect(formatPercent(share, 'en')).toBe(text);
  if (share > 0) expect(formatPercent(-share, 'en')).toBe(`-${text}`);
});
