import { beforeAll, describe, expect, it } from 'vitest';
import { stateAcceptance } from '../../src/recommender/acceptance.ts';
import { UNKNOWN_ASKER } from '../../src/recommender/asker.ts';
import { rankCandidates } from '../../src/recommender/candidates.ts';
import { type Calibration, calibrated, UNCALIBRATED } from '../../src/recommender/ranker.ts';
import { viewShares } from '../../src/recommender/store-view.ts';
import { HOURS, NO_HOUR } from '../../src/recommender/time-of-day.ts';
import { createWorkspace } from '../../src/recommender/workspace.ts';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { createEasePool, type EasePool } from '../../src/training/ease-pool.ts';
import { learnSources } from '../../src/training/learn.ts';
import { type Era, learnAcceptance } from '../../src/training/learn-acceptance.ts';
import type { Offer } from '../../src/training/offers.ts';
import { seededRandom } from '../../src/training/random.ts';
import { storeViews } from '../../src/training/store-views.ts';
import { FIRST_KERNEL } from '../../src/training/tune-kernel.ts';
import { buildRanker } from '../support/model-builder.ts';
import { type BasketSpec, plantedBaskets, receiptsOf } from '../support/receipts-builder.ts';

const ranker = buildRanker({ ease: 5, neighbours: 0.7, popularity: 0.5 });
const PARAMETERS = {
  halfLife: Number.POSITIVE_INFINITY,
  lengthExponent: 0,
  ridge: 1,
  neighbours: 50,
  kept: 50,
};

/** What the baskets [0, to) teach, of offers from `fromMs` on. */
async function eraOf(baskets: readonly (BasketSpec | string[])[], fromMs: number): Promise<Era> {
  const receipts = receiptsOf(baskets);
  const known = selectKnownItems(receipts, 0, baskets.length);
  const matrix = basketMatrix(receipts, known, 0, baskets.length);
  const pool: EasePool = createEasePool(1);
  try {
    const sources = await learnSources(matrix, PARAMETERS, FIRST_KERNEL, pool);
    return {
      fromMs,
      known,
      sources,
      viewOf: storeViews(receipts, known, baskets.length, sources.basketShare),
    };
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
    const view = viewShares('*', era.sources.basketShare);
    const workspace = createWorkspace(era.sources);
    const channels = Object.keys(truth);
    return Array.from({ length: count }, (_, n) => n).flatMap((n) => {
      const first = Math.floor(random() * productIds.length);
      const channel = channels[n % channels.length]!;
      const ranked = rankCandidates(
        { ...era.sources, ranker },
        view,
        Int32Array.of(first),
        UNKNOWN_ASKER,
        workspace,
        3,
      );
      return Array.from(ranked.items, (item, at): Offer => {
        return {
          madeAtMs: n,
          basketId: `b${n}`,
          decisionId: `d${n}`,
          channel,
          storeId: undefined,
          customer: undefined,
          basket: [productIds[first]!, 'sold nowhere'],
          productId: productIds[item]!,
          isAccepted: random() < calibrated(truth[channel]!, ranked.probability[at]!),
        };
      });
    });
  }

  const learn = (offers: readonly Offer[], more: Partial<Parameters<typeof learnAcceptance>[0]> = {}) =>
    learnAcceptance({
      outcomes: { offers, customerOf: new Map() },
      productIds,
      ranker,
      eras: [era],
      hourOf: () => NO_HOUR,
      knowsCustomers: true,
      holdNewestOut: false,
      seed: 1,
      ...more,
    });

  it('states of an offer what was likely at the hour it was made', () => {
    const { length } = productIds;
    // What is likely before noon is not after it.
    const hourLift = Float32Array.from({ length: length * HOURS }, (_, at) => {
      return (Math.floor(at / HOURS) % 2 === 0) === at % HOURS < 12 ? 1.5 : -1.5;
    });
    const timed = { ...era, sources: { ...era.sources, hourLift } };
    const heeding = buildRanker({ ease: 5, neighbours: 0.7, popularity: 0.5, hour: 1 });
    const random = seededRandom(3);
    const view = viewShares('*', era.sources.basketShare);
    const workspace = createWorkspace(timed.sources);
    const offers = Array.from({ length: 1500 }, (_, n) => n).flatMap((n) => {
      const first = Math.floor(random() * length);
      const asker = { ...UNKNOWN_ASKER, hour: n % 2 === 0 ? 9 : 20 };
      const basket = Int32Array.of(first);
      const ranked = rankCandidates({ ...timed.sources, ranker: heeding }, view, basket, asker, workspace, 3);
      return Array.from(
        ranked.items,
        (item, at): Offer => ({
          madeAtMs: n,
          basketId: `b${n}`,
          decisionId: `d${n}`,
          channel: 'till',
          storeId: undefined,
          customer: undefined,
          basket: [productIds[first]!],
          productId: productIds[item]!,
          isAccepted: random() < ranked.probability[at]!,
        }),
      );
    });
    const errorBy = (hourOf: (atMs: number) => number) =>
      learn(offers, { eras: [timed], ranker: heeding, hourOf }).report.overall!.before.error;
    const own = errorBy((atMs) => (atMs % 2 === 0 ? 9 : 20));
    expect(own).toBeLessThan(0.02);
    expect(errorBy((atMs) => (atMs % 2 === 0 ? 20 : 9))).toBeGreaterThan(2 * own);
  });

  it('is the true rate of each channel, and predicts the newest offers better, with an interval', () => {
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

  it('is one rate for channels that do not differ', () => {
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

  it('gives no channel its own rate on the evidence of a few baskets', () => {
    const truth = { till: { rise: 1, fall: 1, offset: 1 }, web: { rise: 0.6, fall: 1, offset: 3 } };
    const offers = offersOf(3000, truth, 6);
    // The last third begins at basket 1,507 of these.
    const few = offers.filter(({ channel, madeAtMs }) => channel === 'till' || madeAtMs < 1520);
    const webOf = ({ report }: ReturnType<typeof learn>) =>
      Object.entries(report.channels).find(([name]) => name === 'web')![1];
    expect(webOf(learn(offers)).isServed).toBe(true);
    const learned = learn(few);
    expect(webOf(learned).isServed).toBe(false);
    expect(webOf(learned).offers).toBeLessThan(90);
    expect(learned.acceptance?.channels.has('web') ?? false).toBe(false);
  });

  it('with the newest offers held out, serves exactly what was judged', () => {
    const truth = { till: { rise: 0.8, fall: 1, offset: 1 } };
    const offers = offersOf(2000, truth, 8);
    const [all, held] = [learn(offers), learn(offers, { holdNewestOut: true })];
    expect(held.report).toEqual(all.report);
    expect(held.acceptance!.overall).not.toEqual(all.acceptance!.overall);
    const stated = held.report.overall!.after.bins.reduce((sum, bin) => sum + bin.count * bin.stated, 0);
    const older = learn(
      offers.filter(({ madeAtMs }) => madeAtMs < 1333),
      { holdNewestOut: true },
    );
    expect(older.report.overall!.offers).toBeLessThan(all.report.overall!.offers);
    expect(stated).toBeGreaterThan(0);
  });

  it('ranks an offer among what its store sells', async () => {
    const split = baskets.flatMap((items) => [
      { items, store: 'all' },
      { items: items.filter((id) => /^p0[0-4]/.test(id)), store: 'kiosk' },
    ]);
    const stores = await eraOf(
      split.filter(({ items }) => items.length > 0),
      0,
    );
    const asked = offersOf(1, { till: UNCALIBRATED }, 1)[0]!;
    const of = (storeId: string | undefined) =>
      learn([{ ...asked, storeId, productId: 'pair00b', isAccepted: true }], {
        eras: [stores],
        productIds: receiptsOf(split.filter(({ items }) => items.length > 0)).productIds,
      }).report;
    expect(of('all')).toMatchObject({ offers: 1, leftOut: {} });
    expect(of(undefined)).toMatchObject({ offers: 1, leftOut: {} });
    expect(of('kiosk')).toMatchObject({ offers: 0, leftOut: { 'not-a-candidate': 1 } });
  });

  it('leaves out what tells nothing, and says what', () => {
    const offers = offersOf(300, { till: UNCALIBRATED, web: { rise: 1, fall: 1, offset: -30 } }, 2);
    const one = offers[0]!;
    const odd = [
      { ...one, productId: 'sold nowhere' },
      { ...one, customer: 'nobody' },
      { ...one, customer: 'somebody' },
      { ...one, madeAtMs: -1 },
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
    const offer = (madeAtMs: number): Offer => ({
      madeAtMs,
      basketId: `b${madeAtMs}`,
      decisionId: `d${madeAtMs}`,
      channel: 'till',
      storeId: undefined,
      customer: undefined,
      basket: ['pair00a'],
      productId: 'pair00b',
      isAccepted: true,
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
