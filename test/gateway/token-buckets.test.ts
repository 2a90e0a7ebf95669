import { expect, test } from 'vitest';
import { TokenBuckets } from '../../src/gateway/token-buckets.ts';

function buckets(bucketsMax?: number) {
  const clock = { ms: 0 };
  return { clock, buckets: new TokenBuckets({ perSecond: 10, burst: 3 }, () => clock.ms, bucketsMax) };
}

const take = (from: TokenBuckets, name: string, times: number) =>
  Array.from({ length: times }, () => from.take(name));

test('a full bucket gives its burst, then says how long the next token takes', () => {
  const { buckets: full } = buckets();
  expect(take(full, 'a', 4)).toEqual([0, 0, 0, 100]);
});

test('what is refused is not counted: the wait does not grow by asking', () => {
  const { buckets: full, clock } = buckets();
  take(full, 'a', 50);
  expect(full.take('a')).toBe(100);
  clock.ms = 40;
  expect(full.take('a')).toBeCloseTo(60);
  clock.ms = 100;
  expect(take(full, 'a', 2)).toEqual([0, 100]);
});

test('over any time it gives no more than its rate and one burst', () => {
  const { buckets: full, clock } = buckets();
  let given = 0;
  for (clock.ms = 0; clock.ms <= 10_000; clock.ms += 7) if (full.take('a') === 0) given++;
  expect(given).toBeLessThanOrEqual(103);
  expect(given).toBeGreaterThanOrEqual(100);
});

test('a rest fills it no higher than the burst', () => {
  const { buckets: full, clock } = buckets();
  take(full, 'a', 3);
  clock.ms = 1e9;
  expect(take(full, 'a', 4)).toEqual([0, 0, 0, 100]);
});

test('each name has a bucket of its own, and no more are kept than the bound', () => {
  const { buckets: few } = buckets(2);
  take(few, 'a', 3);
  expect(few.take('b')).toBe(0);
  expect(few.take('a')).toBe(100);
  for (let i = 0; i < 100; i++) few.take(`other ${i}`);
  expect(few.size).toBe(2);
});
