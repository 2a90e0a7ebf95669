import { getHeapStatistics } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveBasket } from '../../src/recommender/basket.ts';
import { rankCandidates } from '../../src/recommender/candidates.ts';
import { popularCandidates } from '../../src/recommender/fallback.ts';
import type { Model } from '../../src/recommender/model.ts';
import { scoreBasket } from '../../src/recommender/score.ts';
import { viewStore } from '../../src/recommender/store-view.ts';
import { createWorkspace, nextGeneration } from '../../src/recommender/workspace.ts';
import { buildModel } from '../support/model-builder.ts';

/** Small whole numbers as weights and shares, so that ties and cancelled sums are common. */
const cases = fc
  .record({
    size: fc.integer({ min: 1, max: 25 }),
    edges: fc.array(fc.tuple(fc.nat(24), fc.nat(24), fc.integer({ min: -3, max: 4 })), { maxLength: 120 }),
    shares: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 25, maxLength: 25 }),
    inactive: fc.array(fc.nat(24), { maxLength: 3 }),
    basket: fc.uniqueArray(fc.nat(24), { maxLength: 8 }),
    limit: fc.integer({ min: 1, max: 30 }),
    sharpness: fc.constantFrom(0.5, 1, 1.7, 3),
    popularityFloor: fc.constantFrom(0.01, 0.3, 1),
  })
  .map(({ size, edges, shares, inactive, basket, limit, ...probability }) => {
    const distinct = new Map(
      edges.filter(([from, to]) => from < size && to < size).map((edge) => [`${edge[0]} ${edge[1]}`, edge]),
    );
    const model = buildModel({
      products: Array.from({ length: size }, (_, item) => ({
        id: `p${item}`,
        share: shares[item]! / 8,
        active: !inactive.includes(item),
      })),
      edges: [...distinct.values()].map(([from, to, weight]) => [`p${from}`, `p${to}`, weight / 4, 0.25]),
      probability,
    });
    const items = Int32Array.from(basket.filter((item) => item < size)).sort();
    return { model, view: viewStore(model, { popularMax: size }), basket: items, limit };
  });

/** The definition, over all products: no heap, no sparse rows, no shortcut. */
function denseRanking(model: Model, basket: Int32Array, limit: number) {
  const { start, target, weight } = model.complements;
  const keys = model.products.map(() => 0);
  for (const source of basket)
    for (let at = start[source]!; at < start[source + 1]!; at++) keys[target[at]!]! += weight[at]!;
  const { popularityFloor, sharpness } = model.probability;
  const masses = keys.map((score, item) => {
    const share = model.products[item]!.active ? model.basketShare[item]! : 0;
    if (share === 0 || basket.includes(item)) return 0;
    return (Math.max(score, 0) + popularityFloor * share) ** sharpness;
  });
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  const items = [...masses.keys()].filter((item) => masses[item]! > 0);
  items.sort((a, b) => masses[b]! - masses[a]! || a - b);
  return items.slice(0, limit).map((item) => ({ item, probability: masses[item]! / total }));
}

describe('rankCandidates', () => {
  it('ranks and states probabilities as the sum over all products does', () => {
    fc.assert(
      fc.property(cases, ({ model, view, basket, limit }) => {
        const workspace = createWorkspace(model.products.length, limit);
        const ranked = rankCandidates(model, view, basket, workspace, limit);
        const wanted = denseRanking(model, basket, limit);
        expect([...ranked.items]).toEqual(wanted.map(({ item }) => item));
        wanted.forEach(({ probability }, place) => {
          expect(ranked.probability[place]).toBeCloseTo(probability, 5);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('never offers what the basket holds or the store does not sell, and its probabilities sum to at most one', () => {
    fc.assert(
      fc.property(cases, ({ model, view, basket, limit }) => {
        const ranked = rankCandidates(
          model,
          view,
          basket,
          createWorkspace(model.products.length, limit),
          limit,
        );
        for (const item of ranked.items) {
          expect(basket).not.toContain(item);
          expect(view.floor[item]).toBeGreaterThan(0);
        }
        expect(ranked.probability.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1 + 1e-5);
        expect(ranked.probability.every((p) => p >= 0 && p <= 1)).toBe(true);
      }),
    );
  });

  it('states no probability above one when the basket holds nearly all of the sales', () => {
    const model = buildModel({
      products: [
        { id: 'a', share: 0.7 },
        { id: 'b', share: 0.1 },
        { id: 'c', share: 1e-9 },
      ],
      probability: { sharpness: 3, popularityFloor: 1 },
    });
    const view = viewStore(model, { popularMax: 3 });
    const ranked = rankCandidates(model, view, Int32Array.of(0, 1), createWorkspace(3, 5), 5);
    expect([...ranked.items]).toEqual([2]);
    expect(ranked.probability[0]).toBeGreaterThan(0);
    expect(ranked.probability[0]).toBeLessThanOrEqual(1);
  });

  it('names the basket product that speaks most for a candidate, and how often the two are bought together', () => {
    const model = buildModel({
      products: [
        { id: 'a', share: 0.5 },
        { id: 'b', share: 0.5 },
        { id: 'c', share: 0.1 },
        { id: 'd', share: 0.2 },
      ],
      edges: [
        ['a', 'c', 0.2, 0.3],
        ['b', 'c', 0.6, 0.4],
        ['a', 'd', -0.2, 0.3],
      ],
    });
    const view = viewStore(model, { popularMax: 4 });
    const ranked = rankCandidates(model, view, Int32Array.of(0, 1), createWorkspace(4, 9), 9);
    expect([...ranked.items]).toEqual([2, 3]);
    expect([...ranked.reasonItem]).toEqual([1, -1]);
    expect(ranked.reasonShare[0]).toBeCloseTo(0.4);
    expect(ranked.reasonShare[1]).toBeNaN();
  });

  it('answers the same for the same basket, whatever was asked before and in whatever order its lines came', () => {
    fc.assert(
      fc.property(cases, fc.infiniteStream(fc.nat(24)), ({ model, view, basket, limit }, others) => {
        const lines = Array.from(basket, (item) => ({ productId: `p${item}`, quantity: 1 }));
        const forward = resolveBasket(model, lines).items;
        const backward = resolveBasket(model, [...lines, ...lines].reverse()).items;
        const workspace = createWorkspace(model.products.length, limit);
        const first = rankCandidates(model, view, forward, workspace, limit);
        const disturbance = others.next().value % model.products.length;
        rankCandidates(model, view, Int32Array.of(disturbance), workspace, limit);
        expect(rankCandidates(model, view, backward, workspace, limit)).toEqual(first);
      }),
    );
  });

  it('keeps its answers when the generation of the workspace wraps around', () => {
    fc.assert(
      fc.property(cases, ({ model, view, basket, limit }) => {
        const workspace = createWorkspace(model.products.length, limit);
        const wanted = rankCandidates(model, view, basket, workspace, limit);
        workspace.generation = 0x7ffffffe;
        for (let call = 0; call < 4; call++)
          expect(rankCandidates(model, view, basket, workspace, limit)).toEqual(wanted);
        expect(workspace.generation).toBeLessThan(10);
      }),
    );
  });

  it('starts generations over with clean stamps: nothing of two billion requests ago counts', () => {
    const workspace = createWorkspace(3, 1);
    workspace.stamp[1] = 1;
    workspace.generation = 0x7fffffff;
    expect(nextGeneration(workspace)).toBe(1);
    expect([...workspace.stamp]).toEqual([0, 0, 0]);
  });

  it('allocates nothing per candidate: less than half of the smallest object for each, the answer included', () => {
    const size = 2000;
    const model = denseModel(size, 200);
    const view = viewStore(model, { popularMax: 480 });
    const workspace = createWorkspace(size, 120);
    const basket = Int32Array.of(3, 50, 700);
    const run = (calls: number) => {
      for (let call = 0; call < calls; call++) scoreBasket(model, basket, workspace);
    };
    expect(allocatedBytes(run, 20_000) / (20_000 * workspace.touchedCount)).toBeLessThan(0.1);
    const rank = (calls: number) => {
      for (let call = 0; call < calls; call++) rankCandidates(model, view, basket, workspace);
    };
    expect(allocatedBytes(rank, 20_000) / (20_000 * (workspace.touchedCount + 480))).toBeLessThan(8);
  });
});

describe('popularCandidates', () => {
  it('are the best sellers of the store that are not in the basket', () => {
    fc.assert(
      fc.property(cases, ({ model, view, basket, limit }) => {
        const { items, probability } = popularCandidates(view, basket, limit);
        const wanted = [...view.floor.keys()].filter(
          (item) => view.floor[item]! > 0 && !basket.includes(item),
        );
        wanted.sort((a, b) => view.floor[b]! - view.floor[a]! || a - b);
        expect([...items]).toEqual(wanted.slice(0, limit));
        expect(probability.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1 + 1e-5);
        expect(model.products).toHaveLength(view.floor.length);
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

function denseModel(size: number, fanOut: number): Model {
  const ids = Array.from({ length: size }, (_, item) => `p${item}`);
  return buildModel({
    products: ids.map((id, item) => ({ id, share: 1 / (item + 2) })),
    edges: [3, 50, 700].flatMap((from) =>
      Array.from(
        { length: fanOut },
        (_, k) => [`p${from}`, `p${(from + 7 * k) % size}`, 1 / (k + 1)] as const,
      ),
    ),
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
