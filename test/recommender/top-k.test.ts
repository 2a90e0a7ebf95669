import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offer, sortBestFirst } from '../../src/recommender/top-k.ts';

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
});
