import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runNegativeControl } from '../../src/training/negative-control.ts';
import { controlLine } from '../../src/training/report/evaluation-report.ts';
import { shuffleReceipts } from '../../src/training/shuffle-receipts.ts';
import { plantedBaskets, receiptsOf } from '../support/receipts-builder.ts';
import { trainOn } from '../support/trained-version.ts';

const planted = plantedBaskets({ baskets: 1500, products: 20, pairs: 8, seed: 11 });

describe('shuffled receipts', () => {
  it('keep basket sizes and the number of baskets per product, in ascending order without repeats', () => {
    const basket = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(basket, { minLength: 1, maxLength: 30 }), fc.nat(), (baskets, seed) => {
        const receipts = receiptsOf(baskets);
        const shuffled = shuffleReceipts(receipts, seed);
        expect([...shuffled.items].sort()).toEqual([...receipts.items].sort());
        for (const [row, { length }] of baskets.entries()) {
          const items = [
            ...shuffled.items.subarray(shuffled.basketStart[row]!, shuffled.basketStart[row + 1]!),
          ];
          expect(items).toHaveLength(length);
          expect(items).toEqual([...new Set(items)].sort((a, b) => a - b));
        }
        expect({ ...shuffled, items: null }).toEqual({ ...receipts, items: null });
      }),
    );
  });

  it('tell nothing of what was bought together: planted pairs meet as often as chance has them', () => {
    const together = (receipts: ReturnType<typeof receiptsOf>) => {
      const [a, b] = ['pair00a', 'pair00b'].map((id) => receipts.productIds.indexOf(id));
      let both = 0;
      for (let row = 0; row < receipts.soldAtMs.length; row++) {
        const items = receipts.items.subarray(receipts.basketStart[row]!, receipts.basketStart[row + 1]!);
        if (items.includes(a!) && items.includes(b!)) both++;
      }
      return both;
    };
    const receipts = receiptsOf(planted);
    expect(together(receipts)).toBeGreaterThan(50);
    expect(together(shuffleReceipts(receipts, 1))).toBeLessThan(15);
  });
});

it('the whole method, retrained on shuffled baskets, loses all lift over popularity', async () => {
  const control = await runNegativeControl({
    receipts: receiptsOf(planted),
    seed: 1,
    threads: 1,
  });
  expect(control.isLiftLost).toBe(true);
  expect(Math.abs(control.lift.estimate)).toBeLessThan(0.03);
  expect(control.questions).toBeGreaterThan(100);
});

it.each([
  ['one basket: nothing is asked', [['a', 'b', 'c']], 'no questions', 'no basket of two known products'],
  [
    'equal baskets: nothing changes',
    Array(60).fill(['a', 'b', 'c']),
    'nothing to shuffle',
    'nothing to exchange',
  ],
])('of %s does not pass, and says so', async (_, baskets, untested, said) => {
  const control = await runNegativeControl({ receipts: receiptsOf(baskets), seed: 1, threads: 1 });
  expect(control).toMatchObject({ isLiftLost: false, untested });
  expect(controlLine(control)).toMatch(`Not tested: `);
  expect(controlLine(control)).toContain(said);
});

it('a version of which nothing could be asked shows no figure', async () => {
  const { evaluation, files } = await trainOn(receiptsOf([['a', 'b', 'c']]));
  expect(evaluation.questions).toBe(0);
  const card = new TextDecoder().decode(files.get('model-card.md'));
  expect(card).toContain('Not tested: no basket of two known products in the test period.');
  expect(card).not.toContain('HR@10');
});
