import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

test('customers are known for ever unless days are given: whole ones, from 1 to 36,500', () => {
  expect(readConfig({}).customersDays).toBeUndefined();
  expect(readConfig({ BASKETLIFT_CUSTOMERS_DAYS: '' }).customersDays).toBeUndefined();
  expect(readConfig({ BASKETLIFT_CUSTOMERS_DAYS: '730' }).customersDays).toBe(730);
});

test.each([
  ['0', 'at least 1'],
  ['-3', 'at least 1'],
  ['36501', 'at most 36500'],
  ['1.5', 'a whole number'],
  ['a year', 'a number'],
])('customers cannot be known for %s days', (days, wanted) => {
  const read = () => readConfig({ BASKETLIFT_CUSTOMERS_DAYS: days });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(`BASKETLIFT_CUSTOMERS_DAYS: wanted ${wanted}; got '${days}'`);
});
