import { describe, expect, test } from 'vitest';
import type { BasketSplit } from '../../src/ledger/experiment.ts';
import { benjaminiHochberg, benjaminiYekutieli } from '../../src/ledger/false-discovery.ts';
import { seededRandom } from '../../src/training/random.ts';
import { type PlainBasket, plainBaskets, upliftOf as report } from '../support/experiment-builder.ts';

const partsBy = (split: BasketSplit, baskets: readonly PlainBasket[], selection = {}) =>
  report(baskets, selection, split).parts!;

describe('a split', () => {
  const draws = seededRandom(8);
  /** Forty stores, in two of which offers bring 150; 120 baskets of each arm and store. */
  const stores = Array.from({ length: 40 }, (_, store) => `s${store}`);
  const baskets = stores.flatMap((storeId, store) =>
    Array.from({ length: 240 }, (_, i): PlainBasket => {
      const isTreated = i % 2 === 0;
      const effect = isTreated && store < 2 ? 150 : 0;
      return { isTreated, storeId, revenueMinor: 1000 + effect + Math.round(300 * draws()) };
    }),
  );

  test('reports only parts that really differ, where intervals alone would report others too', () => {
    const parts = partsBy('store', baskets);
    expect(parts.map(({ part }) => part)).toEqual([...stores].sort());
    const different = (of: 'q' | 'anytimeQ') => parts.filter((part) => part[of]! <= 0.05);
    expect(different('q').map(({ part }) => part)).toEqual(['s0', 's1']);
    expect(different('anytimeQ').map(({ part }) => part)).toEqual(['s0', 's1']);
    const offZero = parts.filter(({ incremental: { marginPer100Baskets: margin } }) => {
      return margin!.low > 0 || margin!.high < 0;
    });
    expect(offZero.length).toBeGreaterThan(2);
  });

  test('makes of each part what a report on it alone says', () => {
    const [, part] = partsBy('store', baskets);
    const { incremental, baskets: counts } = report(baskets, { storeId: part!.part! });
    expect(part!.baskets).toEqual(counts);
    for (const bound of ['estimate', 'low', 'high'] as const)
      expect(part!.incremental.marginPer100Baskets![bound]).toBeCloseTo(
        incremental.marginPer100Baskets![bound],
        6,
      );
  });

  test('says nothing of a part with few baskets, and does not test it', () => {
    const few = { isTreated: true, storeId: 'new', revenueMinor: 9e6 };
    const part = partsBy('store', [...baskets, few]).find(({ part: name }) => name === 'new')!;
    expect(part).toMatchObject({ baskets: { treatment: 1, holdout: 0 }, q: null, anytimeQ: null });
    expect(part.incremental).toMatchObject({ marginPer100Baskets: null, itemsPer100Baskets: null });
  });

  test('by agent or channel lists the unknown part last', () => {
    const some = baskets.slice(0, 600).map((basket, i) => ({
      ...basket,
      channel: i % 3 ? 'call' : 'till',
      ...(i % 2 ? { agentId: 'a1' } : {}),
    }));
    expect(partsBy('agent', some).map(({ part }) => part)).toEqual(['a1', null]);
    expect(partsBy('channel', some).map(({ part }) => part)).toEqual(['call', 'till']);
  });

  test('states money of parts whose currency or cost differs, each in its own', () => {
    const two = plainBaskets(1200, 50).map((basket, i) => ({
      ...basket,
      storeId: i < 400 ? 's1' : i < 800 ? 's2' : 's3',
      currency: i < 400 ? 'EUR' : 'GBP',
      ...(i >= 800 && { costMinor: undefined }),
    }));
    const parts = partsBy('store', two);
    expect(parts.map(({ currency, costKnownShare }) => [currency, costKnownShare])).toEqual([
      ['EUR', 1],
      ['GBP', 1],
      ['GBP', 0],
    ]);
    for (const { incremental } of parts.slice(0, 2))
      expect(incremental.marginPer100Baskets!.estimate).toBeCloseTo(50, 6);
    expect(parts[2]).toMatchObject({
      q: null,
      incremental: { marginPer100Baskets: null },
      noteCodes: ['no-cost'],
    });
    expect(parts[2]!.incremental.revenuePer100Baskets!.estimate).toBeCloseTo(50, 6);
  });

  test('does not test a part whose own draw failed', () => {
    const twice = baskets.filter(({ storeId, isTreated }) => storeId === 's0' && !isTreated);
    const parts = partsBy('store', [...baskets, ...twice]);
    expect(parts[0]).toMatchObject({ part: 's0', trusted: false, q: null, noteCodes: ['uneven-arms'] });
    expect(parts[1]).toMatchObject({ trusted: true, q: expect.any(Number) });
  });

  test('gives a store no covariate in a part where hardly any basket of it is', () => {
    // Of twenty stores the agent has five baskets of either arm each, in which the held-out ones are worth more.
    const few = stores.slice(0, 20).flatMap((storeId, store) =>
      Array.from({ length: 10 }, (_, i): PlainBasket => {
        const isTreated = i % 2 === 0;
        return { isTreated, storeId, agentId: 'a1', revenueMinor: isTreated ? 1000 : 1000 + 50 * store };
      }),
    );
    const others = baskets.map((basket) => ({ ...basket, agentId: 'a2' }));
    const [part] = partsBy('agent', [...few, ...others]);
    const plain = report(few.map((basket) => ({ ...basket, storeId: 's' })));
    expect(part).toMatchObject({ part: 'a1', baskets: plain.baskets });
    for (const bound of ['estimate', 'low', 'high'] as const)
      expect(part!.incremental.revenuePer100Baskets![bound]).toBeCloseTo(
        plain.incremental.revenuePer100Baskets![bound],
        6,
      );
  });
});

describe('a split by customer', () => {
  const [first, second] = [Date.UTC(2026, 4, 1, 10), Date.UTC(2026, 4, 2, 10)];
  const names = ['anna', 'ben', 'cleo', 'dora', 'emil', 'fay'];
  const visit = (customer: string, atMs: number, more: Partial<PlainBasket> = {}): PlainBasket => ({
    isTreated: true,
    customer,
    atMs,
    revenueMinor: 100,
    items: 1,
    soldAtMs: atMs + 60_000,
    ...more,
  });
  const visits = (group: string, atMs: number, more: Partial<PlainBasket> = {}) =>
    names.map((name) => visit(group + name, atMs, more));
  const day = Math.floor(second / 86_400_000);
  const onlySecond = { fromDay: day, toDay: day };
  const counts = (baskets: readonly PlainBasket[], selection: object = onlySecond) =>
    partsBy('customer', baskets, selection).map(({ part, baskets: { treatment } }) => [part, treatment]);

  test('tells who had paid on an earlier day, also outside the days of the report', () => {
    const baskets = [
      ...visits('old ', first),
      ...visits('old ', second),
      ...visits('new ', second),
      { isTreated: true, atMs: second, soldAtMs: second },
    ];
    expect(counts(baskets)).toEqual([
      ['existing', 6],
      ['new', 6],
      [null, 1],
    ]);
    expect(counts(baskets, {})).toEqual([
      ['existing', 6],
      ['new', 12],
      [null, 1],
    ]);
  });

  test('takes no visit for one that was not paid, or came back whole, nor the basket itself', () => {
    const baskets = [
      ...visits('old ', first),
      ...visits('old ', second),
      ...names.slice(0, 3).map((name) => visit(name, first, { soldAtMs: undefined })),
      ...names.slice(3).map((name) => visit(name, first, { items: 0, revenueMinor: 0 })),
      // The clock of a till may be behind: the receipt is dated before the decision on its own basket.
      ...names.map((name) => visit(name, second, { soldAtMs: second - 60_000 })),
    ];
    expect(counts(baskets)).toEqual([
      ['existing', 6],
      ['new', 6],
    ]);
  });

  test('has no part for customers named only after the first decision, as an offer may be the reason', () => {
    const late = visits('late ', second).map((basket) => ({ ...basket, namedAtFirst: false }));
    const baskets = [...visits('old ', first), ...visits('old ', second), ...visits('new ', second), ...late];
    expect(counts(baskets)).toEqual([
      ['existing', 6],
      ['new', 6],
      [null, 6],
    ]);
  });

  test('states nothing about fewer than five customers, or anything that would reveal them', () => {
    const few = [...visits('old ', first), ...visits('old ', second), visit('zoe', second)];
    expect(counts(few)).toEqual([[null, 7]]);
    expect(counts([...few, ...visits('new ', second)])).toEqual([
      ['existing', 6],
      ['new', 7],
    ]);
  });
});

test('q-values are those of Benjamini and Hochberg, and of what was not tested there are none', () => {
  const ps = [0.01, 0.04, null, 0.03, 0.005];
  expect(benjaminiHochberg(ps)).toEqual([0.02, 0.04, null, 0.04, 0.02]);
  expect(benjaminiHochberg([])).toEqual([]);
  const dependent = benjaminiYekutieli(ps).map((q) => q && Number(q.toFixed(6)));
  expect(dependent).toEqual([0.041667, 0.083333, null, 0.083333, 0.041667]);
  expect(benjaminiYekutieli([0.9])).toEqual([0.9]);
  expect(benjaminiHochberg([0.9, 0.8])).toEqual([0.9, 0.9]);
});
