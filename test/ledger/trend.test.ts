import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trendOf } from '../../src/ledger/trend.ts';
import { seededRandom } from '../../src/training/random.ts';

const points = (values: readonly number[]) => values.map((value, at) => ({ period: `p${at}`, value }));

/** Normal errors of variance 1. */
function noise(count: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

describe('a trend', () => {
  test('of a straight line is its slope, and nothing in it is unusual', () => {
    const line = trendOf(points([1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9]), false)!;
    expect(line.periods).toBe(10);
    for (const bound of Object.values(line.perPeriod)) expect(bound).toBeCloseTo(0.1, 9);
    expect(line.unusual).toEqual([]);
  });

  test('of a figure that never changes is none, and a single other value is unusual', () => {
    expect(trendOf(points(Array(12).fill(5)), false)).toEqual({
      periods: 12,
      unusual: [],
      perPeriod: { estimate: 0, low: 0, high: 0 },
    });
    const spike = Array(40).fill(5).with(20, 50);
    expect(trendOf(points(spike), false)!.unusual).toEqual([{ period: 'p20', value: 50, expected: 5 }]);
  });

  test('is not stated for fewer than eight periods, or for none', () => {
    expect(trendOf(points([1, 2, 3, 4, 5, 6, 7]), false)).toBeNull();
    expect(trendOf(points(Array(30).fill(0)), true)).toBeNull();
    expect(trendOf(points([1, 2, 3, 4, 5, 6, 7, 8]), false)).not.toBeNull();
  });

  test('by hand: the median of the slopes of all pairs, with the order statistics that Sen gives', () => {
    // 28 pairs, var S = 8 · 7 · 21 / 18 = 65.33, C = 15.84: from the 6th to the 23rd slope but one.
    const values = [3, 1, 4, 1.5, 5, 9, 2, 6];
    const slopes = values
      .flatMap((from, i) => values.slice(i + 1).map((to, k) => (to - from) / (k + 1)))
      .sort((a, b) => a - b);
    const { perPeriod } = trendOf(points(values), false)!;
    expect(perPeriod.estimate).toBeCloseTo((slopes[13]! + slopes[14]!) / 2, 12);
    expect([perPeriod.low, perPeriod.high]).toEqual([slopes[5], slopes[22]]);
  });

  test('has an interval that holds the truth 95 times in 100 when periods err independently', () => {
    const runs = 400;
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const values = noise(30, run).map((error, at) => 10 + 0.05 * at + error);
      const { low, high } = trendOf(points(values), false)!.perPeriod;
      if (low <= 0.05 && high >= 0.05) held++;
    }
    // Binomial: 380 ± 3.5 · 4.4.
    expect(held).toBeGreaterThan(364);
    expect(held).toBeLessThan(396);
  });

  test('of days allows for weekdays: a good Saturday is usual, one like a Tuesday is not', () => {
    const week = [10, 11, 12, 11, 14, 30, 5];
    const days = noise(56, 3).map((error, at) => week[at % 7]! + error / 4);
    expect(trendOf(points(days), true)!.unusual).toEqual([]);
    const saturday = days.with(33, 11);
    expect(trendOf(points(saturday), true)!.unusual).toEqual([
      { period: 'p33', value: 11, expected: expect.closeTo(30, 0) },
    ]);
    expect(trendOf(points(saturday), false)!.unusual.map(({ period }) => period)).not.toContain('p33');
  });

  test('does not depend on where the figure is counted from, or in what', () => {
    const values = fc
      .array(fc.integer({ min: -1000, max: 1000 }), { minLength: 8, maxLength: 60 })
      .filter((figures) => new Set(figures).size > 1);
    fc.assert(
      fc.property(values, fc.integer({ min: -500, max: 500 }), fc.boolean(), (figures, shift, isDaily) => {
        const plain = trendOf(points(figures), isDaily)!;
        const moved = trendOf(points(figures.map((figure) => 4 * figure + shift)), isDaily)!;
        for (const bound of ['estimate', 'low', 'high'] as const)
          expect(moved.perPeriod[bound]).toBeCloseTo(4 * plain.perPeriod[bound], 9);
        expect(plain.perPeriod.low).toBeLessThanOrEqual(plain.perPeriod.estimate);
        expect(plain.perPeriod.high).toBeGreaterThanOrEqual(plain.perPeriod.estimate);
      }),
    );
  });
});
