import { addSpend } from './customer-profile.ts';
import { DayCounts } from './day-counts.ts';
import { fromMinorUnits } from './money.ts';
import type { PersonVisit } from './receipt-columns.ts';
import { GROUP_CUSTOMERS_MIN, withheldGroups } from './withheld-groups.ts';

/** Known customers of one period, or of all. With fewer than five customers only their number is stated. */
export interface CustomersRow {
  /** undefined in the total. */
  readonly period?: string;
  /** Different customers with a receipt. */
  readonly customers: number;
  /** Null where withheld. */
  readonly figures: CustomersFigures | null;
}

export interface CustomersFigures {
  /** Customers whose first visit ever falls into the period; the others are existing customers. */
  readonly newCustomers: number;
  readonly existingCustomers: number;
  /** Existing customers / customers. */
  readonly repeatShare: number;
  /** Customers with a visit after more than the at-risk gap. */
  readonly gainedBack: number;
  readonly transactions: number;
  /** Between a visit of the period and the one before it; null with fewer than five such customers. */
  readonly daysBetweenVisits: {
    readonly lowerQuartile: number;
    readonly median: number;
    readonly upperQuartile: number;
  } | null;
  /** By currency, major units, less refunds. */
  readonly money: readonly CustomersMoney[];
}

export interface CustomersMoney {
  readonly currency: string;
  readonly revenue: number;
  /** Both null where one of them would reveal figures of fewer than five customers. */
  readonly newRevenue: number | null;
  readonly existingRevenue: number | null;
}

/** A visit as a report counts it. */
export interface CountedVisit {
  readonly isNew: boolean;
  /** Whether the customer has a visit in the same sums already. */
  readonly isSeen: boolean;
  /** Since the previous visit; null for the first one. */
  readonly daysSince: number | null;
  readonly isBack: boolean;
  readonly visit: PersonVisit;
}

/** Adds up visits, one customer after the other. */
export class CustomerSums {
  readonly #period: string | undefined;
  #customers = 0;
  #newCustomers = 0;
  #gainedBack = 0;
  #returning = 0;
  #transactions = 0;
  readonly #gaps = new DayCounts();
  readonly #newSpend = new Map<string, number>();
  readonly #existingSpend = new Map<string, number>();
  #isBack = false;
  #hasGap = false;

  constructor(period?: string) {
    this.#period = period;
  }

  get customers(): number {
    return this.#customers;
  }

  add({ isNew, isSeen, daysSince, isBack, visit }: CountedVisit): void {
    if (!isSeen) {
      this.#customers++;
      if (isNew) this.#newCustomers++;
    }
    this.#isBack ||= isBack;
    if (daysSince !== null) {
      this.#hasGap = true;
      this.#gaps.add(daysSince);
    }
    this.#transactions += visit.transactions;
    addSpend(isNew ? this.#newSpend : this.#existingSpend, visit.spend);
  }

  /** Call after the last visit of each customer. */
  endCustomer(): void {
    if (this.#isBack) this.#gainedBack++;
    if (this.#hasGap) this.#returning++;
    this.#isBack = false;
    this.#hasGap = false;
  }

  row(isWithheld: boolean): CustomersRow {
    const period = this.#period;
    const isSmall = this.#customers < GROUP_CUSTOMERS_MIN;
    return {
      ...(period !== undefined && { period }),
      customers: this.#customers,
      figures: isWithheld || isSmall ? null : this.#figures(),
    };
  }

  #figures(): CustomersFigures {
    const existingCustomers = this.#customers - this.#newCustomers;
    return {
      newCustomers: this.#newCustomers,
      existingCustomers,
      repeatShare: existingCustomers / this.#customers,
      gainedBack: this.#gainedBack,
      transactions: this.#transactions,
      daysBetweenVisits: this.#returning < GROUP_CUSTOMERS_MIN ? null : quartilesOf(this.#gaps),
      money: this.#money(withheldGroups([this.#newCustomers, existingCustomers]).includes(true)),
    };
  }

  #money(isWithheld: boolean): CustomersMoney[] {
    const both = new Map(this.#newSpend);
    for (const [currency, minor] of this.#existingSpend)
      both.set(currency, (both.get(currency) ?? 0) + minor);
    return revenueOf(both).map(({ currency, revenue }) => {
      const part = (of: ReadonlyMap<string, number>) =>
        isWithheld ? null : fromMinorUnits(of.get(currency) ?? 0, currency);
      return {
        currency,
        revenue,
        newRevenue: part(this.#newSpend),
        existingRevenue: part(this.#existingSpend),
      };
    });
  }
}

/** Minor units by currency as money in major units, in the order of codes. */
export function revenueOf(spend: ReadonlyMap<string, number>): { currency: string; revenue: number }[] {
  return [...spend]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, minor]) => ({ currency, revenue: fromMinorUnits(minor, currency) }));
}

function quartilesOf(gaps: DayCounts): CustomersFigures['daysBetweenVisits'] {
  const at = (share: number) => gaps.quantile(share)!;
  return { lowerQuartile: at(0.25), median: at(0.5), upperQuartile: at(0.75) };
}
