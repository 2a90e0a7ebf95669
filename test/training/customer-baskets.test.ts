import { describe, expect, it } from 'vitest';
import { findCustomer, NO_CUSTOMER } from '../../src/recommender/customer-history.ts';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { keepCustomerBaskets } from '../../src/training/customer-baskets.ts';
import { nameCustomers, withoutCustomers } from '../../src/training/named-customers.ts';
import { type BasketSpec, receiptsOf } from '../support/receipts-builder.ts';

/** Baskets in time order, all products known. */
function matrixOf(specs: readonly BasketSpec[]) {
  const receipts = receiptsOf(specs);
  const known = selectKnownItems(receipts, 0, specs.length);
  return { receipts, matrix: basketMatrix(receipts, known, 0, specs.length) };
}

describe('the baskets kept of customers', () => {
  it("are each one's own, oldest first, with their ages; those of nobody are nobody's", () => {
    const { matrix } = matrixOf([
      { items: ['a', 'b'], customer: 'c1' },
      { items: ['b'] },
      { items: ['c'], customer: 'c0' },
      { items: ['a', 'c'], customer: 'c1' },
    ]);
    const history = keepCustomerBaskets(matrix);
    const of = (customer: number) =>
      Array.from({ length: history.start[customer + 1]! - history.start[customer]! }, (_, at) => {
        const basket = history.start[customer]! + at;
        return [...history.items.slice(history.basketStart[basket], history.basketStart[basket + 1])];
      });
    expect([0, 1].map(of).sort((a, b) => a.length - b.length)).toEqual([
      [[2]],
      [
        [0, 1],
        [0, 2],
      ],
    ]);
    expect(history.age).toHaveLength(3);
    expect(history.age.every((age) => age >= 0 && age <= 1)).toBe(true);
  });

  it('are the newest fifty of a regular', () => {
    const specs = Array.from(
      { length: 80 },
      (_, at): BasketSpec => ({ items: [`p${at % 7}`], customer: 'c' }),
    );
    const history = keepCustomerBaskets(matrixOf(specs).matrix);
    expect([...history.start]).toEqual([0, 50]);
    expect(history.items.at(-1)).toBe(79 % 7);
    expect(history.items[0]).toBe(30 % 7);
  });
});

describe('receipts without some customers', () => {
  it("have all the same baskets, those being nobody's", () => {
    const { receipts } = matrixOf([
      { items: ['a', 'b'], customer: 'c1' },
      { items: ['b'] },
      { items: ['c'], customer: 'c0' },
    ]);
    const left = withoutCustomers(receipts, (id) => id === 'c1');
    expect(left).toMatchObject({ items: receipts.items, basketStart: receipts.basketStart });
    const named = [...left.customer].map((customer) => left.customerIds[customer]);
    expect(named).toEqual([undefined, undefined, 'c0']);
    expect([...withoutCustomers(receipts).customer]).toEqual([-1, -1, -1]);
  });
});

describe('customers under their names', () => {
  const specs = ['c2', 'c0', undefined, 'c1', 'c0'].map(
    (customer, at): BasketSpec => ({ items: [`p${at}`, 'x'], ...(customer !== undefined && { customer }) }),
  );

  it('are numbered by name, and found by it', () => {
    const { receipts, matrix } = matrixOf(specs);
    const nameOf = (id: string) => ({ c0: 300, c1: 100, c2: 200 })[id]!;
    const named = nameCustomers(receipts, matrix, { nameOf });
    expect([...named.customerNames]).toEqual([100, 200, 300]);
    expect([...named.matrix.customer]).toEqual([1, 2, NO_CUSTOMER, 0, 2]);
    expect(['c1', 'c2', 'c0'].map((id) => findCustomer(named.customerNames, nameOf(id)))).toEqual([0, 1, 2]);
    expect([50, 150, 999].map((name) => findCustomer(named.customerNames, name))).toEqual(
      Array(3).fill(NO_CUSTOMER),
    );
  });

  it("that two share are nobody's: no history is better than another's", () => {
    const { receipts, matrix } = matrixOf(specs);
    const named = nameCustomers(receipts, matrix, { nameOf: (id) => (id === 'c1' ? 5 : 9) });
    expect([...named.customerNames]).toEqual([5]);
    expect([...named.matrix.customer]).toEqual([-1, -1, -1, 0, -1]);
  });
});
