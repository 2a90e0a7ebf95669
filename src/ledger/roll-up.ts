import type { UnmatchedEvents } from './basket-book.ts';
import type { BasketOutcome } from './basket-outcome.ts';
import type { SalesSums } from './sales-sums.ts';

/** Where baskets were sold, else decided on; every field may be unknown. */
export interface Place {
  readonly storeId: string | undefined;
  readonly agentId: string | undefined;
  readonly channel: string | undefined;
}

export const QUARTER_MS = 900_000;

/** The figures of one place in one day of UTC, by quarter of an hour. */
export interface PlaceDay {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly place: Place;
  /** Quarters of an hour in which there is something, by their number in the day, in order. */
  readonly quarters: readonly (readonly [quarter: number, sums: SalesSums])[];
}

/**
 * What the ledger comes to, kept up to date basket by basket: the outcome of each, and their sums by place and quarter of an hour,
 * from which the days of every time zone (since 1972) and every hour of closing can be added up exactly. It MUST equal the fold over
 * all decisions and events once `advance` has nothing left to do, in whatever order they came.
 */
export interface RollUp {
  /**
   * Takes in some of the baskets that something has come for, in one transaction.
   *
   * @param tenant whose; undefined: anybody's
   * @param basketsMax how many; the thread is held for about 0.1 ms each
   * @returns whether there may be more
   * @throws EventStoreUnavailable (rejects)
   */
  advance(tenant: string | undefined, basketsMax: number): Promise<boolean>;

  /** Every basket's outcome; may be read slowly. */
  outcomes(tenant: string): Iterable<BasketOutcome>;

  /** Sums of the days of UTC from `fromDay` up to and with `toDay`; may be read slowly. */
  placeDays(tenant: string, fromDay: number, toDay: number): Iterable<PlaceDay>;

  unmatched(tenant: string): UnmatchedEvents;
}
