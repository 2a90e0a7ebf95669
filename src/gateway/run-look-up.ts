import { type AverageSpend, AverageSpendSums } from '../ledger/average-spend.ts';
import type { BasketBook } from '../ledger/basket-book.ts';
import { businessDay } from '../ledger/business-calendar.ts';
import { CustomerBook, type CustomerReceipt } from '../ledger/customer-book.ts';
import { type CustomerProfile, profileOf, visitsOf } from '../ledger/customer-profile.ts';
import { fromOutcomes, inSlices, type OutcomeSource } from './report-source.ts';
import { zoneCalendar } from './zone-calendar.ts';

export interface LookUpQuestion {
  /** Pseudonyms. */
  readonly customers: readonly string[];
  /** Whose receipts count; those of every store when absent. */
  readonly storeIds?: readonly string[];
  readonly timeZone: string;
  readonly dayEnds: number;
  readonly averageSpend: AverageSpend;
}

/** Baskets under one name, paid or not, up to which it is looked through. */
const BASKETS_OF_CUSTOMER_MAX = 20_000;
const EVER = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** The profile of each customer, undefined where nothing is known. @throws what `pause` rejects with */
export function runLookUp(
  source: OutcomeSource,
  { customers, storeIds, timeZone, dayEnds, averageSpend }: LookUpQuestion,
): Promise<(CustomerProfile | undefined)[]> {
  const calendar = zoneCalendar(timeZone, dayEnds);
  const today = businessDay(calendar, source.nowMs);
  return fromOutcomes(source, async ({ outcomes, tenant }) => {
    const bookOf = outcomes.baskets(tenant);
    const profiles: (CustomerProfile | undefined)[] = [];
    for (const customer of customers) {
      const all = await receiptsOf(source, customer, bookOf);
      const own = all.filter(({ storeId }) => storeIds === undefined || storeIds.includes(storeId!));
      const isKnown = own.length > 0;
      profiles.push(isKnown ? profileOf(visitsOf(own, calendar), today, averageSpend) : undefined);
      await source.pause();
    }
    return profiles;
  });
}

async function receiptsOf(
  source: OutcomeSource,
  customer: string,
  bookOf: (basket: number) => BasketBook,
): Promise<CustomerReceipt[]> {
  const { outcomes, tenant } = source;
  const baskets = outcomes.basketsOf(tenant, customer, BASKETS_OF_CUSTOMER_MAX + 1);
  if (baskets.length > BASKETS_OF_CUSTOMER_MAX) return [];
  const book = new CustomerBook();
  await inSlices(source, baskets, (basket) => {
    // A later decision may have named somebody else.
    for (const outcome of bookOf(basket).outcomes()) if (outcome.customer === customer) book.add(outcome);
  });
  return book.receiptsOf(customer);
}

/** @throws what `pause` rejects with */
export function runAverageSpend(source: OutcomeSource): Promise<AverageSpend> {
  return fromOutcomes(source, ({ outcomes, tenant }) => {
    const sums = new AverageSpendSums();
    for (const columns of outcomes.sales(tenant, ...EVER)) sums.add(columns);
    return sums.averages();
  });
}
