import type { BasketBook, UnmatchedEvents } from './basket-book.ts';
import type { NamedCalendar } from './business-calendar.ts';
import type { DaySums } from './day-sums.ts';
import type { SalesColumns, UpliftColumns } from './outcome-columns.ts';
import type { OutcomeNames } from './outcome-names.ts';
import type { ProductColumns } from './product-columns.ts';
import type { Upsell } from './upsells.ts';

/** What was kept is damaged, or of another ledger. It is thrown away: whoever reads begins again with `advance`. */
export class OutcomesLost extends Error {
  override readonly name = 'OutcomesLost';
}

/** Columns of baskets, and by which number the first of them, and with that each other, is known. */
export type Kept<Columns> = Columns & { readonly firstBasket: number };

/** With what was paid for each product, to be read with them. @throws OutcomesLost from `products` */
export type KeptUplift = Kept<UpliftColumns> & { readonly products: () => ProductColumns };

/** Baskets one by one; others may run between two calls. @throws OutcomesLost, all, when all was thrown away since this was had */
export interface SingleBaskets {
  /** A basket from all that the ledger has of it now. */
  fold(basket: number): BasketBook;

  /** Numbers of baskets that are, or were once, those of a customer by this name; at most so many. */
  ofCustomer(customer: string, max: number): number[];

  /** By which columns that were read since this was had know a customer; undefined where nothing is known. */
  numberOf(customer: string): number | undefined;
}

/** Baskets of whole segments, so of days around those that were asked for too, in sums by day. */
export interface SummedSales {
  /** What the codes in all parts stand for. */
  readonly names: OutcomeNames;
  readonly parts: Iterable<DaySums>;
}

/**
 * The outcome of every basket, kept from one report to the next and made anew where something came: so a report reads what is new
 * and adds up. What is kept can be thrown away at any time. When `advance` has nothing left to do it MUST equal the fold over all decisions
 * and events, in whatever order and however often they came.
 */
export interface OutcomeStore {
  /**
   * Takes in some of what has come to the ledger of any tenant; holds the thread for up to a second. Several processes may do so at
   * once.
   *
   * @returns whether there may be more
   */
  advance(): boolean;

  /** Decisions and events taken in so far, and those of the ledger, about. */
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
   * @throws OutcomesLost while they are read, all, when all was thrown away since this was had
   */
  upsells(tenant: string): Iterable<readonly Upsell[]>;

  /** For what columns do not hold. To be had before the columns are read. */
  baskets(tenant: string): SingleBaskets;

  unmatched(tenant: string): UnmatchedEvents;
}
