import type { ReceiptProduct } from './basket-book.ts';
import type { BasketOutcome } from './basket-outcome.ts';
import { isPlaceSelected } from './basket-place.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import type { CategorySums } from './category-sums.ts';
import { ClusterNumbers } from './cluster-numbers.ts';
import { covariatesOf } from './covariates.ts';
import { DrawnCustomers } from './drawn-customers.ts';
import type { BasketSplit, Experiment } from './experiment.ts';
import { getOrMake } from './get-or-make.ts';
import { MetricSums } from './metric-sums.ts';
import {
  HAS_CROSSED,
  IS_DECIDED,
  IS_DRAWN_FOR_CUSTOMER,
  IS_NAMED_AT_FIRST,
  IS_SOLD,
  IS_TREATED,
  OutcomeTable,
  type SalesColumns,
  type UpliftColumns,
} from './outcome-columns.ts';
import { OutcomeNames } from './outcome-names.ts';
import { inOrder } from './row-order.ts';
import type { ReportSelection } from './sales-report.ts';
import { withheldGroups } from './withheld-groups.ts';

/** Baskets written between two yields: about a millisecond. */
const SLICE = 2000;

const PLACE_FIELDS = { store: 'storeId', agent: 'agentId', channel: 'channel' } as const;

/**
 * Collects the baskets of the experiment: decided on with an offer in view and a chance of either arm, by the business
 * day, store, channel and agent of their **first decision**, because what came after may be an effect of the offer. A basket
 * that was never paid counts with zero; one that was sold without a decision is not in it.
 *
 * A side that was drawn for a customer counts with what the customer's first basket told: no later one is known before the first
 * offer. The columns are the same to the last digit in whatever order the baskets were added.
 */
export class ExperimentBuilder {
  readonly #selection: ReportSelection;
  readonly #calendar: BusinessCalendar;
  readonly #split: BasketSplit | undefined;
  readonly #categories: CategorySums | undefined;
  /** When a customer first paid, by the customer's number; kept for that split only. */
  readonly #firstPaidMs = new Map<number, number>();
  readonly #pending = new OutcomeTable();
  #pendingProducts: (readonly ReceiptProduct[])[] = [];
  readonly #rows = emptyRows();
  readonly #sums = new MetricSums();
  readonly #customers: DrawnCustomers;
  /** Of `#names`, by the code of a place. */
  #isPlaceSelected: boolean[] = [];
  #names: OutcomeNames | undefined;

  /** @param split which parts the baskets belong to, or where their metrics are added up by category */
  constructor(selection: ReportSelection, calendar: BusinessCalendar, split?: BasketSplit | CategorySums) {
    this.#selection = selection;
    this.#calendar = calendar;
    this.#customers = new DrawnCustomers(selection, calendar);
    if (typeof split === 'string') this.#split = split;
    else this.#categories = split;
  }

  /** @param products of the basket, where categories are added up */
  add(outcome: BasketOutcome, products: readonly ReceiptProduct[] = []): void {
    this.#pending.add(outcome);
    this.#pendingProducts.push(products);
    if (this.#pending.count === SLICE) this.#addPending();
  }

  /** Tells who had paid before: wanted of all receipts up to the last day when the split is by customer. */
  addVisits({ count, baskets }: SalesColumns): void {
    for (let at = 0; at < count; at++) {
      const customer = baskets.customer[at]!;
      // What came back whole was no visit.
      if (customer === 0 || (baskets.state[at]! & IS_SOLD) === 0 || baskets.items[at] === 0) continue;
      const known = this.#firstPaidMs.get(customer) ?? Number.POSITIVE_INFINITY;
      this.#firstPaidMs.set(customer, Math.min(known, baskets.atMs[at]!));
    }
  }

  /** Whether sides were drawn for customers: then `addHistory` wants to know of their earlier baskets too. */
  get hasDrawnCustomers(): boolean {
    return this.#rows.state.some((state) => (state & IS_DRAWN_FOR_CUSTOMER) !== 0);
  }

  /** All baskets that were decided on up to the last day, whatever the first day and the place; after `addColumns`. */
  addHistory(columns: UpliftColumns): void {
    this.#readPlaces(columns.names);
    this.#customers.add(columns);
  }

  /**
   * All of one experiment have the same names.
   *
   * @returns the row that each basket got, −1 where it is not in the experiment
   */
  addColumns(columns: UpliftColumns): Int32Array {
    const { count, baskets, names } = columns;
    this.#readPlaces(names);
    const rows = this.#rows;
    const rowOf = new Int32Array(count).fill(-1);
    for (let at = 0; at < count; at++) {
      const holdoutShare = baskets.holdoutShare[at]!;
      if (!(holdoutShare > 0 && holdoutShare < 1)) continue;
      if ((baskets.state[at]! & IS_DECIDED) === 0 || !this.#isSelected(baskets, at)) continue;
      rowOf[at] = rows.atMs.length;
      rows.atMs.push(baskets.decidedAtMs[at]!);
      rows.order.push(baskets.order[at]!);
      rows.state.push(baskets.state[at]!);
      rows.holdoutShare.push(holdoutShare);
      rows.place.push(baskets.decidedPlace[at]!);
      rows.customer.push(baskets.customer[at]!);
      rows.basketValue.push(baskets.basketValue[at]!);
      rows.lines.push(baskets.lines[at]!);
      this.#sums.addRow();
      this.#sums.addItems(rowOf[at]!, baskets.items[at]!);
    }
    this.#sums.addMoney(columns, rowOf);
    return rowOf;
  }

  /** The columns; yields now and then so that the caller can let others run. */
  *build(): Generator<void, Experiment> {
    this.#addPending();
    const rows = this.#rows;
    const names = this.#names ?? new OutcomeNames();
    const count = rows.atMs.length;
    const order = inOrder(rows);
    const known = this.#knownBefore();
    const clusters = new ClusterNumbers<number>();
    const placeOf = new Int32Array(count);
    for (const [at, row] of order.entries()) placeOf[row] = at;
    const bits = (bit: number) => Uint8Array.from(order, (row) => ((rows.state[row]! & bit) === 0 ? 0 : 1));
    return {
      count,
      isTreated: bits(IS_TREATED),
      holdoutShare: Float64Array.from(order, (row) => rows.holdoutShare[row]!),
      cluster: Int32Array.from(order, (row) => clusters.next(rows.customer[row]! || undefined)),
      clusterCount: clusters.count,
      isDrawnForCustomer: bits(IS_DRAWN_FOR_CUSTOMER),
      hasCrossed: Uint8Array.from(order, (row) => known.hasCrossed[row]!),
      ...(yield* covariatesOf(known, order, names.places, this.#calendar)),
      ...(yield* this.#sums.inOrder(order)),
      currencyNames: names.currencies,
      ...(this.hasDrawnCustomers && {
        customers: yield* this.#customers.build(this.#isPlaceSelected, names),
      }),
      ...(this.#split && { split: this.#partsOf(order, this.#split) }),
      ...(this.#categories && { categories: this.#categories.metrics(placeOf) }),
    };
  }

  /** Of each row what was known before the first offer to what its side was drawn for, and whether it was on both sides. */
  #knownBefore() {
    const { state, customer, atMs, place, basketValue, lines } = this.#rows;
    const { first } = this.#customers;
    const sides = {
      isTreated: state.map((bits) => ((bits & IS_TREATED) === 0 ? 0 : 1)),
      hasCrossed: state.map((bits) => ((bits & HAS_CROSSED) === 0 ? 0 : 1)),
    };
    if (!this.hasDrawnCustomers) return { ...this.#rows, ...sides };
    const own = { atMs: [...atMs], place: [...place], basketValue: [...basketValue], lines: [...lines] };
    const known = { ...own, ...sides };
    for (let row = 0; row < state.length; row++) {
      if ((state[row]! & IS_DRAWN_FOR_CUSTOMER) === 0) continue;
      const of = this.#customers.rowOf(customer[row]!)!;
      if (first.isTreated[of] !== known.isTreated[row]) known.hasCrossed[row] = 1;
      for (const fact of ['atMs', 'place', 'basketValue', 'lines'] as const)
        known[fact][row] = first[fact][of]!;
    }
    return known;
  }

  #partsOf(order: Uint32Array, split: BasketSplit): NonNullable<Experiment['split']> {
    const { place } = this.#rows;
    const byPlace = (field: 'storeId' | 'agentId' | 'channel') => (row: number) =>
      this.#names!.places[place[row]!]![field] ?? null;
    const nameOf = split === 'customer' ? this.#customerKinds() : byPlace(PLACE_FIELDS[split]);
    const numbers = new Map<string | null, number>();
    const part = Int32Array.from(order, (row) => getOrMake(numbers, nameOf(row), () => numbers.size));
    return { part, names: [...numbers.keys()] };
  }

  /**
   * Whether the customer of a row is new; null where the first decision did not name one: who is named later may be so because of
   * an offer. Existing are those who had paid on an earlier business day. Of fewer customers than may be told of, none are.
   */
  #customerKinds(): (row: number) => 'new' | 'existing' | null {
    const { customer, state, atMs } = this.#rows;
    const dayOf = (ms: number) => businessDay(this.#calendar, ms);
    const kindOf = (row: number) => {
      if (customer[row] === 0 || (state[row]! & IS_NAMED_AT_FIRST) === 0) return null;
      const firstPaidMs = this.#firstPaidMs.get(customer[row]!);
      return firstPaidMs !== undefined && dayOf(firstPaidMs) < dayOf(atMs[row]!) ? 'existing' : 'new';
    };
    const customers = { new: new Set<number>(), existing: new Set<number>() };
    for (const [row, code] of customer.entries()) {
      const kind = kindOf(row);
      if (kind) customers[kind].add(code);
    }
    const [hidesNew, hidesExisting] = withheldGroups([customers.new.size, customers.existing.size]);
    return (row) => {
      const kind = kindOf(row);
      return (kind === 'new' && hidesNew) || (kind === 'existing' && hidesExisting) ? null : kind;
    };
  }

  #addPending(): void {
    if (this.#pending.count === 0) return;
    const rowOf = this.addColumns(this.#pending);
    this.addHistory(this.#pending);
    for (const [at, products] of this.#pendingProducts.entries())
      if (rowOf[at]! >= 0) this.#categories?.add(rowOf[at]!, products);
    if (this.#split === 'customer') this.addVisits(this.#pending);
    this.#pending.empty();
    this.#pendingProducts = [];
  }

  #isSelected({ decidedAtMs, decidedPlace }: UpliftColumns['baskets'], at: number): boolean {
    if (!this.#isPlaceSelected[decidedPlace[at]!]) return false;
    const day = businessDay(this.#calendar, decidedAtMs[at]!);
    return day >= this.#selection.fromDay && day <= this.#selection.toDay;
  }

  #readPlaces(names: OutcomeNames): void {
    if (this.#names !== names) this.#isPlaceSelected = [];
    this.#names = names;
    for (const place of names.places.slice(this.#isPlaceSelected.length)) {
      this.#isPlaceSelected.push(isPlaceSelected(this.#selection, place));
    }
  }
}

/** What is kept of the baskets until all are there, column by column. */
function emptyRows() {
  const column = (): number[] => [];
  return {
    ...{ atMs: column(), order: column(), state: column(), holdoutShare: column(), place: column() },
    ...{ customer: column(), basketValue: column(), lines: column() },
  };
}
