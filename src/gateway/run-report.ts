import { BasketBook, type UnmatchedEvents } from '../ledger/basket-book.ts';
import { businessDay } from '../ledger/business-calendar.ts';
import { ComparedSales, type ComparedSalesReport } from '../ledger/compared-sales.ts';
import type { EventStore } from '../ledger/event-store.ts';
import { ExperimentBuilder } from '../ledger/experiment.ts';
import { reportUplift, type UpliftReport } from '../ledger/uplift-report.ts';
import { Problem } from './problem.ts';
import { frameReport, type ReportScope, type SalesQuery, type UpliftQuery } from './report-query.ts';

/** The ledger that a report is folded from, and how to fold it without getting in anybody's way. */
export interface ReportSource {
  readonly events: Pick<EventStore, 'decisions' | 'events' | 'flush'>;
  readonly tenant: string;
  readonly nowMs: number;
  /** Lets others run; rejects when there is no more time for the report. Called every millisecond or so. */
  readonly pause: () => Promise<void>;
}

export type SalesAnswer = ReportScope &
  Pick<SalesQuery, 'by' | 'split'> &
  ComparedSalesReport & { unmatched: UnmatchedEvents };
export type UpliftAnswer = ReportScope & UpliftReport;

/** Rows folded between two pauses. */
const SLICE_ROWS = 100;
/** Baskets that fit in memory beside everything else: about a kilobyte each. */
const BASKETS_MAX = 2_000_000;

/** @throws Problem when the query or the ledger is too large, and what `pause` rejects with */
export async function runSalesReport(source: ReportSource, query: SalesQuery): Promise<SalesAnswer> {
  const { scope, selection, calendar } = frameReport(query, source.nowMs);
  const { by, split } = query;
  const shape = { by, ...(split !== undefined && { split }) };
  const sales = new ComparedSales({ selection, calendar, ...shape });
  const book = await readBook(source);
  await inSlices(source, book.outcomes(), (outcome) => sales.add(outcome));
  const report = sales.report(businessDay(calendar, source.nowMs));
  return { ...scope, ...shape, ...report, unmatched: book.unmatched() };
}

/** @throws as runSalesReport */
export async function runUpliftReport(source: ReportSource, query: UpliftQuery): Promise<UpliftAnswer> {
  const { scope, selection, calendar } = frameReport(query, source.nowMs);
  const builder = new ExperimentBuilder(selection, calendar);
  const book = await readBook(source);
  await inSlices(source, book.outcomes(), (outcome) => builder.add(outcome));
  const experiment = await finish(source, builder.build());
  return { ...scope, ...(await finish(source, reportUplift(experiment))) };
}

/** Everything the ledger has: a refund of today changes a sale of last year, so all of it is read for any range. */
export async function readBook(source: ReportSource): Promise<BasketBook> {
  const { events, tenant } = source;
  await events.flush();
  const book = new BasketBook();
  await inSlices(source, events.decisions(tenant), (decision) => book.addDecision(decision));
  await inSlices(source, events.events(tenant), (event) => {
    book.addEvent(event);
    if (book.size > BASKETS_MAX) {
      throw new Problem('too-much', `Wanted a ledger of at most ${BASKETS_MAX} baskets; this one has more.`);
    }
  });
  return book;
}

export async function inSlices<Row>(
  { pause }: Pick<ReportSource, 'pause'>,
  rows: Iterable<Row>,
  take: (row: Row) => void,
): Promise<void> {
  let taken = 0;
  for (const row of rows) {
    take(row);
    if (++taken % SLICE_ROWS === 0) await pause();
  }
}

/** Runs a fold that yields between its slices. */
export async function finish<Result>(
  { pause }: Pick<ReportSource, 'pause'>,
  steps: Generator<void, Result>,
): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await pause();
  }
}
