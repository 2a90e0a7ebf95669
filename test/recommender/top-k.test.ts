import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepBest, offer, sortBestFirst } from '../../src/recommender/top-k.ts';

describe('top-k', () => {
  it('keeps what a full sort would, in its order, ties by the lower item, whatever the order of offers', () => {
    const key = fc.oneof(
      fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY),
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 80 }), fc.integer({ min: 0, max: 90 }), (keys, limit) => {
        const wanted = [...keys.keys()].sort((a, b) => keys[b]! - keys[a]! || a - b).slice(0, limit);
        for (const order of [[...keys.keys()], [...keys.keys()].reverse()]) {
          const heapKey = new Float64Array(limit);
          const heapItem = new Int32Array(limit);
          let size = 0;
          for (const item of order) size = offer(heapKey, heapItem, size, limit, keys[item]!, item);
          sortBestFirst(heapKey, heapItem, size);
          expect([...heapItem.subarray(0, size)]).toEqual(wanted);
          expect([...heapKey.subarray(0, size)]).toEqual(wanted.map((item) => keys[item]!));
        }
      }),
    );
  });

  it('moves the best to the front, for any number out of any number', () => {
    const pair = fc.record({
      key: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.double({ noNaN: true, min: 5e-324, max: 1e300 })),
      item: fc.nat(1000),
    });
    const pairs = fc.uniqueArray(pair, { selector: ({ item }) => item, maxLength: 300 });
    fc.assert(
      fc.property(pairs, fc.nat(310), fc.nat(3), (pairs, limit, beyond) => {
        const keys = Float64Array.from([...pairs.map(({ key }) => key), ...Array(beyond).fill(99)]);
        const items = Int32Array.from([...pairs.map(({ item }) => item), ...Array(beyond).fill(-1)]);
        const best = pairs.toSorted((a, b) => b.key - a.key || a.item - b.item).slice(0, limit);
        const kept = keepBest(keys, items, pairs.length, limit);
        expect(kept).toBe(best.length);
        sortBestFirst(keys, items, kept);
        expect(Array.from({ length: kept }, (_, at) => ({ key: keys[at]!, item: items[at]! }))).toEqual(best);
        expect([...keys.subarray(pairs.length)]).toEqual(Array(beyond).fill(99));
      }),
    );
  });

  it.each([
    ['rising', (at: number) => 1 + at],
    ['falling', (at: number) => 20_000 - at],
    ['equal', () => 1],
    ['rising and falling', (at: number) => 1 + Math.min(at, 20_000 - at)],
  ])('divides %s keys in about even parts: the work stays in proportion', (_, keyOf) => {
    const keys = Float64Array.from({ length: 20_000 }, (_, at) => keyOf(at));
    const items = Int32Array.from(keys.keys());
    let reads = 0;
    const counted = new Proxy(keys, {
      get(target, name) {
        reads++;
        return target[name as unknown as number];
      },
    });
    const best = [...items].sort((a, b) => keys[b]! - keys[a]! || a - b);
    keepBest(counted, items, 20_000, 100);
    expect(new Set(items.subarray(0, 100))).toEqual(new Set(best.slice(0, 100)));
    expect(reads).toBeLessThan(40 * 20_000);
  });
});
