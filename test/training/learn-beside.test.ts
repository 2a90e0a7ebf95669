import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { withoutIdle } from '../../src/training/learn.ts';
import { besideShares } from '../../src/training/learn-beside.ts';
import { buildModel, buildRanker } from '../support/model-builder.ts';
import { receiptsOf } from '../support/receipts-builder.ts';

/** Every pair of products is an edge. */
function allEdges(products: number) {
  const others = (source: number) => [...Array(products).keys()].filter((item) => item !== source);
  const rows = [...Array(products).keys()].map(others);
  return {
    start: Int32Array.from([...Array(products + 1).keys()], (source) => source * (products - 1)),
    target: Int32Array.from(rows.flat()),
    weight: new Float32Array(products * (products - 1)).fill(0.1),
  };
}

/** Share of the baskets with the one that have the other beside it, by their names. */
function learn(baskets: readonly (readonly string[])[], halfLife = Number.POSITIVE_INFINITY) {
  const receipts = receiptsOf(baskets);
  const known = selectKnownItems(receipts, 0, baskets.length);
  const edges = allEdges(known.productOf.length);
  const shares = besideShares(edges, basketMatrix(receipts, known, 0, baskets.length), halfLife);
  const { productIds } = receipts;
  return (source: string, item: string) => {
    const [from, to] = [productIds.indexOf(source), productIds.indexOf(item)];
    return shares[
      edges.start[from]! + edges.target.slice(edges.start[from], edges.start[from + 1]).indexOf(to)
    ]!;
  };
}

describe('what lies side by side on receipts', () => {
  it('is counted from the line before and the line after, not by what the products are called', () => {
    const share = learn([
      ['tea', 'milk', 'cup'],
      ['cup', 'tea', 'milk'],
      ['milk', 'cup', 'tea'],
    ]);
    // Three baskets and five that are taken to have nothing.
    expect(share('tea', 'milk')).toBeCloseTo(2 / 8, 6);
    expect(share('milk', 'tea')).toBeCloseTo(2 / 8, 6);
    expect(share('cup', 'milk')).toBeCloseTo(2 / 8, 6);
    expect(share('cup', 'tea')).toBeCloseTo(2 / 8, 6);
    expect(learn([['tea', 'milk', 'cup']])('tea', 'cup')).toBe(0);
  });

  it('counts old baskets less', () => {
    const share = learn(
      [
        ['tea', 'milk'],
        ['tea', 'cup'],
      ],
      0.5,
    );
    // The older one is a whole window old: a quarter.
    expect(share('tea', 'milk')).toBeCloseTo(0.25 / 6.25, 6);
    expect(share('tea', 'cup')).toBeCloseTo(1 / 6.25, 6);
  });

  it('is what counting pair by pair gives, and of no product more than twice its baskets', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    fc.assert(
      fc.property(
        fc.array(fc.shuffledSubarray(names, { minLength: 1 }), { minLength: 1, maxLength: 20 }),
        (baskets) => {
          const share = learn(baskets);
          for (const source of new Set(baskets.flat())) {
            const own = baskets.filter((items) => items.includes(source));
            let total = 0;
            for (const item of new Set(baskets.flat())) {
              if (item === source) continue;
              const beside = own.filter(
                (items) =>
                  Math.abs(items.indexOf(item) - items.indexOf(source)) === 1 && items.includes(item),
              );
              expect(share(source, item)).toBeCloseTo(beside.length / (own.length + 5), 6);
              total += share(source, item);
            }
            expect(total).toBeLessThanOrEqual(2);
          }
        },
      ),
    );
  });
});

it('what a ranker does not heed is not kept of the sources', () => {
  const sources = buildModel({
    products: [{ id: 'a' }, { id: 'b' }],
    edges: [['a', 'b', 1]],
    hourLift: new Float32Array(48),
    besideShare: Float32Array.of(0.5),
  });
  const plain = withoutIdle(sources, buildRanker());
  expect(plain).not.toHaveProperty('hourLift');
  expect(plain).not.toHaveProperty('besideShare');
  const { besideShare } = withoutIdle(sources, buildRanker({ beside: 0.1 }));
  expect(besideShare).toBe(sources.besideShare);
  expect(withoutIdle(sources, buildRanker({ hour: 0.1 })).hourLift).toBe(sources.hourLift);
});
