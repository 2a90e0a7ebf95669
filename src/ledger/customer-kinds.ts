import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import { IS_NAMED_AT_FIRST, receiptsIn, type SalesColumns } from './outcome-columns.ts';
import { withheldGroups } from './withheld-groups.ts';

export type CustomerKind = 'new' | 'existing';

/** Baskets as columns: when they were first decided on, and whose they are, by the customer's number. */
export interface NamedBaskets {
  readonly atMs: readonly number[];
  readonly state: readonly number[];
  readonly customer: readonly number[];
}

/** Tells new customers from existing ones, who paid on an earlier business day. */
export class CustomerKinds {
  readonly #calendar: BusinessCalendar;
  /** By the customer's number. */
  readonly #firstPaidMs = new Map<number, number>();

  constructor(calendar: BusinessCalendar) {
    this.#calendar = calendar;
  }

  /** Notes who paid when. Needs all receipts up to the last day. */
  addVisits(columns: SalesColumns): void {
    const { baskets } = columns;
    for (const [at] of receiptsIn(columns)) {
      const customer = baskets.customer[at]!;
      if (customer === 0) continue;
      const known = this.#firstPaidMs.get(customer) ?? Number.POSITIVE_INFINITY;
      this.#firstPaidMs.set(customer, Math.min(known, baskets.atMs[at]!));
    }
  }

  /**
   * By row; null where the first decision did not name the customer, because a later naming may be an effect of an offer. Also null for a
   * kind with too few customers to be reported.
   */
  of(baskets: NamedBaskets): (row: number) => CustomerKind | null {
    const customers = { new: new Set<number>(), existing: new Set<number>() };
    for (const [row, code] of baskets.customer.entries()) {
      const kind = this.#kindOf(baskets, row);
      if (kind) customers[kind].add(code);
    }
    const [hidesNew, hidesExisting] = withheldGroups([customers.new.size, customers.existing.size]);
    return (row) => {
      const kind = this.#kindOf(baskets, row);
      return (kind === 'new' && hidesNew) || (kind === 'existing' && hidesExisting) ? null : kind;
    };
  }

  #kindOf({ atMs, state, customer }: NamedBaskets, row: number): CustomerKind | null {
    if (customer[row] === 0 || (state[row]! & IS_NAMED_AT_FIRST) === 0) return null;
    const firstPaidMs = this.#firstPaidMs.get(customer[row]!);
    return firstPaidMs !== undefined && this.#dayOf(firstPaidMs) < this.#dayOf(atMs[row]!)
      ? 'existing'
      : 'new';
  }

  #dayOf(ms: number): number {
    return businessDay(this.#calendar, ms);
  }
}
