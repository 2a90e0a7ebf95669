import { expect, test } from 'vitest';
import { FoldCache } from '../../src/gateway/fold-cache.ts';
import { Problem } from '../../src/gateway/problem.ts';

/** A fold that ends when the test says so. */
function heldFold(value: number) {
  let end = (_: number) => {};
  const promise = new Promise<number>((resolve) => {
    end = resolve;
  });
  let begun = 0;
  const fold = () => {
    begun++;
    return promise;
  };
  return { fold, end: () => end(value), begun: () => begun };
}

function openCache(weightMax = 100, failureMsMax = 0) {
  const clock = { nowMs: 0 };
  const troubles: unknown[] = [];
  const cache = new FoldCache<number>({
    nowMs: () => clock.nowMs,
    ageMsMax: 1000,
    failureMsMax,
    weightMax,
    weigh: (value) => value,
    onTrouble: (error) => troubles.push(error),
  });
  return { cache, clock, troubles };
}

const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
};
const never = () => Promise.reject(new Error('folded again'));

test('many questions share one fold, and its result until it is too old', async () => {
  const { cache, clock } = openCache();
  const held = heldFold(7);
  const asked = [cache.get('a', held.fold), cache.get('a', held.fold)];
  held.end();
  expect(await Promise.all(asked)).toEqual([
    { value: 7, asOfMs: 0 },
    { value: 7, asOfMs: 0 },
  ]);
  expect(held.begun()).toBe(1);
  clock.nowMs = 1000;
  expect(await cache.get('a', never)).toEqual({ value: 7, asOfMs: 0 });
});

test('an old value is answered with while the next one is folded, once', async () => {
  const { cache, clock } = openCache();
  await cache.get('a', async () => 1);
  clock.nowMs = 1001;
  const held = heldFold(2);
  expect(await cache.get('a', held.fold)).toEqual({ value: 1, asOfMs: 0 });
  expect(await cache.get('a', never)).toEqual({ value: 1, asOfMs: 0 });
  held.end();
  await turns();
  expect(await cache.get('a', never)).toEqual({ value: 2, asOfMs: 1001 });
  expect(held.begun()).toBe(1);
});

test('a failed background fold is reported, keeps the earlier value, and is retried later', async () => {
  const { cache, clock, troubles } = openCache();
  await cache.get('a', async () => 1);
  clock.nowMs = 1001;
  await cache.get('a', never);
  await turns();
  expect(troubles).toEqual([new Error('folded again')]);
  await cache.get('a', async () => 2);
  await turns();
  expect(await cache.get('a', never)).toEqual({ value: 1, asOfMs: 0 });
  clock.nowMs = 2002;
  await cache.get('a', async () => 2);
  await turns();
  expect(await cache.get('a', never)).toEqual({ value: 2, asOfMs: 2002 });
});

test('one fold runs at a time, two wait, and a further one is refused with Retry-After', async () => {
  const { cache } = openCache();
  const [first, second, third] = [heldFold(1), heldFold(2), heldFold(3)];
  const asked = [cache.get('a', first.fold), cache.get('b', second.fold), cache.get('c', third.fold)];
  await turns();
  expect([first.begun(), second.begun(), third.begun()]).toEqual([1, 0, 0]);
  const refused = await cache.get('d', never).catch((error) => error);
  expect(refused).toBeInstanceOf(Problem);
  expect([refused.type, refused.retryAfterS]).toEqual(['busy', 5]);
  first.end();
  await turns();
  expect([second.begun(), third.begun()]).toEqual([1, 0]);
  second.end();
  third.end();
  expect((await Promise.all(asked)).map(({ value }) => value)).toEqual([1, 2, 3]);
});

test('values are bounded by their total weight: the least recently used go, never the newest', async () => {
  const { cache } = openCache(10);
  await cache.get('a', async () => 4);
  await cache.get('b', async () => 5);
  await cache.get('a', never);
  await cache.get('c', async () => 6);
  expect((await cache.get('a', never)).value).toBe(4);
  expect((await cache.get('c', never)).value).toBe(6);
  await expect(cache.get('b', never)).rejects.toThrow('folded again');
  await cache.get('d', async () => 99);
  expect((await cache.get('d', never)).value).toBe(99);
});

test('a failed first fold is retried after a while, or at once if it can continue where it stopped', async () => {
  const { cache } = openCache();
  const fails = () => Promise.reject(new Error('too long'));
  await expect(cache.get('a', fails)).rejects.toThrow('too long');
  expect(await cache.get('a', async () => 3)).toEqual({ value: 3, asOfMs: 0 });
  const patient = openCache(100, 500);
  await expect(patient.cache.get('a', fails)).rejects.toThrow('too long');
  patient.clock.nowMs = 499;
  await expect(patient.cache.get('a', async () => 3)).rejects.toThrow('too long');
  patient.clock.nowMs = 500;
  expect(await patient.cache.get('a', async () => 3)).toEqual({ value: 3, asOfMs: 500 });
});
