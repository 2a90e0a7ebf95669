import { CustomerBook } from '../ledger/customer-book.ts';
import { type AverageSpend, averageSpendOf } from '../ledger/customer-profile.ts';
import { SEGMENT_RULES } from '../ledger/customer-segment.ts';
import { type CustomersReport, CustomersTally } from '../ledger/customers-report.ts';
import { Problem } from './problem.ts';
import { type CustomersQuery, frameReport, type ReportScope } from './report-query.ts';
import {
  finish,
  fromOutcomes,
  inSlices,
  type LedgerSource,
  type OutcomeSource,
  readBook,
  spanOf,
} from './report-source.ts';

/** Receipts and lines of an index at most: 141 MB with a customer for every fourth receipt, 223 MB with one for each. */
export const CUSTOMER_RECEIPTS_MAX = 1_000_000;
const CUSTOMER_LINES_MAX = 10_000_000;

/** What customers are looked up in. */
export interface CustomerIndex {
  readonly book: CustomerBook;
  readonly averageSpend: AverageSpend;
}

export type CustomersAnswer = ReportScope &
  Pick<CustomersQuery, 'by'> &
  CustomersReport & { readonly rules: typeof SEGMENT_RULES };

/** @throws Problem when there are too many receipts or the ledger is too large, and what `pause` rejects with */
export async function indexCustomers(source: LedgerSource): Promise<CustomerIndex> {
  const ledger = await readBook(source);
  const book = new CustomerBook();
  await inSlices(source, ledger.outcomes(), (outcome) => {
    book.add(outcome);
    if (book.receipts > CUSTOMER_RECEIPTS_MAX || book.lines > CUSTOMER_LINES_MAX) {
      const most = `${CUSTOMER_RECEIPTS_MAX} receipts and ${CUSTOMER_LINES_MAX} lines`;
      throw new Problem('too-much', `Wanted at most ${most} of known customers; the ledger has more.`);
    }
  });
  return { book, averageSpend: await finish(source, averageSpendOf(book)) };
}

/** @throws as runSalesReport */
export async function runCustomersReport(
  source: OutcomeSource,
  query: CustomersQuery,
): Promise<CustomersAnswer> {
  const { scope, selection, calendar } = frameReport(query, source.nowMs);
  const { by } = query;
  const tally = await fromOutcomes(source, ({ outcomes, tenant }) => {
    const counting = new CustomersTally({ selection, calendar, by });
    const { toMs } = spanOf(selection);
    for (const columns of outcomes.sales(tenant, Number.NEGATIVE_INFINITY, toMs)) counting.add(columns);
    return counting;
  });
  return { ...scope, by, rules: SEGMENT_RULES, ...(await finish(source, tally.report())) };
}
