import { describe, expect, test } from 'vitest';
import { adjustedEffects } from '../../src/ledger/adjusted-difference.ts';
import { ExperimentBuilder } from '../../src/ledger/experiment-builder.ts';
import { DAY_MS } from '../../src/ledger/instant.ts';
import { OutcomeTable } from '../../src/ledger/outcome-columns.ts';
import type { UpliftReport } from '../../src/ledger/uplift-report.ts';
import { seededRandom } from '../../src/training/random.ts';
import { buildExperiment, type PlainBasket, plainOutcome, upliftOf } from '../support/experiment-builder.ts';
import { runSteps } from '../support/run-steps.ts';

const FIRST_MS = Date.UTC(2026, 4, 1, 10);
const dayOf = (ms: number) => Math.floor(ms / DAY_MS);

interface Visit extends Partial<PlainBasket> {
  /** Days after the first of May. */
  readonly day?: number;
}

/** Visits of a customer whose side was drawn once, for all of them. */
function visits(number: number, isTreated: boolean, made: readonly Visit[]): PlainBasket[] {
  return made.map(({ day = 0, ...visit }) => ({
    isTreated,
    isDrawnForCustomer: true,
    customer: `c${number}`,
    revenueMinor: 1000,
    costMinor: 600,
    items: 1,
    atMs: FIRST_MS + day * DAY_MS + number,
    ...visit,
  }));
}

/** Customers by turns on either side, each with visits by number and side. */
function customers(count: number, made: (number: number, isTreated: boolean) => readonly Visit[]) {
  return Array.from({ length: count }, (_, number) => {
    const isTreated = number % 2 === 0;
    return visits(number, isTreated, made(Math.floor(number / 2), isTreated));
  }).flat();
}

describe('where sides are drawn for customers', () => {
  test('customers are compared over all their visits, including additional ones', () => {
    const baskets = customers(400, (pair, isTreated) =>
      Array.from({ length: 1 + (pair % 3) + (isTreated ? 1 : 0) }, (_, day) => ({ day })),
    );
    const { customers: own, baskets: counted, incremental, trusted } = upliftOf(baskets);
    // Two visits by 67, 67 and 66 of 200 pairs on the held-out side of 1, 2 and 3; one more each on the other.
    expect(own!.customers).toEqual({ treatment: 200, holdout: 200 });
    expect(counted).toEqual({ treatment: 599, holdout: 399 });
    expect(trusted).toBe(true);
    expect(own!.incremental.basketsPer100Customers!.estimate).toBeCloseTo(100, 6);
    expect(own!.incremental.revenuePer100Customers!.estimate).toBeCloseTo(1000, 6);
    expect(own!.incremental.marginPer100Customers!.estimate).toBeCloseTo(400, 6);
    expect(own!.incremental.itemsPer100Customers!.estimate).toBeCloseTo(100, 6);
    expect(own!.incremental.holdingSavedPer100Customers).toBeNull();
    // No visit by itself is worth more.
    expect(incremental.revenuePer100Baskets!.estimate).toBeCloseTo(0, 6);
  });

  test('the interval is that of the difference between customers, not between visits', () => {
    const baskets = customers(600, (pair) =>
      Array.from({ length: 4 }, (_, day) => ({ day, revenueMinor: 1000 + 100 * (pair % 5), lines: 1 })),
    );
    const { low, high } = upliftOf(baskets).incremental.revenuePer100Baskets!;
    // 1000 … 1400 in equal parts, the same in all four visits: variance 20000 per customer, not per visit.
    expect((high - low) / 2).toBeCloseTo(1.968 * Math.sqrt((20_000 / 300) * 2), 0);
  });

  test('a customer counts from the first visit on, with nothing in days without one', () => {
    const baskets = customers(400, (_, isTreated) => (isTreated ? [{}, { day: 30 }] : [{}]));
    const day = dayOf(FIRST_MS) + 30;
    const { customers: own, baskets: counted, ...facts } = upliftOf(baskets, { fromDay: day, toDay: day });
    const { sampleRatio, noteCodes, incremental } = facts;
    expect(counted).toEqual({ treatment: 200, holdout: 0 });
    expect(incremental.itemsPer100Baskets).toBeNull();
    expect(noteCodes).toEqual(['few-drawn']);
    expect(own!.customers).toEqual({ treatment: 200, holdout: 200 });
    expect(own!.incremental.basketsPer100Customers!.estimate).toBeCloseTo(100, 6);
    expect(own!.incremental.revenuePer100Customers!.estimate).toBeCloseTo(1000, 6);
    // That nobody of the other side came back is no fault of the draw.
    expect(sampleRatio).toEqual({ ok: true, p: 1 });
  });

  test('customers who stay away show as soon as there are enough on both sides', () => {
    const baskets = customers(800, (pair, isTreated) =>
      isTreated && pair % 2 === 0 ? [{}] : [{}, { day: 30 }],
    );
    const day = dayOf(FIRST_MS) + 30;
    const { customers: own, notes } = upliftOf(baskets, { fromDay: day, toDay: day });
    expect(notes).toEqual([]);
    const { estimate, high } = own!.incremental.basketsPer100Customers!;
    expect(estimate).toBeCloseTo(-50, 6);
    expect(high).toBeLessThan(-40);
  });

  test('nothing of later visits is taken for known before the first offer', () => {
    // Offers make a habit: later baskets of the treated begin with more in them, and are worth that much more.
    const baskets = customers(400, (pair, isTreated) => {
      const habit = isTreated ? 5 : 0;
      const first = { basketValue: 10 + (pair % 4), revenueMinor: 1000 + 100 * (pair % 4) };
      const later = {
        basketValue: first.basketValue + habit,
        revenueMinor: first.revenueMinor + 100 * habit,
      };
      return [first, { ...later, day: 1 }, { ...later, day: 2 }];
    });
    const { incremental, balance, customers: own } = upliftOf(baskets);
    expect(incremental.revenuePer100Baskets!.estimate).toBeCloseTo((2 / 3) * 500, 6);
    expect(own!.incremental.revenuePer100Customers!.estimate).toBeCloseTo(2 * 500, 6);
    expect(balance).toEqual({ ok: true, p: expect.closeTo(1, 6) });
  });

  test('a customer belongs to the place of the first visit, with the baskets there', () => {
    const baskets = customers(400, (_, isTreated) => [
      { storeId: 's1', revenueMinor: isTreated ? 1200 : 1000 },
      { storeId: 's2', day: 1, revenueMinor: isTreated ? 1500 : 1000, currency: 'CHF' },
    ]);
    const first = upliftOf(baskets, { storeId: 's1' });
    expect(first).toMatchObject({ baskets: { treatment: 200, holdout: 200 }, currency: 'EUR' });
    expect(first.customers!.incremental.revenuePer100Customers!.estimate).toBeCloseTo(200, 6);
    const second = upliftOf(baskets, { storeId: 's2' });
    expect(second).toMatchObject({ baskets: { treatment: 200, holdout: 200 }, trusted: true });
    expect(second.customers).toEqual({
      customers: { treatment: 0, holdout: 0 },
      incremental: {
        basketsPer100Customers: null,
        marginPer100Customers: null,
        revenuePer100Customers: null,
        itemsPer100Customers: null,
        holdingSavedPer100Customers: null,
      },
    });
  });

  test('nothing is stated for a few customers among many anonymous baskets, and the draw is trusted', () => {
    const alone = Array.from({ length: 1000 }, (_, i) => ({ isTreated: i % 2 === 0, revenueMinor: 1000 }));
    const known = Array.from({ length: 3 }, (_, i) => visits(i, true, [{ basketValue: 50 }])).flat();
    const { customers: own, incremental, trusted, notes } = upliftOf([...alone, ...known]);
    expect(own!.customers).toEqual({ treatment: 3, holdout: 0 });
    expect(Object.values(own!.incremental)).toEqual(new Array(5).fill(null));
    expect(incremental.revenuePer100Baskets).not.toBeNull();
    expect([trusted, notes]).toEqual([true, []]);
  });

  test('nothing is stated about customers if hardly any of them paid', () => {
    const baskets = customers(400, (pair, isTreated) => [
      isTreated && pair < 3 ? {} : { revenueMinor: 0, items: 0 },
    ]);
    const { customers: own, noteCodes } = upliftOf(baskets);
    expect(own!.incremental.revenuePer100Customers).toBeNull();
    expect(noteCodes).toEqual(['few-paid']);
  });

  test('baskets of nobody known are adjusted, those of customers are not, in the whole and in every part', () => {
    const value = (i: number) => 10 + (i % 5);
    const alone = Array.from({ length: 800 }, (_, i) => ({
      isTreated: i % 2 === 0,
      basketValue: value(i),
      revenueMinor: 100 * value(i),
      storeId: i % 4 < 2 ? 's1' : 's2',
      atMs: FIRST_MS + i,
    }));
    // Customers spend five times as much, and with offers come twice to the first store.
    const known = customers(600, (_, isTreated) => {
      const visit = { storeId: 's1', basketValue: 50, revenueMinor: 5000 };
      return isTreated ? [visit, { ...visit, day: 1 }] : [visit];
    });
    const all = [...alone, ...known];
    const plain = (of: readonly PlainBasket[]) => {
      const mean = (arm: boolean) => {
        const own = of.filter(({ isTreated }) => isTreated === arm);
        return own.reduce((sum, { revenueMinor = 0 }) => sum + revenueMinor, 0) / own.length;
      };
      return mean(true) - mean(false);
    };
    const estimateOf = ({ incremental }: Pick<UpliftReport, 'incremental'>) =>
      incremental.revenuePer100Baskets!.estimate;
    expect(estimateOf(upliftOf(all))).toBeCloseTo(plain(all), 6);
    const inFirst = all.filter(({ storeId }) => storeId === 's1');
    const [first, second] = upliftOf(all, {}, 'store').parts!;
    expect(estimateOf(upliftOf(all, { storeId: 's1' }))).toBeCloseTo(plain(inFirst), 6);
    expect(estimateOf(first!)).toBeCloseTo(plain(inFirst), 6);
    expect(plain(inFirst)).toBeGreaterThan(500);
    expect(estimateOf(second!)).toBeCloseTo(0, 6);
  });

  test('a channel of almost only known customers is no covariate for the others', () => {
    const alone = Array.from({ length: 400 }, (_, i) => ({ isTreated: i % 2 === 0, revenueMinor: 1000 }));
    const few = Array.from({ length: 5 }, () => ({ isTreated: true, revenueMinor: 1000, channel: 'web' }));
    const known = customers(300, () => [{ channel: 'web', revenueMinor: 5000 }]);
    const { estimate, low, high } = upliftOf([...alone, ...few, ...known]).incremental.revenuePer100Baskets!;
    const mean = (baskets: number) => (1000 * baskets + 5000 * 150) / (baskets + 150);
    expect(estimate).toBeCloseTo(mean(205) - mean(200), 6);
    expect([low < 0, high > 0]).toEqual([true, true]);
  });

  test('no customer is compared before all baskets of customers were read', () => {
    const builder = new ExperimentBuilder(
      { fromDay: Number.NEGATIVE_INFINITY, toDay: Number.POSITIVE_INFINITY },
      { offsetMs: () => 0, dayEndsAtHour: 0 },
    );
    const columns = new OutcomeTable();
    columns.add(plainOutcome(visits(1, true, [{}])[0]!));
    builder.addColumns(columns);
    expect(() => runSteps(builder.build())).toThrow('all baskets of customers must be read');
  });

  test('a basket is not taken for worth as much as it would be if as many came', () => {
    // Offers bring those who spend much twice: the mean basket is dearer, which an adjustment for the customer would take out.
    const baskets = customers(400, (pair, isTreated) => {
      const visit =
        pair % 2 === 0 ? { basketValue: 10, revenueMinor: 1000 } : { basketValue: 100, revenueMinor: 10_000 };
      return isTreated && pair % 2 === 1 ? [visit, { ...visit, day: 1 }] : [visit];
    });
    const { estimate } = upliftOf(baskets).incremental.revenuePer100Baskets!;
    expect(estimate).toBeCloseTo(7000 - 5500, 6);
  });

  test('visits before the draw remove differences between customers from the error', () => {
    const random = seededRandom(7);
    const baskets = Array.from({ length: 800 }, (_, number) => {
      const size = 1 + Math.floor(random() * 8);
      const before = Array.from({ length: size }, (_, day) => ({ day: day - 20, isDrawnForCustomer: false }));
      const after = Array.from({ length: size }, (_, day) => ({ day, basketValue: 5 + random() }));
      return visits(number, random() < 0.5, [...before, ...after]);
    }).flat();
    const experiment = buildExperiment(baskets.map(plainOutcome), { fromDay: dayOf(FIRST_MS) });
    const { customers: own } = experiment;
    const errorOf = (of: typeof own) => runSteps(adjustedEffects(of!)).differences[1]!.standardError;
    const withoutPast = { ...own!, covariates: own!.covariates.slice(), covariateCount: own!.covariateCount };
    for (let at = 0; at < own!.count; at++)
      for (const column of [1, 2]) withoutPast.covariates[(at + 1) * own!.covariateCount - column] = 0;
    expect(errorOf(own)).toBeLessThan(0.1 * errorOf(withoutPast));
  });

  test('later changes to earlier baskets do not count as known before the draw', () => {
    /** How many customers have an earlier basket, and how many earlier revenue. */
    const pastOf = (receipt: { soldAtMs?: number; revenueMinor: number }) => {
      const baskets = Array.from({ length: 80 }, (_, number) => {
        const before = { day: -2, isDrawnForCustomer: false, ...receipt };
        return visits(number, number % 2 === 0, [before, {}]);
      }).flat();
      const { customers: own } = buildExperiment(baskets.map(plainOutcome), { fromDay: dayOf(FIRST_MS) });
      const { covariates, covariateCount, count } = own!;
      const having = (column: number) =>
        Array.from({ length: count }, (_, at) => covariates[(at + 1) * covariateCount - column]!).filter(
          (value) => value > 0,
        ).length;
      return [having(2), having(1)];
    };
    expect(pastOf({ soldAtMs: FIRST_MS - DAY_MS, revenueMinor: 500 })).toEqual([80, 80]);
    expect(pastOf({ soldAtMs: FIRST_MS + DAY_MS, revenueMinor: 500 })).toEqual([80, 0]);
    expect(pastOf({ revenueMinor: 0 })).toEqual([80, 0]);
  });

  test('both kinds of draw are checked together, each customer once', () => {
    const alone = Array.from({ length: 1000 }, (_, i) => ({ isTreated: i % 2 === 0, revenueMinor: 1000 }));
    // Of 60 customers one side has 37, with 20 visits each: as visits that would be too uneven to believe.
    const known = Array.from({ length: 60 }, (_, i) =>
      visits(
        i,
        i < 37,
        Array.from({ length: 20 }, (_, day) => ({ day })),
      ),
    ).flat();
    const { sampleRatio, customers: own } = upliftOf([...alone, ...known]);
    expect(own!.customers).toEqual({ treatment: 37, holdout: 23 });
    expect(
      upliftOf([...alone, ...known.map((basket) => ({ ...basket, isDrawnForCustomer: false }))]),
    ).toMatchObject({
      sampleRatio: { ok: false },
    });
    expect(sampleRatio.ok).toBe(true);
    const uneven = Array.from({ length: 400 }, (_, i) => visits(i, i < 290, [{}])).flat();
    expect(upliftOf([...alone, ...uneven])).toMatchObject({ sampleRatio: { ok: false }, trusted: false });
  });

  test('customers who differed before the first offer are reported', () => {
    const baskets = customers(600, (pair, isTreated) => [
      { basketValue: 10 + (pair % 7) + (isTreated ? 1 : 0) },
      { basketValue: 10, day: 1 },
    ]);
    expect(upliftOf(baskets)).toMatchObject({ balance: { ok: false }, noteCodes: ['uneven-baskets'] });
  });

  test('a hundred customers per side are required, however often they come', () => {
    const often = Array.from({ length: 20 }, (_, day) => ({ day }));
    const { incremental, customers: own, notes, noteCodes } = upliftOf(customers(190, () => often));
    expect(incremental.revenuePer100Baskets).toBeNull();
    expect(own!.incremental.revenuePer100Customers).toBeNull();
    expect(noteCodes).toEqual(['few-drawn']);
    expect(notes[0]).toMatch(/wanted at least 100 in each arm, got 95 with offers and 95 held out/);
  });

  test('a part has the draw of the whole: one customer is in several', () => {
    const baskets = customers(400, () => [{ storeId: 's1' }, { storeId: 's2', day: 1 }]);
    const { parts, sampleRatio, customers: own } = upliftOf(baskets, {}, 'store');
    expect(own!.customers).toEqual({ treatment: 200, holdout: 200 });
    expect(parts).toHaveLength(2);
    for (const part of parts!) {
      expect(part).toMatchObject({ baskets: { treatment: 200, holdout: 200 }, sampleRatio });
      expect(part).not.toHaveProperty('customers');
      expect(part.incremental.revenuePer100Baskets!.estimate).toBeCloseTo(0, 6);
    }
  });

  test('baskets on both sides are counted, and said', () => {
    const moved = customers(400, () => [{}, { day: 1 }]).map((basket, at) => ({
      ...basket,
      // Of ten customers the second visit was on the other side, as a share was changed.
      ...(at % 80 === 1 && { isTreated: !basket.isTreated }),
      // And of ten baskets a later decision.
      ...(at % 80 === 2 && { hasCrossed: true }),
    }));
    const { notes, noteCodes, customers: own } = upliftOf(moved);
    expect(noteCodes).toEqual(['both-sides']);
    expect(notes[0]).toMatch(/^20 baskets, or the first of their customers, were partly on the other side/);
    expect(own!.customers).toEqual({ treatment: 200, holdout: 200 });
  });

  test('a basket whose customer was corrected later counts by itself', () => {
    const baskets = customers(400, () => [{}, { day: 1, namedAtFirst: false }]);
    const experiment = buildExperiment(baskets.map(plainOutcome));
    expect(experiment.count).toBe(800);
    expect([...experiment.isDrawnForCustomer].filter((one) => one === 1)).toHaveLength(400);
    expect(experiment.customers!.metrics.at(-1)).toEqual(new Float64Array(400).fill(1));
  });
});

test('where sides are drawn for baskets there are no figures of customers', () => {
  const baskets = Array.from({ length: 400 }, (_, i) => ({
    isTreated: i % 2 === 0,
    revenueMinor: 1000,
    customer: `c${i % 40}`,
  }));
  expect(upliftOf(baskets)).not.toHaveProperty('customers');
});
