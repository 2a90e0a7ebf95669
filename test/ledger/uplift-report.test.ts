import { describe, expect, test } from 'vitest';
import { adjustedDifferences } from '../../src/ledger/adjusted-difference.ts';
import { anytimeInterval, fixedInterval } from '../../src/ledger/confidence.ts';
import { factorise, solve } from '../../src/ledger/least-squares.ts';
import { testSampleRatio } from '../../src/ledger/sample-ratio.ts';
import { reportUplift } from '../../src/ledger/uplift-report.ts';
import { seededRandom } from '../../src/training/random.ts';
import { buildExperiment, type PlainBasket, plainOutcome } from '../support/experiment-builder.ts';
import { runSteps } from '../support/run-steps.ts';

const report = (baskets: readonly PlainBasket[], selection = {}) =>
  runSteps(reportUplift(buildExperiment(baskets.map(plainOutcome), selection)));

/** Baskets without any covariate that varies: the adjustment has nothing to adjust. */
function plainBaskets(n: number, effectMinor: number): PlainBasket[] {
  return Array.from({ length: n }, (_, i) => {
    const isTreated = i % 2 === 0;
    const revenueMinor = 1000 + 100 * (Math.floor(i / 2) % 5) + (isTreated ? effectMinor : 0);
    return { isTreated, revenueMinor, costMinor: 600, items: isTreated ? 2 : 1 };
  });
}

describe('the uplift report', () => {
  test('without covariates is the difference in means with its usual interval', () => {
    const { incremental, ...facts } = report(plainBaskets(1000, 50));
    expect(facts).toMatchObject({
      baskets: { treatment: 500, holdout: 500 },
      ...{ sampleRatio: { ok: true, p: 1 }, trusted: true, currency: 'EUR', costKnownShare: 1, notes: [] },
    });
    // 1000 … 1400 in equal parts: variance 20000 per basket in either arm.
    const standardError = Math.sqrt((20_000 / 500) * 2);
    const { estimate, low, high } = incremental.revenuePer100Baskets!;
    expect(estimate).toBeCloseTo(50, 9);
    expect(high - estimate).toBeCloseTo(1.9648 * standardError, 0);
    expect(estimate - low).toBeCloseTo(high - estimate, 9);
    expect(incremental.itemsPer100Baskets!.estimate).toBeCloseTo(100, 9);
    expect(incremental.marginPer100Baskets!.estimate).toBeCloseTo(50, 9);
  });

  test('counts baskets that were never paid as zero', () => {
    const unpaid = Array.from({ length: 500 }, (_, i) => ({ isTreated: i % 2 === 0 }));
    const { incremental, baskets } = report([...plainBaskets(500, 100), ...unpaid]);
    expect(baskets).toEqual({ treatment: 500, holdout: 500 });
    expect(incremental.revenuePer100Baskets!.estimate).toBeCloseTo(50, 9);
  });

  test('takes no basket without a chance of both arms, and none outside the selection', () => {
    const outside = [
      { isTreated: true, holdoutShare: 0 },
      { isTreated: true, storeId: 's2' },
    ];
    expect(report([...plainBaskets(20, 0), ...outside], { storeId: 's1' }).baskets).toEqual({
      treatment: 10,
      holdout: 10,
    });
    const sold = { ...plainOutcome({ isTreated: true }), decided: undefined };
    expect(buildExperiment([sold]).count).toBe(0);
  });

  test('cannot be trusted when the arms are not as large as drawn, and says so', () => {
    const lost = plainBaskets(1000, 0).filter(({ isTreated }, i) => isTreated || i % 10 !== 1);
    const { sampleRatio, trusted, notes } = report(lost.map((basket) => ({ ...basket, holdoutShare: 0.1 })));
    expect(sampleRatio.ok).toBe(false);
    expect(trusted).toBe(false);
    expect(notes[0]).toMatch(/cannot be trusted/);
    expect(report(lost.map((basket) => ({ ...basket, holdoutShare: 0.1 }))).noteCodes[0]).toBe('uneven-arms');
  });

  test('states no interval for few baskets, or few customers', () => {
    const few = report(plainBaskets(198, 50));
    expect(few.incremental).toEqual({
      marginPer100Baskets: null,
      revenuePer100Baskets: null,
      itemsPer100Baskets: null,
    });
    expect(few.anytime).toEqual(few.incremental);
    expect(few.notes).toEqual([
      expect.stringMatching(/wanted at least 100 in each arm, got 99 .* 99 held out/),
    ]);
    const fewCustomers = plainBaskets(1000, 50).map((basket, i) => ({ ...basket, customer: `c${i % 99}` }));
    expect(report(fewCustomers).notes).toEqual([expect.stringMatching(/customers/)]);
    expect(report([]).notes).toHaveLength(2);
    expect(report([]).noteCodes).toEqual(['few-baskets', 'nothing-paid']);
    expect(report(fewCustomers).noteCodes).toEqual(['few-customers']);
  });

  test('adds up no currencies, and states items all the same', () => {
    const two = plainBaskets(1000, 50).map((basket, i) => ({ ...basket, currency: i % 3 ? 'EUR' : 'USD' }));
    const { currency, incremental, notes } = report(two);
    expect(currency).toBeNull();
    expect(incremental).toMatchObject({ marginPer100Baskets: null, revenuePer100Baskets: null });
    expect(incremental.itemsPer100Baskets!.estimate).toBeCloseTo(100, 9);
    expect(notes).toEqual([expect.stringContaining('EUR, USD')]);
  });

  test('says which part of the revenue the margin is about', () => {
    const bare = plainBaskets(1000, 0).map((basket) => ({ ...basket, costMinor: undefined }));
    expect(report(bare)).toMatchObject({ costKnownShare: 0, incremental: { marginPer100Baskets: null } });
    expect(report(bare).notes).toEqual([expect.stringContaining('No receipt states a cost')]);
    const half = [...plainBaskets(1000, 0), ...bare];
    expect(report(half).notes).toEqual([expect.stringContaining('50 %')]);
    expect([report(bare).noteCodes, report(half).noteCodes]).toEqual([['no-cost'], ['part-cost']]);
  });
});

describe('regression adjustment', () => {
  const random = seededRandom(11);
  const baskets = Array.from({ length: 4000 }, () => {
    const [basketValue, isTreated] = [10 + 90 * random(), random() < 0.5];
    const storeId = random() < 0.5 ? 's1' : 's2';
    const revenueMinor = Math.round(
      100 * basketValue + (storeId === 's2' ? 500 : 0) + (isTreated ? 30 : 0) + 50 * random(),
    );
    return { basketValue, isTreated, storeId, revenueMinor };
  });

  test('removes what was known before the offer from the error, and keeps the effect', () => {
    const [, adjusted] = runSteps(adjustedDifferences(buildExperiment(baskets.map(plainOutcome))));
    const same = baskets.map((basket) => ({ ...basket, basketValue: 1, storeId: 's1' }));
    const [, plain] = runSteps(adjustedDifferences(buildExperiment(same.map(plainOutcome))));
    expect(adjusted!.standardError).toBeLessThan(plain!.standardError / 50);
    expect(Math.abs(adjusted!.estimate - 30)).toBeLessThan(4 * adjusted!.standardError);
  });

  test('is not disturbed by a share that changed half-way', () => {
    // First half: share 0.5 and cheap baskets; second half: share 0.1 and dear ones. No effect.
    const draws = seededRandom(5);
    const changed = Array.from({ length: 8000 }, (_, i) => {
      const [holdoutShare, level] = i < 4000 ? [0.5, 1000] : [0.1, 5000];
      return {
        isTreated: draws() >= holdoutShare,
        holdoutShare,
        revenueMinor: level + Math.round(100 * draws()),
      };
    });
    const { sampleRatio, incremental } = report(changed);
    expect(sampleRatio.ok).toBe(true);
    const { low, high } = incremental.revenuePer100Baskets!;
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  test('baskets of one customer count as one when they all say the same', () => {
    const one = plainBaskets(400, 50).map((basket, i) => ({ ...basket, customer: `c${i}` }));
    const fourfold = one.flatMap((basket) => [basket, basket, basket, basket]);
    const [, single] = runSteps(adjustedDifferences(buildExperiment(one.map(plainOutcome))));
    const [, repeated] = runSteps(adjustedDifferences(buildExperiment(fourfold.map(plainOutcome))));
    expect(repeated!.standardError / single!.standardError).toBeCloseTo(1, 2);
  });

  test('leaves out a covariate that repeats others', () => {
    const matrix = Float64Array.from([4, 2, 4, 2, 3, 2, 4, 2, 4]);
    const coefficients = solve(factorise(matrix, 3), Float64Array.from([8, 5, 8]));
    expect([...coefficients].map((value) => Number(value.toFixed(9)))).toEqual([1.75, 0.5, 0]);
  });
});

describe('intervals', () => {
  test('are those of the textbook', () => {
    const interval = (freedom: number) => fixedInterval({ estimate: 1, standardError: 2, freedom });
    expect(interval(Number.POSITIVE_INFINITY).high).toBeCloseTo(1 + 2 * 1.959964, 5);
    expect(interval(30).high).toBeCloseTo(1 + 2 * 2.042272, 3);
    expect(interval(10).low).toBeCloseTo(1 - 2 * 2.228139, 2);
    // With 10,000 baskets of variance 1: sqrt(2(tρ²+1)/(t²ρ²) · ln(sqrt(tρ²+1)/0.05)).
    const t = 10_000;
    const rho2 = (-2 * Math.log(0.05) + Math.log(-2 * Math.log(0.05) + 1)) / 10_000;
    const half = Math.sqrt(
      ((2 * (t * rho2 + 1)) / (t * t * rho2)) * Math.log(Math.sqrt(t * rho2 + 1) / 0.05),
    );
    const mean = { estimate: 0, standardError: 1 / Math.sqrt(t) };
    expect(anytimeInterval(mean, t).high).toBeCloseTo(half, 12);
  });

  test('are wider where one may look at any time', () => {
    const difference = { estimate: 0, standardError: 1, freedom: 500 };
    for (const baskets of [200, 2000, 20_000, 2_000_000]) {
      expect(anytimeInterval(difference, baskets).high).toBeGreaterThan(fixedInterval(difference).high);
    }
  });

  test('are wider where a few baskets outweigh the others', () => {
    const freedom = (baskets: PlainBasket[]) =>
      runSteps(adjustedDifferences(buildExperiment(baskets.map(plainOutcome))))[1]!.freedom;
    const even = plainBaskets(1000, 0);
    expect(freedom(even)).toBeGreaterThan(500);
    expect(freedom([...even, { isTreated: false, revenueMinor: 1e7 }, { isTreated: true }])).toBeLessThan(3);
  });
});

test.each([
  [100, 1000, 0.1, 1],
  [120, 1000, 0.1, 0.03501],
  [80, 1000, 0.1, 0.03501],
  [135, 1000, 0.1, 0.000225],
])('a draw of %i holdouts of %i at %f has p = %f', (holdouts, n, share, p) => {
  const ratio = testSampleRatio(holdouts, n * share, n * share * (1 - share));
  expect(ratio.p).toBeCloseTo(p, 5);
  expect(ratio.ok).toBe(p >= 0.001);
});
