import { beforeAll, describe, expect, it } from 'vitest';
import { stateAcceptance } from '../../src/recommender/acceptance.ts';
import { rankCandidates } from '../../src/recommender/candidates.ts';
import { NO_CUSTOMER } from '../../src/recommender/customer-history.ts';
import { type Calibration, calibrated, UNCALIBRATED } from '../../src/recommender/ranker.ts';
import { viewShares } from '../../src/recommender/store-view.ts';
import { createWorkspace } from '../../src/recommender/workspace.ts';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { createEasePool, type EasePool } from '../../src/training/ease-pool.ts';
import { learnSources } from '../../src/training/learn.ts';
import { type Era, learnAcceptance } from '../../src/training/learn-acceptance.ts';
import type { Offer } from '../../src/training/offers.ts';
import { seededRandom } from '../../src/training/random.ts';
import { FIRST_KERNEL } from '../../src/training/tune-kernel.ts';
import { buildRanker } from '../support/model-builder.ts';
import { type BasketSpec, plantedBaskets, receiptsOf } from '../support/receipts-builder.ts';

const ranker = buildRanker({ ease: 5, neighbours: 0.7, popularity: 0.5 });
const PARAMETERS = {
  ...{ halfLife: Number.POSITIVE_INFINITY, lengthExponent: 0, ridge: 1, neighbours: 50, kept: 50 },
};

/** What the baskets [0, to) teach, of offers from `fromMs` on. */
async function eraOf(baskets: readonly (BasketSpec | string[])[], fromMs: number): Promise<Era> {
  const receipts = receiptsOf(baskets);
  const known = selectKnownItems(receipts, 0, baskets.length);
  const matrix = basketMatrix(receipts, known, 0, baskets.length);
  const pool: EasePool = createEasePool(1);
  try {
    return { fromMs, known, sources: await learnSources(matrix, PARAMETERS, FIRST_KERNEL, pool) };
  } finally {
    await pool.close();
  }
}

describe('what is learned from offers', () => {
  const baskets = plantedBaskets({ baskets: 800, products: 20, pairs: 8, seed: 4 });
  const { productIds } = receiptsOf(baskets);
  let era: Era;
  beforeAll(async () => {
    era = await eraOf(
      baskets.map((items) => ({ items, customer: 'somebody' })),
      0,
    );
  });

  /** Three offers beside each basket, accepted with the chance that the truth of their channel makes of P(next). */
  function offersOf(count: number, truth: Readonly<Record<string, Calibration>>, seed: number): Offer[] {
    const random = seededRandom(seed);
    const view = viewShares('*', Float64Array.from(era.sources.basketShare));
    const workspace = createWorkspace(era.sources);
    const channels = Object.keys(truth);
    return Array.from({ length: count }, (_, n) => n).flatMap((n) => {
      const first = Math.floor(random() * productIds.length);
      const channel = channels[n % channels.length]!;
      const ranked = rankCandidates(
        { ...era.sources, ranker },
        view,
        Int32Array.of(first),
        NO_CUSTOMER,
        workspace,
        3,
      );
      return Array.from(ranked.items, (item, at): Offer => {
        return {
          ...{ saidAtMs: n, basketId: `b${n}`, decisionId: `d${n}`, channel, customer: undefined },
          ...{ basket: [productIds[first]!, 'sold nowhere'], productId: productIds[item]! },
          isAccepted: random() < calibrated(truth[channel]!, ranked.probability[at]!),
        };
      });
    });
  }

  const learn = (offers: readonly Offer[], more: Partial<Parameters<typeof learnAcceptance>[0]> = {}) =>
    learnAcceptance({
      ...{ outcomes: { offers, customerOf: new Map() }, productIds, ranker, eras: [era] },
      ...{ knowsCustomers: true, seed: 1, ...more },
    });

  it('is the truth of each channel, and it states the newest offers better with an interval', () => {
    const truth = {
      till: { rise: 1, fall: 1, offset: 0.5 },
      call: { rise: 0.7, fall: 1, offset: 1.5 },
    };
    const { acceptance, report } = learn(offersOf(4000, truth, 7));
    expect(report.overall).toMatchObject({ isServed: true, offers: expect.any(Number) });
    expect(report.overall!.gain.low).toBeGreaterThan(0);
    expect(report.overall!.after.error).toBeLessThan(report.overall!.before.error / 2);
    expect(report.channels).toMatchObject({ till: { isServed: true }, call: { isServed: true } });
    for (const channel of ['till', 'call'] as const) {
      expect(report.channels[channel]!.after.error).toBeLessThan(0.03);
      for (const next of [0.05, 0.2, 0.5]) {
        const stated = Float32Array.of(next);
        stateAcceptance(acceptance!, channel, stated);
        expect(Math.abs(stated[0]! - calibrated(truth[channel], next))).toBeLessThan(0.05);
      }
    }
  });

  it('is one truth for channels that do not differ', () => {
    const same = { rise: 1, fall: 1, offset: 1 };
    const { acceptance, report } = learn(offersOf(3000, { till: same, call: same }, 3));
    expect(report.overall!.isServed).toBe(true);
    expect([...acceptance!.channels.keys()]).toEqual([]);
  });

  it('is nothing where offers are accepted as often as the products would be bought, or too few are', () => {
    const plain = learn(offersOf(3000, { till: UNCALIBRATED }, 5));
    expect(plain.report.overall!.isServed).toBe(false);
    expect(plain).not.toHaveProperty('acceptance');
    const few = learn(offersOf(100, { till: { rise: 1, fall: 1, offset: -2 } }, 5));
    expect(few.report).toMatchObject({ offers: 300, channels: {} });
    expect(few.report).not.toHaveProperty('overall');
    expect(learn([]).report).toEqual({ offers: 0, leftOut: {}, channels: {} });
  });

  it('leaves out what tells nothing, and says what', () => {
    const offers = offersOf(300, { till: UNCALIBRATED, web: { rise: 1, fall: 1, offset: -30 } }, 2);
    const one = offers[0]!;
    const odd = [
      { ...one, productId: 'sold nowhere' },
      { ...one, customer: 'nobody' },
      { ...one, customer: 'somebody' },
      { ...one, saidAtMs: -1 },
    ];
    const outcomes = { offers: [...offers, ...odd], customerOf: new Map([['somebody', 0]]) };
    const leftOut = { 'channel-without-acceptance': 450, 'not-a-candidate': 1, 'before-the-questions': 1 };
    expect(learn([], { outcomes }).report).toMatchObject({
      offers: 451,
      leftOut: { ...leftOut, 'unknown-customer': 1 },
    });
    // A version that knows no customers answers all of them alike.
    expect(learn([], { outcomes, knowsCustomers: false }).report).toMatchObject({ offers: 452, leftOut });
  });

  it('asks of an offer what was learned before it: never what came of it', async () => {
    const before = await eraOf(
      baskets.map((items) => items.filter((id) => id !== 'pair00b')),
      0,
    );
    const after = { ...era, fromMs: 1000 };
    const offer = (saidAtMs: number): Offer => ({
      ...{
        saidAtMs,
        basketId: `b${saidAtMs}`,
        decisionId: `d${saidAtMs}`,
        channel: 'till',
        customer: undefined,
      },
      ...{ basket: ['pair00a'], productId: 'pair00b', isAccepted: true },
    });
    const ids = receiptsOf(baskets).productIds;
    const older = { ...before, known: { ...before.known, productOf: renumbered(before, ids) } };
    const { report } = learn([offer(999), offer(1000)], { eras: [older, after] });
    expect(report).toMatchObject({ offers: 1, leftOut: { 'not-a-candidate': 1 } });
  });
});

/** The products of an era that lacks `pair00b` under their numbers among all. */
function renumbered({ known }: Era, ids: readonly string[]): Int32Array {
  const without = ids.filter((id) => id !== 'pair00b');
  return known.productOf.map((product) => ids.indexOf(without[product]!));
}
