import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNKNOWN_ASKER } from '../../src/recommender/asker.ts';
import { NO_CUSTOMER } from '../../src/recommender/customer-history.ts';
import { NO_HOUR } from '../../src/recommender/time-of-day.ts';
import type { BasketMatrix } from '../../src/training/basket-matrix.ts';
import {
  calibration,
  coverage,
  novelty,
  pairedDifference,
  rankingMetrics,
} from '../../src/training/metrics.ts';
import { askQuestions, contextOf, type Questions } from '../../src/training/questions.ts';
import { type Ranking, rankQuestions, TOP } from '../../src/training/rank-questions.ts';
import { confidenceScorer, cosineScorer, popularityScorer, type Scorer } from '../../src/training/scorers.ts';

function matrixOf(rows: readonly (readonly number[])[], itemCount: number): BasketMatrix {
  const start = new Int32Array(rows.length + 1);
  for (const [row, items] of rows.entries()) start[row + 1] = start[row]! + items.length;
  return {
    itemCount,
    start,
    items: Int32Array.from(rows.flat()),
    age: new Float64Array(rows.length),
    hour: new Uint8Array(rows.length).fill(NO_HOUR),
    customer: new Int32Array(rows.length).fill(NO_CUSTOMER),
    customerCount: 0,
  };
}

const fixedScorer = (values: readonly number[], isProbability = false): Scorer => ({
  name: 'fixed',
  isProbability,
  score: (_, scores) => scores.set(values),
});

const baskets = fc.array(
  fc.uniqueArray(fc.nat(11), { maxLength: 9 }).map((items) => items.sort((a, b) => a - b)),
  {
    maxLength: 15,
  },
);

describe('questions', () => {
  it('hide at most five different products of every basket of two or more, never of a shorter one', () => {
    fc.assert(
      fc.property(baskets, fc.nat(), (rows, seed) => {
        const questions = askQuestions(matrixOf(rows, 12), seed);
        for (const [row, items] of rows.entries()) {
          const hidden = [...questions.target].filter((_, question) => questions.basket[question] === row);
          expect(hidden).toHaveLength(items.length < 2 ? 0 : Math.min(5, items.length));
          expect(new Set(hidden).size).toBe(hidden.length);
          for (const target of hidden) expect(items).toContain(target);
        }
        const context = new Int32Array(9);
        for (const [question, target] of questions.target.entries()) {
          const rest = [...context.subarray(0, contextOf(questions, question, context))];
          expect(rest).toEqual(rows[questions.basket[question]!]!.filter((item) => item !== target));
        }
      }),
    );
  });

  it('are the same for the same seed and others for another', () => {
    const matrix = matrixOf(
      Array.from({ length: 20 }, () => [0, 1, 2, 3, 4, 5, 6, 7, 8]),
      9,
    );
    expect(askQuestions(matrix, 7)).toEqual(askQuestions(matrix, 7));
    expect(askQuestions(matrix, 8).target).not.toEqual(askQuestions(matrix, 7).target);
  });

  it('of fewer baskets are spread over the whole period', () => {
    const matrix = matrixOf(
      Array.from({ length: 100 }, () => [0, 1]),
      2,
    );
    const asked = new Set(askQuestions(matrix, 1, 10).basket);
    expect([...asked]).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });
});

describe('places', () => {
  it('count over the whole catalogue minus the rest of the basket, ties at mid-rank', () => {
    const questions: Questions = {
      matrix: matrixOf(
        [
          [0, 3],
          [1, 2],
        ],
        6,
      ),
      basket: Int32Array.of(0, 0, 1),
      target: Int32Array.of(3, 0, 2),
    };
    const { rank, top } = rankQuestions(fixedScorer([9, 5, 5, 5, 1, 5]), questions);
    expect([...rank]).toEqual([2.5, 1, 3]);
    expect([...top.subarray(0, 6)]).toEqual([1, 2, 3, 5, 4, -1]);
  });

  it('of a scorer that knows nothing are all in the middle', () => {
    const questions = askQuestions(
      matrixOf(
        [
          [0, 1],
          [2, 3],
        ],
        21,
      ),
      1,
    );
    expect([...rankQuestions(fixedScorer(Array(21).fill(0)), questions).rank]).toEqual([
      10.5, 10.5, 10.5, 10.5,
    ]);
  });

  it('agree with a plain sort for any scores; a scorer that states probabilities has them as scores', () => {
    const score = fc.constantFrom(-1, 0, 1, 2, 3);
    fc.assert(
      fc.property(
        baskets,
        fc.array(score, { minLength: 12, maxLength: 12 }),
        fc.nat(),
        (rows, values, seed) => {
          const questions = askQuestions(matrixOf(rows, 12), seed);
          const { rank, top, topProbability } = rankQuestions(fixedScorer(values, true), questions);
          for (const [question, target] of questions.target.entries()) {
            const rest = rows[questions.basket[question]!]!.filter((item) => item !== target);
            const others = [...values.keys()].filter((item) => !rest.includes(item));
            const better = others.filter((item) => values[item]! > values[target]!).length;
            const equal = others.filter((item) => values[item] === values[target]).length;
            expect(rank[question]).toBe(better + (equal + 1) / 2);
            const sorted = others.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, TOP);
            expect([...top.slice(question * TOP, (question + 1) * TOP)].filter((item) => item >= 0)).toEqual(
              sorted,
            );
            const stated = topProbability.slice(question * TOP, (question + 1) * TOP);
            expect([...stated].filter((value) => !Number.isNaN(value))).toEqual(
              sorted.map((item) => values[item]!),
            );
          }
        },
      ),
    );
  });
});

describe('metrics', () => {
  it('by hand: hits within the cut, gain 1 / log2(place + 1) to ten, reciprocal rank over all', () => {
    const metrics = rankingMetrics(Float64Array.of(1, 2.5, 4, 10, 11));
    expect(metrics.questions).toBe(5);
    expect(metrics.hitRate).toEqual({ '1': 0.2, '3': 0.4, '5': 0.6, '10': 0.8 });
    const ndcg = (1 + 1 / Math.log2(3.5) + 1 / Math.log2(5) + 1 / Math.log2(11)) / 5;
    expect(metrics.ndcg10).toBeCloseTo(ndcg, 12);
    expect(metrics.mrr).toBeCloseTo((1 + 1 / 2.5 + 1 / 4 + 1 / 10 + 1 / 11) / 5, 12);
  });

  it('of no question are zero, not NaN', () => {
    expect(rankingMetrics(new Float64Array(0))).toEqual({
      questions: 0,
      hitRate: { '1': 0, '3': 0, '5': 0, '10': 0 },
      ndcg10: 0,
      mrr: 0,
    });
  });

  const topTen = (items: readonly number[], probability: readonly number[] = []): Ranking => {
    const [top, topProbability] = [new Int32Array(TOP).fill(-1), new Float32Array(TOP).fill(Number.NaN)];
    top.set(items);
    topProbability.set(probability);
    return { rank: Float64Array.of(1), top, topProbability };
  };

  it('coverage is the share of the catalogue shown, novelty the mean information of what is shown', () => {
    expect(coverage(topTen([0, 3]), 8)).toBe(0.25);
    expect(coverage(topTen([]), 0)).toBe(0);
    expect(novelty(topTen([0, 1, 2]), [0.5, 0.125, 0])).toBe(2);
    expect(novelty(topTen([]), [])).toBe(0);
  });

  it('calibration compares what was stated with what came, bin by bin', () => {
    const questions = { target: Int32Array.of(3) } as unknown as Questions;
    const result = calibration(topTen([3, 5, 6], [0.35, 0.25, 0.003]), questions);
    expect(result.error).toBeCloseTo((0.65 + 0.25 + 0.003) / 3, 6);
    expect(result.bins.map(({ from, count, observed }) => [from, count, observed])).toEqual([
      [0, 1, 0],
      [0.2, 1, 0],
      [0.3, 1, 1],
    ]);
    expect(calibration(topTen([]), questions)).toEqual({ error: 0, bins: [] });
  });
});

describe('the paired bootstrap', () => {
  const questions = askQuestions(
    matrixOf(
      Array.from({ length: 200 }, () => [0, 1, 2]),
      30,
    ),
    3,
  );
  const ranked = (place: (question: number) => number) =>
    Float64Array.from(questions.target, (_, question) => place(question));

  it('finds no difference between identical rankings', () => {
    const same = ranked((question) => 1 + (question % 9));
    expect(pairedDifference(same, same, questions.basket, 1)).toEqual({ estimate: 0, low: 0, high: 0 });
  });

  it('contains 0 where two rankings differ by luck only, and not where one is better', () => {
    const even = pairedDifference(
      ranked((question) => 1 + ((question * 7919) % 13)),
      ranked((question) => 1 + ((question * 104_729 + 5) % 13)),
      questions.basket,
      1,
    );
    expect(even.low).toBeLessThan(0);
    expect(even.high).toBeGreaterThan(0);
    const better = pairedDifference(
      ranked((q) => 1 + (q % 4)),
      ranked((q) => 2 + (q % 4)),
      questions.basket,
      1,
    );
    expect(better.low).toBeGreaterThan(0);
    expect(better.low).toBeLessThanOrEqual(better.estimate);
    expect(better.high).toBeGreaterThanOrEqual(better.estimate);
  });

  it('draws whole baskets: questions of one basket do not count as independent', () => {
    const oneEach = askQuestions(
      matrixOf(
        Array.from({ length: 600 }, () => [0, 1]),
        30,
      ),
      3,
    );
    const sign = (basket: number) => 1 + 9 * ((basket * 7919) % 2);
    const wide = pairedDifference(
      ranked((q) => sign(questions.basket[q]!)),
      ranked(() => 3),
      questions.basket,
      1,
    );
    const of = (place: (question: number) => number) => Float64Array.from(oneEach.target, (_, q) => place(q));
    const narrow = pairedDifference(
      of((q) => sign(oneEach.basket[q]!)),
      of(() => 3),
      oneEach.basket,
      1,
    );
    expect(wide.high - wide.low).toBeGreaterThan(1.4 * (narrow.high - narrow.low));
  });

  it('is the same for the same seed, and of no question zero', () => {
    const [a, b] = [ranked((q) => 1 + (q % 5)), ranked((q) => 1 + (q % 7))];
    expect(pairedDifference(a, b, questions.basket, 9)).toEqual(pairedDifference(a, b, questions.basket, 9));
    const none = askQuestions(matrixOf([], 3), 1);
    expect(pairedDifference(a, b, none.basket, 1)).toEqual({ estimate: 0, low: 0, high: 0 });
  });
});

describe('baselines', () => {
  const counts = {
    start: Int32Array.of(0, 2, 4, 6),
    column: Int32Array.of(1, 2, 0, 2, 0, 1),
    weight: Float64Array.of(2, 1, 2, 3, 1, 3),
    diagonal: Float64Array.of(4, 9, 16),
  };
  const scored = (scorer: Scorer, basket: number[]) => {
    const scores = new Float64Array(3).fill(Number.NaN);
    scorer.score(Int32Array.from(basket), scores, UNKNOWN_ASKER);
    return [...scores];
  };

  it('popularity is the baskets of each product', () => {
    expect(scored(popularityScorer(Float64Array.of(3, 1, 2)), [0])).toEqual([3, 1, 2]);
  });

  it('confidence is the best rule of the basket', () => {
    expect(scored(confidenceScorer(counts), [0, 1])).toEqual([2 / 9, 0.5, 3 / 9]);
  });

  it('item-kNN is the sum of cosines', () => {
    expect(scored(cosineScorer(counts), [0, 1])[2]).toBeCloseTo(1 / 8 + 3 / 12, 12);
  });
});
