import { BasketBook, type UnmatchedEvents } from '../ledger/basket-book.ts';
import { businessDay } from '../ledger/business-calendar.ts';
import { CategorySums } from '../ledger/category-sums.ts';
import { ComparedSales, type ComparedSalesReport } from '../ledger/compared-sales.ts';
import type { DaySpan } from '../ledger/compared-spans.ts';
import type { EventStore } from '../ledger/event-store.ts';
import type { BasketSplit } from '../ledger/experiment.ts';
import { ExperimentBuilder } from '../ledger/experiment-builder.ts';
import { DAY_MS } from '../ledger/instant.ts';
import { type OutcomeStore, OutcomesLost } from '../ledger/outcome-store.ts';
import { PAST_DAYS } from '../ledger/past-receipts.ts';
import { reportUplift, type UpliftReport } from '../ledger/uplift-report.ts';
import { Problem } from './problem.ts';
import {
  frameReport,
  type KeptUpliftQuery,
  type ReportScope,
  type SalesQuery,
  type UpliftQuery,
} from './report-query.ts';

/** What a report is about, and how to make it without getting in anybody's way. */
interface ReportSource {
  readonly tenant: string;
  readonly nowMs: number;
  /** Lets others run; rejects when there is no more time for the report. */
  readonly pause: () => Promise<void>;
}

/** The ledger that a report is folded from, with a pause every millisecond or so. */
export interface LedgerSource extends ReportSource {
  readonly events: Pick<EventStore, 'decisions' | 'decisionFacts' | 'events' | 'flush'>;
}

/** The outcomes that a report is added up from; these hold the thread for up to a second. */
export interface OutcomeSource extends ReportSource {
  readonly outcomes: OutcomeStore;
}

export type SalesAnswer = ReportScope &
  Pick<SalesQuery, 'by' | 'split'> &
  ComparedSalesReport & { unmatched: UnmatchedEvents };
export type UpliftAnswer = ReportScope & Pick<UpliftQuery, 'split'> & UpliftReport;

/** Rows folded between two pauses. */
const SLICE_ROWS = 100;
/** Baskets that fit in memory beside everything else: about a kilobyte each. */
const BASKETS_MAX = 2_000_000;

/** The sales of some days. @throws Problem when the query is too large, and what `pause` rejects with */
export function runSalesReport(source: OutcomeSource, query: SalesQuery): Promise<SalesAnswer> {
  return fromOutcomes(source, ({ outcomes, tenant, nowMs }) => {
    const { tallies, calendar, answer } = frameSales(query, nowMs);
    for (const { span, tally } of tallies) {
      const { fromMs, toMs } = spanOf(span);
      const { names, parts } = outcomes.salesByDay(tenant, calendar, fromMs, toMs);
      for (const sums of parts) tally.addDays(sums, names);
    }
    return answer(outcomes.unmatched(tenant));
  });
}

/** @throws as runSalesReport */
export async function runUpliftReport(source: OutcomeSource, query: KeptUpliftQuery): Promise<UpliftAnswer> {
  const finishReport = await fromOutcomes(source, ({ outcomes, tenant }) => {
    const { builder, span, answer } = frameUplift(query, source, query.split);
    for (const columns of outcomes.uplift(tenant, span.fromMs, span.toMs)) builder.addColumns(columns);
    if (builder.hasDrawnCustomers()) {
      const all = () => outcomes.uplift(tenant, Number.NEGATIVE_INFINITY, span.toMs);
      for (const columns of all()) builder.meetCustomers(columns);
      for (const columns of all()) builder.addDrawnPastColumns(columns);
    } else if (builder.hasKnownCustomers()) {
      const fromMs = span.fromMs - PAST_DAYS * DAY_MS;
      for (const columns of outcomes.uplift(tenant, fromMs, span.toMs)) builder.addPastReceipts(columns);
    }
    if (query.split === 'customer')
      for (const columns of outcomes.sales(tenant, Number.NEGATIVE_INFINITY, span.toMs))
        builder.addVisits(columns);
    return answer;
  });
  return finishReport();
}

/** Reads the outcomes, all at once, when they are up to date; once more where they prove to be damaged. */
async function fromOutcomes<Read>(
  source: OutcomeSource,
  read: (source: OutcomeSource) => Read,
): Promise<Read> {
  const { outcomes, pause } = source;
  for (let isSecond = false; ; isSecond = true) {
    while (outcomes.advance()) await pause();
    try {
      return read(source);
    } catch (error) {
      if (isSecond || !(error instanceof OutcomesLost)) throw error;
    }
  }
}

/** The same report from every decision and event. @throws as runSalesReport, and Problem when the ledger is too large */
export async function foldSalesReport(source: LedgerSource, query: SalesQuery): Promise<SalesAnswer> {
  const { tallies, answer } = frameSales(query, source.nowMs);
  const book = await readBook(source);
  await inSlices(source, book.outcomes(), (outcome) => {
    for (const { tally } of tallies) tally.add(outcome);
  });
  return answer(book.unmatched());
}

/** @throws as foldSalesReport */
export async function foldUpliftReport(source: LedgerSource, query: KeptUpliftQuery): Promise<UpliftAnswer> {
  const { builder, answer } = frameUplift(query, source, query.split);
  const book = await readBook(source);
  await inSlices(source, book.outcomes(), (outcome) => builder.add(outcome));
  await addPast(source, book, builder);
  return answer();
}

async function addPast(source: LedgerSource, book: BasketBook, builder: ExperimentBuilder): Promise<void> {
  if (builder.hasDrawnCustomers())
    await inSlices(source, book.outcomes(), (outcome) => builder.addDrawnPast(outcome));
}

/**
 * The uplift of each category by itself, named by the first step of its path.
 *
 * @throws as foldSalesReport
 */
export async function foldUpliftByCategory(
  source: LedgerSource & { readonly categoryOf: (productId: string) => string | undefined },
  query: Omit<UpliftQuery, 'split'>,
): Promise<UpliftAnswer> {
  const sums = new CategorySums((productId) => source.categoryOf(productId)?.split('/', 1)[0]);
  const { builder, answer } = frameUplift({ ...query, split: 'category' }, source, sums);
  const book = await readBook(source);
  await inSlices(source, book.outcomesByProduct(), ([outcome, products]) => builder.add(outcome, products));
  await addPast(source, book, builder);
  return answer();
}

function frameSales(query: SalesQuery, nowMs: number) {
  const { scope, selection, calendar } = frameReport(query, nowMs);
  const { by, split } = query;
  const shape = { by, ...(split !== undefined && { split }) };
  const sales = new ComparedSales({ selection, calendar, ...shape });
  const answer = (unmatched: UnmatchedEvents): SalesAnswer => ({
    ...{ ...scope, ...shape, ...sales.report(businessDay(calendar, nowMs)) },
    unmatched,
  });
  return { tallies: sales.tallies, calendar, answer };
}

function frameUplift(
  query: UpliftQuery,
  source: Pick<ReportSource, 'nowMs' | 'pause'>,
  parts: BasketSplit | CategorySums | undefined,
) {
  const { scope, selection, calendar } = frameReport(query, source.nowMs);
  const { split } = query;
  const builder = new ExperimentBuilder(selection, calendar, parts);
  const answer = async (): Promise<UpliftAnswer> => {
    const experiment = await finish(source, builder.build());
    const report = await finish(source, reportUplift(experiment));
    return { ...scope, ...(split !== undefined && { split }), ...report };
  };
  return { builder, span: spanOf(selection), answer };
}

/** All times that business days of any zone and hour of closing can cover. */
function spanOf({ fromDay, toDay }: DaySpan): { fromMs: number; toMs: number } {
  return { fromMs: (fromDay - 2) * DAY_MS, toMs: (toDay + 3) * DAY_MS };
}

/** Everything the ledger has: a refund of today changes a sale of last year, so all of it is read for any range. */
export async function readBook(source: LedgerSource): Promise<BasketBook> {
  const { events, tenant } = source;
  await events.flush();
  const book = new BasketBook();
  await inSlices(source, events.decisionFacts(tenant), (decision) => book.addDecision(decision));
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
