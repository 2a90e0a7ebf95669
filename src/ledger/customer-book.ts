import type { BasketOutcome } from './basket-outcome.ts';
import { type Place, placeOf } from './basket-place.ts';
import { getOrMake } from './get-or-make.ts';

/** A paid receipt that was not wholly returned. */
export interface CustomerReceipt extends Place {
  readonly atMs: number;
  /** Products that were kept. */
  readonly productIds: readonly string[];
  readonly spend: readonly Spend[];
}

/** Net of refunds, in minor units. */
export interface Spend {
  readonly currency: string;
  readonly revenueMinor: number;
}

/** A name with more receipts than this is not taken for a person: it is one a day for 13 years. */
export const RECEIPTS_OF_CUSTOMER_MAX = 5_000;

/**
 * Who bought when, where and what: the paid receipts of baskets whose decisions carry a pseudonym, which needs the customer's consent. A
 * wholly returned receipt does not count. The order of what is added makes no difference.
 */
export class CustomerBook {
  readonly #receipts = new Map<string, CustomerReceipt[]>();

  /** Each basket's outcome once; without a customer, unpaid or wholly returned, it is left out. */
  add(outcome: BasketOutcome): void {
    const { sold, customer, items, productIds, money } = outcome;
    if (!sold || customer === undefined || items === 0) return;
    const spend = money.map(({ currency, revenueMinor }) => ({ currency, revenueMinor }));
    const receipt = { atMs: sold.atMs, ...placeOf(outcome), productIds, spend };
    getOrMake(this.#receipts, customer, () => []).push(receipt);
  }

  /** In order of time; empty for an unknown customer, and for a name that is not taken for a person. */
  receiptsOf(customer: string): CustomerReceipt[] {
    const receipts = this.#receipts.get(customer) ?? [];
    if (receipts.length > RECEIPTS_OF_CUSTOMER_MAX) return [];
    return receipts.toSorted((a, b) => a.atMs - b.atMs);
  }
}
