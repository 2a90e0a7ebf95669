import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poissonAtMost, poissonLeftOver } from '../../src/recommender/poisson.ts';

/** Sum of the probabilities by logarithms, which no mean under- or overflows. */
function exactAtMost(count: number, mean: number): number {
  let logFactorial = 0;
  let total = 0;
  for (let k = 0; k <= count; k++) {
    if (k > 0) logFactorial += Math.log(k);
    total += Math.exp(k * Math.log(mean) - mean - logFactorial);
  }
  return total;
}

describe('poissonAtMost', () => {
  it('is the sum of the probabilities for every mean that is summed', () => {
    const means = fc.double({ min: 0.001, max: 200, noNaN: true });
    fc.assert(
      fc.property(means, fc.integer({ min: 0, max: 400 }), (mean, count) => {
        expect(poissonAtMost(count, mean)).toBeCloseTo(exactAtMost(count, mean), 9);
      }),
    );
  });

  it('is the same to the last bit as if every term were added', () => {
    const means = fc.double({ min: 0.001, max: 200, noNaN: true });
    fc.assert(
      fc.property(means, fc.integer({ min: 0, max: 1000 }), (mean, count) => {
        let term = Math.exp(-mean);
        let total = term;
        for (let k = 1; k <= count; k++) {
          term *= mean / k;
          total += term;
        }
        expect(poissonAtMost(count, mean)).toBe(Math.min(1, total));
      }),
    );
  });

  it('is within half a thousandth of the sum above the switch to the normal approximation', () => {
    const means = fc.double({ min: 200.001, max: 3000, noNaN: true });
    fc.assert(
      fc.property(means, fc.double({ min: -5, max: 5, noNaN: true }), (mean, deviations) => {
        const count = Math.floor(mean + deviations * Math.sqrt(mean));
        expect(Math.abs(poissonAtMost(count, mean) - exactAtMost(count, mean))).toBeLessThan(0.0005);
      }),
    );
  });

  it('does not jump where it switches', () => {
    for (let count = 140; count <= 260; count++) {
      const jump = poissonAtMost(count, 200.0001) - poissonAtMost(count, 200);
      expect(Math.abs(jump), `count ${count}`).toBeLessThan(0.0005);
    }
  });

  it('is a distribution function: never falls with the count, never rises with the mean, from 0 to 1', () => {
    const means = fc.double({ min: 0, max: 1000, noNaN: true });
    fc.assert(
      fc.property(means, fc.integer({ min: -2, max: 1500 }), (mean, count) => {
        const value = poissonAtMost(count, mean);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(poissonAtMost(count + 1, mean)).toBeGreaterThanOrEqual(value - 1e-6);
        expect(poissonAtMost(count, mean * 1.1)).toBeLessThanOrEqual(value + 1e-3);
      }),
    );
  });

  it('answers the ends: nothing below zero, certainty without demand', () => {
    expect(poissonAtMost(-1, 5)).toBe(0);
    expect(poissonAtMost(0, 0)).toBe(1);
    expect(poissonAtMost(2.9, 4)).toBe(poissonAtMost(2, 4));
    expect(poissonAtMost(1e9, 150)).toBe(1);
  });
});

describe('poissonLeftOver', () => {
  it('is the sum over the units of the chance that nobody wants them, as W in value.ts', () => {
    const means = fc.double({ min: 0, max: 180, noNaN: true });
    fc.assert(
      fc.property(means, fc.integer({ min: 0, max: 300 }), (mean, count) => {
        let unsold = 0;
        for (let unit = 1; unit <= count; unit++) unsold += poissonAtMost(unit - 1, mean);
        expect(poissonLeftOver(count, mean)).toBeCloseTo(unsold, 6);
      }),
    );
  });

  it('is never more than there is, nor less than what the mean demand leaves, also for weighed goods', () => {
    const any = fc.double({ min: 0, max: 5000, noNaN: true });
    fc.assert(
      fc.property(any, any, (count, mean) => {
        const left = poissonLeftOver(count, mean);
        expect(left).toBeGreaterThanOrEqual(Math.max(0, count - mean));
        expect(left).toBeLessThanOrEqual(count);
      }),
    );
    expect(poissonLeftOver(2.5, 0)).toBe(2.5);
  });
});
