import type { AgentReceipt } from './agent-receipts.ts';
import type { Place } from './basket-place.ts';
import type { Spend } from './customer-book.ts';
import { GrowingColumn } from './growing-column.ts';
import { rowsByCustomer } from './rows-by-customer.ts';
import type { SharedSales } from './shared-sales.ts';

/** A receipt of a known customer. */
export interface KnownReceipt
  extends Pick<
    AgentReceipt,
    'agentId' | 'basisPoints' | 'sharedBy' | 'storeId' | 'customer' | 'atMs' | 'isShown' | 'isAttached'
  > {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Not everything was returned. */
  readonly isKept: boolean;
  readonly upsell: readonly Spend[];
}

/** Bits of a receipt. */
const IS_KEPT = 1;
const IS_SHOWN = 2;
const IS_ATTACHED = 4;

/**
 * Receipts of known customers in columns: 32 bytes each, and 12 for each currency of it; up to twice that, because columns grow by
 * doubling.
 */
export class KnownReceipts {
  readonly #customer = new GrowingColumn(new Int32Array(0));
  readonly #place = new GrowingColumn(new Int32Array(0));
  readonly #basisPoints = new GrowingColumn(new Int32Array(0));
  /** Agents of the receipts that are shared, by row. */
  readonly #sharedBy = new Map<number, readonly string[]>();
  readonly #day = new GrowingColumn(new Int32Array(0));
  readonly #atMs = new GrowingColumn(new Float64Array(0));
  readonly #facts = new GrowingColumn(new Int32Array(0));
  /** Where the rows of its money end. */
  readonly #moneyEnd = new GrowingColumn(new Int32Array(0));
  readonly #currency = new GrowingColumn(new Int32Array(0));
  readonly #upsellMinor = new GrowingColumn(new Float64Array(0));
  #places: readonly Place[] = [];
  #currencies: readonly string[] = [];

  /** @param columns that hold its row; all must have the same names */
  add(receipt: AgentReceipt, day: number, { baskets, money, names }: SharedSales): void {
    this.#places = names.places;
    this.#currencies = names.currencies;
    this.#customer.push(receipt.customer);
    if (receipt.sharedBy) this.#sharedBy.set(this.#place.length, receipt.sharedBy);
    this.#basisPoints.push(receipt.basisPoints);
    this.#place.push(baskets.place[receipt.at]!);
    this.#day.push(day);
    this.#atMs.push(receipt.atMs);
    this.#facts.push(
      (receipt.items > 0 ? IS_KEPT : 0) |
        (receipt.isShown ? IS_SHOWN : 0) |
        (receipt.isAttached ? IS_ATTACHED : 0),
    );
    for (let row = receipt.moneyFrom; row < receipt.moneyTo; row++) {
      this.#currency.push(money.currency[row]!);
      this.#upsellMinor.push(money.upsellRevenueMinor[row]!);
    }
    this.#moneyEnd.push(this.#currency.length);
  }

  /** Yields the receipts of one customer by one agent in one store at a time, those of which the agent has the same part. */
  *byCustomer(): Generator<readonly [KnownReceipt, ...KnownReceipt[]]> {
    const { rows, start } = rowsByCustomer(this.#customer.view(), this.#day.view());
    const agentAndStore = this.#places.map(({ agentId, storeId }) => JSON.stringify([agentId, storeId]));
    for (let customer = 1; customer + 1 < start.length; customer++) {
      const together = new Map<string, [KnownReceipt, ...KnownReceipt[]]>();
      for (const row of rows.subarray(start[customer]!, start[customer + 1]!)) {
        const receipt = this.#receipt(row);
        const place = agentAndStore[this.#place.get(row)]!;
        const key = receipt.sharedBy ? `${receipt.basisPoints} ${place}` : place;
        const known = together.get(key);
        if (known) known.push(receipt);
        else together.set(key, [receipt]);
      }
      yield* together.values();
    }
  }

  #receipt(row: number): KnownReceipt {
    const { agentId, storeId } = this.#places[this.#place.get(row)!]!;
    const facts = this.#facts.get(row);
    return {
      agentId: agentId!,
      basisPoints: this.#basisPoints.get(row),
      sharedBy: this.#sharedBy.get(row),
      storeId: storeId!,
      customer: this.#customer.get(row),
      day: this.#day.get(row),
      atMs: this.#atMs.get(row),
      isKept: (facts & IS_KEPT) !== 0,
      isShown: (facts & IS_SHOWN) !== 0,
      isAttached: (facts & IS_ATTACHED) !== 0,
      upsell: this.#upsell(row),
    };
  }

  #upsell(row: number): Spend[] {
    const spend: Spend[] = [];
    for (let at = row === 0 ? 0 : this.#moneyEnd.get(row - 1); at < this.#moneyEnd.get(row); at++) {
      const currency = this.#currencies[this.#currency.get(at)]!;
      spend.push({ currency, revenueMinor: this.#upsellMinor.get(at) });
    }
    return spend;
  }
}
