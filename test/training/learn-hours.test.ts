import { describe, expect, it } from 'vitest';
import { liftAt } from '../../src/recommender/hour-lift.ts';
import { NO_HOUR } from '../../src/recommender/time-of-day.ts';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { learnHours, withoutIdleHours } from '../../src/training/learn-hours.ts';
import { buildModel, buildRanker } from '../support/model-builder.ts';
import { type BasketSpec, receiptsOf } from '../support/receipts-builder.ts';

/** 100 baskets at each hour from 7 to 18: coffee until noon, soup from then on, bread always. */
const day = Array.from({ length: 1200 }, (_, at): BasketSpec => {
  const hour = 7 + (at % 12);
  return { items: ['bread', hour < 12 ? 'coffee' : 'soup'], hour };
});

function learn(baskets: readonly BasketSpec[]) {
  const receipts = receiptsOf(baskets);
  const known = selectKnownItems(receipts, 0, baskets.length);
  const lift = learnHours(basketMatrix(receipts, known, 0, baskets.length));
  return lift && ((id: string, hour: number) => liftAt(lift, receipts.productIds.indexOf(id), hour));
}

describe('sales by the time of day', () => {
  it('are higher at the hours when a product is bought, lower at others, and flat if it is bought all day', () => {
    const lift = learn(day)!;
    // Until noon every basket holds coffee, of all baskets 5 of 12: ln 12/5 but for the baskets taken for granted.
    expect(lift('coffee', 9)).toBeGreaterThan(0.7);
    expect(lift('coffee', 9)).toBeLessThan(Math.log(12 / 5));
    expect(lift('coffee', 16)).toBeLessThan(-1.5);
    expect(lift('soup', 16)).toBeGreaterThan(0.4);
    for (const hour of [7, 12, 18]) expect(lift('bread', hour)).toBeCloseTo(0, 6);
  });

  it('tell of the hours around them, over midnight too, and nothing of those far away', () => {
    const late = Array.from({ length: 200 }, (_, at): BasketSpec => {
      return at % 2 === 0 ? { items: ['beer', 'crisps'], hour: 23 } : { items: ['tea', 'bread'], hour: 12 };
    });
    const lift = learn(late)!;
    expect(lift('beer', 0)).toBeGreaterThan(0.3);
    expect(lift('beer', 0)).toBeLessThan(lift('beer', 23));
    expect(lift('beer', 5)).toBe(0);
    expect(lift('beer', NO_HOUR)).toBe(0);
  });

  it('say less of a product that few have bought', () => {
    const rare = [
      ...day,
      ...Array.from({ length: 4 }, (): BasketSpec => ({ items: ['honey', 'bread'], hour: 9 })),
    ];
    const lift = learn(rare)!;
    expect(lift('honey', 9)).toBeGreaterThan(0);
    expect(lift('honey', 9)).toBeLessThan(0.2);
  });

  it('are none where baskets state no hour, or all the same', () => {
    expect(learn(day.map(({ items }) => ({ items })))).toBeUndefined();
    expect(learn(day.map(({ items }) => ({ items, hour: 12 })))).toBeUndefined();
  });

  it('are not kept for a ranker that does not use them', () => {
    const sources = buildModel({ products: [{ id: 'a' }], hourLift: new Float32Array(24) });
    expect(withoutIdleHours(sources, buildRanker())).not.toHaveProperty('hourLift');
    expect(withoutIdleHours(sources, buildRanker({ hour: 0.1 })).hourLift).toBe(sources.hourLift);
  });
});
