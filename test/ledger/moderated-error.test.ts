import { describe, expect, test } from 'vitest';
import { adjustedEffects, type Difference } from '../../src/ledger/adjusted-difference.ts';
import type { Adjustable } from '../../src/ledger/adjustment-design.ts';
import { fixedInterval } from '../../src/ledger/confidence.ts';
import { seededRandom } from '../../src/training/random.ts';
import { runSteps } from '../support/run-steps.ts';

interface Basket {
  readonly isTreated: boolean;
  readonly worth: number;
  readonly customer: number;
  readonly isDrawnForCustomer?: boolean;
}

const HOLDOUT_SHARE = 0.1;

function adjustableOf(baskets: readonly Basket[], holdoutShare = HOLDOUT_SHARE): Adjustable {
  const customers = new Set(baskets.map(({ customer }) => customer));
  const number = new Map([...customers].map((customer, at) => [customer, at]));
  const count = baskets.length;
  return {
    count,
    isTreated: Uint8Array.from(baskets, ({ isTreated }) => Number(isTreated)),
    holdoutShare: new Float64Array(count).fill(holdoutShare),
    cluster: Int32Array.from(baskets, ({ customer }) => number.get(customer)!),
    clusterCount: customers.size,
    isDrawnForCustomer: Uint8Array.from(baskets, ({ isDrawnForCustomer }) => Number(isDrawnForCustomer ?? 0)),
    covariateCount: 1,
    covariates: Float32Array.from(baskets, (_, at) => (at * 7) % 11),
    metrics: [Float64Array.from(baskets, ({ worth }) => worth)],
  };
}

const differenceOf = (baskets: readonly Basket[], holdoutShare?: number): Difference =>
  runSteps(adjustedEffects(adjustableOf(baskets, holdoutShare))).differences[0]!;

/** Of baskets that are all worth between 9 and 11, but for one in thirty. */
function evenBaskets(isTreated: boolean, count: number, dear = 10): Basket[] {
  return Array.from({ length: count }, (_, at) => ({
    isTreated,
    worth: at % 30 === 0 ? dear : 9 + (at % 3),
    customer: at + (isTreated ? 1e6 : 0),
  }));
}

/** Of a difference of two means. */
function ownError(baskets: readonly Basket[]): number {
  const parts = [true, false].map((isTreated) => {
    const worths = baskets.filter((basket) => basket.isTreated === isTreated).map(({ worth }) => worth);
    const mean = worths.reduce((sum, worth) => sum + worth, 0) / worths.length;
    return worths.reduce((sum, worth) => sum + (worth - mean) ** 2, 0) / worths.length ** 2;
  });
  return Math.sqrt(parts.reduce((sum, part) => sum + part, 0));
}

describe('the error of few held-out baskets', () => {
  test('is larger than their own if the most expensive baskets are all in the other arm', () => {
    const baskets = [...evenBaskets(true, 900, 200), ...evenBaskets(false, 100, 40)];
    expect(differenceOf(baskets).standardError).toBeGreaterThan(1.3 * ownError(baskets));
  });

  test('is their own if they include the expensive baskets', () => {
    const baskets = [...evenBaskets(true, 900, 40), ...evenBaskets(false, 100, 200)];
    const { standardError, freedom } = differenceOf(baskets);
    expect(standardError / ownError(baskets)).toBeCloseTo(1, 1);
    expect(freedom).toBeLessThan(10);
  });

  test('is their own if neither arm has expensive baskets', () => {
    const baskets = [...evenBaskets(true, 9_000), ...evenBaskets(false, 1_000)];
    expect(differenceOf(baskets).standardError / ownError(baskets)).toBeCloseTo(1, 2);
  });

  test('is the same when the arms and their shares change places', () => {
    const baskets = [...evenBaskets(true, 900, 200), ...evenBaskets(false, 100, 40)];
    const mirrored = baskets.map((basket) => ({ ...basket, isTreated: !basket.isTreated }));
    const [one, other] = [differenceOf(baskets), differenceOf(mirrored, 1 - HOLDOUT_SHARE)];
    expect(other.estimate).toBeCloseTo(-one.estimate, 9);
    expect(other.standardError).toBeCloseTo(one.standardError, 9);
    expect(other.freedom).toBeCloseTo(one.freedom, 6);
  });

  test('of a ratio is that of the sum of metrics that approximates it to first order', () => {
    const of = adjustableOf([...evenBaskets(true, 900, 200), ...evenBaskets(false, 100, 40)]);
    const further = of.metrics[0]!.map((worth, at) => 3 + (of.isTreated[at] ? 30 : 0) + worth / 4 + (at % 5));
    const both = { ...of, metrics: [of.metrics[0]!, further] };
    const { differences, ratio } = runSteps(adjustedEffects(both));
    const { estimate, standardError, freedom } = ratio(0, 1);
    const divisor = differences[1]!.estimate;
    const sum = of.metrics[0]!.map((worth, at) => (worth - estimate * further[at]!) / divisor);
    const same = runSteps(adjustedEffects({ ...of, metrics: [sum] })).differences[0]!;
    expect(standardError).toBeCloseTo(same.standardError, 9);
    expect(freedom).toBeCloseTo(same.freedom, 6);
    expect(standardError).toBeGreaterThan(0);
  });

  test('of the first baskets is that of these alone', () => {
    const baskets = [...evenBaskets(false, 100, 40), ...evenBaskets(true, 900, 200)];
    const later = evenBaskets(true, 500, 999).map((basket) => ({
      ...basket,
      customer: basket.customer + 5e6,
    }));
    const all = adjustableOf([...baskets, ...later]);
    const first = runSteps(adjustedEffects(all, baskets.length)).differences[0]!;
    const alone = differenceOf(baskets);
    expect(first.estimate).toBeCloseTo(alone.estimate, 9);
    expect(first.standardError).toBeCloseTo(alone.standardError, 9);
  });

  test.each([
    ['baskets', false],
    ['whole customers', true],
  ])('lets the interval hold the truth as often as it says when %s are drawn', (_, isWhole) => {
    const random = seededRandom(20261128);
    const sides: { low: number; high: number }[] = [];
    for (let run = 0; run < 400; run++) {
      const baskets: Basket[] = [];
      for (let customer = 0; customer < 500; customer++) {
        const isOfHoldout = random() < HOLDOUT_SHARE;
        const level = Math.exp(1.2 * (random() + random() + random() - 1.5));
        for (let visit = 0; visit < 1 + 3 * random(); visit++) {
          const isTreated = isWhole ? !isOfHoldout : random() >= HOLDOUT_SHARE;
          // One in thirty leaves all of it behind.
          const worth = random() < 1 / 30 ? 0 : level * (3 + random());
          baskets.push({ isTreated, worth, customer, isDrawnForCustomer: isWhole });
        }
      }
      sides.push(fixedInterval(differenceOf(baskets)));
    }
    const held = sides.filter(({ low, high }) => low <= 0 && high >= 0).length;
    expect(held / sides.length).toBeGreaterThan(0.93);
    expect(held / sides.length).toBeLessThan(0.98);
  });
});
