import type { CustomerNames } from '../adapters/customer-names.ts';
import { NO_CUSTOMER } from '../recommender/customer-history.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import type { Receipts } from './receipts.ts';

/** The same receipts, in which those of the customers left out are nobody's. */
export function withoutCustomers(
  receipts: Receipts,
  isLeftOut: (customerId: string) => boolean = () => true,
): Receipts {
  const numbers = receipts.customerIds.map((id, customer) => (isLeftOut(id) ? NO_CUSTOMER : customer));
  return { ...receipts, customer: receipts.customer.map((customer) => numbers[customer] ?? NO_CUSTOMER) };
}

/** Customers under the names they are published with, and baskets with the customers' numbers among these. */
export interface NamedCustomers {
  /** Ascending. */
  readonly customerNames: Float64Array;
  readonly matrix: BasketMatrix;
}

/**
 * Numbers the customers of a matrix by their names, those without a basket left out. Where two share a name neither is
 * kept: no history is better than another's.
 */
export function nameCustomers(
  { customerIds }: Receipts,
  matrix: BasketMatrix,
  { nameOf }: Pick<CustomerNames, 'nameOf'>,
): NamedCustomers {
  const customersOf = new Map<number, number[]>();
  for (const customer of new Set(matrix.customer)) {
    if (customer === NO_CUSTOMER) continue;
    const name = nameOf(customerIds[customer]!);
    customersOf.set(name, [...(customersOf.get(name) ?? []), customer]);
  }
  const single = [...customersOf].filter(([, customers]) => customers.length === 1);
  single.sort(([a], [b]) => a - b);
  const numberOf = new Map(single.map(([, [customer]], number) => [customer, number]));
  return {
    customerNames: Float64Array.from(single, ([name]) => name),
    matrix: {
      ...matrix,
      customer: matrix.customer.map((customer) => numberOf.get(customer) ?? NO_CUSTOMER),
      customerCount: single.length,
    },
  };
}
