import { type PeriodLength, periodName } from './business-calendar.ts';
import { type ComparedSpans, comparedSpans, type DaySpan } from './compared-spans.ts';
import { textOfDay } from './instant.ts';
import { type SalesReport, type SalesReportOptions, SalesTally } from './sales-report.ts';
import type { SalesRow } from './sales-sums.ts';
import { type Trend, trendOf } from './trend.ts';

/** Sales compared with those of other times. */
export interface ComparedSalesReport extends SalesReport {
  readonly comparison: { readonly [span in keyof ComparedSpans]: SpanTotal };
  readonly trend: SalesTrend;
}

/** The total of another span of days; both dates are included. */
export interface SpanTotal {
  readonly from: string;
  readonly to: string;
  readonly total: SalesRow;
}

/** Over periods that lie wholly within the report and have ended, from the first with a basket on; null where they are too few. */
export interface SalesTrend {
  readonly transactions: Trend | null;
  /** Major units. */
  readonly revenue: readonly { readonly currency: string; readonly trend: Trend | null }[];
}

/** Compares the sales of some days with those of two earlier spans. */
export class ComparedSales {
  readonly #options: SalesReportOptions;
  readonly #spans: ComparedSpans;
  readonly #tally: SalesTally;
  readonly #earlier: { readonly [span in keyof ComparedSpans]: SalesTally };

  constructor(options: SalesReportOptions) {
    const { split: _, ...whole } = options;
    this.#options = options;
    this.#spans = comparedSpans(options.selection, options.by);
    this.#tally = new SalesTally(options);
    const tallyOf = (span: DaySpan) =>
      new SalesTally({ ...whole, selection: { ...options.selection, ...span } });
    this.#earlier = { previous: tallyOf(this.#spans.previous), yearBefore: tallyOf(this.#spans.yearBefore) };
  }

  /** The tallies to fill, each with the days it covers. */
  get tallies(): readonly { readonly span: DaySpan; readonly tally: SalesTally }[] {
    const { previous, yearBefore } = this.#earlier;
    return [
      { span: this.#options.selection, tally: this.#tally },
      { span: this.#spans.previous, tally: previous },
      { span: this.#spans.yearBefore, tally: yearBefore },
    ];
  }

  /** @param today business day of the report; it, and the periods that contain it, have not ended */
  report(today: number): ComparedSalesReport {
    const compared = (span: keyof ComparedSpans): SpanTotal => {
      const { fromDay, toDay } = this.#spans[span];
      const { total } = this.#earlier[span].report();
      return { from: textOfDay(fromDay), to: textOfDay(toDay), total };
    };
    const { selection, by } = this.#options;
    const periods = wholePeriods(selection, by, today);
    const report = this.#tally.report();
    const rows = this.#options.split === undefined ? report.rows : this.#tally.periodRows();
    return {
      ...report,
      comparison: { previous: compared('previous'), yearBefore: compared('yearBefore') },
      trend: salesTrend({ rows, total: report.total }, periods, by === 'day'),
    };
  }
}

function salesTrend({ rows, total }: SalesReport, periods: readonly string[], isDaily: boolean): SalesTrend {
  const rowOf = new Map(rows.map((row) => [row.period, row]));
  const first = periods.findIndex((period) => rowOf.has(period));
  const traded = first < 0 ? [] : periods.slice(first);
  const trend = (figureOf: (row: SalesRow | undefined) => number | undefined) =>
    trendOf(
      traded.map((period) => ({ period, value: figureOf(rowOf.get(period)) ?? 0 })),
      isDaily,
    );
  return {
    transactions: trend((row) => row?.transactions),
    revenue: total.money.map(({ currency }) => ({
      currency,
      trend: trend((row) => row?.money.find((sums) => sums.currency === currency)?.revenue),
    })),
  };
}

/** Names of the periods that lie wholly within the days and have ended, in order of time. */
function wholePeriods({ fromDay, toDay }: DaySpan, by: PeriodLength, today: number): string[] {
  const lastDay = Math.min(toDay, today - 1);
  const names = new Set<string>();
  for (let day = fromDay; day <= lastDay; day++) names.add(periodName(day, by));
  names.delete(periodName(fromDay - 1, by));
  names.delete(periodName(lastDay + 1, by));
  return [...names];
}
