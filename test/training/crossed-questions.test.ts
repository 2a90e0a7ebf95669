import { describe, expect, it } from 'vitest';
import { collectCrossedQuestions } from '../../src/training/crossed-questions.ts';
import { createEasePool } from '../../src/training/ease-pool.ts';
import { FIRST_KERNEL } from '../../src/training/tune-kernel.ts';
import { plantedBaskets, receiptsOf } from '../support/receipts-builder.ts';

const LEARNING = { halfLife: 0.5, lengthExponent: 0.5, ridge: 0.3, neighbours: 20, kept: 20 };

const crossedOf = (baskets: readonly (readonly string[])[]) =>
  collectCrossedQuestions(
    { receipts: receiptsOf(baskets), seed: 1, learning: LEARNING, kernel: FIRST_KERNEL },
    createEasePool(1),
  );
const countOf = (crossed: Awaited<ReturnType<typeof crossedOf>>) =>
  crossed.reduce((sum, { target }) => sum + target.length, 0);

describe('crossed questions', () => {
  it('ask once about every basket of two products before the test period, whatever lies between them', async () => {
    const baskets = plantedBaskets({ baskets: 400, products: 6, pairs: 2, seed: 3 }).slice(0, 200);
    const crossed = await crossedOf(baskets);
    const asked = crossed.flatMap(({ basket }) => [...new Set(basket)]).sort((a, b) => a - b);
    const wanted = [...baskets.slice(0, 180).entries()].filter(([, items]) => items.length > 1);
    expect(asked).toEqual(wanted.map(([at]) => at));
  });

  it('are about no basket that was learned from: what was bought only once cannot be asked', async () => {
    const once = Array.from({ length: 90 }, (_, at) => [`a${at}`, `b${at}`]);
    expect(countOf(await crossedOf(once))).toBe(0);
    const twice = once.flatMap((items) => [items, items]).slice(0, 100);
    expect(countOf(await crossedOf(twice))).toBe(2 * 90);
  });

  it('are the same for the same seed, and of bounded number', async () => {
    const many = Array.from({ length: 5000 }, (_, at) => [`p${at % 7}`, `q${at % 5}`]);
    const [one, other] = [await crossedOf(many), await crossedOf(many)];
    expect(one).toEqual(other);
    expect(countOf(one)).toBe(2 * 1500);
  });
});
