import type { OutcomeStore } from '../ledger/outcome-store.ts';
import type { KeptUpliftQuery, SalesQuery } from './report-query.ts';
import { runSalesReport, runUpliftReport, type SalesAnswer, type UpliftAnswer } from './run-report.ts';

export interface ReportRequest<Query> {
  readonly tenant: string;
  readonly query: Query;
  readonly nowMs: number;
  /** Called now and then while the report is made; when it rejects, so does the report. */
  readonly pause: () => Promise<void>;
}

/** Makes reports of all that is on disk, away from the thread that answers tills where there is one for it. */
export interface Reporter {
  /** @throws Problem (rejects), and what `pause` rejects with */
  sales(request: ReportRequest<SalesQuery>): Promise<SalesAnswer>;

  /** @throws as sales */
  uplift(request: ReportRequest<KeptUpliftQuery>): Promise<UpliftAnswer>;
}

/** Makes them in the caller's thread, where nobody else waits for it. */
export function reportHere(outcomes: () => OutcomeStore): Reporter {
  return {
    sales: ({ query, ...request }) => runSalesReport({ ...request, outcomes: outcomes() }, query),
    uplift: ({ query, ...request }) => runUpliftReport({ ...request, outcomes: outcomes() }, query),
  };
}
