import { describe, expect, test } from 'vitest';
import { adjustedEffects } from '../../src/ledger/adjusted-difference.ts';
import { anytimeInterval, anytimeP, fixedInterval, fixedP } from '../../src/ledger/confidence.ts';
import { factorise, solve } from '../../src/ledger/least-squares.ts';
import { testSampleRatio } from '../../src/ledger/sample-ratio.ts';
import { seededRandom } from '../../src/training/random.ts';
import {
  buildExperiment,
  type PlainBasket,
  plainBaskets,
  plainOutcome,
  upliftOf as report,
} from '../support/experiment-builder.ts';
import { runSteps } from '../support/run-steps.ts';

const differencesOf = (baskets: readonly PlainBasket[]) =>
  runSteps(adjustedEffects(buildExperiment(baskets.map(plainOutcome)))).differences;

describe('the uplift report', () => {
  test('without covariates is the difference in means with its usual interval', () => {
    const { incremental, ...facts } = report(plainBaskets(1000, 50));
    expect(facts).toMatchObject({
      baskets: { treatment: 500, holdout: 500 },
      sampleRatio: { ok: true, p: 1 },
      trusted: true,
      currency: 'EUR',
      costKnownShare: 1,
      notes: [],
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

  test('cannot be trusted when the baskets of the arms differed before the first offer', () => {
    const baskets = plainBaskets(2000, 0).map((basket, i) => ({
      ...basket,
      basketValue: 10 + (i % 7) + (basket.isTreated ? 1 : 0),
      lines: 2,
    }));
    const { sampleRatio, balance, trusted, noteCodes } = report(baskets);
    expect([sampleRatio.ok, balance.ok, trusted, noteCodes]).toEqual([
      true,
      false,
      false,
      ['uneven-baskets'],
    ]);
    const alike = baskets.map((basket, i) => ({ ...basket, basketValue: 10 + (Math.floor(i / 2) % 7) }));
    expect(report(alike)).toMatchObject({ balance: { ok: true, p: 1 }, trusted: true });
  });

  test('states no interval for few baskets, or few customers', () => {
    const few = report(plainBaskets(198, 50));
    expect(few.incremental).toEqual({
      marginPer100Baskets: null,
      revenuePer100Baskets: null,
      holdingSavedPer100Baskets: null,
      itemsPer100Baskets: null,
      incrementalShare: null,
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

  test('states the saved holding cost apart from the margin, and omits it if no stock is known', () => {
    const baskets = plainBaskets(400, 100).map((basket, i) => ({
      ...basket,
      holdingSavedMinor: (basket.isTreated ? 30.5 : 10) + (Math.floor(i / 2) % 3),
    }));
    const { incremental, anytime, stockKnownShare } = report(baskets);
    expect(stockKnownShare).toBe(1);
    expect(incremental.holdingSavedPer100Baskets!.estimate).toBeCloseTo(20.5, 6);
    expect(incremental.holdingSavedPer100Baskets!.low).toBeGreaterThan(20);
    expect(anytime.holdingSavedPer100Baskets!.low).toBeLessThan(incremental.holdingSavedPer100Baskets!.low);
    expect(incremental.marginPer100Baskets!.estimate).toBeCloseTo(100, 6);
    const none = report(baskets.map((basket) => ({ ...basket, holdingSavedMinor: 0 })));
    expect(none.incremental.holdingSavedPer100Baskets).toEqual({ estimate: 0, low: 0, high: 0 });
    const half = report(
      baskets.map(({ holdingSavedMinor, ...basket }, i) =>
        i % 4 < 2 ? basket : { ...basket, holdingSavedMinor },
      ),
    );
    expect(half.stockKnownShare).toBeGreaterThan(0.4);
    expect(half.stockKnownShare).toBeLessThan(0.6);
    const unknown = report(plainBaskets(400, 100));
    expect(unknown.stockKnownShare).toBe(0);
    expect([unknown.incremental, unknown.anytime].map((one) => one.holdingSavedPer100Baskets)).toEqual([
      null,
      null,
    ]);
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

describe('the incremental share of the up-sell margin', () => {
  /** Half of the treated take a suggestion worth 300; each third of those leaves out something worth 150. */
  const upsold = Array.from({ length: 6000 }, (_, i): PlainBasket => {
    const [isTreated, level] = [i % 2 === 0, 1000 + 100 * (Math.floor(i / 2) % 5)];
    const [takes, leaves] = [isTreated && Math.floor(i / 10) % 2 === 0, Math.floor(i / 20) % 3 === 0];
    if (!takes) return { isTreated, revenueMinor: level };
    const upsell = { revenueMinor: 500, costMinor: 200 };
    return { isTreated, revenueMinor: level + 500 - (leaves ? 150 : 0), costMinor: 200, upsell };
  });

  test('is what offers brought over what they sold: what they replaced is not in it', () => {
    const { upsellMarginPer100Baskets, incremental, anytime } = report(upsold);
    expect(upsellMarginPer100Baskets).toBeCloseTo(150, 9);
    expect(incremental.marginPer100Baskets!.estimate).toBeCloseTo(125, 9);
    const { estimate, low, high } = incremental.incrementalShare!;
    expect(estimate).toBeCloseTo(125 / 150, 9);
    expect(anytime.incrementalShare!.low).toBeLessThan(low);
    expect(anytime.incrementalShare!.high).toBeGreaterThan(high);
  });

  test('has the error of a ratio whose two sides vary together', () => {
    const { low, high, estimate } = report(upsold).incremental.incrementalShare!;
    const margin = ({ revenueMinor = 0, costMinor = 0 }: PlainBasket) => revenueMinor - costMinor;
    const residual = (basket: PlainBasket) =>
      margin(basket) - estimate * ((basket.upsell?.revenueMinor ?? 0) - (basket.upsell?.costMinor ?? 0));
    const arm = (isTreated: boolean) =>
      upsold.filter((basket) => basket.isTreated === isTreated).map(residual);
    const error = Math.sqrt([true, false].reduce((sum, of) => sum + variance(arm(of)) / 3000, 0)) / 150;
    expect((high - low) / 2 / error).toBeCloseTo(1.96, 2);
  });

  test('is not stated if no suggestion was paid for, or almost none', () => {
    expect(report(plainBaskets(1000, 50)).incremental.incrementalShare).toBeNull();
    const one = upsold.map((basket, at) => {
      const { upsell: _, ...plain } = basket;
      return at === 0 ? basket : plain;
    });
    expect(report(one).incremental).toMatchObject({ incrementalShare: null });
    expect(report(one).upsellMarginPer100Baskets).toBeCloseTo(0.1, 9);
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
    const [, adjusted] = differencesOf(baskets);
    const same = baskets.map((basket) => ({ ...basket, basketValue: 1, storeId: 's1' }));
    const [, plain] = differencesOf(same);
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
    const [, single] = differencesOf(one);
    const [, repeated] = differencesOf(fourfold);
    expect(repeated!.standardError / single!.standardError).toBeCloseTo(1, 2);
  });

  test('a store with almost all baskets of an arm has no covariate: the few others would fit themselves', () => {
    const levelsOf = (elsewhere: number) => {
      const baskets = Array.from({ length: 400 }, (_, i) => ({
        isTreated: i % 2 === 0,
        revenueMinor: 1000,
        storeId: i < 2 * elsewhere ? `other${i % 40}` : 's1',
      }));
      const { covariates, covariateCount } = buildExperiment(baskets.map(plainOutcome));
      return new Set([...covariates].filter((_, at) => at % covariateCount === 4));
    };
    expect(levelsOf(19)).toEqual(new Set([0]));
    expect(levelsOf(20)).toEqual(new Set([0, 1]));
  });

  test('leaves out a covariate that repeats others', () => {
    const matrix = Float64Array.from([4, 2, 4, 2, 3, 2, 4, 2, 4]);
    const coefficients = solve(factorise(matrix, 3), Float64Array.from([8, 5, 8]));
    expect([...coefficients].map((value) => Number(value.toFixed(9)))).toEqual([1.75, 0.5, 0]);
  });
});

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

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
    const mean = { estimate: 0, standardError: 1 / Math.sqrt(t), freedom: Number.POSITIVE_INFINITY };
    expect(anytimeInterval(mean, t).high).toBeCloseTo(half, 12);
  });

  test('leave zero out just where the p-value is below 0.05', () => {
    for (const freedom of [12, 60, 500, Number.POSITIVE_INFINITY]) {
      const at = (estimate: number) => ({ estimate, standardError: 1, freedom });
      const { high } = fixedInterval(at(0));
      expect(fixedP(at(high))).toBeCloseTo(0.05, 3);
      expect(fixedP(at(-high))).toBe(fixedP(at(high)));
    }
    for (const baskets of [200, 10_000, 1_000_000]) {
      for (const freedom of [12, 500]) {
        const { high } = anytimeInterval({ estimate: 0, standardError: 1, freedom }, baskets);
        expect(anytimeP({ estimate: high, standardError: 1, freedom }, baskets)).toBeCloseTo(0.05, 9);
      }
    }
    const nothing = { estimate: 0, standardError: 0, freedom: Number.POSITIVE_INFINITY };
    expect([fixedP(nothing), anytimeP(nothing, 200)]).toEqual([1, 1]);
    expect([fixedP({ ...nothing, estimate: 1 }), anytimeP({ ...nothing, estimate: 1 }, 200)]).toEqual([0, 0]);
  });

  test('are wider if they may be looked at any number of times', () => {
    for (const [baskets, freedom] of [
      [200, 500],
      [2000, 6],
      [20_000, 500],
      [2_000_000, 20],
    ] as const) {
      const difference = { estimate: 0, standardError: 1, freedom };
      expect(anytimeInterval(difference, baskets).high).toBeGreaterThan(fixedInterval(difference).high);
    }
  });

  test('are wider where a few baskets outweigh the others', () => {
    const freedom = (baskets: PlainBasket[]) => differencesOf(baskets)[1]!.freedom;
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
  const ratio = testSampleRatio(holdouts, n * share, n * share * (1 - share), 0.001);
  expect(ratio.p).toBeCloseTo(p, 5);
  expect(ratio.ok).toBe(p >= 0.001);
});
