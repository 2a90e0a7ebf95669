import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CacheAnswer, ResultCache } from '../../src/recommender/result-cache.ts';
import { rankedCandidates } from '../support/ranked-candidates.ts';

const DEADLINE_MS = 1_000;

/**
 * What every ResultCache guarantees, whether its store is well or not.
 *
 * @param open makes an empty cache for one test; `release` is called after the test has closed it
 */
export function testResultCacheContract(
  name: string,
  open: () => Promise<{ cache: ResultCache; release: () => Promise<void> }>,
): void {
  describe(`${name} keeps the ResultCache contract`, () => {
    let cache: ResultCache;
    let release: () => Promise<void>;

    beforeEach(async () => {
      ({ cache, release } = await open());
    });

    afterEach(async () => {
      await cache.close();
      await release();
    });

    test('a first call computes and says miss, a second says hit and does not compute', async () => {
      const value = rankedCandidates(5);
      const first = await cache.getOrCompute('k', () => value, DEADLINE_MS);
      expect(first).toMatchObject({ source: 'miss', value });
      const second = await cache.getOrCompute('k', mustNotCompute, DEADLINE_MS);
      expect(second).toMatchObject({ source: 'hit', value });
    });

    test('keys do not share values, however alike they are', async () => {
      const keys = ['a', 'A', 'a ', 'a:b', 'a\u0000', '', '__proto__', 'ä', 'a\u0308'];
      for (const [i, key] of keys.entries()) {
        await cache.getOrCompute(key, () => rankedCandidates(1, i), DEADLINE_MS);
      }
      for (const [i, key] of keys.entries()) {
        const { value } = await cache.getOrCompute(key, mustNotCompute, DEADLINE_MS);
        expect(value.items[0]).toBe(i);
      }
    });

    test('concurrent calls of one key compute once and get the same value', async () => {
      let computed = 0;
      const compute = () => rankedCandidates(3, ++computed);
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => ask(cache, 'k', compute, DEADLINE_MS)),
      );
      expect(computed).toBe(1);
      expect(new Set(answers.map(({ value }) => value)).size).toBe(1);
    });

    test('what compute throws reaches every waiter, and nothing is kept', async () => {
      const failing = () => {
        throw new Error('no model');
      };
      const answers = await Promise.allSettled([1, 2, 3].map(() => ask(cache, 'k', failing, DEADLINE_MS)));
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 'rejected', reason: { message: 'no model' } });
      }
      const after = await cache.getOrCompute('k', () => rankedCandidates(2), DEADLINE_MS);
      expect(after.source).toBe('miss');
    });

    test('an empty ranking is a value like any other', async () => {
      await cache.getOrCompute('k', () => rankedCandidates(0), DEADLINE_MS);
      const { source, value } = await cache.getOrCompute('k', mustNotCompute, DEADLINE_MS);
      expect(source).toBe('hit');
      expect(value.items).toHaveLength(0);
    });

    test.each([0, -1, Number.NaN])('a deadline of %d ms is answered by computing', async (deadlineMs) => {
      const { value } = await cache.getOrCompute('k', () => rankedCandidates(2, 7), deadlineMs);
      expect(value.items[0]).toBe(7);
    });

    test('a closed cache continues to compute, and can be closed twice without harm', async () => {
      await cache.close();
      await cache.close();
      const { value } = await cache.getOrCompute('k', () => rankedCandidates(2, 7), DEADLINE_MS);
      expect(value.items[0]).toBe(7);
    });

    test('closing answers those who still wait', async () => {
      const waiting = ask(cache, 'k', () => rankedCandidates(2, 7), DEADLINE_MS);
      await cache.close();
      expect((await waiting).value.items[0]).toBe(7);
    });
  });
}

/** The answer as a promise, also where the cache answers or throws at once. */
export async function ask(
  cache: ResultCache,
  key: string,
  compute: Parameters<ResultCache['getOrCompute']>[1],
  deadlineMs: number,
): Promise<CacheAnswer> {
  return cache.getOrCompute(key, compute, deadlineMs);
}

export function mustNotCompute(): never {
  throw new Error('computed, where a kept value was wanted');
}
