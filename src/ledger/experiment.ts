import type { FirstDecision } from './basket-outcome.ts';
import { isPlaceSelected, type Place } from './basket-place.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import type { CategoryMetrics } from './category-sums.ts';
import type { CustomerExperiment } from './drawn-customers.ts';
import type { ReportSelection } from './sales-report.ts';

/** The metrics whose increase is measured, per basket; money in minor units of the experiment's one currency. */
export const METRICS = ['margin', 'revenue', 'items', 'upsellMargin', 'holdingSaved'] as const;
export type Metric = (typeof METRICS)[number];

/** How baskets can be split into parts: by the first decision's place, or by whether the customer had paid for a basket before. */
export const BASKET_SPLITS = ['store', 'agent', 'channel', 'customer'] as const;
export type BasketSplit = (typeof BASKET_SPLITS)[number];

/** Baskets of the experiment as columns, in the order of their first decisions. */
export interface Experiment {
  readonly count: number;
  /** [count] 1 for treatment, 0 for holdout */
  readonly isTreated: Uint8Array;
  /** [count] the basket's chance of `holdout` */
  readonly holdoutShare: Float64Array;
  /** [count] number of the customer, or of the basket alone where the customer is not known */
  readonly cluster: Int32Array;
  readonly clusterCount: number;
  /** [count] 1 where the arm was drawn for the customer; the covariates of such a basket are the mean of the others' */
  readonly isDrawnForCustomer: Uint8Array;
  readonly covariateCount: number;
  /** [count × covariateCount] what was known before the first offer, row by row */
  readonly covariates: Float32Array;
  /** [METRICS][count] */
  readonly metrics: readonly Float64Array[];
  /** [count] revenue whose cost is known, minor units */
  readonly costed: Float64Array;
  /** [count] revenue whose saved holding cost is known, minor units */
  readonly held: Float64Array;
  /** [count] bits of the currencies that the basket was paid in, by their place in `currencyNames`; the 31st and later share one */
  readonly paidIn: Int32Array;
  readonly currencyNames: readonly string[];
  /** [count] 1 where some of its decisions, or the first of its customer, are of the other arm */
  readonly hasCrossed: Uint8Array;
  /** Where arms were drawn for customers: all that were drawn up to the last day */
  readonly customers?: CustomerExperiment;
  /**
   * Where parts were asked for: [count] the number of each basket's part, and the parts' names, null for baskets whose part is not known
   */
  readonly split?: { readonly part: Int32Array; readonly names: readonly (string | null)[] };
  /** The metrics of each category, to be read once; absent where they were not asked for */
  readonly categories?: Iterable<CategoryMetrics>;
}

/** Currencies of the receipts, by their codes; with more than one, money cannot be compared. */
export function currenciesOf({
  paidIn,
  currencyNames,
}: Pick<Experiment, 'paidIn' | 'currencyNames'>): string[] {
  const bits = paidIn.reduce((all, own) => all | own, 0);
  return currencyNames.filter((_, code) => (bits & currencyBit(code)) !== 0).sort();
}

/** The bit of a currency in `paidIn`. */
export function currencyBit(code: number): number {
  return 1 << Math.min(code, 30);
}

/** The share of the revenue that `part`, revenue by basket, makes up; 0 without revenue. */
export function shareOfRevenue({ metrics }: Pick<Experiment, 'metrics'>, part: Float64Array): number {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const revenue = sum(metrics[METRICS.indexOf('revenue')]!);
  return revenue > 0 ? sum(part) / revenue : 0;
}

/** Whether a decision matches a selection, by its own business day, store, channel and agent. */
export function isDecidedIn(
  selection: ReportSelection,
  calendar: BusinessCalendar,
  decided: Pick<FirstDecision, 'atMs'> & Partial<Place>,
): boolean {
  if (!isPlaceSelected(selection, decided)) return false;
  const day = businessDay(calendar, decided.atMs);
  return day >= selection.fromDay && day <= selection.toDay;
}
