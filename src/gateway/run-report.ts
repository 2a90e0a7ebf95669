import { BasketBook, type UnmatchedEvents } from '../ledger/basket-book.ts';
import type { EventStore } from '../ledger/event-store.ts';
import { ExperimentBuilder } from '../ledger/experiment.ts';
import type { RollUp } from '../ledger/roll-up.ts';
import { type SalesReport, type SalesReportOptions, SalesTally } from '../ledger/sales-report.ts';
import { reportUplift, type UpliftReport } from '../ledger/uplift-report.ts';
import { Problem } from './problem.ts';
import { frameReport, type ReportScope, type SalesQuery, type UpliftQuery } from './report-query.ts';

/** What a report is made of, and how to make it without getting in anybody's way. */
export interface ReportSource {
  readonly events: Pick<EventStore, 'decisions' | 'events' | 'flush'>;
  readonly rollUp: RollUp;
  readonly tenant: string;
  readonly nowMs: number;
  /** Lets others run; rejects when there is no more time for the report. Called every millisecond or so. */
  readonly pause: () => Promise<void>;
}

/** The ledger itself, for a report that trusts nothing that was kept. */
export type LedgerSource = Omit<ReportSource, 'rollUp'>;

export type SalesAnswer = ReportScope &
  Pick<SalesQuery, 'by' | 'split'> &
  SalesReport & { unmatched: UnmatchedEvents };
export type UpliftAnswer = ReportScope & UpliftReport;

/** Rows taken between two pauses. */
const SLICE_ROWS = 100;
/** Days of a place, of up to 96 quarters of an hour each, taken between two pauses. */
const PLACE_DAYS = 20;
/** Baskets rolled up in one transaction, which holds the thread for a millisecond or two. */
const ROLLED_BASKETS = 25;
/** Baskets that fit in memory beside everything else: about a kilobyte each. */
const BASKETS_MAX = 2_000_000;

/** @throws Problem when the query is too large, EventStoreUnavailable, and what `pause` rejects with */
export async function runSalesReport(source: ReportSource, query: SalesQuery): Promise<SalesAnswer> {
  const { tally, options, answer } = frameSales(query, source.nowMs);
  const { fromDay, toDay } = options.selection;
  await catchUp(source);
  // A business day lies within the day of UTC before its own, up to the second after it: zones are off by up to 14 hours.
  const days = source.rollUp.placeDays(source.tenant, fromDay - 1, toDay + 2);
  await inSlices(source, days, (day) => tally.addPlaceDay(day), PLACE_DAYS);
  return answer(source.rollUp.unmatched(source.tenant));
}

/** The same report from decisions and events alone. @throws Problem when the ledger has too many baskets for it */
export async function foldSalesReport(source: LedgerSource, query: SalesQuery): Promise<SalesAnswer> {
  const { tally, answer } = frameSales(query, source.nowMs);
  const book = await readBook(source);
  await inSlices(source, book.outcomes(), (outcome) => tally.add(outcome));
  return answer(book.unmatched());
}

/** @throws as runSalesReport */
export async function runUpliftReport(source: ReportSource, query: UpliftQuery): Promise<UpliftAnswer> {
  const { scope, selection, calendar } = frameReport(query, source.nowMs);
  const builder = new ExperimentBuilder(selection, calendar);
  await catchUp(source);
  await inSlices(source, source.rollUp.outcomes(source.tenant), (outcome) => {
    builder.add(outcome);
    if (builder.size > BASKETS_MAX) {
      const detail = `Wanted an experiment of at most ${BASKETS_MAX} baskets; these days have more.`;
      throw new Problem('too-much', detail);
    }
  });
  const experiment = await finish(source, builder.build());
  return { ...scope, ...(await finish(source, reportUplift(experiment))) };
}

function frameSales(query: SalesQuery, nowMs: number) {
  const { scope, selection, calendar } = frameReport(query, nowMs);
  const { by, split } = query;
  const shape = { by, ...(split !== undefined && { split }) };
  const options: SalesReportOptions = { selection, calendar, ...shape };
  const tally = new SalesTally(options);
  const answer = (unmatched: UnmatchedEvents): SalesAnswer => ({
    ...scope,
    ...shape,
    ...tally.report(),
    unmatched,
  });
  return { tally, options, answer };
}

/** Rolls up all that has come. */
async function catchUp({ events, rollUp, tenant, pause }: ReportSource): Promise<void> {
  await events.flush();
  while (await rollUp.advance(tenant, ROLLED_BASKETS)) await pause();
}

/** Everything the ledger has: a refund of today changes a sale of last year, so all of it is read for any range. */
export async function readBook(source: LedgerSource): Promise<BasketBook> {
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
  sliceRows = SLICE_ROWS,
): Promise<void> {
  let taken = 0;
  for (const row of rows) {
    take(row);
    if (++taken % sliceRows === 0) await pause();
  }
}

/** Runs a fold that yields between its slices. */
async function finish<Result>({ pause }: ReportSource, steps: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await pause();
  }
}
