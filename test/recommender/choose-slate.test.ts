import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseSlate,
  EXPLORED_MAX,
  EXPLORED_PROBABILITY_MIN,
  type Exploration,
  inclusionProbabilities,
  type SlateColumns,
} from '../../src/recommender/choose-slate.ts';
import { createStamps, nextStamp } from '../../src/recommender/stamps.ts';
import { VERDICTS, verdictCode } from '../../src/recommender/verdict.ts';
import { seededRandom } from '../../src/training/random.ts';

interface Candidate {
  readonly probability: number;
  readonly expected: number;
  readonly isOpen?: boolean;
  readonly group?: number;
}

interface Draw extends Exploration {
  readonly limit: number;
  readonly pinned?: readonly number[];
}

/** Items are places: the columns hold each candidate once. */
function slateOf(candidates: readonly Candidate[], { limit, pinned = [], ...exploration }: Draw) {
  const columns: SlateColumns = {
    items: Int32Array.from(candidates.keys()),
    probability: Float32Array.from(candidates, ({ probability }) => probability),
    expected: Float64Array.from(candidates, ({ expected }) => expected),
    verdict: Uint8Array.from(candidates, ({ isOpen = true }) =>
      verdictCode(isOpen ? 'outranked' : 'below-threshold'),
    ),
  };
  const substituteGroup = Int32Array.from(candidates, ({ group = -1 }) => group);
  const question = { substituteGroup, limit, objective: 'value' as const, pinned, exploration };
  const slate = chooseSlate(question, columns, candidates.length);
  return { ...slate, inclusion: inclusionProbabilities(slate, candidates.length) };
}

const anyCandidates = fc.array(
  fc.record({
    probability: fc.float({ min: 0, max: 1, noNaN: true }),
    expected: fc.double({ min: 0, max: 100, noNaN: true }),
    isOpen: fc.boolean(),
    group: fc.integer({ min: -1, max: 3 }),
  }),
  { maxLength: 40 },
);
const anyDraw = fc.record({
  share: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
  draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  limit: fc.integer({ min: 1, max: 6 }),
});

/** Ten of equal group-less candidates, each worth a tenth less than the one before. */
const ladder = Array.from({ length: 14 }, (_, i) => ({
  probability: 0.3 - i * 0.02,
  expected: 1 - i * 0.06,
}));

describe('what replaces another', () => {
  /** The first two replace each other as learned, the others nothing. */
  const learned = (count: number) => ({
    substitutes: {
      start: Int32Array.from({ length: count + 1 }, (_, item) => Math.min(item, 2)),
      target: Int32Array.of(1, 0),
    },
    replacing: createStamps(count),
  });
  const columnsOf = (count: number): SlateColumns => ({
    items: Int32Array.from({ length: count }, (_, item) => item),
    probability: new Float32Array(count).fill(0.2),
    expected: Float64Array.from({ length: count }, (_, item) => count - item),
    verdict: new Uint8Array(count).fill(verdictCode('outranked')),
  });
  const question = (pinned: readonly number[]) => {
    const own = learned(4);
    nextStamp(own.replacing);
    return {
      substituteGroup: new Int32Array(4).fill(-1),
      limit: 2,
      objective: 'value' as const,
      pinned,
      exploration: { share: 0.2, draw: 0.5 },
      learned: own,
    };
  };

  test('as learned is not offered beside it, and has no chance of the last place', () => {
    const columns = columnsOf(4);
    const slate = chooseSlate(question([]), columns, 4);
    expect(slate.chosen).toEqual([0, 2]);
    expect(VERDICTS[columns.verdict[1]!]).toBe('substitute');
    expect(inclusionProbabilities(slate, 4)[1]).toBe(0);
  });

  test('as learned is offered all the same where a rule pins it', () => {
    expect(chooseSlate(question([1, 0]), columnsOf(4), 4).chosen).toEqual([1, 0]);
  });
});

describe('the chances of a slate', () => {
  test('sum to its size, lie between 0 and 1, and are above 0 for all that was chosen', () => {
    fc.assert(
      fc.property(anyCandidates, anyDraw, (candidates, draw) => {
        const { chosen, inclusion } = slateOf(candidates, draw);
        const total = inclusion.reduce((sum, chance) => sum + chance, 0);
        expect(total).toBeCloseTo(chosen.length, 4);
        for (const chance of inclusion) expect(chance >= 0 && chance <= 1 + 1e-6).toBe(true);
        for (const at of chosen) expect(inclusion[at]).toBeGreaterThan(0);
      }),
    );
  });

  test('do not depend on the draw, and all places but the last are given to the best', () => {
    fc.assert(
      fc.property(anyCandidates, anyDraw, (candidates, draw) => {
        const drawn = slateOf(candidates, draw);
        const ordinary = slateOf(candidates, { ...draw, draw: 1 });
        expect(ordinary.isExplored).toBe(false);
        expect(drawn.inclusion).toEqual(ordinary.inclusion);
        expect(drawn.chosen).toHaveLength(ordinary.chosen.length);
        expect(drawn.chosen.slice(0, -1)).toEqual(ordinary.chosen.slice(0, -1));
        expect(drawn.isExplored).toBe(drawn.chosen.at(-1) !== ordinary.chosen.at(-1));
      }),
    );
  });

  test('are those with which candidates are shown (chi-square, p > 0.001)', () => {
    const random = seededRandom(20261126);
    const draws = 40_000;
    const shown = new Float64Array(ladder.length);
    let inclusion: Float32Array = new Float32Array(0);
    for (let i = 0; i < draws; i++) {
      const slate = slateOf(ladder, { share: 0.2, draw: random(), limit: 2 });
      for (const at of slate.chosen) shown[at]!++;
      inclusion = slate.inclusion;
    }
    expect(shown[0]).toBe(draws);
    let chiSquare = 0;
    for (let at = 1; at <= EXPLORED_MAX; at++) {
      const expected = draws * inclusion[at]!;
      chiSquare += (shown[at]! - expected) ** 2 / expected;
    }
    // 99.9 % point for 9 degrees of freedom.
    expect(chiSquare).toBeLessThan(27.9);
    expect(shown.subarray(EXPLORED_MAX + 1)).toEqual(new Float64Array(ladder.length - EXPLORED_MAX - 1));
  });
});

describe('what is explored', () => {
  test('is one of the ten best that may be offered, the better the likelier', () => {
    const { inclusion } = slateOf(ladder, { share: 0.1, draw: 1, limit: 1 });
    expect(inclusion.filter((chance) => chance > 0)).toHaveLength(EXPLORED_MAX);
    expect(inclusion[0]).toBeGreaterThan(0.9);
    for (let at = 2; at < EXPLORED_MAX; at++) expect(inclusion[at]).toBeLessThan(inclusion[at - 1]!);
  });

  test('is never below the floor of probability, nor what a filter, rule or threshold holds back', () => {
    fc.assert(
      fc.property(anyCandidates, anyDraw, (candidates, draw) => {
        const { chosen, inclusion, isExplored } = slateOf(candidates, draw);
        for (const [at, { isOpen }] of candidates.entries()) if (!isOpen) expect(inclusion[at]).toBe(0);
        if (isExplored)
          expect(candidates[chosen.at(-1)!]!.probability).toBeGreaterThanOrEqual(
            Math.fround(EXPLORED_PROBABILITY_MIN),
          );
      }),
    );
    const improbable = [ladder[0]!, { ...ladder[1]!, probability: 0.005 }, ladder[2]!];
    expect([...slateOf(improbable, { share: 0.2, draw: 1, limit: 1 }).inclusion].map(Math.ceil)).toEqual([
      1, 0, 1,
    ]);
  });

  test('is never in a pinned place', () => {
    const pinned = [5, 7];
    const slate = slateOf(ladder, { share: 0.2, draw: 0, limit: 2, pinned });
    expect(slate).toMatchObject({ chosen: pinned, pinned: 2, isExplored: false });
    expect(slate.inclusion.filter((chance) => chance > 0)).toHaveLength(2);
  });

  test('is not a substitute of what is offered before it', () => {
    const candidates = ladder.map((candidate, i) => ({ ...candidate, group: i < 3 ? 1 : -1 }));
    const { inclusion } = slateOf(candidates, { share: 0.2, draw: 1, limit: 2 });
    expect(inclusion.subarray(0, 4).map(Math.ceil)).toEqual(Float32Array.of(1, 0, 0, 1));
  });
});
