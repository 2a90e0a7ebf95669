import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeRankedCandidates,
  encodedBytes,
  encodeRankedCandidates,
  FORMAT_VERSION,
} from '../../src/adapters/ranked-candidates-codec.ts';
import { rankedCandidates } from '../support/ranked-candidates.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const candidatesArbitrary = fc
  .array(fc.tuple(int32, fc.float(), int32, fc.float()), { maxLength: 300 })
  .map((rows) => ({
    items: Int32Array.from(rows, (row) => row[0]),
    probability: Float32Array.from(rows, (row) => row[1]),
    reasonItem: Int32Array.from(rows, (row) => row[2]),
    reasonShare: Float32Array.from(rows, (row) => row[3]),
  }));

describe('ranked-candidates-codec', () => {
  test('decodes what it encoded, bit for bit, at any alignment', () => {
    fc.assert(
      fc.property(candidatesArbitrary, fc.integer({ min: 0, max: 7 }), (candidates, offset) => {
        const bytes = encodeRankedCandidates(candidates);
        expect(bytes.byteLength).toBe(encodedBytes(candidates.items.length));
        const shifted = new Uint8Array(bytes.byteLength + offset);
        shifted.set(bytes, offset);
        expect(decodeRankedCandidates(shifted.subarray(offset))).toEqual(candidates);
      }),
    );
  });

  test('what it decodes stays when the bytes are reused', () => {
    const candidates = rankedCandidates(20);
    const bytes = encodeRankedCandidates(candidates);
    const decoded = decodeRankedCandidates(bytes);
    bytes.fill(255);
    expect(decoded).toEqual(candidates);
  });

  test('bytes that are not ours read as absent and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeRankedCandidates(bytes)).toBeUndefined();
      }),
    );
  });

  test('a truncated, lengthened or damaged entry reads as absent', () => {
    fc.assert(
      fc.property(candidatesArbitrary, fc.nat(), fc.integer({ min: 1, max: 255 }), (candidates, at, flip) => {
        const bytes = encodeRankedCandidates(candidates);
        const damaged = Uint8Array.from(bytes);
        damaged[at % damaged.length]! ^= flip;
        expect(decodeRankedCandidates(damaged)).toBeUndefined();
        expect(decodeRankedCandidates(bytes.subarray(0, at % bytes.length))).toBeUndefined();
        expect(decodeRankedCandidates(Buffer.concat([bytes, Buffer.alloc(1 + (at % 40))]))).toBeUndefined();
      }),
    );
  });

  test('an entry of another format version reads as absent', () => {
    const bytes = encodeRankedCandidates(rankedCandidates(3));
    bytes.writeUInt8(FORMAT_VERSION + 1, 2);
    expect(decodeRankedCandidates(bytes)).toBeUndefined();
  });

  test('arrays of different lengths are refused with their lengths', () => {
    const candidates = { ...rankedCandidates(3), probability: new Float32Array(2) };
    expect(() => encodeRankedCandidates(candidates)).toThrow('got 3, 2, 3, 3');
  });
});
