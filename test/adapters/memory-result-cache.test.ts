import { expect, test } from 'vitest';
import { MemoryResultCache } from '../../src/adapters/memory-result-cache.ts';
import { mustNotCompute, testResultCacheContract } from '../contracts/result-cache.contract.ts';
import { rankedCandidates } from '../support/ranked-candidates.ts';

testResultCacheContract('memory-result-cache', async () => ({
  cache: new MemoryResultCache(),
  release: async () => {},
}));

test('memory-result-cache answers at once, without a promise', () => {
  const cache = new MemoryResultCache();
  const value = rankedCandidates(2);
  expect(cache.getOrCompute('k', () => value)).toEqual({ value, source: 'miss', isStoreAvailable: true });
  expect(cache.getOrCompute('k', mustNotCompute)).toEqual({ value, source: 'hit', isStoreAvailable: true });
});

test('memory-result-cache never keeps more entries than allowed, and keeps the used ones', () => {
  const cache = new MemoryResultCache({ entriesMax: 2 });
  for (const key of ['a', 'b', 'a', 'c']) cache.getOrCompute(key, () => rankedCandidates(1));
  expect(cache.getOrCompute('a', mustNotCompute).source).toBe('hit');
  expect(cache.getOrCompute('b', () => rankedCandidates(1)).source).toBe('miss');
});

test('memory-result-cache never keeps more bytes than allowed, and answers what is too large to keep', () => {
  const cache = new MemoryResultCache({ bytesMax: 10_000 });
  for (let i = 0; i < 10; i++) cache.getOrCompute(`k${i}`, () => rankedCandidates(100));
  const kept = Array.from({ length: 10 }, (_, i) =>
    cache.getOrCompute(`k${9 - i}`, () => rankedCandidates(0)),
  );
  expect(kept.filter(({ source }) => source === 'hit')).toHaveLength(4);
  expect(cache.getOrCompute('huge', () => rankedCandidates(1_000)).value.items).toHaveLength(1_000);
  expect(cache.getOrCompute('huge', () => rankedCandidates(1_000)).source).toBe('miss');
});
