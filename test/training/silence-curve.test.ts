import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Questions } from '../../src/training/questions.ts';
import { TOP } from '../../src/training/rank-questions.ts';
import { silenceCurve } from '../../src/training/silence-curve.ts';

/** Questions with their stated probabilities, best first, and the place of the hidden product, -1 for none. */
function answered(rows: readonly { readonly stated: readonly number[]; readonly hidden: number }[]) {
  const top = new Int32Array(rows.length * TOP).fill(-1);
  const topProbability = new Float32Array(rows.length * TOP).fill(Number.NaN);
  rows.forEach(({ stated }, question) => {
    stated.forEach((probability, place) => {
      top[question * TOP + place] = place;
      topProbability[question * TOP + place] = probability;
    });
  });
  const target = Int32Array.from(rows, ({ hidden }) => hidden);
  return { ranking: { top, topProbability, rank: new Float64Array(0) }, questions: { target } as Questions };
}

describe('what silence costs', () => {
  it('is stated from an offer to everybody to one for the surest tenth', () => {
    const rows = Array.from({ length: 10 }, (_, at) => ({
      stated: [0.5 - at / 25, 0.1, 0.05, 0.04],
      hidden: at < 5 ? 0 : 3,
    }));
    const { ranking, questions } = answered(rows);
    const steps = silenceCurve(ranking, questions);
    expect(steps.map(({ answered: share }) => share)).toEqual([1, 0.9, 0.8, 0.5, 0.3, 0.1]);
    expect(steps[0]).toEqual({
      threshold: expect.closeTo(0.14, 5),
      answered: 1,
      offers: 1,
      accepted: 0.5,
      found: 0.5,
    });
    expect(steps.at(-1)).toMatchObject({ offers: 0.1, accepted: 1, found: 0.1 });
  });

  it('counts three offers at most, and none below the threshold', () => {
    const { ranking, questions } = answered([{ stated: [0.3, 0.3, 0.3, 0.3], hidden: 3 }]);
    expect(silenceCurve(ranking, questions)).toEqual([
      { threshold: expect.closeTo(0.3, 5), answered: 1, offers: 3, accepted: 0, found: 0 },
    ]);
  });

  it('of no question, or of a method that states no probability, is nothing', () => {
    for (const rows of [[], [{ stated: [Number.NaN], hidden: 0 }]]) {
      const { ranking, questions } = answered(rows);
      expect(silenceCurve(ranking, questions)).toEqual([]);
    }
  });

  it('offers less and finds less with every step', () => {
    const row = fc.record({
      stated: fc
        .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 })
        .map((values) => values.toSorted((a, b) => b - a)),
      hidden: fc.integer({ min: -1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const { ranking, questions } = answered(rows);
        const steps = silenceCurve(ranking, questions);
        expect(steps[0]!.answered).toBe(1);
        for (let at = 1; at < steps.length; at++) {
          expect(steps[at]!.threshold).toBeGreaterThan(steps[at - 1]!.threshold);
          expect(steps[at]!.offers).toBeLessThanOrEqual(steps[at - 1]!.offers);
          expect(steps[at]!.found).toBeLessThanOrEqual(steps[at - 1]!.found);
        }
      }),
    );
  });
});
