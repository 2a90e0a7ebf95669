import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apportion, shareMinor, toBasisPoints } from '../../src/ledger/apportion.ts';

const amounts = fc.integer({ min: -1e15, max: 1e15 });

describe('a share of an amount', () => {
  test.each([
    [250, 1000, 25],
    [25, 1000, 2],
    [35, 1000, 4],
    [-25, 1000, -2],
    [-35, 1000, -4],
    [1, 4999, 0],
    [1, 5001, 1],
    [1e15, 10_000, 1e15],
    [999_999_999_999_999, 9_999, 999_899_999_999_999],
  ])('%i at %i basis points is %i', (amount, points, wanted) => {
    expect(shareMinor(amount, points)).toBe(wanted);
  });

  test('never differs from the true share by more than half a unit, and mirrors around zero', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 10_000 }), (amount, points) => {
        const share = shareMinor(amount, points);
        const off = BigInt(share) * 10_000n - BigInt(amount) * BigInt(points);
        expect(off <= 5_000n && off >= -5_000n).toBe(true);
        expect(shareMinor(-amount, points) + share).toBe(0);
      }),
    );
  });
});

describe('an amount in parts', () => {
  test('gives what is left over to the largest remainders, the first of equal ones first', () => {
    expect(apportion(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(apportion(10, [7000, 3000])).toEqual([7, 3]);
    expect(apportion(1, [3333, 6667])).toEqual([0, 1]);
    expect(apportion(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(apportion(0, [5, 5])).toEqual([0, 0]);
  });

  test('adds up to the amount, each part within a unit of its share', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(amounts, weights, (amount, own) => {
        fc.pre(own.some((weight) => weight > 0));
        const parts = apportion(amount, own);
        expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(amount));
        const total = own.reduce((sum, weight) => sum + BigInt(weight), 0n);
        for (const [at, part] of parts.entries()) {
          const off = BigInt(part) * total - BigInt(amount) * BigInt(own[at]!);
          expect(off < total && off > -total).toBe(true);
        }
      }),
    );
  });
});

test('a percentage of two decimals is a whole number of basis points, whatever its binary form', () => {
  for (let points = 0; points <= 10_000; points++) expect(toBasisPoints(points / 100)).toBe(points);
  expect(toBasisPoints(0.07)).toBe(7);
  expect(Number.isInteger(toBasisPoints(1.005))).toBe(false);
});
