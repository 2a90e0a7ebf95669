import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BasketMatrix } from '../../src/training/basket-matrix.ts';
import { type Cut, cutByHistory, cutByPopularity, cutByStore } from '../../src/training/evaluation-cuts.ts';
import type { Questions } from '../../src/training/questions.ts';

const nothing: BasketMatrix = {
  itemCount: 0,
  start: new Int32Array(1),
  items: new Int32Array(0),
  age: new Float64Array(0),
  hour: new Uint8Array(0),
  customer: new Int32Array(0),
  customerCount: 0,
};

const asked = (target: readonly number[], basket = target.map((_, at) => at)): Questions => ({
  matrix: nothing,
  basket: Int32Array.from(basket),
  target: Int32Array.from(target),
});

const total = (cuts: readonly Cut[]) => cuts.reduce((sum, { questions }) => sum + questions, 0);

describe('by sales of the hidden product', () => {
  it('a hundred products make ten groups of ten, best sellers first, each named by how often it is bought', () => {
    const share = Float64Array.from({ length: 100 }, (_, item) => (item + 1) / 100);
    const cuts = cutByPopularity(Float64Array.of(1, 20, 3), asked([99, 91, 0]), share);
    expect(cuts.map(({ name, questions }) => [name, questions])).toEqual([
      ['1 of 10: 91–100 % of baskets', 2],
      ['10 of 10: 1–10 % of baskets', 1],
    ]);
    expect(cuts[0]!.hitRate['10']).toBe(0.5);
  });

  it.each([
    [1, 1],
    [19, 1],
    [20, 2],
    [94, 9],
    [1559, 10],
  ])('%i products make %i groups, whose sizes differ by one at most', (products, groups) => {
    const share = new Float64Array(products).fill(0.5);
    const every = asked([...share.keys()]);
    const cuts = cutByPopularity(new Float64Array(products).fill(1), every, share);
    expect(cuts).toHaveLength(groups);
    const sizes = cuts.map(({ questions }) => questions);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('every question is in exactly one group, whatever the sales', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 150 }),
        fc.array(fc.nat(), { maxLength: 60 }),
        (share, picks) => {
          const target = picks.map((pick) => pick % share.length);
          const rank = new Float64Array(target.length).fill(2);
          expect(total(cutByPopularity(rank, asked(target), Float64Array.from(share)))).toBe(target.length);
        },
      ),
    );
  });
});

describe('by store', () => {
  it('the ten stores with the most questions come first, the others and baskets without a store together', () => {
    const store = [
      ...Array(5).fill('large'),
      ...Array.from({ length: 12 }, (_, at) => `s${at % 12}`),
      undefined,
    ];
    const rank = new Float64Array(store.length).fill(1);
    const cuts = cutByStore(rank, asked(Array(store.length).fill(0)), (basket) => store[basket])!;
    expect(cuts.map(({ name }) => name)).toEqual([
      'large',
      's0',
      's1',
      's10',
      's11',
      's2',
      's3',
      's4',
      's5',
      's6',
      '3 other stores',
      'no store',
    ]);
    expect(cuts.map(({ questions }) => questions)).toEqual([5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1]);
  });

  it('without a known store there is no such cut', () => {
    expect(cutByStore(Float64Array.of(1), asked([0]), () => undefined)).toBeUndefined();
  });
});

it('repeats and discoveries share out the questions', () => {
  const rank = Float64Array.of(1, 50, 1);
  const cuts = cutByHistory(rank, asked([0, 1, 1]), (basket, item) => basket === 0 && item === 0);
  expect([cuts.repeat.questions, cuts.discovery.questions]).toEqual([1, 2]);
  expect(cuts.discovery.hitRate['10']).toBe(0.5);
});
