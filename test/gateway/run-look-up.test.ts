import { expect, test } from 'vitest';
import { Problem } from '../../src/gateway/problem.ts';
import type { OutcomeSource } from '../../src/gateway/report-source.ts';
import { BASKETS_OF_CUSTOMER_MAX, runLookUp } from '../../src/gateway/run-look-up.ts';
import { BasketBook } from '../../src/ledger/basket-book.ts';
import type { OutcomeStore } from '../../src/ledger/outcome-store.ts';

/** A store in which a customer has so many baskets that nothing is known of; what is folded is counted. */
function sourceOf(basketsOf: (customer: string) => number) {
  const seen = { folds: 0, questions: 0 };
  const single = {
    fold() {
      seen.folds++;
      return new BasketBook();
    },
    ofCustomer(customer: string, max: number) {
      seen.questions++;
      return Array.from({ length: Math.min(max, basketsOf(customer)) }, (_, basket) => basket);
    },
  };
  const outcomes = { advance: () => false, baskets: () => single } as unknown as OutcomeStore;
  const about = { tenant: 't', nowMs: 0, categories: new Map(), pause: async () => {} };
  const source: OutcomeSource = { ...about, outcomes };
  return { source, seen };
}

const asked = (customers: readonly string[]) => ({
  customers,
  timeZone: 'UTC',
  dayEnds: 0,
  averageSpend: new Map<string, number>(),
});

test('a name with too many baskets to be a person is not examined', async () => {
  const { source, seen } = sourceOf((customer) => BASKETS_OF_CUSTOMER_MAX + Number(customer === 'cash'));
  expect(await runLookUp(source, asked(['cash', 'anna']))).toEqual([undefined, undefined]);
  expect(seen.folds).toBe(BASKETS_OF_CUSTOMER_MAX);
});

test('a name that is asked twice is looked up once', async () => {
  const { source, seen } = sourceOf(() => 3);
  expect(await runLookUp(source, asked(['anna', 'anna', 'ben', 'anna']))).toHaveLength(4);
  expect(seen).toEqual({ folds: 6, questions: 2 });
});

test('too many baskets together are refused before any is folded', async () => {
  const { source, seen } = sourceOf(() => BASKETS_OF_CUSTOMER_MAX);
  const refused = await runLookUp(source, asked(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).catch((error) => error);
  expect(refused).toBeInstanceOf(Problem);
  expect(refused).toMatchObject({
    type: 'too-much',
    message: expect.stringMatching(/at most 100000 baskets/),
  });
  expect(seen.folds).toBe(0);
});
