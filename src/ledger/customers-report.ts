import { type AverageSpend, AverageSpendSums } from './average-spend.ts';
import { isPlaceSelected } from './basket-place.ts';
import { businessDay, periodName } from './business-calendar.ts';
import { RECEIPTS_OF_CUSTOMER_MAX } from './customer-book.ts';
import { addSpend, standingOf } from './customer-profile.ts';
import { isGainedBack, SEGMENTS, type Segment } from './customer-segment.ts';
import { CustomerSums, type CustomersRow, revenueOf } from './customers-row.ts';
import { DayCounts } from './day-counts.ts';
import { getOrMake } from './get-or-make.ts';
import { receiptsIn, type SalesColumns } from './outcome-columns.ts';
import { type Person, type PersonVisit, ReceiptColumns } from './receipt-columns.ts';
import type { SalesReportOptions } from './sales-report.ts';
import { sharesByBasket } from './shared-sales.ts';
import { GROUP_CUSTOMERS_MIN, withheldGroups } from './withheld-groups.ts';

export interface SegmentRow {
  readonly segment: Segment;
  readonly customers: number;
  /** Their net spend there up to the last day; null where it is withheld. */
  readonly money: readonly { readonly currency: string; readonly revenue: number }[] | null;
}

export interface CustomersReport {
  readonly rows: readonly CustomersRow[];
  readonly total: CustomersRow;
  /** As of the last day, in the order of SEGMENTS; null with fewer than five customers in all. */
  readonly segments: readonly SegmentRow[] | null;
  /** Paid baskets of the selection whose customer is not known. */
  readonly unknownTransactions: number;
}

/** Customers worked on between two yields: about a millisecond. */
const CUSTOMERS_AT_ONCE = 500;

/**
 * Counts known customers. The filters choose receipts; one that agents share is whole that of each of them, as its customer is. But all receipts up to the last day, wherever they are from, decide whether a
 * customer is new or gained back, and the segment: a customer who only changes store is not new.
 */
export class CustomersTally {
  readonly #options: Omit<SalesReportOptions, 'split'>;
  readonly #receipts = new ReceiptColumns();
  readonly #averageSpend = new AverageSpendSums();
  readonly #rows = new Map<string, CustomerSums>();
  /** Names of periods by day. */
  readonly #periods = new Map<number, string>();
  readonly #total = new CustomerSums();
  readonly #segments = new Map(
    SEGMENTS.map((segment) => [segment, { customers: 0, spend: new Map<string, number>() }]),
  );
  #currencies: readonly string[] = [];
  #unknownTransactions = 0;

  constructor(options: Omit<SalesReportOptions, 'split'>) {
    this.#options = options;
  }

  /** Each basket once, in any order. All columns must have the same numbers for customers and the same codes. */
  add(columns: SalesColumns): void {
    const { selection, calendar } = this.#options;
    const { baskets, names } = columns;
    const isPlaceOf = names.places.map((place) => isPlaceSelected(selection, place));
    const shared = sharesByBasket(columns);
    this.#currencies = names.currencies;
    for (const [at, moneyFrom, moneyTo] of receiptsIn(columns)) {
      const day = businessDay(calendar, baskets.atMs[at]!);
      if (day > selection.toDay) continue;
      const customer = baskets.customer[at]!;
      const parts = shared.get(at);
      const isSelected = parts
        ? parts.places.some((place) => isPlaceOf[place]!)
        : isPlaceOf[baskets.place[at]!]!;
      if (customer === 0) {
        if (isSelected && day >= selection.fromDay) this.#unknownTransactions++;
        continue;
      }
      this.#receipts.add({ customer, day, isSelected }, columns, moneyFrom, moneyTo);
      this.#averageSpend.addReceipt(customer, columns, moneyFrom, moneyTo);
    }
  }

  /** Run once, after the last outcome. Yields after some customers. */
  *report(): Generator<void, CustomersReport> {
    const averageSpend = this.#averageSpend.averages();
    let persons = 0;
    for (const person of this.#receipts.persons(this.#currencies)) {
      if (person.receipts <= RECEIPTS_OF_CUSTOMER_MAX) this.#addPerson(person, averageSpend);
      else this.#addNobody(person);
      if (++persons % CUSTOMERS_AT_ONCE === 0) yield;
    }
    return {
      rows: rowsOf(this.#rows),
      total: this.#total.row(false),
      segments: this.#segmentRows(),
      unknownTransactions: this.#unknownTransactions,
    };
  }

  #addPerson({ visits, spend }: Person, averageSpend: AverageSpend): void {
    const { fromDay, toDay } = this.#options.selection;
    const counted = visits.filter(({ transactions }) => transactions > 0);
    if (counted.length === 0) return;
    const days = visits.map(({ day }) => day);
    this.#addToSegment(standingOf(days, spend, toDay, averageSpend).segment, counted);
    const isNewAt = days[0]! >= fromDay;
    const firstPeriod = this.#periodOf(days[0]!);
    const seen = new Set<CustomerSums>();
    for (const { visit, daysSince, isBack } of withPast(visits, fromDay)) {
      if (visit.day < fromDay || visit.transactions === 0) continue;
      const period = this.#periodOf(visit.day);
      const row = getOrMake(this.#rows, period, () => new CustomerSums(period));
      row.add({ visit, daysSince, isBack, isNew: isNewAt && period === firstPeriod, isSeen: seen.has(row) });
      this.#total.add({ visit, daysSince, isBack, isNew: isNewAt, isSeen: seen.has(this.#total) });
      seen.add(row).add(this.#total);
    }
    for (const sums of seen) sums.endCustomer();
  }

  /** A name with more receipts than one person makes: its customers are not known. */
  #addNobody({ visits }: Person): void {
    for (const { day, transactions } of visits)
      if (day >= this.#options.selection.fromDay) this.#unknownTransactions += transactions;
  }

  #periodOf(day: number): string {
    return getOrMake(this.#periods, day, () => periodName(day, this.#options.by));
  }

  #addToSegment(segment: Segment, visits: readonly PersonVisit[]): void {
    const sums = this.#segments.get(segment)!;
    sums.customers++;
    for (const { spend } of visits) addSpend(sums.spend, spend);
  }

  #segmentRows(): SegmentRow[] | null {
    const groups = [...this.#segments];
    const counts = groups.map(([, { customers }]) => customers);
    const withheld = withheldGroups(counts);
    const all = counts.reduce((sum, count) => sum + count, 0);
    if (all < GROUP_CUSTOMERS_MIN) return null;
    return groups.map(([segment, { customers, spend }], at) => ({
      segment,
      customers,
      money: withheld[at] ? null : revenueOf(spend),
    }));
  }
}

/** Each visit with what was known of the customer before it; `isBack` is only computed from `fromDay` on. */
function* withPast(
  visits: readonly PersonVisit[],
  fromDay: number,
): Generator<{
  readonly visit: PersonVisit;
  readonly daysSince: number | null;
  readonly isBack: boolean;
}> {
  const gaps = new DayCounts();
  let lastDay: number | undefined;
  for (const visit of visits) {
    const { day } = visit;
    if (lastDay === undefined) yield { visit, daysSince: null, isBack: false };
    else {
      const daysSince = day - lastDay;
      const isBack = day >= fromDay && isGainedBack({ lastDay, usualGapDays: gaps.quantile(0.5) }, day);
      yield { visit, daysSince, isBack };
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
