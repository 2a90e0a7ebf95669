import { RECEIPTS_OF_CUSTOMER_MAX } from './customer-book.ts';
import { getOrMake } from './get-or-make.ts';
import { IS_SOLD, type SalesColumns } from './outcome-columns.ts';

/** Net spend of the average person with a receipt in the currency, in minor units. */
export type AverageSpend = ReadonlyMap<string, number>;

/** Adds up what known customers have spent. A name with more receipts than a person's weighs on no average. */
export class AverageSpendSums {
  /** By customer. */
  readonly #receipts = new Map<number, number>();
  /** By currency and customer, in minor units. */
  readonly #spend = new Map<string, Map<number, number>>();

  /** Each basket once, in any order. @param isCounted by the row of a basket */
  add(columns: SalesColumns, isCounted: (row: number) => boolean = () => true): void {
    const { count, baskets, moneyCount, money, names } = columns;
    const customerOf = new Float64Array(count);
    for (let at = 0; at < count; at++) {
      if (!isReceiptOfKnown(baskets, at) || !isCounted(at)) continue;
      const customer = baskets.customer[at]!;
      customerOf[at] = customer;
      this.#receipts.set(customer, (this.#receipts.get(customer) ?? 0) + 1);
    }
    for (let row = 0; row < moneyCount; row++) {
      const customer = customerOf[money.basket[row]!]!;
      if (customer === 0) continue;
      const sums = getOrMake(this.#spend, names.currencies[money.currency[row]!]!, () => new Map());
      sums.set(customer, (sums.get(customer) ?? 0) + money.revenueMinor[row]!);
    }
  }

  averages(): AverageSpend {
    const averages = [...this.#spend].map(([currency, spend]) => [currency, this.#average(spend)] as const);
    return new Map(
      averages.flatMap(([currency, average]) => (average === null ? [] : [[currency, average]])),
    );
  }

  #average(spend: ReadonlyMap<number, number>): number | null {
    let [sum, persons] = [0, 0];
    for (const [customer, minor] of spend) {
      if (this.#receipts.get(customer)! > RECEIPTS_OF_CUSTOMER_MAX) continue;
      sum += minor;
      persons++;
    }
    return persons === 0 ? null : sum / persons;
  }
}

/** Whether something was paid for and kept by somebody who is known. */
function isReceiptOfKnown({ state, items, customer }: SalesColumns['baskets'], at: number): boolean {
  return (state[at]! & IS_SOLD) !== 0 && items[at] !== 0 && customer[at] !== 0;
}
