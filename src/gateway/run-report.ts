import type { BasketBook } from '../ledger/basket-book.ts';
import { businessDay } from '../ledger/business-calendar.ts';
import { CategorySums } from '../ledger/category-sums.ts';
import { ComparedSales, type ComparedSalesReport } from '../ledger/compared-sales.ts';
import { ExperimentBuilder } from '../ledger/experiment-builder.ts';
import { DAY_MS } from '../ledger/instant.ts';
import { PAST_DAYS } from '../ledger/past-receipts.ts';
import { NOTHING_UNMATCHED, type UnmatchedCounts, withUnmatched } from '../ledger/unmatched-events.ts';
import { reportUplift, type UpliftReport } from '../ledger/uplift-report.ts';
import { Problem } from './problem.ts';
import { frameReport, type ReportScope, type SalesQuery, type UpliftQuery } from './report-query.ts';
import {
  finish,
  fromOutcomes,
  inSlices,
  type LedgerSource,
  type OutcomeSource,
  type ReportSource,
  readBook,
  spanOf,
} from './report-source.ts';

export type SalesAnswer = ReportScope &
  Pick<SalesQuery, 'by' | 'split'> &
  ComparedSalesReport & { unmatched: UnmatchedCounts };
export type UpliftAnswer = ReportScope & Pick<UpliftQuery, 'split'> & UpliftReport;

/** Most products on receipts of an uplift by category: 60 bytes each, and up to twice that because columns grow by doubling. */
const PRODUCT_ROWS_MAX = 4_000_000;

/** The sales of some days. @throws Problem when the query is too large, and what `pause` rejects with */
export function runSalesReport(source: OutcomeSource, query: SalesQuery): Promise<SalesAnswer> {
  return fromOutcomes(source, ({ outcomes, tenant, nowMs }) => {
    const { tallies, calendar, answer } = frameSales(query, nowMs);
    for (const { span, tally } of tallies) {
      const { fromMs, toMs } = spanOf(span);
      const { names, parts } = outcomes.salesByDay(tenant, calendar, fromMs, toMs);
      for (const sums of parts) tally.addDays(sums, names);
    }
    return answer(outcomes.unmatchedCounts(tenant));
  });
}

/**
 * @param productRowsMax products on receipts of an uplift by category
 * @throws as runSalesReport
 */
export async function runUpliftReport(
  source: OutcomeSource,
  query: UpliftQuery,
  productRowsMax = PRODUCT_ROWS_MAX,
): Promise<UpliftAnswer> {
  const finishReport = await fromOutcomes(source, ({ outcomes, tenant }) => {
    const { builder, categories, span, answer } = frameUplift(query, source);
    for (const columns of outcomes.uplift(tenant, span.fromMs, span.toMs)) {
      const rowOf = builder.addColumns(columns);
      if (!categories) continue;
      categories.add(columns.products(), rowOf);
      requireFewer(categories.rows, productRowsMax);
    }
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

function requireFewer(productRows: number, max: number): void {
  if (productRows <= max) return;
  const wanted = `Wanted at most ${max} products on the receipts of an uplift by category; these days have more.`;
  throw new Problem('too-much', `${wanted} Ask for fewer days.`);
}

/** The same report from every decision and event. @throws as runSalesReport, and Problem when the ledger is too large */
export async function foldSalesReport(source: LedgerSource, query: SalesQuery): Promise<SalesAnswer> {
  const { tallies, answer } = frameSales(query, source.nowMs);
  const book = await readBook(source);
  await inSlices(source, book.outcomes(), (outcome) => {
    for (const { tally } of tallies) tally.add(outcome);
  });
  const reasons = [...book.unmatched()].map(({ reason }) => reason);
  return answer(withUnmatched(NOTHING_UNMATCHED, reasons, 1));
}

/** @throws as foldSalesReport */
export async function foldUpliftReport(source: LedgerSource, query: UpliftQuery): Promise<UpliftAnswer> {
  const { builder, categories, answer } = frameUplift(query, source);
  const book = await readBook(source);
  await addBaskets(source, book, builder, categories !== undefined);
  if (builder.hasDrawnCustomers())
    await inSlices(source, book.outcomes(), (outcome) => builder.addDrawnPast(outcome));
  return answer();
}

function addBaskets(
  source: ReportSource,
  book: BasketBook,
  builder: ExperimentBuilder,
  byProduct: boolean,
): Promise<void> {
  if (byProduct)
    return inSlices(source, book.outcomesByProduct(), ([outcome, products]) =>
      builder.add(outcome, products),
    );
  return inSlices(source, book.outcomes(), (outcome) => builder.add(outcome));
}

function frameSales(query: SalesQuery, nowMs: number) {
  const { scope, selection, calendar } = frameReport(query, nowMs);
  const { by, split } = query;
  const shape = { by, ...(split !== undefined && { split }) };
  const sales = new ComparedSales({ selection, calendar, ...shape });
  const answer = (unmatched: UnmatchedCounts): SalesAnswer => ({
    ...scope,
    ...shape,
    ...sales.report(businessDay(calendar, nowMs)),
    unmatched,
  });
  return { tallies: sales.tallies, calendar, answer };
}

function frameUplift(query: UpliftQuery, source: Pick<ReportSource, 'nowMs' | 'pause' | 'categories'>) {
  const { scope, selection, calendar } = frameReport(query, source.nowMs);
  const { split } = query;
  const categories = split === 'category' ? new CategorySums(firstStep(source.categories)) : undefined;
  const parts = split === 'category' ? categories : split;
  const builder = new ExperimentBuilder(selection, calendar, parts);
  const answer = async (): Promise<UpliftAnswer> => {
    const experiment = await finish(source, builder.build());
    const report = await finish(source, reportUplift(experiment));
    return { ...scope, ...(split !== undefined && { split }), ...report };
  };
  return { builder, categories, span: spanOf(selection), answer };
}

/** Products by the first step of their category's path. */
function firstStep(categories: ReportSource['categories']): (productId: string) => string | undefined {
  return (productId) => categories.get(productId)?.split('/', 1)[0];
}
