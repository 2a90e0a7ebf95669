import { beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/recommender/model.ts';
import { compareVersions } from '../../src/training/compare-versions.ts';
import { evaluatePublished, NothingToAsk } from '../../src/training/evaluate-published.ts';
import { timeRankings } from '../../src/training/ranking-latency.ts';
import { seenBefore } from '../../src/training/seen-receipts.ts';
import type { TrainedVersion } from '../../src/training/training-input.ts';
import {
  type BasketSpec,
  plantedBaskets,
  receiptsOf,
  reportOf,
  shuffledBaskets,
} from '../support/receipts-builder.ts';
import { modelOf, NAMES, trainOn } from '../support/trained-version.ts';

const baskets = plantedBaskets({ baskets: 1500, products: 20, pairs: 8, seed: 11 }).map(
  (items, at): BasketSpec => ({ items, store: `s${at % 3}`, customer: `c${at % 50}` }),
);
const receipts = receiptsOf(baskets);
const newestTenth = { receipts, from: Math.floor(baskets.length * 0.9) };
let heldOut: TrainedVersion;
let model: Model;

beforeAll(async () => {
  heldOut = await trainOn(receipts, { keepTestOut: true, version: 'held-out', customers: NAMES });
  model = { ...modelOf(heldOut), version: 'held-out' };
});

describe('a published version asked about receipts', () => {
  it('that held the newest tenth out, is worth on it exactly what its training measured', () => {
    const { evaluation, unknown } = evaluatePublished(model, newestTenth, heldOut.manifest.seed);
    const { baselines, ...measured } = heldOut.evaluation;
    expect({ ...evaluation, baselines: [] }).toEqual({ ...measured, baselines: [] });
    for (const row of evaluation.baselines) expect(baselines).toContainEqual(row);
    expect(evaluation.baselines.map(({ name }) => name)).toEqual([
      'popularity',
      'local-ease',
      'basket-neighbours',
    ]);
    expect(unknown).toEqual({ lines: 0, products: 0 });
    expect(evaluation.byStore!.map(({ name }) => name).sort()).toEqual(['s0', 's1', 's2']);
  });

  it('is asked nothing of products it does not know, and they are counted', () => {
    const strange = baskets.map((basket, at) => ({
      ...basket,
      items: [...basket.items, 'strange', ...(at % 2 ? ['odd'] : [])],
    }));
    const asked = { receipts: receiptsOf(strange), from: newestTenth.from };
    const { evaluation, unknown } = evaluatePublished(model, asked, 1);
    expect(unknown).toEqual({ lines: 195, products: 2 });
    expect(evaluation).toEqual({
      ...evaluatePublished(model, newestTenth, 1).evaluation,
      coldShare: evaluation.coldShare,
    });
    expect(evaluation.coldShare).toBeGreaterThan(0.3);
  });

  it('knows its products in any spelling', () => {
    const loud = baskets.map((basket) => ({ ...basket, items: basket.items.map((id) => id.toUpperCase()) }));
    const asked = { receipts: receiptsOf(loud), from: newestTenth.from };
    expect(evaluatePublished(model, asked, 1)).toEqual(evaluatePublished(model, newestTenth, 1));
  });

  it('does not depend on how the receipts number their products', () => {
    const renamed: Model = {
      ...model,
      itemOf: new Map([...model.itemOf].map(([id, item]) => [`${9 - (item % 10)}-${id}`, item])),
    };
    const other = receiptsOf(
      baskets.map((basket) => ({
        ...basket,
        items: basket.items.map((id) => `${9 - (model.itemOf.get(id)! % 10)}-${id}`),
      })),
    );
    const { evaluation } = evaluatePublished(renamed, { ...newestTenth, receipts: other }, 1);
    expect(evaluation).toEqual(evaluatePublished(model, newestTenth, 1).evaluation);
  });

  it('that knows nothing of them says what was wanted', () => {
    const foreign = { receipts: receiptsOf([['x', 'y'], ['z']]), from: 0 };
    expect(() => evaluatePublished(model, foreign, 1)).toThrow(NothingToAsk);
    expect(() => evaluatePublished(model, foreign, 1)).toThrow(
      /wanted some with at least two products that held-out knows/,
    );
  });

  it('is timed without its first calls, by the clock it is given', () => {
    let now = 0;
    let calls = 0;
    const { test } = evaluatePublished(model, newestTenth, 1);
    const ticks = () => {
      const isEnd = calls++ % 2 === 1;
      const call = (calls - 1) >> 1;
      if (isEnd) now += call < 1000 ? 50 : call % 50 === 0 ? 2 : 0.1;
      return now;
    };
    const { p50Us, p99Us, ...timed } = timeRankings(model, test, ticks);
    expect(timed).toEqual({ calls: 5000 });
    expect(p50Us).toBeCloseTo(100, 6);
    expect(p99Us).toBeCloseTo(2000, 6);
  });
});

describe('two versions on the same questions', () => {
  it('a version is no better and no worse than itself', () => {
    const comparison = compareVersions(model, model, newestTenth, 1);
    const nothing = { estimate: 0, low: 0, high: 0 };
    expect(comparison).toMatchObject({ ndcg10: nothing, hitRate10: nothing, isWorse: false });
    expect(comparison.newer).toMatchObject({ ...heldOut.evaluation.ours, name: 'held-out' });
  });

  it('one that learned from shuffled baskets is worse beyond its interval, and the other way round is not', async () => {
    const shuffled = shuffledBaskets(
      baskets.map(({ items }) => items),
      5,
    );
    const blind = { ...modelOf(await trainOn(receiptsOf(shuffled))), version: 'blind' };
    const worse = compareVersions(blind, model, newestTenth, 1);
    expect(worse.isWorse).toBe(true);
    expect(worse.ndcg10.high).toBeLessThan(0);
    const better = compareVersions(model, blind, newestTenth, 1);
    expect(better.isWorse).toBe(false);
    expect(better.ndcg10.estimate).toBeCloseTo(-worse.ndcg10.estimate, 12);
    expect(better.questions).toBe(worse.questions);
  });

  it('a product that only one of them knows is asked and is a miss of the other', async () => {
    const few = baskets
      .slice(0, newestTenth.from)
      .map(({ items }) => items.filter((id) => !id.startsWith('pair07')));
    const narrow = modelOf(await trainOn(receiptsOf(few.filter(({ length }) => length > 0))));
    const comparison = compareVersions(model, narrow, newestTenth, 1);
    expect(comparison.newer.unknownTargets).toBe(0);
    expect(comparison.older.unknownTargets).toBeGreaterThan(0);
    expect(comparison.older.knownProducts).toBe(model.knownCount - 2);
    expect(comparison.questions).toBe(heldOut.evaluation.questions);
    expect(comparison.isWorse).toBe(false);
    expect(comparison.ndcg10.estimate).toBeGreaterThan(0);
  });
});

describe('whether questions are unseen', () => {
  const { fingerprint } = reportOf(receipts);
  const manifest = () => heldOut.manifest;
  const learnedFromAll = () => ({
    ...manifest(),
    parameters: { ...manifest().parameters, learnedFrom: 'all baskets' },
  });

  it('the very receipts a version learned from are not, and it is said loudly', () => {
    expect(seenBefore(learnedFromAll(), newestTenth, fingerprint)).toMatch(
      /^NOT UNSEEN: held-out has learned from these very receipts/,
    );
  });

  it('the newest tenth of a version that held it out is; more of it is not', () => {
    expect(seenBefore(manifest(), newestTenth, fingerprint)).toBeUndefined();
    expect(seenBefore(manifest(), { receipts, from: 0 }, fingerprint)).toMatch(
      /^NOT UNSEEN: held-out has learned from 1165 of these 1295 baskets/,
    );
  });

  it('other receipts are when all are newer; baskets of the time it learned from are counted', () => {
    const data = { ...manifest().data, fingerprint: 'other' };
    expect(seenBefore({ ...manifest(), data }, newestTenth, fingerprint)).toMatch(
      /^PERHAPS SEEN: 130 of these 130 baskets are not newer/,
    );
    const before = { ...data, to: new Date(receipts.soldAtMs[newestTenth.from - 1]!).toISOString() };
    expect(seenBefore({ ...manifest(), data: before }, newestTenth, fingerprint)).toBeUndefined();
    const undated = { ...data, to: null };
    expect(seenBefore({ ...manifest(), data: undated }, newestTenth, fingerprint)).toMatch(/^Without dates/);
  });
});
