import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AdjustedEffects, adjustedEffects } from '../../src/ledger/adjusted-difference.ts';
import type { Adjustable } from '../../src/ledger/adjustment-design.ts';
import { seededRandom } from '../../src/training/random.ts';
import { leastSquares } from '../support/plain-least-squares.ts';
import { runSteps } from '../support/run-steps.ts';

type Row = readonly number[];

interface Baskets {
  readonly isTreated: readonly number[];
  readonly covariates: readonly Row[];
  readonly metric: readonly number[];
}

/**
 * Baskets of several stores, of which each is in a few, with a value, and a metric that depends on both. Each store has baskets
 * of both arms: without, a regression of its own has no answer for the arm.
 */
function draw(seed: number, stores = 4): Baskets {
  const random = seededRandom(seed);
  const given = 2 * (stores + 1);
  const rows = Array.from({ length: 80 }, (_, at) => ({
    value: 5 + 3 * random(),
    store: at < given ? at >> 1 : Math.floor(random() * (stores + 1)),
  }));
  const isTreated = rows.map((_, at) => (at < given ? at & 1 : Number(random() < 0.5)));
  return {
    isTreated,
    covariates: rows.map(({ value, store }) => [
      value,
      ...Array.from({ length: stores }, (_, at) => Number(at === store)),
    ]),
    metric: rows.map(
      ({ value, store }, at) => value * (1 + isTreated[at]!) + store * isTreated[at]! + random(),
    ),
  };
}

const effectsOf = (baskets: Baskets): AdjustedEffects => runSteps(adjustedEffects(adjustableOf(baskets)));

function adjustableOf({ isTreated, covariates, metric }: Baskets): Adjustable {
  const count = metric.length;
  return {
    count,
    isTreated: Uint8Array.from(isTreated),
    holdoutShare: new Float64Array(count).fill(0.5),
    cluster: Int32Array.from({ length: count }, (_, at) => at >> 1),
    clusterCount: Math.ceil(count / 2),
    covariateCount: covariates[0]!.length,
    covariates: Float32Array.from(covariates.flat()),
    metrics: [Float64Array.from(metric)],
  };
}

const withColumns = (baskets: Baskets, change: (row: Row) => Row): Baskets => {
  return { ...baskets, covariates: baskets.covariates.map(change) };
};

/** The difference of the intercepts of two regressions on columns less their means. */
function plainDifference({ isTreated, covariates, metric }: Baskets): number {
  const means = covariates[0]!.map(
    (_, j) => covariates.reduce((sum, row) => sum + Math.fround(row[j]!), 0) / metric.length,
  );
  const interceptOf = (arm: number) => {
    const own = [...metric.keys()].filter((at) => isTreated[at] === arm);
    const rows = own.map((at) => [1, ...covariates[at]!.map((value, j) => Math.fround(value) - means[j]!)]);
    return leastSquares(
      rows,
      own.map((at) => metric[at]!),
    )[0]!;
  };
  return interceptOf(1) - interceptOf(0);
}

function expectSame(ours: AdjustedEffects, theirs: AdjustedEffects): void {
  const [a, b] = [ours.differences[0]!, theirs.differences[0]!];
  expect(a.estimate).toBeCloseTo(b.estimate, 5);
  expect(a.standardError).toBeCloseTo(b.standardError, 5);
  expect(a.freedom / b.freedom).toBeCloseTo(1, 4);
}

describe('the adjusted difference', () => {
  test('is that of the intercepts of two plain regressions on centred columns', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const baskets = draw(seed);
        expect(effectsOf(baskets).differences[0]!.estimate).toBeCloseTo(plainDifference(baskets), 6);
      }),
    );
  });

  test('and its error do not change when a constant is added to a column, so zeros are numbers like others', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1, -2, 0.5), (seed, shift) => {
        const baskets = draw(seed);
        const shifted = withColumns(baskets, (row) => row.map((value) => value + shift));
        expectSame(effectsOf(shifted), effectsOf(baskets));
      }),
    );
  });

  test('and its error are the same with columns that repeat others', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const baskets = draw(seed);
        const repeated = withColumns(baskets, (row) => [...row, 3 * row[1]!, row[0]! + row[2]!, 0, 1]);
        expectSame(effectsOf(repeated), effectsOf(baskets));
      }),
    );
  });

  test('of another metric is the same when it reuses what is known of the same baskets', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const baskets = draw(seed);
        const all = adjustableOf(baskets);
        const { design } = effectsOf(baskets);
        const other = [all.metrics[0]!.map((value, at) => value ** 2 + at)];
        const again = runSteps(adjustedEffects(all, all.count, other, design));
        expect(again.differences).toEqual(runSteps(adjustedEffects({ ...all, metrics: other })).differences);
        expect(again.differences[0]!.standardError).toBeGreaterThan(0);
      }),
    );
  });

  test('without covariates is the difference in means', () => {
    const baskets = withColumns(draw(1), () => []);
    expect(effectsOf(baskets).differences[0]!.estimate).toBeCloseTo(plainDifference(baskets), 9);
  });
});
