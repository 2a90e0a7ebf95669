import { getHeapStatistics } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asker, UNKNOWN_ASKER } from '../../src/recommender/asker.ts';
import { resolveBasket } from '../../src/recommender/basket.ts';
import { POOL_MAX } from '../../src/recommender/candidate-pool.ts';
import { rankCandidates } from '../../src/recommender/candidates.ts';
import { popularCandidates } from '../../src/recommender/fallback.ts';
import type { Model } from '../../src/recommender/model.ts';
import { SIGNALS } from '../../src/recommender/signals.ts';
import { viewStore } from '../../src/recommender/store-view.ts';
import { HOURS, NO_HOUR } from '../../src/recommender/time-of-day.ts';
import { createWorkspace } from '../../src/recommender/workspace.ts';
import { buildModel, type SignalWeights } from '../support/model-builder.ts';

/** Small whole numbers as weights and shares, so that ties and cancelled sums are common. */
const cases = fc
  .record({
    size: fc.integer({ min: 1, max: 25 }),
    edges: fc.array(fc.tuple(fc.nat(24), fc.nat(24), fc.integer({ min: -3, max: 4 })), { maxLength: 120 }),
    shares: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 25, maxLength: 25 }),
    past: fc.array(fc.uniqueArray(fc.nat(24), { minLength: 2, maxLength: 6 }), { maxLength: 10 }),
    own: fc.array(fc.uniqueArray(fc.nat(24), { minLength: 1, maxLength: 6 }), { maxLength: 6 }),
    customer: fc.integer({ min: -1, max: 1 }),
    hour: fc.constantFrom(0, 8, 23, NO_HOUR),
    lifts: fc.option(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 7, maxLength: 7 }), {
      nil: undefined,
    }),
    inactive: fc.array(fc.nat(24), { maxLength: 3 }),
    basket: fc.uniqueArray(fc.nat(24), { maxLength: 8 }),
    limit: fc.integer({ min: 1, max: 30 }),
    weights: fc.array(fc.integer({ min: -2, max: 3 }), {
      minLength: SIGNALS.length,
      maxLength: SIGNALS.length,
    }),
  })
  .map(({ size, edges, shares, past, own, customer, hour, lifts, inactive, basket, limit, weights }) => {
    const distinct = new Map(
      edges.filter(([from, to]) => from < size && to < size).map((edge) => [`${edge[0]} ${edge[1]}`, edge]),
    );
    const inside = (items: readonly number[]) => items.filter((item) => item < size);
    const model = buildModel({
      products: Array.from({ length: size }, (_, item) => ({
        id: `p${item}`,
        share: shares[item]! / 8,
        active: !inactive.includes(item),
      })),
      edges: [...distinct.values()].map(([from, to, weight]) => [`p${from}`, `p${to}`, weight / 4, 0.25]),
      past: past.map((items) => inside(items).map((item) => `p${item}`)).filter(({ length }) => length > 1),
      customers: [[['p0']], own.map((items) => inside(items).map((item) => `p${item}`))],
      weights: Object.fromEntries(SIGNALS.map((name, at) => [name, weights[at]! / 4])) as SignalWeights,
      ...(lifts && { hourLift: Float32Array.from({ length: size * HOURS }, (_, at) => lifts[at % 7]! / 4) }),
    });
    const asker = { customer, hour };
    return { model, view: viewStore(model), basket: Int32Array.from(inside(basket)).sort(), asker, limit };
  });

/** The votes of neighbours by definition: kernel of the model builder. */
function naiveVotes({ past, kernel, basketShare }: Model, basket: Int32Array): number[] {
  const rows = Array.from(past.age, (age, row) => ({
    age,
    items: past.items.slice(past.start[row], past.start[row + 1]),
  }));
  const votes = rows.map(({ age, items }) => {
    const shared = items.filter((item) => basket.includes(item));
    if (shared.length === 0 || shared.length === items.length) return 0;
    const idf = (item: number) => (basketShare[item]! > 0 ? Math.max(0, -Math.log(basketShare[item]!)) : 0);
    const like = shared.reduce((sum, item) => sum + idf(item) ** kernel.idfPower, 0);
    const vote =
      (like * items.length ** -kernel.lengthPower) ** kernel.sharpness * 2 ** (-age / kernel.halfAge);
    return vote / (items.length - shared.length) ** kernel.restPower;
  });
  const counted = votes.map((vote) => (vote > 2e-4 * Math.max(...votes) ? vote : 0));
  const total = counted.reduce((sum, vote) => sum + vote, 0);
  const named = (item: number) =>
    counted.reduce((sum, vote, row) => sum + (rows[row]!.items.includes(item) ? vote : 0), 0);
  return Array.from(basketShare, (_, item) => (total > 0 ? named(item) / total : 0));
}

/** What the baskets of a customer say of a product beside a basket, by definition. */
function naiveOwn({ customers, complements }: Model, customer: number, basket: Int32Array, item: number) {
  const rows = customer < 0 ? [] : range(customers.start[customer]!, customers.start[customer + 1]!);
  const own = rows.map((row) => ({
    age: customers.age[row]!,
    items: [...customers.items.slice(customers.basketStart[row], customers.basketStart[row + 1])],
  }));
  const like = (items: readonly number[]) =>
    (basket.length === 0 ? 1 : items.filter((other) => basket.includes(other)).length) /
    Math.sqrt(Math.max(1, items.length));
  const total = own.reduce((sum, { items }) => sum + like(items), 0);
  const having = own.filter(({ items }) => items.includes(item));
  const recent = own.slice(-4).flatMap(({ items }) => items);
  const edges = recent.flatMap((source) =>
    range(complements.start[source]!, complements.start[source + 1]!).filter(
      (edge) => complements.target[edge] === item,
    ),
  );
  return {
    baskets: having.length,
    isRecalled: having.length > 0 || edges.length > 0,
    frequency: Math.log1p(having.reduce((sum, { age }) => sum + 1 / (1 + 10 * age), 0)),
    likeness: total > 0 ? Math.sqrt(having.reduce((sum, { items }) => sum + like(items), 0) / total) : 0,
    recentEase: edges.reduce((sum, edge) => sum + complements.weight[edge]!, 0),
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/** The definition, product by product: no heap, no sparse rows, no shortcut. */
function naiveRanking(model: Model, basket: Int32Array, { customer, hour }: Asker, limit: number) {
  const { complements, basketShare, ranker, hourLift } = model;
  const lift = (item: number) => (hourLift && hour < HOURS ? hourLift[item * HOURS + hour]! : 0);
  const votes = naiveVotes(model, basket);
  const isCandidate = (item: number) =>
    model.products[item]!.active && basketShare[item]! > 0 && !basket.includes(item);
  const items = [...model.products.keys()].filter(isCandidate);
  const voteMax = Math.max(0, ...items.map((item) => votes[item]!));
  const size = Math.log(Math.max(1, basket.length));
  const scores = items.map((item) => {
    const edges = [...basket].flatMap((source) => {
      const row = Array.from(
        complements.target.subarray(complements.start[source], complements.start[source + 1]),
      );
      const at = row.indexOf(item);
      return at < 0 ? [] : [{ source, at: complements.start[source]! + at }];
    });
    const sum = (of: (edge: { source: number; at: number }) => number) =>
      edges.reduce((total, edge) => total + of(edge), 0);
    const ease = sum(({ at }) => complements.weight[at]!);
    const own = naiveOwn(model, customer, basket, item);
    const neighbours = Math.log((votes[item]! + 0.002) / (1.002 - votes[item]!));
    const signals: Record<(typeof SIGNALS)[number], number> = {
      ease,
      easeRoot: Math.sqrt(Math.max(0, ease)),
      easeStrongest: Math.max(0, ...edges.map(({ at }) => complements.weight[at]!)),
      neighbours,
      neighboursRelative: voteMax > 0 ? votes[item]! / voteMax : 0,
      popularity: Math.log(basketShare[item]! + 1e-5),
      'ease×n': ease * size,
      'neighbours×n': neighbours * size,
      own: own.frequency,
      ownLikeness: own.likeness,
      ownRecentEase: own.recentEase,
      'own×n': own.frequency * size,
      hour: lift(item),
    };
    return SIGNALS.reduce((total, name, at) => {
      return total + ranker.weight[at]! * Math.max(-8, Math.min(8, signals[name]));
    }, 0);
  });
  const masses = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const isNamed = (item: number) =>
    [...basket].some((source) =>
      complements.target.subarray(complements.start[source], complements.start[source + 1]).includes(item),
    );
  const isSilent = (item: number) =>
    votes[item] === 0 && !isNamed(item) && !naiveOwn(model, customer, basket, item).isRecalled;
  const silent = items.filter(isSilent);
  const silentMass = sum(masses.filter((_, at) => isSilent(items[at]!)));
  const heedsHour = ranker.weight[SIGNALS.indexOf('hour')] !== 0;
  const sales = (item: number) => basketShare[item]! * (heedsHour ? Math.exp(lift(item)) : 1);
  const silentSales = sum(silent.map(sales));
  const massOf = (item: number, at: number) =>
    isSilent(item) ? (silentMass * sales(item)) / silentSales : masses[at]!;
  const ranked = items.map((item, at) => ({ item, probability: massOf(item, at) / sum(masses) }));
  return ranked.sort((a, b) => b.probability - a.probability || a.item - b.item).slice(0, limit);
}

describe('rankCandidates', () => {
  it('ranks and states probabilities as the definition over all products does', () => {
    fc.assert(
      fc.property(cases, ({ model, view, basket, asker, limit }) => {
        const ranked = rankCandidates(model, view, basket, asker, createWorkspace(model), limit);
        const wanted = naiveRanking(model, basket, asker, limit);
        expect(ranked.items).toHaveLength(wanted.length);
        const exact = new Map(
          naiveRanking(model, basket, asker, 99).map(({ item, probability }) => [item, probability]),
        );
        wanted.forEach(({ probability }, place) => {
          expect(ranked.probability[place]).toBeCloseTo(probability, 5);
          expect(ranked.probability[place]).toBeCloseTo(exact.get(ranked.items[place]!)!, 5);
          const own = naiveOwn(model, asker.customer, basket, ranked.items[place]!);
          expect(ranked.ownBaskets?.[place]).toBe(asker.customer < 0 ? undefined : own.baskets);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('never offers what is in the basket or not sold by the store; probabilities sum to at most one', () => {
    fc.assert(
      fc.property(cases, ({ model, view, basket, asker, limit }) => {
        const ranked = rankCandidates(model, view, basket, asker, createWorkspace(model), limit);
        for (const item of ranked.items) {
          expect(basket).not.toContain(item);
          expect(view.share[item]).toBeGreaterThan(0);
        }
        expect(ranked.probability.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1 + 1e-5);
        expect(ranked.probability.every((p) => p >= 0 && p <= 1)).toBe(true);
      }),
    );
  });

  it('of a large assortment considers the best by each source, and no more than a pool holds', () => {
    const size = 2000;
    const model = denseModel(size, 300);
    const ranked = rankCandidates(
      model,
      viewStore(model),
      Int32Array.of(3, 50, 700),
      UNKNOWN_ASKER,
      createWorkspace(model),
      size,
    );
    expect(ranked.items.length).toBeLessThanOrEqual(POOL_MAX);
    expect(new Set(ranked.items).size).toBe(ranked.items.length);
    // Strongest complement, the neighbours' product and the best seller, none of which the other sources bring in.
    for (const item of [10, 1999, 0]) expect([...ranked.items]).toContain(item);
  });

  it('ranks candidates without evidence by sales in the store: all of them for an empty basket', () => {
    const model = buildModel({
      products: [0.1, 0.3, 0.2].map((share, at) => ({ id: `p${at}`, share })),
      edges: [['p0', 'p2', 0.5, 0.4]],
      stores: [{ id: 's', baskets: 1e6, sales: { p0: 2e5, p1: 1e5, p2: 1e5 } }],
    });
    const ranked = (storeId: string, ...basket: number[]) =>
      rankCandidates(
        model,
        viewStore(model, { storeId }),
        Int32Array.from(basket),
        UNKNOWN_ASKER,
        createWorkspace(model),
      );
    expect([...ranked('none').items]).toEqual([1, 2, 0]);
    expect([...ranked('none').probability]).toEqual([1 / 2, 1 / 3, 1 / 6].map((p) => expect.closeTo(p)));
    expect([...ranked('s').items]).toEqual([0, 1, 2]);
    expect([...ranked('none', 0).items]).toEqual([2, 1]);
  });

  it('states the part of the probability that its candidates cover for a basket of this size', () => {
    const built = buildModel({ products: ['a', 'b', 'c'].map((id) => ({ id, share: 0.3 })) });
    const model = { ...built, ranker: { ...built.ranker, recall: Float64Array.of(0.9, 0.8, 0.6) } };
    const stated = (...basket: number[]) => {
      const { probability } = rankCandidates(
        model,
        viewStore(model),
        Int32Array.from(basket),
        UNKNOWN_ASKER,
        createWorkspace(model),
      );
      return probability.reduce((sum, p) => sum + p, 0);
    };
    expect(stated()).toBeCloseTo(0.9, 5);
    expect(stated(0)).toBeCloseTo(0.8, 5);
    expect(stated(0, 1)).toBeCloseTo(0.6, 5);
  });

  it('names the basket product most in favour of a candidate, else its share of similar baskets', () => {
    const model = buildModel({
      products: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, share: 0.2 })),
      edges: [
        ['a', 'c', 0.2, 0.3],
        ['b', 'c', 0.6, 0.4],
        ['a', 'd', -0.2, 0.3],
      ],
      past: [
        ['a', 'd'],
        ['a', 'd'],
      ],
    });
    const ranked = rankCandidates(
      model,
      viewStore(model),
      Int32Array.of(0, 1),
      UNKNOWN_ASKER,
      createWorkspace(model),
      9,
    );
    const reason = (item: number) => {
      const place = ranked.items.indexOf(item);
      return [ranked.reasonItem[place], ranked.reasonShare[place]];
    };
    expect(reason(2)).toEqual([1, expect.closeTo(0.4)]);
    expect(reason(3)).toEqual([-1, expect.closeTo(1)]);
    expect(reason(4)).toEqual([-1, Number.NaN]);
  });

  it('answers the same for the same basket, whatever was asked before and in any order of lines', () => {
    fc.assert(
      fc.property(cases, fc.infiniteStream(fc.nat(24)), ({ model, view, basket, asker, limit }, others) => {
        const lines = Array.from(basket, (item) => ({ productId: `p${item}`, quantity: 1 }));
        const forward = resolveBasket(model, lines).items;
        const backward = resolveBasket(model, [...lines, ...lines].reverse()).items;
        const workspace = createWorkspace(model);
        const first = rankCandidates(model, view, forward, asker, workspace, limit);
        const disturbance = others.next().value % model.products.length;
        rankCandidates(model, view, Int32Array.of(disturbance), { customer: 1, hour: 3 }, workspace, limit);
        expect(rankCandidates(model, view, backward, asker, workspace, limit)).toEqual(first);
      }),
    );
  });

  it('allocates nothing per candidate: less than half of the smallest object for each, the answer included', () => {
    const model = denseModel(2000, 200);
    const view = viewStore(model);
    const workspace = createWorkspace(model);
    const basket = Int32Array.of(3, 50, 700);
    const rank = (calls: number) => {
      for (let call = 0; call < calls; call++) rankCandidates(model, view, basket, UNKNOWN_ASKER, workspace);
    };
    const considered = () =>
      workspace.sums.touched.count + workspace.votes.voted.count + workspace.pool.count;
    expect(allocatedBytes(rank, 20_000) / (20_000 * considered())).toBeLessThan(8);
  });
});

describe('popularCandidates', () => {
  it('are the best sellers of the store that are not in the basket', () => {
    fc.assert(
      fc.property(cases, ({ model, view, basket, limit }) => {
        const { items, probability } = popularCandidates(view, basket, limit);
        const wanted = [...view.share.keys()].filter(
          (item) => view.share[item]! > 0 && !basket.includes(item),
        );
        wanted.sort((a, b) => view.share[b]! - view.share[a]! || a - b);
        expect([...items]).toEqual(wanted.slice(0, limit));
        expect(probability.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1 + 1e-5);
        expect(model.products).toHaveLength(view.share.length);
      }),
    );
  });
});

describe('resolveBasket', () => {
  it('gives distinct items ascending and every unknown id once, in order', () => {
    const model = buildModel({ products: ['a', 'b', 'c'].map((id) => ({ id })) });
    const lines = ['c', 'zz', 'a', 'c', '__proto__', 'zz', 'a'].map((productId) => ({
      productId,
      quantity: 1,
    }));
    const { items, unknownProducts } = resolveBasket(model, lines);
    expect([...items]).toEqual([0, 2]);
    expect(unknownProducts).toEqual(['zz', '__proto__']);
  });
});

/** Edges from three products to every seventh after them, and past baskets that pair product 3 with the last one. */
function denseModel(size: number, fanOut: number): Model {
  const ids = Array.from({ length: size }, (_, item) => `p${item}`);
  return buildModel({
    products: ids.map((id, item) => ({ id, share: 1 / (item + 2) })),
    edges: [3, 50, 700].flatMap((from) =>
      Array.from(
        { length: fanOut },
        (_, k) => [`p${from}`, `p${(from + 7 * (k + 1)) % size}`, 1 / (k + 1)] as const,
      ),
    ),
    past: Array.from({ length: 20 }, () => ['p3', `p${size - 1}`]),
  });
}

/** Bytes by which the heap grew in small steps, collections left out; the first steps let the compiler settle. */
function allocatedBytes(run: (calls: number) => void, calls: number): number {
  run(Math.ceil(calls / 2));
  let total = 0;
  for (let step = 0; step < 50; step++) {
    const before = getHeapStatistics().used_heap_size;
    run(calls / 50);
    total += Math.max(0, getHeapStatistics().used_heap_size - before);
  }
  return total;
}
