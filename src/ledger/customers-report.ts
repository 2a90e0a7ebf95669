import { type AverageSpend, AverageSpendSums } from './average-spend.ts';
import { isPlaceSelected } from './basket-place.ts';
import { businessDay, periodName } from './business-calendar.ts';
import { CustomerBook, type CustomerReceipt, type Spend } from './customer-book.ts';
import { addSpend, standingOf, type Visit, visitsOf } from './customer-profile.ts';
import { isGainedBack, SEGMENTS, type Segment } from './customer-segment.ts';
import { CustomerSums, type CustomersRow, revenueOf } from './customers-row.ts';
import { DayCounts } from './day-counts.ts';
import { getOrMake } from './get-or-make.ts';
import { IS_SOLD, type SalesColumns } from './outcome-columns.ts';
import type { SalesReportOptions } from './sales-report.ts';
import { GROUP_CUSTOMERS_MIN, withheldGroups } from './withheld-groups.ts';

export interface SegmentRow {
  readonly segment: Segment;
  readonly customers: number;
  /** All that they have spent there up to the last day, less refunds; null where it is withheld. */
  readonly money: readonly { readonly currency: string; readonly revenue: number }[] | null;
}

export interface CustomersReport {
  readonly rows: readonly CustomersRow[];
  readonly total: CustomersRow;
  /** As of the last day, in the order of SEGMENTS; null where fewer than five customers would be broken down. */
  readonly segments: readonly SegmentRow[] | null;
  /** Paid baskets of the time and place whose customer is not known. */
  readonly unknownTransactions: number;
}

/**
 * Counts known customers. The filters choose receipts; whether a customer is new, gained back or of which segment is told by
 * all receipts up to the last day, wherever they are from, so that nobody is new to a store who only changed the till.
 */
export class CustomersTally {
  readonly #options: Omit<SalesReportOptions, 'split'>;
  readonly #book = new CustomerBook();
  readonly #averageSpend = new AverageSpendSums();
  readonly #rows = new Map<string, CustomerSums>();
  /** By day. */
  readonly #periods = new Map<number, string>();
  readonly #total = new CustomerSums();
  readonly #segments = new Map(
    SEGMENTS.map((segment) => [segment, { customers: 0, spend: new Map<string, number>() }]),
  );
  #unknownTransactions = 0;

  constructor(options: Omit<SalesReportOptions, 'split'>) {
    this.#options = options;
  }

  /** Each basket once, in any order; customers have one number in all columns. */
  add(columns: SalesColumns): void {
    const { selection, calendar } = this.#options;
    const isBy = (at: number) => businessDay(calendar, columns.baskets.atMs[at]!) <= selection.toDay;
    this.#averageSpend.add(columns, isBy);
    for (const [customer, receipt] of receiptsIn(columns)) {
      const day = businessDay(calendar, receipt.atMs);
      if (day > selection.toDay) continue;
      if (customer !== 0) this.#book.addReceipt(String(customer), receipt);
      else if (day >= selection.fromDay && isPlaceSelected(selection, receipt)) this.#unknownTransactions++;
    }
  }

  /** To be run once, after the last outcome; yields after some customers. */
  *report(): Generator<void, CustomersReport> {
    const averageSpend = this.#averageSpend.averages();
    for (const slice of this.#book.personsInSlices()) {
      for (const receipts of slice) this.#addPerson(receipts, averageSpend);
      yield;
    }
    return {
      rows: rowsOf(this.#rows),
      total: this.#total.row(false),
      segments: this.#segmentRows(),
      unknownTransactions: this.#unknownTransactions,
    };
  }

  #addPerson(receipts: readonly CustomerReceipt[], averageSpend: AverageSpend): void {
    const { selection, calendar } = this.#options;
    const isSelected = (receipt: CustomerReceipt) => isPlaceSelected(selection, receipt);
    const own = receipts.filter(isSelected);
    if (own.length === 0) return;
    const visits = visitsOf(receipts, calendar);
    this.#addToSegment(standingOf(visits, selection.toDay, averageSpend).segment, own);
    const firstDay = visits[0]!.day;
    const isNewAt = firstDay >= selection.fromDay;
    const firstPeriod = this.#periodOf(firstDay);
    const seen = new Set<CustomerSums>();
    for (const { day, daysSince, isBack, receipts: made } of withPast(visits, selection.fromDay)) {
      const counted = made.filter(isSelected);
      if (day < selection.fromDay || counted.length === 0) continue;
      const period = this.#periodOf(day);
      const row = getOrMake(this.#rows, period, () => new CustomerSums(period));
      const facts = { daysSince, isBack, receipts: counted };
      row.add({ ...facts, isNew: isNewAt && period === firstPeriod, isSeen: seen.has(row) });
      this.#total.add({ ...facts, isNew: isNewAt, isSeen: seen.has(this.#total) });
      seen.add(row).add(this.#total);
    }
    for (const sums of seen) sums.endCustomer();
  }

  #periodOf(day: number): string {
    return getOrMake(this.#periods, day, () => periodName(day, this.#options.by));
  }

  #addToSegment(segment: Segment, receipts: readonly CustomerReceipt[]): void {
    const sums = this.#segments.get(segment)!;
    sums.customers++;
    addSpend(sums.spend, receipts);
  }

  #segmentRows(): SegmentRow[] | null {
    const groups = [...this.#segments];
    const counts = groups.map(([, { customers }]) => customers);
    const withheld = withheldGroups(counts);
    const all = counts.reduce((sum, count) => sum + count, 0);
    if (all < GROUP_CUSTOMERS_MIN) return null;
    return groups.map(([segment, { customers, spend }], at) => ({
      ...{ segment, customers },
      money: withheld[at] ? null : revenueOf(spend),
    }));
  }
}

/** Paid baskets of which something was kept, without their products. */
function* receiptsIn({
  count,
  baskets,
  moneyCount,
  money,
  names,
}: SalesColumns): Generator<readonly [customer: number, receipt: CustomerReceipt]> {
  let moneyRow = 0;
  for (let at = 0; at < count; at++) {
    const spend: Spend[] = [];
    for (; moneyRow < moneyCount && money.basket[moneyRow] === at; moneyRow++)
      spend.push({
        currency: names.currencies[money.currency[moneyRow]!]!,
        revenueMinor: money.revenueMinor[moneyRow]!,
      });
    if ((baskets.state[at]! & IS_SOLD) === 0 || baskets.items[at] === 0) continue;
    const place = names.places[baskets.place[at]!]!;
    yield [baskets.customer[at]!, { atMs: baskets.atMs[at]!, ...place, productIds: [], spend }];
  }
}

/** Each visit with what was known of the customer before it; whether one is back is told from a day on. */
function* withPast(
  visits: readonly Visit[],
  fromDay: number,
): Generator<Visit & { readonly daysSince: number | null; readonly isBack: boolean }> {
  const gaps = new DayCounts();
  let lastDay: number | undefined;
  for (const { day, receipts } of visits) {
    if (lastDay === undefined) yield { day, receipts, daysSince: null, isBack: false };
    else {
      const daysSince = day - lastDay;
      const isBack = day >= fromDay && isGainedBack({ lastDay, usualGapDays: gaps.quantile(0.5) }, day);
      yield { day, receipts, daysSince, isBack };
      gaps.add(daysSince);
    }
    lastDay = day;
  }
}

function rowsOf(sums: ReadonlyMap<string, CustomerSums>): CustomersRow[] {
  const inOrder = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const withheld = withheldGroups(inOrder.map(({ customers }) => customers));
  return inOrder.map((row, at) => row.row(withheld[at]!));
}
