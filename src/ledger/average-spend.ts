import { RECEIPTS_OF_CUSTOMER_MAX } from './customer-book.ts';
import { getOrMake } from './get-or-make.ts';
import { GrowingColumn } from './growing-column.ts';
import { receiptsIn, type SalesColumns } from './outcome-columns.ts';

/** Mean net spend per customer with a receipt in the currency, by currency, in minor units. */
export type AverageSpend = ReadonlyMap<string, number>;

/** By customer: number of money rows, and their sum. */
interface SpendColumns {
  readonly rows: GrowingColumn;
  readonly minor: GrowingColumn;
}

/** Adds up what known customers spent. A name with more receipts than one person makes counts in no average. */
export class AverageSpendSums {
  /** By customer. */
  readonly #receipts = new GrowingColumn(new Int32Array(0));
  /** By currency. */
  readonly #spend = new Map<string, SpendColumns>();

  /** Each basket once, in any order. */
  add(columns: SalesColumns): void {
    for (const [at, moneyFrom, moneyTo] of receiptsIn(columns)) {
      const customer = columns.baskets.customer[at]!;
      if (customer !== 0) this.addReceipt(customer, columns, moneyFrom, moneyTo);
    }
  }

  /** @param moneyFrom and moneyTo: its rows of money */
  addReceipt(customer: number, { money, names }: SalesColumns, moneyFrom: number, moneyTo: number): void {
    this.#receipts.increase(customer, 1);
    for (let row = moneyFrom; row < moneyTo; row++) {
      const spend = getOrMake(this.#spend, names.currencies[money.currency[row]!]!, emptySpend);
      spend.rows.increase(customer, 1);
      spend.minor.increase(customer, money.revenueMinor[row]!);
    }
  }

  averages(): AverageSpend {
    const averages = [...this.#spend].map(([currency, spend]) => [currency, this.#average(spend)] as const);
    return new Map(
      averages.flatMap(([currency, average]) => (average === null ? [] : [[currency, average]])),
    );
  }

  #average({ rows, minor }: SpendColumns): number | null {
    let sum = 0;
    let persons = 0;
    for (let customer = 0; customer < rows.length; customer++) {
      if (rows.get(customer) === 0 || this.#receipts.get(customer) > RECEIPTS_OF_CUSTOMER_MAX) continue;
      sum += minor.get(customer);
      persons++;
    }
    return persons === 0 ? null : sum / persons;
  }
}

function emptySpend(): SpendColumns {
  return { rows: new GrowingColumn(new Int32Array(0)), minor: new GrowingColumn(new Float64Array(0)) };
}
