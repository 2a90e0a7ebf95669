import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

test('customers are known for ever unless a number of days from 1 to 36,500 is given', () => {
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

test('new sales are looked for every hour, or at the given interval; 0 means never', () => {
  const minutesOf = (minutes?: string) =>
    readConfig(minutes === undefined ? {} : { BASKETLIFT_REMEMBER_MINUTES: minutes }).rememberMinutes;
  expect([minutesOf(), minutesOf('0'), minutesOf('0.5'), minutesOf('1440')]).toEqual([60, 0, 0.5, 1440]);
  // Timers hold no more than 2³¹ ms.
  for (const minutes of ['-1', '35001', 'often']) expect(() => minutesOf(minutes)).toThrow(ConfigError);
});
