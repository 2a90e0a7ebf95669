import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawNormal, drawPoisson, drawUniform, WeightedChoice } from '../../src/simulation/seeded-draw.ts';

const MANY = 20_000;
const many = (draw: (name: string) => number) => Array.from({ length: MANY }, (_, at) => draw(`draw ${at}`));
const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

describe('a seeded draw', () => {
  test('is in [0, 1), the same for the same seed and name, and another for another', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), (seed, name) => {
        const draw = drawUniform(seed, name);
        expect(draw).toBeGreaterThanOrEqual(0);
        expect(draw).toBeLessThan(1);
        expect(drawUniform(seed, name)).toBe(draw);
        expect(drawUniform(seed + 1, name)).not.toBe(draw);
        expect(drawUniform(seed, `${name}.`)).not.toBe(draw);
      }),
    );
  });

  test('of names that differ in one digit falls evenly: chi-square over a hundred cells', () => {
    const cells = new Array<number>(100).fill(0);
    for (const draw of many((name) => drawUniform(7, name))) cells[Math.floor(100 * draw)]!++;
    const wanted = MANY / 100;
    const chiSquare = cells.reduce((sum, count) => sum + (count - wanted) ** 2 / wanted, 0);
    // 99 degrees of freedom: both ends of 99.98 %.
    expect(chiSquare).toBeGreaterThan(56);
    expect(chiSquare).toBeLessThan(160);
  });

  test('has the moments of its distribution', () => {
    const normals = many((name) => drawNormal(3, name));
    expect(mean(normals)).toBeCloseTo(0, 1);
    expect(mean(normals.map((one) => one ** 2))).toBeCloseTo(1, 1);
    for (const wanted of [0.3, 4, 60, 900]) {
      const counts = many((name) => drawPoisson(3, name, wanted));
      expect(Math.abs(mean(counts) - wanted)).toBeLessThan(5 * Math.sqrt(wanted / MANY));
      const centre = mean(counts);
      const variance = mean(counts.map((one) => (one - centre) ** 2));
      expect(variance / wanted).toBeGreaterThan(0.9);
      expect(variance / wanted).toBeLessThan(1.1);
    }
  });

  test('by weight takes each place in proportion, and none without weight', () => {
    const choice = new WeightedChoice([0, 3, 0, 1]);
    const places = many((name) => choice.at(drawUniform(5, name)));
    expect(new Set(places)).toEqual(new Set([1, 3]));
    expect(mean(places.map((place) => (place === 1 ? 1 : 0)))).toBeCloseTo(0.75, 1);
  });
});
