import { SEGMENT_RULES } from '../ledger/customer-segment.ts';
import { type CustomersReport, CustomersTally } from '../ledger/customers-report.ts';
import { type CustomersQuery, frameReport, type ReportScope } from './report-query.ts';
import { finish, fromOutcomes, type OutcomeSource, spanOf } from './report-source.ts';

export type CustomersAnswer = ReportScope &
  Pick<CustomersQuery, 'by'> &
  CustomersReport & { readonly rules: typeof SEGMENT_RULES };

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
