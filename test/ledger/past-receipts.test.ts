import { describe, expect, test } from 'vitest';
import { adjustedEffects } from '../../src/ledger/adjusted-difference.ts';
import type { BasketOutcome } from '../../src/ledger/basket-outcome.ts';
import { DAY_MS } from '../../src/ledger/instant.ts';
import { PAST_DAYS } from '../../src/ledger/past-receipts.ts';
import { seededRandom } from '../../src/training/random.ts';
import { buildExperiment, type PlainBasket, plainOutcome, upliftOf } from '../support/experiment-builder.ts';
import { runSteps } from '../support/run-steps.ts';

const FIRST_MS = Date.UTC(2026, 4, 1, 10);
const FIRST_DAY = Math.floor(FIRST_MS / DAY_MS);
const MINUTE_MS = 60_000;
/** Has a past, and the mean revenue of its receipts less that of all. */
const PAST_COLUMNS = 2;
/** Baskets of either arm with a past that have it among their covariates. */
const ENOUGH = 20;

interface Visit extends Partial<PlainBasket> {
  /** Business days after that of the basket that is asked about. */
  readonly day?: number;
}

/** A paid basket of customer c1 on one of the days. */
function visit({ day = 0, ...basket }: Visit): BasketOutcome {
  const atMs = FIRST_MS + day * DAY_MS;
  const soldAtMs = 'soldAtMs' in basket ? basket.soldAtMs : atMs + MINUTE_MS;
  return plainOutcome({ isTreated: true, customer: 'c1', revenueMinor: 1000, atMs, ...basket, soldAtMs });
}

/** What is known of the past of a basket of the day, among others before and after; enough like it have one in either arm. */
function pastOf(others: readonly BasketOutcome[], own: Partial<PlainBasket> = {}): readonly number[] {
  const crowd = Array.from({ length: 2 * ENOUGH }, (_, i) => {
    const another = { customer: `other${i}`, isTreated: i % 2 === 0 };
    return [visit({ ...another, day: -1 }), visit({ ...another, atMs: FIRST_MS + MINUTE_MS + i })];
  }).flat();
  const selection = { fromDay: FIRST_DAY, toDay: FIRST_DAY };
  const experiment = buildExperiment([...others, visit(own), ...crowd], selection);
  expect(experiment.count).toBe(1 + 2 * ENOUGH);
  const rowAt = (at: number) => [
    ...experiment.covariates
      .slice((at + 1) * experiment.covariateCount - PAST_COLUMNS)
      .slice(0, PAST_COLUMNS),
  ];
  const [[hasPast, revenue], [, crowds]] = [rowAt(0), rowAt(1)] as [[number, number], [number, number]];
  // Less the mean of all that have a past; the crowd's is 1000.
  return hasPast === 0 ? [hasPast, revenue] : [hasPast, Math.round(revenue - crowds + 1000)];
}

const NO_PAST = [0, 0];

describe('the past of a basket', () => {
  test('is what its customer paid on the business days before, each receipt once', () => {
    const before = [
      visit({ day: -1 }),
      visit({ day: -30, revenueMinor: 4000 }),
      visit({ day: -PAST_DAYS, storeId: 's2', revenueMinor: 2500, holdoutShare: 0 }),
    ];
    expect(pastOf(before)).toEqual([1, 2500]);
  });

  test.each([
    ['a day too long ago', { day: -PAST_DAYS - 1 }],
    [
      'that was decided on too long ago, though paid later',
      { day: -PAST_DAYS - 1, soldAtMs: FIRST_MS - DAY_MS },
    ],
    ['of the same day', { day: 0, atMs: FIRST_MS - MINUTE_MS, holdoutShare: 0 }],
    ['of a day after', { day: 1 }],
    ['of another customer', { day: -1, customer: 'c2' }],
    ['of nobody known', { day: -1, customer: undefined as unknown as string }],
    ['that was left behind unpaid', { day: -1, soldAtMs: undefined, revenueMinor: 0 }],
    ['that was paid later than the basket was decided on', { day: -1, soldAtMs: FIRST_MS + DAY_MS }],
    ['in another currency', { day: -1, currency: 'CZK', revenueMinor: 90_000 }],
  ])('excludes a receipt %s', (_, other) => {
    expect(pastOf([visit(other)])).toEqual(NO_PAST);
  });

  test('is never the basket itself, even if the clock of its till is a day behind', () => {
    expect(pastOf([], { soldAtMs: FIRST_MS - DAY_MS, revenueMinor: 9000 })).toEqual(NO_PAST);
  });

  test('is unknown where the first decision did not name the customer', () => {
    expect(pastOf([visit({ day: -1 })], { namedAtFirst: false })).toEqual(NO_PAST);
  });

  test('is as it was paid, whatever comes back later', () => {
    const { money, ...others } = visit({ day: -1, revenueMinor: 700 });
    const brought = { ...others, money: money.map((sums) => ({ ...sums, refundedMinor: 300 })) };
    expect(pastOf([brought])).toEqual([1, 1000]);
  });

  test('goes along with the days of one customer, in whatever order the baskets came', () => {
    const days = Array.from({ length: 300 }, (_, day) =>
      visit({ day, revenueMinor: 1000 + day, isTreated: day % 2 === 0 }),
    );
    const selection = { fromDay: FIRST_DAY };
    const experiment = buildExperiment(days, selection);
    const width = experiment.covariateCount;
    const means = Array.from({ length: 300 }, (_, at) => experiment.covariates[(at + 1) * width - 1]!);
    const wanted = days.map((_, day) => {
      const before = Array.from({ length: Math.min(day, PAST_DAYS) }, (_, back) => 1000 + day - 1 - back);
      return before.reduce((sum, minor) => sum + minor, 0) / Math.max(1, before.length);
    });
    const all = wanted.reduce((sum, mean) => sum + mean, 0) / 299;
    expect(means[0]).toBe(0);
    for (const [at, mean] of means.slice(1).entries()) expect(mean).toBeCloseTo(wanted[at + 1]! - all, 3);
    const shuffled = days.map((one, at) => [(at * 7919) % 300, one] as const).sort(([a], [b]) => a - b);
    const mixed = shuffled.map(([, one]) => one);
    expect(buildExperiment(mixed, selection)).toEqual(experiment);
  });

  test('is no covariate if few baskets of an arm have a past: they would fit themselves', () => {
    const withPast = (i: number, isTreated: boolean) => {
      const another = { customer: `c${i}`, isTreated };
      return [visit({ ...another, day: -1 }), visit({ ...another, atMs: FIRST_MS + i })];
    };
    const pastIn = (holdouts: number) => {
      const baskets = Array.from({ length: 100 + holdouts }, (_, i) => withPast(i, i < 100)).flat();
      const { covariates, covariateCount, count } = buildExperiment(baskets, { fromDay: FIRST_DAY });
      return Array.from({ length: count }, (_, at) => covariates[(at + 1) * covariateCount - 2]!);
    };
    expect(new Set(pastIn(ENOUGH - 1))).toEqual(new Set([0]));
    expect(new Set(pastIn(ENOUGH))).toEqual(new Set([1]));
  });

  test('has no yes/no covariate if few baskets of an arm lack a past, but the amount still counts', () => {
    const rowsOf = (without: number) => {
      const baskets = Array.from({ length: 300 }, (_, i) => {
        const another = { customer: `c${i}`, isTreated: i % 2 === 0, atMs: FIRST_MS + i };
        const hasPast = i >= 2 * without;
        return [
          ...(hasPast ? [visit({ customer: another.customer, day: -1, revenueMinor: 1000 + i })] : []),
          visit(another),
        ];
      }).flat();
      const { covariates, covariateCount, count } = buildExperiment(baskets, { fromDay: FIRST_DAY });
      return Array.from({ length: count }, (_, at) =>
        covariates.slice((at + 1) * covariateCount - 2).slice(0, 2),
      );
    };
    const [few, enough] = [rowsOf(ENOUGH - 1), rowsOf(ENOUGH)];
    expect(new Set(few.map(([hasPast]) => hasPast))).toEqual(new Set([0]));
    expect(new Set(enough.map(([hasPast]) => hasPast))).toEqual(new Set([0, 1]));
    // Who has no past is as one with the mean of all: 0.
    expect(few[0]![1]).toBe(0);
    expect(few.at(-1)![1]).toBeCloseTo(1299 - (1038 + 1299) / 2, 3);
  });
});

/** Customers who spend as they always do, a basket before the experiment and four in it. */
function habitual(effectMinor: number): PlainBasket[] {
  const random = seededRandom(11);
  return Array.from({ length: 400 }, (_, number) => {
    const level = 500 + Math.floor(4000 * random());
    return [-3, 0, 7, 14, 21].map((day): PlainBasket => {
      const isTreated = random() < 0.5;
      const atMs = FIRST_MS + day * DAY_MS + number;
      const revenueMinor = level + Math.floor(50 * random()) + (isTreated && day >= 0 ? effectMinor : 0);
      return { isTreated, customer: `c${number}`, atMs, soldAtMs: atMs, revenueMinor };
    });
  }).flat();
}

describe('the adjustment for the past', () => {
  const selection = { fromDay: FIRST_DAY };
  const revenueOf = (baskets: readonly PlainBasket[]) => {
    const experiment = buildExperiment(baskets.map(plainOutcome), selection);
    return runSteps(adjustedEffects(experiment)).differences[1]!;
  };

  test('removes differences between customers from the error, and keeps the effect', () => {
    const baskets = habitual(40);
    const known = revenueOf(baskets);
    const namedLate = revenueOf(baskets.map((basket) => ({ ...basket, namedAtFirst: false })));
    expect(known.standardError).toBeLessThan(namedLate.standardError / 20);
    expect(Math.abs(known.estimate - 40)).toBeLessThan(4 * known.standardError);
  });

  test('is not made if sides are drawn for customers: offers may change how often they come', () => {
    const baskets = habitual(40).map((basket) => ({ ...basket, isDrawnForCustomer: true }));
    const experiment = buildExperiment(baskets.map(plainOutcome), selection);
    expect(experiment.covariateCount).toBe(4);
  });

  test('is made in every part of the trade', () => {
    const baskets = habitual(40).map((basket, at) => ({ ...basket, channel: at % 2 ? 'till' : 'phone' }));
    const namedLate = baskets.map((basket) => ({ ...basket, namedAtFirst: false }));
    const intervalsOf = (some: readonly PlainBasket[]) =>
      upliftOf(some, selection, 'channel').parts!.map(({ incremental }) => incremental.revenuePer100Baskets!);
    const plain = intervalsOf(namedLate);
    expect(plain).toHaveLength(2);
    for (const [at, { low, high }] of intervalsOf(baskets).entries()) {
      expect(high - low).toBeLessThan((plain[at]!.high - plain[at]!.low) / 20);
      expect(Math.abs((low + high) / 2 - 40)).toBeLessThan(high - low);
    }
  });
});
