import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVotes, type Kernel, voteFor, voteNeighbours } from '../../src/recommender/neighbours.ts';
import { BASKETS_PER_ITEM_MAX } from '../../src/recommender/past-baskets.ts';
import { rememberSales } from '../../src/recommender/remember-sales.ts';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { keepRecentBaskets } from '../../src/training/recent-baskets.ts';
import { type BasketSpec, receiptsOf } from '../support/receipts-builder.ts';

const PRODUCTS = ['a', 'b', 'c', 'd', 'e', 'f'];
const KERNEL: Kernel = {
  idfPower: 0.5,
  lengthPower: 0.35,
  sharpness: 3,
  restPower: 0.5,
  ageing: 'hyperbolic',
  halfAge: 0.1,
};
const baskets = fc.array(
  fc.record({
    items: fc.uniqueArray(fc.constantFrom(...PRODUCTS), { minLength: 2, maxLength: 4 }),
    laterMs: fc.integer({ min: 1, max: 1e9 }),
  }),
  { minLength: 2, maxLength: 30 },
);

/** Baskets at growing times, behind one of all products, which makes them known in their order. */
function timed(rows: readonly { items: readonly string[]; laterMs: number }[]): BasketSpec[] {
  const specs: BasketSpec[] = [{ items: PRODUCTS, atMs: Date.UTC(2026, 0, 1) }];
  for (const { items, laterMs } of rows) specs.push({ items, atMs: specs.at(-1)!.atMs! + laterMs });
  return specs;
}

function split(specs: readonly BasketSpec[], learned: number) {
  const receipts = receiptsOf(specs);
  const known = selectKnownItems(receipts, 0, receipts.soldAtMs.length);
  const past = keepRecentBaskets(basketMatrix(receipts, known, 0, learned));
  const later = specs.slice(learned);
  const sold = {
    atMs: later.map(({ atMs }) => atMs!),
    items: later.map(({ items }) =>
      items.map((id) => known.itemOf[receipts.productIds.indexOf(id)]!).sort((a, b) => a - b),
    ),
  };
  const time = { fromMs: specs[0]!.atMs!, toMs: specs[learned - 1]!.atMs! };
  const all = keepRecentBaskets(basketMatrix(receipts, known, 0, specs.length));
  return { past, sold, time, all, products: known.productOf.length };
}

describe('sales that are remembered', () => {
  it('are voted with as if they had been learned from', () => {
    fc.assert(
      fc.property(
        baskets,
        fc.nat(),
        fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
        (rows, cut, basket) => {
          const specs = timed(rows);
          const { past, sold, time, all, products } = split(specs, 2 + (cut % (specs.length - 1)));
          fc.pre((sold.atMs[0] ?? time.toMs) - time.toMs <= time.toMs - time.fromMs);
          const remembered = rememberSales(past, time, sold, products);
          const share = Float64Array.from({ length: products }, (_, item) => 0.05 + item / 10);
          const [ours, learned] = [remembered, all].map((index) => {
            const votes = createVotes(index, KERNEL, share);
            voteNeighbours(index, Int32Array.from(basket), votes);
            return Array.from({ length: products }, (_, item) => voteFor(votes, item));
          });
          for (const [item, vote] of learned!.entries()) expect(ours![item]).toBeCloseTo(vote, 5);
        },
      ),
    );
  });

  it('push the oldest of a product out of its list, as learning does', () => {
    const row = { items: ['a', 'b'], laterMs: 1000 };
    const specs = timed(Array.from({ length: BASKETS_PER_ITEM_MAX + 20 }, () => row));
    const { past, sold, time, products } = split(specs, BASKETS_PER_ITEM_MAX);
    const { ofItem, ofItemStart, age } = rememberSales(past, time, sold, products);
    const listed = ofItem.subarray(ofItemStart[0], ofItemStart[1]);
    expect(listed).toHaveLength(BASKETS_PER_ITEM_MAX);
    expect([age[listed.at(-1)!], age[0]]).toEqual([0, 1]);
  });

  it('after a pause longer than the learned period follow without the pause', () => {
    const year = 365 * 86_400_000;
    const rows = [1, 1, 40, 1].map((laterMs) => ({ items: ['a', 'b'], laterMs: laterMs * year }));
    const { past, sold, time, products } = split(timed(rows), 3);
    const ages = [...rememberSales(past, time, sold, products).age];
    for (const [at, age] of [1, 2 / 3, 1 / 3, 1 / 3, 0].entries()) expect(ages[at]).toBeCloseTo(age, 6);
  });

  it('are none where nothing was sold since', () => {
    const { past, time, products } = split(timed([{ items: ['a', 'b'], laterMs: 5 }]), 2);
    expect(rememberSales(past, time, { atMs: [], items: [] }, products)).toBe(past);
  });
});
