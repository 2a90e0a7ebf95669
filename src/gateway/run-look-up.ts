import { type AverageSpend, AverageSpendSums } from '../ledger/average-spend.ts';
import { businessDay } from '../ledger/business-calendar.ts';
import { CustomerBook, type CustomerReceipt } from '../ledger/customer-book.ts';
import { type CustomerProfile, profileOf, visitsOf } from '../ledger/customer-profile.ts';
import type { SingleBaskets } from '../ledger/outcome-store.ts';
import { Problem } from './problem.ts';
import { EVER, fromOutcomes, inSlices, type OutcomeSource } from './report-source.ts';
import { zoneCalendar } from './zone-calendar.ts';

export interface LookUpQuestion {
  /** Pseudonyms. */
  readonly customers: readonly string[];
  /** Stores whose receipts count; every store when absent. */
  readonly storeIds?: readonly string[];
  readonly timeZone: string;
  readonly dayEnds: number;
  readonly averageSpend: AverageSpend;
}

/** Most baskets, paid or not, of one name (more are not looked through), and of all names of a question: some 60 µs each. */
export const BASKETS_OF_CUSTOMER_MAX = 20_000;
const BASKETS_MAX = 100_000;

/**
 * The profile of each customer, undefined where nothing is known.
 *
 * @throws Problem when there are too many baskets, and what `pause` rejects with
 */
export function runLookUp(
  source: OutcomeSource,
  question: LookUpQuestion,
): Promise<(CustomerProfile | undefined)[]> {
  const { customers, storeIds, timeZone, dayEnds, averageSpend } = question;
  const calendar = zoneCalendar(timeZone, dayEnds);
  const today = businessDay(calendar, source.nowMs);
  return fromOutcomes(source, async ({ outcomes, tenant, pause }) => {
    const single = outcomes.baskets(tenant);
    const profiles = new Map<string, CustomerProfile | undefined>();
    for (const [customer, own] of basketsOf(customers, single)) {
      const all = await receiptsOf(source, customer, own, single);
      const counted = all.filter(({ storeId }) => storeIds === undefined || storeIds.includes(storeId!));
      if (counted.length > 0)
        profiles.set(customer, profileOf(visitsOf(counted, calendar), today, averageSpend));
      await pause();
    }
    return customers.map((customer) => profiles.get(customer));
  });
}

/** Baskets of each name that may be a person's. @throws Problem */
function basketsOf(customers: readonly string[], single: SingleBaskets): Map<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  let baskets = 0;
  for (const customer of new Set(customers)) {
    const own = single.ofCustomer(customer, BASKETS_OF_CUSTOMER_MAX + 1);
    if (own.length > BASKETS_OF_CUSTOMER_MAX) continue;
    found.set(customer, own);
    baskets += own.length;
    if (baskets <= BASKETS_MAX) continue;
    const detail = `Wanted customers with at most ${BASKETS_MAX} baskets together; ask for fewer at once.`;
    throw new Problem('too-much', detail);
  }
  return found;
}

async function receiptsOf(
  source: OutcomeSource,
  customer: string,
  baskets: readonly number[],
  single: SingleBaskets,
): Promise<CustomerReceipt[]> {
  const book = new CustomerBook();
  await inSlices(source, baskets, (basket) => {
    // A later decision may have named somebody else.
    for (const outcome of single.fold(basket).outcomes())
      if (outcome.customer === customer) book.add(outcome);
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
