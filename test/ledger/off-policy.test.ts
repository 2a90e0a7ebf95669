import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policyValues } from '../../src/ledger/off-policy.ts';
import {
  EFFECTIVE_SAMPLE_MIN,
  OVERLAP_MIN,
  RAISED_SHOWN_MIN,
  reportOffPolicy,
} from '../../src/ledger/off-policy-report.ts';
import { type EvaluatedDecision, OffPolicySample } from '../../src/ledger/off-policy-sample.ts';
import { seededRandom } from '../../src/training/random.ts';

const EUR = { currencies: ['EUR'], costKnownShare: 1 };

function finish<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function sampleOf(decisions: readonly EvaluatedDecision[]): OffPolicySample {
  const sample = new OffPolicySample();
  for (const decision of decisions) sample.add(decision);
  return sample;
}

interface Case {
  readonly logged: readonly number[];
  readonly target: readonly number[];
  readonly shown: readonly number[];
  readonly margins: readonly number[];
  readonly cluster?: number;
  /** What the reward model expects; 0 where not given. */
  readonly modelled?: readonly number[];
}

function decision({ logged, target, shown, margins, cluster = 0, modelled }: Case): EvaluatedDecision {
  const model = modelled ?? logged.map(() => 0);
  return {
    logged,
    target,
    shown,
    cluster,
    modelled: [model, model],
    rewards: [margins, margins.map((margin) => (margin > 0 ? 1 : 0))],
  };
}

const values = (sample: OffPolicySample) => finish(policyValues(sample, sample.rewards[0]!));

describe('the value of a policy', () => {
  test('that is the logging one is the plain mean of what was earned, by weights of exactly 1', () => {
    const rows = fc.record({
      chance: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      isExplored: fc.boolean(),
      margin: fc.integer({ min: -500, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(rows, { minLength: 2 }), (drawn) => {
        const decisions = drawn.map(({ chance, isExplored, margin }, at) => {
          const logged = [1, 1 - chance, chance];
          const shown = [0, isExplored ? 2 : 1];
          return decision({
            logged,
            target: logged,
            shown,
            margins: [0, margin],
            cluster: at % 7,
            modelled: [1, 2, 3],
          });
        });
        const sample = sampleOf(decisions);
        expect(sample.weight).toEqual(drawn.map(() => 2));
        const mean = drawn.reduce((sum, { margin }) => sum + margin, 0) / drawn.length;
        const { logged, snips, doublyRobust } = values(sample);
        expect(logged.estimate).toBeCloseTo(mean, 8);
        expect(snips.value.estimate).toBeCloseTo(mean, 8);
        expect(snips.difference.estimate).toBeCloseTo(0, 8);
        expect(doublyRobust.difference.estimate).toBeCloseTo(0, 8);
        expect(doublyRobust.difference.standardError).toBeCloseTo(0, 8);
      }),
    );
  });

  test('is, by SNIPS, the weighted mean of a suggestion times the size of its slates', () => {
    // One place: the log shows the first 3 times of 4, the target always the second.
    const logged = [0.75, 0.25];
    const target = [0, 1];
    const sample = sampleOf([
      decision({ logged, target, shown: [0], margins: [100], cluster: 0 }),
      decision({ logged, target, shown: [1], margins: [300], cluster: 1 }),
      decision({ logged, target, shown: [0], margins: [200], cluster: 2 }),
      decision({ logged: [1, 0], target: [1, 0], shown: [0], margins: [80], cluster: 3 }),
    ]);
    // Weights 0, 4, 0 and 1.
    expect(sample.weight).toEqual([0, 4, 0, 1]);
    const { logged: earned, snips } = values(sample);
    expect(snips.value.estimate).toBeCloseTo((4 * 300 + 80) / 5, 10);
    expect(earned.estimate).toBe(170);
    expect(snips.difference.estimate).toBeCloseTo((4 * 300 + 80) / 5 - 170, 10);
  });

  test('is, by the doubly robust estimator, the model, scaled on the other half, plus its weighted error', () => {
    const logged = [0.5, 0.5];
    const target = [0, 1];
    const modelled = [10, 20];
    const sample = sampleOf([
      decision({ logged, target, shown: [1], margins: [60], cluster: 0, modelled }),
      decision({ logged, target, shown: [0], margins: [20], cluster: 1, modelled }),
    ]);
    // b of cluster 0 is 20 / 10 from cluster 1, that of cluster 1 is 60 / 20 from cluster 0.
    const first = 2 * 20 + 2 * (60 - 2 * 20);
    const second = 3 * 20;
    expect(values(sample).doublyRobust.value.estimate).toBeCloseTo((first + second) / 2, 10);
  });

  test('is found without bias where the reward model is wrong, and the interval shrinks with more decisions', () => {
    const random = seededRandom(7);
    const estimateOf = (count: number) => {
      const decisions = Array.from({ length: count }, (_, cluster) => {
        const explored = random() < 0.1;
        const accepts = random() < (explored ? 0.4 : 0.2);
        return decision({
          logged: [0.9, 0.1],
          target: [0.1, 0.9],
          shown: [explored ? 1 : 0],
          cluster,
          margins: [accepts ? 100 : 0],
          modelled: [30, 5],
        });
      });
      return values(sampleOf(decisions));
    };
    const truth = 0.1 * 20 + 0.9 * 40;
    const [few, many] = [estimateOf(4000), estimateOf(64_000)];
    for (const { value } of [many.snips, many.doublyRobust]) {
      expect(Math.abs(value.estimate - truth)).toBeLessThan(4 * value.standardError);
    }
    expect(few.snips.value.standardError / many.snips.value.standardError).toBeCloseTo(4, 0);
  });

  test('has an error clustered by customer: the same customers twice do not count double', () => {
    const random = seededRandom(11);
    const once = Array.from({ length: 500 }, (_, cluster) =>
      decision({
        logged: [0.5, 0.5],
        target: [0.2, 0.8],
        shown: [random() < 0.5 ? 0 : 1],
        cluster,
        margins: [random() < 0.3 ? 100 : 0],
      }),
    );
    const error = (decisions: readonly EvaluatedDecision[]) =>
      values(sampleOf(decisions)).snips.value.standardError;
    expect(error([...once, ...once])).toBeCloseTo(error(once), 10);
  });
});

test('an equal question asked again is one decision, with what came of both answers', () => {
  const first = decision({ logged: [0.5, 0.5], target: [0, 1], shown: [1], margins: [0] });
  const again = decision({ logged: [0.5, 0.5], target: [0, 1], shown: [1], margins: [70] });
  const sample = sampleOf([first]);
  sample.addRewards(0, again);
  expect(sample).toMatchObject({ count: 1, weight: [2], shown: 1 });
  expect(sample.rewards[0]).toMatchObject({ reward: [70], weighted: [140] });
});

describe('the report', () => {
  const many = (count: number, each: Case) =>
    Array.from({ length: count }, (_, cluster) => decision({ ...each, cluster }));
  const report = (decisions: readonly EvaluatedDecision[]) =>
    finish(reportOffPolicy(sampleOf(decisions), EUR));
  const same = { logged: [1], target: [1], shown: [0], margins: [250] };

  test('states both estimators per 100 decisions in major units, and the assumption behind them', () => {
    const answer = report(many(EFFECTIVE_SAMPLE_MIN, same));
    expect(answer).toMatchObject({ stated: true, overlap: 1, effectiveSampleSize: 1000, currency: 'EUR' });
    const { logged, snips, isBetter } = answer.marginPer100Decisions!;
    expect(logged.estimate).toBe(250);
    expect(snips.value.estimate).toBeCloseTo(250, 10);
    expect(isBetter).toBe(false);
    expect(answer.acceptancesPer100Decisions!.logged.estimate).toBe(100);
    expect(answer.assumption).toContain('not on its place nor on what is offered beside it');
  });

  test.each([
    ['an effective sample below 1,000', many(EFFECTIVE_SAMPLE_MIN - 1, same), 'effective sample size is 999'],
    [
      'an overlap below 0.8',
      [...many(2500, same), ...many(2500, { ...same, logged: [1, 0], target: [0.59, 0.41] })],
      'only 79.5 %',
    ],
    [
      'fewer than 200 suggestions that tell the difference',
      [...many(100_000, same), ...many(1990, { ...same, logged: [0.9, 0.1], target: [0, 1] })],
      'about 199 suggestions were shown',
    ],
    [
      'nothing explored of what the policies differ in',
      [...many(9000, same), ...many(1000, { ...same, logged: [1, 0], target: [0, 1] })],
      'about 0 suggestions were shown',
    ],
    [
      'fewer than 100 customers',
      many(2000, same).map((one) => ({ ...one, cluster: one.cluster % 99 })),
      'wanted at least 100, got 99',
    ],
    ['no decision at all', [], 'there is no decision'],
  ])('refuses to state a figure with %s, and says what would help', (_, decisions, reason) => {
    const answer = report(decisions);
    expect(answer).toMatchObject({
      stated: false,
      marginPer100Decisions: null,
      acceptancesPer100Decisions: null,
      notes: [expect.stringContaining(reason)],
    });
  });

  test('states one at the very limits', () => {
    const limit = [...many(1000, same), ...many(4000, { ...same, logged: [1, 0], target: [0.75, 0.25] })];
    expect(report(limit)).toMatchObject({ stated: true, overlap: OVERLAP_MIN });
    const raised = [
      ...many(100_000, same),
      ...many(8 * RAISED_SHOWN_MIN, { ...same, logged: [0.875, 0.125], target: [0, 1] }),
    ];
    expect(report(raised).stated).toBe(true);
  });

  test('states no margin without costs, or in two currencies, but the acceptances', () => {
    const decisions = many(EFFECTIVE_SAMPLE_MIN, same);
    for (const [money, reason] of [
      [{ currencies: ['EUR', 'USD'], costKnownShare: 1 }, 'EUR, USD'],
      [{ currencies: ['EUR'], costKnownShare: 0 }, 'No receipt states a cost'],
      [{ currencies: [], costKnownShare: 0 }, 'no money to compare'],
    ] as const) {
      const answer = finish(reportOffPolicy(sampleOf(decisions), money));
      expect(answer.marginPer100Decisions).toBeNull();
      expect(answer.acceptancesPer100Decisions).not.toBeNull();
      expect(answer.notes).toEqual([expect.stringContaining(reason)]);
    }
  });
});
