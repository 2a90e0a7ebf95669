import type { BasketBook } from './basket-book.ts';
import type { NamedCalendar } from './business-calendar.ts';
import type { DaySums } from './day-sums.ts';
import type { RecordedLine, SaleEvent, StoredEvent } from './events.ts';
import type { SalesColumns, UpliftColumns } from './outcome-columns.ts';
import type { OutcomeNames } from './outcome-names.ts';
import type { ProductColumns } from './product-columns.ts';
import type { UnmatchedCounts, UnmatchedReason } from './unmatched-events.ts';
import type { Upsell } from './upsells.ts';

/** What is stored is damaged, or belongs to another ledger. It is thrown away; readers start again with `advance`. */
export class OutcomesLost extends Error {
  override readonly name = 'OutcomesLost';
}

/** Columns of baskets, and the number of the first one; the others are numbered on from there. */
export type Kept<Columns> = Columns & { readonly firstBasket: number };

/** With what was paid for each product, to be read together. @throws OutcomesLost from `products` */
export type KeptUplift = Kept<UpliftColumns> & { readonly products: () => ProductColumns };

/**
 * Baskets one by one; others may run between two calls. @throws OutcomesLost from every method, once any process has rebuilt the store
 * since this object was made
 */
export interface SingleBaskets {
  /** A basket from all that the ledger has of it now. */
  fold(basket: number): BasketBook;

  /** The receipts of a basket; much cheaper than all of it. */
  receipts(basket: number): SaleEvent<RecordedLine>[];

  /** Numbers of at most `max` baskets that are, or once were, those of the customer with this pseudonym. */
  ofCustomer(customer: string, max: number): number[];

  /** The customer's number in the columns that were read since this object was made; undefined where nothing is known. */
  numberOf(customer: string): number | undefined;
}

/** An event that counts nowhere or not by itself, and the number under which it arrived. */
export interface UnmatchedArrival {
  readonly arrival: number;
  readonly reason: UnmatchedReason;
  readonly stored: StoredEvent;
}

/** Sums by day of whole segments of baskets, so also of days around those that were asked for. */
export interface SummedSales {
  /** What the codes in all parts stand for. */
  readonly names: OutcomeNames;
  readonly parts: Iterable<DaySums>;
}

/**
 * The outcome of every basket, stored between reports and renewed where something new came, so that a report only reads what is new and
 * adds up. What is stored can be thrown away at any time. When `advance` has nothing left to do it MUST equal the fold over all decisions
 * and events, whatever their order and repetition.
 */
export interface OutcomeStore {
  /**
   * Takes in some of what is new in the ledger, of any tenant; holds the thread for up to a second. Several processes may do so at once.
   *
   * @returns whether there may be more
   */
  advance(): boolean;

  /** About how many decisions and events are taken in so far, and how many the ledger has. */
  progress(): { readonly taken: number; readonly total: number };

  /** Baskets that may count between the two times, both included, in parts of a few thousand; to be read without a pause. @throws OutcomesLost */
  sales(tenant: string, fromMs: number, toMs: number): Iterable<Kept<SalesColumns>>;

  /** The same baskets added up by day, each part by itself; to be read without a pause. @throws OutcomesLost, also while it is read */
  salesByDay(tenant: string, calendar: NamedCalendar, fromMs: number, toMs: number): SummedSales;

  /** Baskets that may have been decided on between the two times. @throws OutcomesLost */
  uplift(tenant: string, fromMs: number, toMs: number): Iterable<KeptUplift>;

  /**
   * All up-sells, of a few thousand baskets at a time; others may run between two.
   *
   * @throws OutcomesLost while they are read, once any process has rebuilt the store meanwhile
   */
  upsells(tenant: string): Iterable<readonly Upsell[]>;

  /** For what columns do not hold. Get it before reading the columns. */
  baskets(tenant: string): SingleBaskets;

  unmatchedCounts(tenant: string): UnmatchedCounts;

  /** At most `max` events that count nowhere or not by themselves, those that arrived last first. @param before arrival number that all are to be below */
  unmatched(tenant: string, max: number, before?: number): UnmatchedArrival[];
}
