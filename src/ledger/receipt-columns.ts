import type { Spend } from './customer-book.ts';
import { GrowingColumn } from './growing-column.ts';
import type { SalesColumns } from './outcome-columns.ts';
import { rowsByCustomer } from './rows-by-customer.ts';

/** A receipt as a report sees it. */
export interface CountedReceipt {
  /** By number, from 1. */
  readonly customer: number;
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Whether its place is selected. */
  readonly isSelected: boolean;
}

/** A business day on which a customer bought: receipts of one day are one visit. */
export interface PersonVisit {
  readonly day: number;
  /** Number of selected receipts. */
  transactions: number;
  readonly spend: Spend[];
}

/** All that a customer bought. */
export interface Person {
  readonly receipts: number;
  /** First to last. */
  readonly visits: readonly PersonVisit[];
  /** Of all receipts: an entry for each currency of each receipt. */
  readonly spend: readonly Spend[];
}

/** Bits of a row. */
const IS_RECEIPT = 1;
const IS_SELECTED = 2;

/** Receipts of known customers in columns: 24 bytes for each currency of each; up to twice that, because columns grow by doubling. */
export class ReceiptColumns {
  readonly #customer = new GrowingColumn(new Int32Array(0));
  readonly #day = new GrowingColumn(new Int32Array(0));
  readonly #facts = new GrowingColumn(new Int32Array(0));
  readonly #currency = new GrowingColumn(new Int32Array(0));
  readonly #revenueMinor = new GrowingColumn(new Float64Array(0));

  /** @param moneyFrom and moneyTo: its rows of money, at least one */
  add(receipt: CountedReceipt, { money }: SalesColumns, moneyFrom: number, moneyTo: number): void {
    for (let row = moneyFrom; row < moneyTo; row++) {
      this.#customer.push(receipt.customer);
      this.#day.push(receipt.day);
      this.#facts.push((row === moneyFrom ? IS_RECEIPT : 0) | (receipt.isSelected ? IS_SELECTED : 0));
      this.#currency.push(money.currency[row]!);
      this.#revenueMinor.push(money.revenueMinor[row]!);
    }
  }

  /** @param currencies by their codes */
  *persons(currencies: readonly string[]): Generator<Person> {
    const { rows, start } = rowsByCustomer(this.#customer.view(), this.#day.view());
    for (let customer = 1; customer + 1 < start.length; customer++) {
      const from = start[customer]!;
      const to = start[customer + 1]!;
      if (to > from) yield this.#person(rows.subarray(from, to), currencies);
    }
  }

  #person(rows: Uint32Array, currencies: readonly string[]): Person {
    const visits: PersonVisit[] = [];
    const spend: Spend[] = [];
    let receipts = 0;
    for (const row of rows) {
      const day = this.#day.get(row);
      const facts = this.#facts.get(row);
      const spent = {
        currency: currencies[this.#currency.get(row)]!,
        revenueMinor: this.#revenueMinor.get(row),
      };
      if (visits.at(-1)?.day !== day) visits.push({ day, transactions: 0, spend: [] });
      receipts += facts & IS_RECEIPT;
      spend.push(spent);
      if ((facts & IS_SELECTED) === 0) continue;
      const visit = visits.at(-1)!;
      visit.transactions += facts & IS_RECEIPT;
      visit.spend.push(spent);
    }
    return { receipts, visits, spend };
  }
}
