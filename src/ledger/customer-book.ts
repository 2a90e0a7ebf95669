import type { BasketOutcome } from './basket-outcome.ts';
import { type Place, placeOf } from './basket-place.ts';
import { getOrMake } from './get-or-make.ts';
import { GrowingColumn } from './growing-column.ts';

/** A paid receipt of which something was kept. */
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

/** Receipts under one name up to which it is taken for a person's: one a day for 13 years. */
export const RECEIPTS_OF_CUSTOMER_MAX = 5_000;
/** Receipts of one slice; one person's stay together. */
const SLICE_RECEIPTS = 200;

/**
 * Who bought when, where and what: the paid receipts of baskets whose decisions carry a pseudonym, which is there with the
 * customer's consent only. A receipt that came back whole is none. The order of what is added makes no difference.
 *
 * Held in columns: 44 bytes a receipt and 4 a line, up to twice that as they grow by doubling, and about 110 a customer.
 */
export class CustomerBook {
  readonly #customers = new Map<string, { newest: number; receipts: number }>();
  readonly #names = new Names();
  readonly #atMs = new GrowingColumn(new Float64Array(0));
  readonly #store = new GrowingColumn(new Int32Array(0));
  readonly #agent = new GrowingColumn(new Int32Array(0));
  readonly #channel = new GrowingColumn(new Int32Array(0));
  /** The customer's receipt added before, -1 for none. */
  readonly #before = new GrowingColumn(new Int32Array(0));
  /** End of the receipt's lines, and of its spend; they begin where those of the receipt before end. */
  readonly #linesEnd = new GrowingColumn(new Int32Array(0));
  readonly #spendEnd = new GrowingColumn(new Int32Array(0));
  readonly #lines = new GrowingColumn(new Int32Array(0));
  readonly #currency = new GrowingColumn(new Int32Array(0));
  readonly #revenueMinor = new GrowingColumn(new Float64Array(0));

  /** Each basket's outcome once; those of nobody, not paid or brought back whole are left out. */
  add(outcome: BasketOutcome): void {
    const { sold, customer, items, productIds, money } = outcome;
    if (!sold || customer === undefined || items === 0) return;
    const spend = money.map(({ currency, revenueMinor }) => ({ currency, revenueMinor }));
    this.addReceipt(customer, { atMs: sold.atMs, ...placeOf(outcome), productIds, spend });
  }

  /** Each once. */
  addReceipt(customer: string, receipt: CustomerReceipt): void {
    const { atMs, storeId, agentId, channel, productIds, spend } = receipt;
    const known = getOrMake(this.#customers, customer, () => ({ newest: -1, receipts: 0 }));
    this.#before.push(known.newest);
    known.newest = this.#atMs.length;
    known.receipts++;
    this.#atMs.push(atMs);
    this.#store.push(this.#names.numberOf(storeId));
    this.#agent.push(this.#names.numberOf(agentId));
    this.#channel.push(this.#names.numberOf(channel));
    for (const productId of productIds) this.#lines.push(this.#names.numberOf(productId));
    this.#linesEnd.push(this.#lines.length);
    for (const { currency, revenueMinor } of spend) {
      this.#currency.push(this.#names.numberOf(currency));
      this.#revenueMinor.push(revenueMinor);
    }
    this.#spendEnd.push(this.#currency.length);
  }

  /** In order of time; empty for a customer who is not known, and for a name that is no person's. */
  receiptsOf(customer: string): CustomerReceipt[] {
    const known = this.#customers.get(customer);
    if (!known || this.#isNoPerson(customer)) return [];
    const receipts: CustomerReceipt[] = [];
    for (let at = known.newest; at >= 0; at = this.#before.get(at)) receipts.push(this.#receipt(at));
    return receipts.sort((a, b) => a.atMs - b.atMs);
  }

  /** The receipts of each person, some persons at a time: about a millisecond of work. */
  *personsInSlices(): Generator<CustomerReceipt[][]> {
    let slice: CustomerReceipt[][] = [];
    let receipts = 0;
    for (const customer of this.#customers.keys()) {
      if (this.#isNoPerson(customer)) continue;
      const own = this.receiptsOf(customer);
      slice.push(own);
      receipts += own.length;
      if (receipts < SLICE_RECEIPTS) continue;
      yield slice;
      slice = [];
      receipts = 0;
    }
    yield slice;
  }

  /** Whether there are so many receipts under the name that it is no person's. */
  #isNoPerson(customer: string): boolean {
    return (this.#customers.get(customer)?.receipts ?? 0) > RECEIPTS_OF_CUSTOMER_MAX;
  }

  #receipt(at: number): CustomerReceipt {
    const spend: Spend[] = [];
    for (let row = startOf(this.#spendEnd, at); row < this.#spendEnd.get(at); row++) {
      const currency = this.#names.nameOf(this.#currency.get(row))!;
      spend.push({ currency, revenueMinor: this.#revenueMinor.get(row) });
    }
    const productIds: string[] = [];
    for (let row = startOf(this.#linesEnd, at); row < this.#linesEnd.get(at); row++)
      productIds.push(this.#names.nameOf(this.#lines.get(row))!);
    return {
      atMs: this.#atMs.get(at),
      storeId: this.#names.nameOf(this.#store.get(at)),
      agentId: this.#names.nameOf(this.#agent.get(at)),
      channel: this.#names.nameOf(this.#channel.get(at)),
      ...{ productIds, spend },
    };
  }
}

function startOf(ends: GrowingColumn, at: number): number {
  return at === 0 ? 0 : ends.get(at - 1);
}

/** Numbers for texts that come again and again; no text is number 0. */
class Names {
  readonly #numbers = new Map<string | undefined, number>([[undefined, 0]]);
  readonly #names: (string | undefined)[] = [undefined];

  numberOf(name: string | undefined): number {
    return getOrMake(this.#numbers, name, () => this.#names.push(name) - 1);
  }

  nameOf(number: number): string | undefined {
    return this.#names[number];
  }
}
